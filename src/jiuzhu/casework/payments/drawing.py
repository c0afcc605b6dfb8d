"""A list is drawn: every grant in force gets its line for the month, with what is still owed for months before; some are held back.

By sets, so that a province's half million lines take a minute; drawn a second time, nothing is added.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet, Sum

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, require
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.tasks import new_task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.payments import ledger, months, payees
from jiuzhu.casework.payments.declared import paying
from jiuzhu.casework.payments.grants import amounts, terms_of
from jiuzhu.casework.payments.models import BudgetLine, Due, Grant, Instruction, PayList
from jiuzhu.casework.trace.actions import Subject, record
from jiuzhu.casework.trace.bulk import insert_many

MONTHLY, ARREARS = "monthly", "arrears"


class WrongMonth(ValueError):
    """A list is drawn for the month it is, or for the next one."""


class ListOpen(Exception):
    """The list before this one of the same programme and month has not been checked yet."""


class NoBudget(LookupError):
    """No budget line of that division, programme and year."""


@dataclass
class Wanted:
    """A line to be: of which grant, its kind, what is owed for which month, and what holds it back."""

    grant: int
    kind: str
    owed: dict[str, int]
    payee: int | None = None
    held: list[str] = field(default_factory=list)

    @property
    def fen(self) -> int:
        return sum(self.owed.values())


@dataclass(frozen=True)
class _Family:
    """Of a grant: whose it is and where the registry sees them."""

    party: int
    case: int
    household: str


@dataclass(frozen=True)
class Drawn:
    """added: new lines; freed: held ones of the run before that go along now; held: of the new ones."""

    list: PayList
    added: int
    freed: int
    held: int


@transaction.atomic
def draw(*, division_code: str, programme: str, month: str, by: Viewer, at: datetime) -> Drawn:
    """The list of that month, or one more for what came since the last was checked; an open one takes in what is new.

    A line held back in an earlier month goes along in this one, whatever held it: a hit holds back for one month's run at most (D7).
    Raises NotAllowed, NoMonth, WrongMonth, NoBudget, ListOpen.
    """
    grant = require(by, "payments.draw", on=Scope(division_code), at=at)
    if months.read(month) not in (months.of(at), months.after(months.of(at))):
        raise WrongMonth(
            f"{month} is neither this month nor the next; what is owed for months before is paid with this month's list"
        )
    who = actor(by, grant)
    made = _list(division_code, programme, month, who.who, at)
    families = _families(division_code, programme)
    wanted, owed_now = _wanted(division_code, programme, month)
    twice = Counter(families[grant].party for grant in owed_now)
    _placed(wanted, families, month, {party for party, count in twice.items() if count > 1})
    freed = _freed(made, families, month)
    _written(made, wanted, at)
    held = [one for one in wanted if one.held]
    _asked(held, families, at)
    record(
        "payments.draw", by=who, at=at, on=subject(made), purpose=grant.purpose,
        after={"month": month, "run": made.run, "added": len(wanted), "freed": freed, "fen": sum(one.fen for one in wanted)},
    )  # fmt: skip
    return Drawn(made, len(wanted), freed, len(held))


def subject(made: PayList) -> Subject:
    return Subject("pay_list", made.key, made.division_code)


def _list(division_code: str, programme: str, month: str, who: str, at: datetime) -> PayList:
    line = (
        BudgetLine.objects.select_for_update()
        .filter(division_code=division_code, programme=programme, year=int(month[:4]))
        .first()
    )
    if line is None:
        raise NoBudget(f"{programme} of {division_code} has no budget line for {month[:4]}; a county officer enters it first")
    before = PayList.objects.filter(line=line, month=month).order_by("-run").first()
    if before is not None and before.state == "drawn":
        return before
    if before is not None and before.state == "made":
        raise ListOpen(f"list {before.run} of {month} waits for its checker; have it checked first, then draw what came since")
    return PayList.objects.create(
        key=new_key("L"), division_code=division_code, programme=programme, line=line, month=month,
        run=before.run + 1 if before else 1, drawn_by=who, drawn_at=at,
    )  # fmt: skip


def _families(division_code: str, programme: str) -> dict[int, _Family]:
    rows = Grant.objects.filter(programme=programme, division_code__startswith=division_code)
    told = rows.values_list("pk", "party_id", "case_id", "case__household_key").iterator(chunk_size=20_000)
    return {grant: _Family(party, case, household) for grant, party, case, household in told}


def _wanted(division_code: str, programme: str, month: str) -> tuple[list[Wanted], list[int]]:
    """Lines for what is owed and not ordered, and the grants to which something is owed for the month itself.

    Months that were paid more than is owed now are no one's line: a person decides.
    """
    chosen = {"programme": programme, "division_code__startswith": division_code}
    ordered = dict(_standing().filter(**_of(chosen)).values_list("grant").annotate(Sum("fen")).iterator(chunk_size=20_000))
    terms = dict(terms_of(**chosen))
    owed = {grant: amounts(some, month) for grant, some in terms.items()}
    # Of several terms one month may be owed as much more as another is less: then the sums say nothing.
    uneven = [grant for grant, of in owed.items() if len(terms[grant]) > 1 or sum(of.values()) != ordered.get(grant, 0)]
    known = _ordered(uneven)
    alive = _alive(month, uneven)
    found = []
    for grant in uneven:
        missing = {of: fen - known[grant][of] for of, fen in owed[grant].items() if fen > known[grant][of]}
        now = {of: fen for of, fen in missing.items() if of == month}
        before = {of: fen for of, fen in missing.items() if of < month}
        for kind, some in ((MONTHLY, now), (ARREARS, before)):
            if some and (grant, kind) not in alive:
                found.append(Wanted(grant, kind, some))
    return found, [grant for grant, of in owed.items() if month in of]


def _of(chosen: Mapping[str, str]) -> dict[str, str]:
    return {f"grant__{name}": value for name, value in chosen.items()}


def _standing() -> QuerySet[Due]:
    """What was ordered and stands: paid, on its way, or to be paid again; not what was taken off a list."""
    return Due.objects.exclude(instruction__state="withdrawn")


def _ordered(grants: list[int]) -> dict[int, Counter[str]]:
    """Grant to month to what was ordered for it."""
    told: dict[int, Counter[str]] = defaultdict(Counter)
    for grant, month, fen in (
        _standing().filter(grant__among=grants).values_list("grant_id", "month", "fen").iterator(chunk_size=20_000)
    ):
        told[grant][month] += fen
    return told


def _alive(month: str, grants: list[int]) -> set[tuple[int, str]]:
    return set(Instruction.objects.filter(grant__among=grants, month=month, live=True).values_list("grant_id", "kind"))


def _placed(wanted: list[Wanted], families: Mapping[int, _Family], month: str, twice: set[int]) -> None:
    """Find for each line the account it goes to, and what holds it back. twice: who has the benefit more than once this month."""
    told = paying()
    accounts = payees.paid_to(None, month)
    cases = {accounts[family.party]: family.case for family in families.values() if family.party in accounts}
    shared = payees.shared(cases)
    warned = _warned({family.household for family in families.values() if family.household})
    before = _amounts_of(months.after(month, -1), [one.grant for one in wanted])
    for one in wanted:
        family = families[one.grant]
        one.payee = accounts.get(family.party)
        last = before.get(one.grant)
        jumped = one.kind == MONTHLY and last and (one.fen >= last * told.line_times or one.fen * told.line_times <= last)
        one.held = [
            *(["no_account"] if one.payee is None else ["shared_account"] if one.payee in shared else []),
            *(["amount"] if jumped else []),
            *(["twice"] if one.kind == MONTHLY and family.party in twice else []),
            *sorted(warned.get(family.household, ())),
        ]


def _warned(households: set[str]) -> dict[str, set[str]]:
    """Household to the codes of the holds its open warnings make."""
    told = paying()
    scenarios = {scenario for hold in told.holds.values() for scenario in hold.scenarios}
    found: dict[str, set[str]] = defaultdict(set)
    rows = Warning.objects.filter(state="open", stands=True, scenario_id__in=scenarios).values_list("household_id", "scenario_id")
    for household, scenario in rows.iterator(chunk_size=20_000):
        if household in households:
            found[household].add(told.hold_of(scenario))
    return found


def _amounts_of(month: str, grants: list[int]) -> dict[int, int]:
    before = Instruction.objects.filter(grant__among=grants, month=month, kind=MONTHLY, live=True)
    return dict(before.values_list("grant_id", "fen").iterator(chunk_size=20_000))


def _written(made: PayList, wanted: list[Wanted], at: datetime) -> None:
    """Instructions with their numbers, what each is owed for, and the journal that says so."""
    if not wanted:
        return
    numbers = [new_key("Z") for _ in wanted]
    insert_many(
        Instruction,
        same={"list_id": made.pk, "month": made.month},
        columns=("number", "grant_id", "payee_id", "kind", "fen", "state", "held"),
        rows=[
            (number, one.grant, one.payee, one.kind, one.fen, "held" if one.held else "intent", " ".join(one.held))
            for number, one in zip(numbers, wanted, strict=True)
        ],
    )
    kept = dict(Instruction.objects.filter(list=made).values_list("number", "pk").iterator(chunk_size=20_000))
    insert_many(
        Due,
        same={},
        columns=("instruction_id", "grant_id", "month", "fen"),
        rows=[
            (kept[number], one.grant, month, fen)
            for number, one in zip(numbers, wanted, strict=True)
            for month, fen in one.owed.items()
        ],
    )
    lines = [ledger.Line(ledger.OWED, -one.fen, one.grant) for one in wanted]
    total = ledger.Line(ledger.BENEFIT, sum(one.fen for one in wanted))
    ledger.post("due", [total, *lines], about=made.key, at=at)


def _freed(made: PayList, families: Mapping[int, _Family], month: str) -> int:
    """Lines held in an earlier month of the programme go along, to the account that is known by now; without one they stay."""
    earlier = {"list__line__programme": made.programme, "list__month__lt": made.month}
    waiting = Instruction.objects.select_for_update(of=("self",)).filter(state="held", **earlier)
    found = [one for one in waiting if one.grant_id in families]
    accounts = payees.paid_to({families[one.grant_id].party for one in found}, month)
    free = [one for one in found if families[one.grant_id].party in accounts]
    for one in free:
        one.payee_id, one.list, one.state, one.held = accounts[families[one.grant_id].party], made, "intent", ""
    Instruction.objects.bulk_update(free, ["payee", "list", "state", "held"], batch_size=500)
    return len(free)


def _asked(held: list[Wanted], families: Mapping[int, _Family], at: datetime) -> None:
    """A task for each family whose line is held: somebody looks before the next run, which pays it."""
    cases = Case.objects.in_bulk({families[one.grant].case for one in held})
    for case in cases.values():
        new_task(case=case, kind="held_payment", because="payment_held", due_on=None, at=at, priority=3, county=True)


def last_list(made: PayList) -> PayList | None:
    """The newest list of an earlier month of the same programme and division, None before the first."""
    before = PayList.objects.filter(division_code=made.division_code, programme=made.programme, month__lt=made.month)
    newest = before.aggregate(month=Max("month"))["month"]
    return before.filter(month=newest).order_by("run").first() if newest else None
