"""A number goes into force by two persons, with a try, a reason and a day (F2); a shadow run counts and changes nothing."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from jiuzhu.casework.accounts.permissions import Console, NotAllowed
from jiuzhu.casework.calibration import actions, queries
from jiuzhu.casework.calibration.models import Proposal, Shadow, ShadowCount
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from tests.support.county import AS_OF, NOW, County
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
CODE, NAME, HERE = "S01-E01", "annual_self_pay_limit", "370502"
FROM = date(2026, 12, 10)


@pytest.fixture
def workspace(county: County, tmp_path: Path, settings: Any) -> Path:
    shutil.copytree(county.workspace, tmp_path / "w")
    settings.WORKSPACE = tmp_path / "w"
    settings.PLACE_FOLDER = tmp_path / "w" / "place"
    settings.CATALOGUE_FOLDERS = [public.NATIONAL]
    return tmp_path / "w"


def change(value: int = 4000) -> public.OtherNumber:
    return public.OtherNumber(CODE, NAME, Decimal(value), HERE)


def proposed(by: Any, value: int = 4000) -> Proposal:
    return actions.propose(change=change(value), because="bills rose", as_of=AS_OF, by=by, at=AT)


def rows(workspace: Path) -> list[dict[str, str]]:
    path = workspace / "place" / "parameters" / "indicators.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.requirement("F2")
def test_a_second_person_releases_a_number_as_a_dated_row_and_the_next_run_reads_it(workspace: Path, county: County):
    author, other = officer("author", "county_officer", HERE), officer("other", "policy_officer", "370500")
    before = public.warnings(workspace, by="test", at=NOW)
    proposal = proposed(author)
    assert rows(workspace) == []
    actions.decide(number=proposal.number, word="release", because="minutes of 23 November", by=other, at=AT, holds_from=FROM)
    (row,) = rows(workspace)
    assert (row["indicator"], row["name"], row["division"], row["from"], row["value"]) == (CODE, NAME, HERE, "2026-12-10", "4000")
    assert public.warnings(workspace, by="test", at=NOW) == before
    told = public.catalogue(workspace / "place").parameters
    in_force = {day: told.value(CODE, NAME, HERE, day) for day in (FROM - timedelta(days=1), FROM)}
    assert [one.value for one in in_force.values() if one] == [Decimal(5000), Decimal(4000)]
    (standing,) = public.proposals(workspace, as_of=AS_OF)
    assert (standing.state, standing.decision.holds_from if standing.decision else "") == ("released", "2026-12-10")
    assert list(Event.objects.filter(subject_key=proposal.number).order_by("pk").values_list("who", "operation")) == [
        ("author", "proposals.make"), ("other", "proposals.decide"),
    ]  # fmt: skip


@pytest.mark.requirement("F2")
def test_the_author_does_not_release_by_any_account(workspace: Path):
    author = officer("author", "county_officer", HERE)
    proposal = proposed(author)
    give(author, "policy_officer", "370500")
    at_home = account("author at home", person=author.person)
    give(at_home, "policy_officer", "370500")
    for again in (author, at_home):
        with pytest.raises(actions.SamePerson):
            actions.decide(number=proposal.number, word="release", because="mine", by=again, at=AT, holds_from=FROM)
    # The book of the registry knows the person too, should the desk ever forget.
    with pytest.raises(public.ProposalRefused, match="another person decides"):
        public.decide_proposal(
            workspace, proposal.number, "release", by=f"staff {author.person.staff_number}", because="x", at=AT,
            holds_from=FROM, folder=workspace / "place", catalogue=public.catalogue(),
        )  # fmt: skip
    assert rows(workspace) == []
    table = Proposal._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET decided_person_id = made_person_id, state = 'decided' WHERE number = '{proposal.number}'"
        )


@pytest.mark.requirement("F2")
@pytest.mark.parametrize("day", [None, date(2026, 11, 21), date(2026, 11, 1)])
def test_a_number_never_holds_without_a_day_to_come(workspace: Path, day: date | None):
    proposal = proposed(officer("author", "county_officer", HERE))
    other = officer("other", "policy_officer", "370500")
    with pytest.raises(actions.NoReason):
        actions.decide(number=proposal.number, word="release", because="now", by=other, at=AT, holds_from=day)
    assert rows(workspace) == []
    assert Proposal.objects.get().state == "proposed"


@pytest.mark.requirement("F2")
def test_the_try_before_a_release_shows_which_warnings_change(workspace: Path):
    """The dry run: what it says is added and lost is what a run with the released row finds."""
    author, other = officer("author", "county_officer", HERE), officer("other", "policy_officer", "370500")
    live = {row["warning_id"] for row in public.warnings(workspace, by="test", at=NOW) if row["indicator_id"] == CODE}
    told = public.what_if(workspace, change(100))
    the_day_before = AT - timedelta(days=2)
    proposal = actions.propose(change=change(100), because="a test", as_of=AS_OF, by=author, at=the_day_before)
    actions.decide(number=proposal.number, word="release", because="a test", by=other, at=the_day_before, holds_from=AS_OF)
    public.run(workspace, as_of=AS_OF, now=NOW, catalogue=public.catalogue(workspace / "place"))
    after = {row["warning_id"] for row in public.warnings(workspace, by="test", at=NOW) if row["indicator_id"] == CODE}
    assert told.added
    assert after == (live | {one.warning_id for one in told.added}) - {one.warning_id for one in told.lost}


@pytest.mark.parametrize(
    ("role", "place"), [("township_officer", "370502001"), ("data_steward", HERE), ("county_officer", "370503")]
)
def test_who_may_not_proposes_nothing(workspace: Path, role: str, place: str):
    with pytest.raises(NotAllowed):
        proposed(officer("who", role, place))
    with pytest.raises(NotAllowed):
        proposed(Console())
    assert public.proposals(workspace, as_of=AS_OF) == ()


def test_a_county_officer_does_not_release(workspace: Path):
    proposal = proposed(officer("author", "county_officer", HERE))
    other = officer("other", "county_officer", HERE)
    with pytest.raises(NotAllowed):
        actions.decide(number=proposal.number, word="release", because="x", by=other, at=AT, holds_from=FROM)


@pytest.mark.parametrize("text", ["", "five", "NaN", "1e", "Infinity"])
def test_what_is_no_number_is_not_tried(text: str):
    with pytest.raises(actions.NotANumber):
        actions.number_of(text)
    assert actions.number_of(" 4,000.5 ") == Decimal("4000.5")


def test_the_same_number_is_not_proposed_and_a_declined_one_writes_nothing(workspace: Path):
    author, other = officer("author", "county_officer", HERE), officer("other", "policy_officer", "370500")
    with pytest.raises(public.ProposalRefused, match="already"):
        proposed(author, 5000)
    proposal = proposed(author)
    actions.decide(number=proposal.number, word="decline", because="roads are closed", by=other, at=AT)
    assert rows(workspace) == []
    assert public.proposals(workspace, as_of=AS_OF)[0].state == "declined"


@pytest.mark.requirement("F2")
def test_a_proposal_of_the_monthly_calibration_waits_until_a_person_stands_for_it(workspace: Path):
    author, other = officer("author", "county_officer", HERE), officer("other", "policy_officer", "370500")
    number = public.propose_by_hand(workspace, change(), by="monthly calibration", because="finds more", as_of=AS_OF)
    with pytest.raises(Proposal.DoesNotExist):
        actions.decide(number=number, word="release", because="x", by=other, at=AT, holds_from=FROM)
    actions.take_up(number=number, because="I looked at it", as_of=AS_OF, by=author, at=AT)
    with pytest.raises(actions.Settled):
        actions.take_up(number=number, because="me too", as_of=AS_OF, by=other, at=AT)
    actions.decide(number=number, word="release", because="agreed", by=other, at=AT, holds_from=FROM)
    assert [row["value"] for row in rows(workspace)] == ["4000"]


def test_a_shadow_counts_beside_every_release_and_changes_none(workspace: Path, county: County):
    policy = officer("policy", "policy_officer", "370500")
    live = len([row for row in county.warnings if row["indicator_id"] == CODE])
    shadow = actions.begin_shadow(change=change(100), until=date(2026, 12, 20), by=policy, at=AT)
    tried = public.what_if(workspace, change(100))
    (first,) = ShadowCount.objects.filter(shadow=shadow)
    assert (first.live, first.tried, first.added, first.lost) == (live, tried.tried, len(tried.added), len(tried.lost))
    run = public.run(workspace, as_of=date(2026, 11, 21), now=NOW + timedelta(days=1), catalogue=public.catalogue())
    assert actions.follow_release(release=run.release, at=AT) == 1
    assert actions.follow_release(release=run.release, at=AT) == 0
    assert [one.as_of for one in ShadowCount.objects.order_by("as_of")] == [AS_OF, date(2026, 11, 21)]
    assert rows(workspace) == []
    actions.end_shadow(shadow=shadow.pk, by=policy, at=AT)
    assert actions.follow_release(release=county.run.release, at=AT) == 0
    assert [one.name for one in queries.shadows(viewer=policy, indicator=CODE, at=AT)] == [NAME]


def test_one_number_runs_in_the_shadow_once(workspace: Path):
    policy = officer("policy", "policy_officer", "370500")
    actions.begin_shadow(change=change(100), until=date(2026, 12, 20), by=policy, at=AT)
    with pytest.raises(actions.Settled):
        actions.begin_shadow(change=change(200), until=date(2026, 12, 20), by=policy, at=AT)
    assert Shadow.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.end_shadow(shadow=Shadow.objects.get().pk, by=officer("who", "auditor", HERE), at=AT)
