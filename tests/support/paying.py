"""Families with grants, accounts and a budget line for tests of payments; officers of the county who make and check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import drawing, grants, ledger, lists, payees
from jiuzhu.casework.payments.models import BudgetLine, Grant, Instruction, Payee, PayList
from jiuzhu.casework.payments.payees import Account
from jiuzhu.gateways.bank.twin import Twin
from tests.support.families import COUNTY, family
from tests.support.officers import officer

AT = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
MONTH, PROGRAMME, STANDARD = "2026-12", "dibao", 770_00


@dataclass
class Office:
    """Two people of the county's civil affairs, and a line with money in it."""

    maker: Officer = field(default_factory=lambda: officer("maker", "county_officer", COUNTY))
    checker: Officer = field(default_factory=lambda: officer("checker", "county_officer", COUNTY))
    line: BudgetLine = field(
        default_factory=lambda: BudgetLine.objects.create(
            code="dibao-370502-2026", division_code=COUNTY, programme=PROGRAMME, year=2026
        )
    )

    def __post_init__(self) -> None:
        ledger.appropriate(self.line, 100_000_000_00, about="budget 2026", at=AT)

    def grant(self, *, fen: int = STANDARD, since: str = MONTH, account: str = "", household: str = "") -> Grant:
        """A family with a grant and, unless account is "-", an account two officers have seen."""
        case = family(household=household)
        party = person()
        made = grants.begin(
            case=case, party=party, programme=PROGRAMME, from_month=since, fen=fen, decision=new_key("D"), by=self.maker, at=AT
        )
        if account != "-":
            self.account(case, party, account)
        return made

    def account(self, case: Case, party: Party, number: str = "", *, at: datetime = AT) -> Payee:
        kept = Account(number or f"6217{party.pk:012}", "someone", "a bank")
        made = payees.propose(case=case, party=party, account=kept, by=self.maker, at=at)
        return payees.look(payee=made, case=case, right=True, by=self.checker, at=at)

    def change(self, grant: Grant, kind: str, since: str, fen: int = 0, *, at: datetime = AT) -> None:
        grants.change(grant=grant, kind=kind, from_month=since, fen=fen, decision=new_key("D"), by=self.maker, at=at)

    def draw(self, month: str = MONTH, *, at: datetime = AT) -> drawing.Drawn:
        return drawing.draw(division_code=COUNTY, programme=PROGRAMME, month=month, by=self.maker, at=at)

    def checked(self, month: str = MONTH, *, at: datetime = AT) -> PayList:
        """A list drawn, made, and checked by the other officer."""
        made = lists.make(made=self.draw(month, at=at).list, by=self.maker, at=at)
        return lists.check(made=made, by=self.checker, at=at, because="looked at" if made.stops else "")


def person() -> Party:
    return Party.objects.create(key=new_key("P"), proved_by="paper", met_at=AT)


def quiet(folder: Path, day: date = AT.date()) -> Twin:
    """A bank whose line never fails and that pays everything."""
    return Twin(folder / "bank.db", 1, day, lost=0, late=0, doubled=0, reordered=0, refused=0, returned=0)


def states(made: PayList) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in made.instructions.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def owed(grant: Grant) -> int:
    """Fen still owed to the family of a grant."""
    return -ledger.balance(ledger.OWED, grant=grant.pk)


def lines_of(grant: Grant) -> list[Instruction]:
    return list(grant.instructions.order_by("pk"))
