"""Work in hand for the demo: officers of the invented county release, assign, take in, verify, survey, decide and pay, as they would.

Every act is an officer's own, with the permission, the record and the letters it always has; only its day is moved back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber

if TYPE_CHECKING:
    from jiuzhu.casework.accounts.models import Officer
    from jiuzhu.casework.applications.models import Application
    from jiuzhu.casework.cases.models import Case
    from jiuzhu.casework.decisions.models import Item

DAY = timedelta(days=1)
RELEASED, GIVEN = 24, 9
FAMILIES = 14  # that apply
BEGAN = 21  # days ago the first application was handed in
MOST = 3  # members of a family that applies in the demo
LOOK = "demo"
CONSENTS = ("register", "finance", "medical")
SURVEY = {
    "met": ["self"], "place_kind": ["rural"], "kin_of_cadre": ["no"], "causes": ["illness"], "house_kind": ["self_built"],
    "income_year": ["4800"], "fits": ["yes"], "fits_because": ["家中陈设简单，无高值物品，与申报一致"], "signed_by_family": ["yes"],
}  # fmt: skip


@dataclass(frozen=True)
class Staff:
    clerk: Officer
    second: Officer
    worker: Officer
    surveyors: tuple[Officer, Officer]
    county: Officer
    checker: Officer


def begin_work(workspace: Path, *, at: datetime) -> int:
    """Work for the demo's officers, once: gives how many families applied; 0 where there is work already."""
    from jiuzhu.casework.accounts.models import Officer
    from jiuzhu.casework.cases.models import Task

    if Task.objects.exists() or not public.is_invented(workspace):
        return 0
    who = {name: Officer.objects.get(account=name) for name in ACCOUNTS}
    staff = Staff(
        who["township"], who["township2"], who["worker"], (who["surveyor"], who["surveyor2"]), who["county"], who["county2"]
    )
    _released(staff, at)
    applied = 0
    for number, (case, people) in enumerate(_families(workspace, staff, at=at - BEGAN * DAY)):
        applied += _helped(staff, case, people, number, at)
        if applied == FAMILIES:
            break
    _paid(staff, at)
    return applied


ACCOUNTS = ("township", "township2", "worker", "surveyor", "surveyor2", "county", "county2")


def _released(staff: Staff, at: datetime) -> None:
    """The most urgent warnings of the township go out, some of them with a name."""
    from jiuzhu.casework.cases import events, tasks
    from jiuzhu.casework.cases.models import Task
    from jiuzhu.casework.dispatch.chosen import These
    from jiuzhu.casework.dispatch.models import Warning
    from jiuzhu.casework.dispatch.releasing import release

    township = staff.clerk.assignments.get(role="township_officer").division_code
    waiting = Warning.objects.filter(handling="waiting", side="entry", kind="warning", division_code__startswith=township)
    numbers = tuple(waiting.order_by("-level", "due_on", "pk").values_list("warning_id", flat=True)[:RELEASED])
    if not numbers:
        return
    release(chosen=These(numbers), because="released_as_found", by=staff.clerk, at=at)
    events.hear(at=at)
    for task in Task.objects.filter(state="open", kind="visit", owner=None).order_by("-priority", "pk")[:GIVEN]:
        tasks.assign(task=task, to=staff.worker, by=staff.clerk, at=at)


def _families(workspace: Path, staff: Staff, *, at: datetime) -> Iterator[tuple[Case, Sequence[public.Identity]]]:
    """Small families of grown-ups of whom the township has an entry warning, each taken into care, with names and numbers."""
    from jiuzhu.casework.cases import actions as cases
    from jiuzhu.casework.cases import events
    from jiuzhu.casework.dispatch.models import Warning

    township = staff.clerk.assignments.get(role="township_officer").division_code
    waiting = Warning.objects.filter(handling="waiting", side="entry", division_code__startswith=township)
    found = waiting.exclude(household_id="").order_by("-level", "pk").values_list("household_id", "division_code").distinct()
    seen: set[str] = set()
    for household, division in found[:400]:
        if household in seen:
            continue
        seen.add(household)
        try:
            told = public.household(workspace, household, by=LOOK, purpose=LOOK, at=at)
        except public.NoHousehold:
            continue
        known = public.identities(workspace, told.people, full=True, by=LOOK, purpose=LOOK, at=at)
        people = [one for one in known.values() if one.name and one.number]
        if not 0 < len(people) == len(told.people) <= MOST or any(_born(one, at) > at.year - 19 for one in people):
            continue
        case = cases.open_case(division_code=division, because="asked_for_help", by=staff.clerk, at=at, household_key=household)
        events.hear(at=at)
        yield case, people


def _born(one: public.Identity, at: datetime) -> int:
    try:
        return IdNumber.parse(one.number).birth_date.year
    except ValueError:
        return at.year


def _helped(staff: Staff, case: Case, people: Sequence[public.Identity], number: int, at: datetime) -> int:
    """One family as far as its number says: the first only begun, the last with money granted. Gives 1 where it applied."""
    from jiuzhu.casework.applications import actions as applications
    from jiuzhu.casework.applications.refusals import NotFilled

    begun = at - (BEGAN - number) * DAY
    made = applications.draft(
        channel="window" if number % 3 else "village", by=staff.clerk, at=begun, division_code=case.division_code
    )
    made = applications.save(application=made, typed=_typed(case, people), by=staff.clerk, at=begun)
    if number == 0:
        return 1
    applications.attach(
        application=made, paper="consent", content=_page(), name="consent.png", source="scan", by=staff.clerk, at=begun
    )
    try:
        made = applications.submit(application=made, by=staff.clerk, at=begun)
    except NotFilled:  # of a family that has an application in hand, or whose records say otherwise
        return 0
    if number > 1:
        _examined(staff, made, begun, at, surveyed=number > 3)
    return 1


def _examined(staff: Staff, made: Application, begun: datetime, at: datetime, *, surveyed: bool) -> None:
    from jiuzhu.casework.applications import actions as applications
    from jiuzhu.casework.cases import events, tasks
    from jiuzhu.casework.cases.models import Task
    from jiuzhu.casework.parties.models import Party
    from jiuzhu.casework.verification import authorising, rounds
    from jiuzhu.casework.visits import actions as visits

    for party in Party.objects.filter(named__application=made, named__together=True).exclude(pk=made.applicant_id):
        authorising.authorise(
            case=made.case,
            party=party,
            consents=CONSENTS,
            until=(begun + 365 * DAY).date(),
            how="paper",
            by=staff.clerk,
            at=begun,
        )
    made = applications.accept(application=made, by=staff.clerk, at=begun + timedelta(hours=2))
    if not surveyed:
        return
    for hours in (3, 60):
        rounds.work(at=begun + timedelta(hours=hours))
        events.hear(at=begun + timedelta(hours=hours))
    seen = begun + 2 * DAY
    task = tasks.assign(
        task=Task.objects.get(case=made.case, kind="visit", state="open"), to=staff.surveyors[0], by=staff.clerk, at=begun + DAY
    )
    visits.record_visit(
        task=task, by=staff.surveyors[0], at=seen,
        told=visits.Told(
            form="F04", typed=SURVEY, began_at=seen - timedelta(minutes=50), ended_at=seen, outcome="policy_told", second=staff.surveyors[1]
        ),
    )  # fmt: skip
    made = applications.finish(application=made, by=staff.clerk, at=begun + 3 * DAY)
    for item in made.case.items.order_by("pk"):
        _decided(staff, item, begun + 4 * DAY, at)


def _decided(staff: Staff, item: Item, proposed: datetime, at: datetime) -> None:
    """Proposed, noticed, reported and decided, as far as the days since then go."""
    from jiuzhu.casework.decisions import actions as decisions
    from jiuzhu.casework.decisions import sources
    from jiuzhu.casework.decisions.refusals import Blocked, Differs

    try:
        proposal = decisions.propose(item=item, gathered=sources.facts_of(item, at=proposed), by=staff.clerk, at=proposed)
    except (Blocked, Differs):  # something is not known, or the rules and the officer differ: it waits for a person
        return
    reported = proposed + (8 if proposal.grants else 1) * DAY
    if proposal.grants:
        decisions.step(item, "publish", by=staff.clerk, at=proposed)
    if reported > at:
        return
    decisions.step(item, "report", by=staff.clerk, at=reported)
    if reported + DAY > at:
        return
    if proposal.grants:
        decisions.confirm(item=item, by=staff.county, at=reported + DAY)
    else:
        decisions.refuse(item=item, because="核对收入高于当地标准", by=staff.county, at=reported + DAY)


def _paid(staff: Staff, at: datetime) -> None:
    """Accounts of whoever was granted something, money set apart, and the list of next month, drawn and signed by its maker."""
    from jiuzhu.casework.payments import drawing, ledger, lists, months, payees
    from jiuzhu.casework.payments.models import BudgetLine, Grant

    county, month = staff.county.assignments.get(role="county_officer").division_code, months.after(f"{at:%Y-%m}")
    granted = Grant.objects.filter(programme="dibao").select_related("case", "party").order_by("pk")
    for grant in granted:
        account = payees.Account(f"6217{grant.pk:012}", "本人", "农村信用社")
        made = payees.propose(case=grant.case, party=grant.party, account=account, by=staff.county, at=at)
        payees.look(payee=made, case=grant.case, right=True, by=staff.checker, at=at)
    if not granted:
        return
    line = BudgetLine.objects.create(
        code=f"dibao-{county}-{month[:4]}", division_code=county, programme="dibao", year=int(month[:4])
    )
    ledger.appropriate(line, 5_000_000_00, about="demo", at=at)
    drawn = drawing.draw(division_code=county, programme="dibao", month=month, by=staff.county, at=at)
    lists.make(made=drawn.list, by=staff.county, at=at)


def _typed(case: Case, people: Sequence[public.Identity]) -> Mapping[str, Sequence[str]]:
    """The least a window asks: who they are, where they live, and their consent; everything else is left to the records."""
    head, *others = people
    said = {
        "items": "dibao", "applicant_name": head.name, "id_kind": "id_card", "id_number": head.number, "phone": "13905460001",
        "residence": case.division_code, "address": "村中路 1 号", "residence_kind": "rural", "agent": "no", "kin_declared": "no",
        "assets_how": "none", "truth": "yes", "consent_check": "yes", "consent_finance": "yes", "consent_medical": "yes", "consent_notice": "yes",
    }  # fmt: skip
    for line, one in enumerate(others, start=1):
        said |= {
            f"members.{line}.member_name": one.name, f"members.{line}.member_relation": "other",
            f"members.{line}.member_id_kind": "id_card", f"members.{line}.member_id_number": one.number,
        }  # fmt: skip
    return {name: [value] for name, value in said.items()}


def _page() -> bytes:
    """A page as a scanner makes it, with nothing on it: nobody signed, since nobody is real."""
    from PIL import Image

    target = BytesIO()
    Image.new("RGB", (620, 877), (250, 250, 246)).save(target, "PNG")
    return target.getvalue()
