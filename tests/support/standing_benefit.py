"""A family of a served workspace whose benefit began three months ago and was paid since, by the standard of then.

python -m tests.support.standing_benefit WORKSPACE
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

HEAD = "item,division,place,from,to,value,unit,source,confidence,set_by\n"


def main() -> None:
    from jiuzhu.portals.cli.database import open_database

    open_database(Path(sys.argv[1]))
    print(standing(datetime.now(UTC)))


def standing(at: datetime) -> str:
    """The key of its item. A new standard is entered for the month after its first one, and every month until this one was paid."""
    from django.conf import settings
    from django.db import transaction

    from jiuzhu.casework.decisions import freezing, rulebooks
    from jiuzhu.casework.decisions.facts import Gathered
    from jiuzhu.casework.decisions.models import Decision, Item, Proposal
    from jiuzhu.casework.parties.keys import new_key
    from jiuzhu.casework.parties.models import Party
    from jiuzhu.casework.payments import drawing, grants, ledger, lists, months, payees
    from jiuzhu.casework.payments.models import BudgetLine
    from jiuzhu.casework.payments.payees import Account
    from tests.support import benefits
    from tests.support.deciding import NUMBERS as BROUGHT
    from tests.support.deciding import told_of
    from tests.support.families import COUNTY
    from tests.support.officers import officer

    this = months.of(at)
    first, raised = months.after(this, -3), months.after(this, -2)
    place = Path(settings.PLACE_FOLDER) / "parameters"
    place.mkdir(parents=True, exist_ok=True)
    rows = "dibao.urban_monthly,370502,here,2024-01-01,,770,yuan,invented,high,county\n"
    (place / "own.csv").write_text(HEAD + rows)
    with transaction.atomic():
        item = benefits.decided_about("dibao")
        people = [item.party, *(Party.objects.create(key=new_key("P"), proved_by="paper", met_at=at) for _ in range(2))]
        said = told_of(people, numbers={name: value for name, value in BROUGHT.items() if name != "dibao.urban_monthly"})
        day = date(int(first[:4]), int(first[5:]), 1).isoformat()
        book = rulebooks.in_force(at=at)
        frozen = freezing.freeze(Gathered({**said, "on": day, "applied_on": day}), "dibao", book)
        fen = freezing.fen_of(frozen.answer("dibao")["amount"]) or 0
        key, decision = new_key("R"), new_key("D")
        proposal = Proposal.objects.create(
            key=key, item=item, number=1, rulebook=book, on=date.fromisoformat(day), advised="granted", advised_fen=fen, grants=True,
            fen=fen, by="maker", at=at, **freezing.packed(frozen, case=item.case.key, key=key),
        )  # fmt: skip
        Decision.objects.create(
            key=decision, item=item, proposal=proposal, step="confirm", fen=fen, from_month=first, by="maker", at=at
        )
        grants.started(
            case=item.case, party=item.party, programme="dibao", from_month=first, fen=fen, decision=decision, who="maker", at=at
        )
    maker, checker = (officer(name, "county_officer", COUNTY) for name in ("paying", "checking"))
    kept = payees.propose(
        case=item.case, party=item.party, account=Account("6217000012345678", "甲", "一家银行"), by=maker, at=at
    )
    payees.look(payee=kept, case=item.case, right=True, by=checker, at=at)
    for year in {this[:4], months.after(this)[:4]}:
        line = BudgetLine.objects.get_or_create(
            division_code=COUNTY, programme="dibao", year=int(year), defaults={"code": f"dibao-370502-{year}"}
        )[0]
        ledger.appropriate(line, 1_000_000_00, about="budget", at=at)
    made = drawing.draw(division_code=COUNTY, programme="dibao", month=this, by=maker, at=at).list
    lists.check(made=lists.make(made=made, by=maker, at=at), by=checker, at=at, because="the first list")
    (place / "own.csv").write_text(f"{HEAD}{rows}dibao.urban_monthly,370502,here,{raised}-01,,900,yuan,invented,high,county\n")
    return Item.objects.get(pk=item.pk).key


if __name__ == "__main__":
    main()
