"""Families whose dibao runs, put into a served workspace by officers of its own: `python -m tests.support.helped_families WORKSPACE`.

The way is that of the demo: applied at the window, verified, surveyed, proposed, noticed, confirmed. One person who lives alone has the
money of next month already, for what follows a death.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiuzhu.portals.cli import demo_work
from jiuzhu.portals.cli.answers import BEIJING
from jiuzhu.portals.cli.site import prepare_desk
from jiuzhu.registry import public

if TYPE_CHECKING:
    from jiuzhu.casework.decisions.models import Item

DAY = timedelta(days=1)
STEP = 5  # of demo_work: as far as a decision
FEN = 500_00  # where the rules cannot say, or say no


def families(workspace: Path, *, alone: int, together: int) -> list[dict[str, Any]]:
    """So many people who live alone, so many families of two or three; each with its item, its name and how much it gets."""
    prepare_desk(workspace, public.current(workspace))  # from here on there is a database
    from jiuzhu.casework.accounts.models import Officer

    at = datetime.now(BEIJING)
    who = {name: Officer.objects.get(account=name) for name in demo_work.ACCOUNTS}
    staff = demo_work.Staff(
        who["township"], who["township2"], who["worker"], (who["surveyor"], who["surveyor2"]), who["county"], who["county2"]
    )
    wanted, found = {True: alone, False: together}, []
    for case, people in demo_work._families(workspace, staff, at=at - demo_work.BEGAN * DAY):
        single = len(people) == 1
        if not wanted[single]:
            continue
        demo_work._helped(staff, case, people, STEP, at)
        for item in _in_force(staff, case, at):
            found.append({"item": item.key, "case": case.key, "name": people[0].name, "alone": single, "fen": _fen(item)})
            wanted[single] -= 1
        if not any(wanted.values()):
            break
    _paid(workspace, staff, [one["item"] for one in found if one["alone"]], at)
    return found


def _in_force(staff: demo_work.Staff, case: Any, at: datetime) -> Iterator[Item]:
    """Its programmes that run; what the demo left to a person a person decides here."""
    from jiuzhu.casework.decisions import actions, sources
    from jiuzhu.casework.decisions.actions import Choice
    from jiuzhu.casework.decisions.models import Item

    for item in Item.objects.filter(case=case, programme="dibao").select_related("walk", "case", "party"):
        if item.walk.state == "examined":
            told, then = sources.facts_of(item, at=at - 12 * DAY), at - 12 * DAY
            choice = Choice(grants=True, fen=FEN, because="入户查实确有困难")
            try:
                actions.propose(item=item, gathered=told, by=staff.clerk, at=then, choice=choice)
            except ValueError:
                continue
            actions.step(item, "publish", by=staff.clerk, at=then)
            actions.step(item, "report", by=staff.clerk, at=then + 8 * DAY)
            actions.confirm(item=item, by=staff.county, at=then + 9 * DAY)
        item = Item.objects.select_related("walk").get(pk=item.pk)
        if item.walk.state == "in_force":
            yield item


def _fen(item: Item) -> int:
    from jiuzhu.casework.decisions.hearings import amount_now

    return amount_now(item)


def _paid(workspace: Path, staff: demo_work.Staff, items: list[str], at: datetime) -> None:
    """The money of next month arrives for them, by a bank that does nothing else."""
    from jiuzhu.casework.payments import drawing, ledger, lists, months, payees
    from jiuzhu.casework.payments.models import BudgetLine, Grant
    from jiuzhu.casework.payments.sending import work
    from jiuzhu.gateways.bank.twin import Twin

    county, month = staff.county.assignments.get(role="county_officer").division_code, months.after(f"{at:%Y-%m}")
    for grant in Grant.objects.filter(terms__decision__in=_decisions(items)).distinct().select_related("case", "party"):
        account = payees.Account(f"6217{grant.pk:012}", "本人", "农村信用社")
        made = payees.propose(case=grant.case, party=grant.party, account=account, by=staff.county, at=at)
        payees.look(payee=made, case=grant.case, right=True, by=staff.checker, at=at)
    line = BudgetLine.objects.create(
        code=f"dibao-{county}-{month[:4]}", division_code=county, programme="dibao", year=int(month[:4])
    )
    ledger.appropriate(line, 5_000_000_00, about="journey", at=at)
    drawn = drawing.draw(division_code=county, programme="dibao", month=month, by=staff.county, at=at).list
    made = lists.make(made=drawn, by=staff.county, at=at)
    lists.check(made=made, by=staff.checker, at=at, because="核看过")
    bank = Twin(workspace / "quiet-bank.db", 1, at.date(), lost=0, late=0, doubled=0, reordered=0, refused=0, returned=0)
    for _ in range(3):
        work(bank, at=at)


def _decisions(items: list[str]) -> list[str]:
    from jiuzhu.casework.decisions.models import Decision

    return list(Decision.objects.filter(item__key__in=items).values_list("key", flat=True))


if __name__ == "__main__":
    print(json.dumps(families(Path(sys.argv[1]), alone=1, together=2), ensure_ascii=False))
