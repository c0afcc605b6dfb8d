"""What one person does not do both of: tried by one person, by two accounts of one, by what is handed down, by direct SQL (A8).

Surveying a family and confirming its benefit; standing for a number and releasing it; running, guarding and auditing the system.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import DatabaseError, connection, transaction

from jiuzhu.casework.accounts import roles
from jiuzhu.casework.accounts.models import Assignment, Officer
from jiuzhu.casework.accounts.permissions import Scope, allowed, table
from jiuzhu.casework.calibration import actions as calibration
from jiuzhu.casework.calibration.models import Proposal
from jiuzhu.casework.cases.actions import take_duty
from jiuzhu.casework.cases.models import Case, Duty
from jiuzhu.casework.cases.refusals import DutyHeld
from jiuzhu.casework.visits import actions
from jiuzhu.casework.visits.actions import SURVEY, Told
from jiuzhu.rules.permissions import ADMINISTRATORS
from tests.support import families
from tests.support.families import COUNTY, NOW, TOWNSHIP
from tests.support.officers import UNTIL, account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A8")]
SURVEYED = {
    "met": ["self"], "place_kind": ["rural"], "kin_of_cadre": ["no"], "causes": ["illness"], "house_kind": ["self_built"],
    "income_year": ["18000"], "fits": ["yes"], "fits_because": ["ill"], "signed_by_family": ["yes"],
    "members.0.member_name": ["one"], "members.0.member_relation": ["head"],
}  # fmt: skip


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def surveyed(zhou: Officer) -> Case:
    """A family that zhou and li surveyed together."""
    task = families.task(families.family())
    told = Told(
        form="F04", typed=SURVEYED, began_at=NOW - timedelta(minutes=50), ended_at=NOW - timedelta(minutes=10),
        outcome="no_difficulty", second=account("li"),
    )  # fmt: skip
    actions.record_visit(task=task, told=told, by=zhou, at=NOW)
    return task.case


def at_home(of: Officer) -> Officer:
    """A second account of the same person."""
    return account(f"{of.account} at home", person=of.person)


def confirmed_by(who: Officer, case: Case) -> Duty:
    """The duty of whoever confirms the benefit, as the act of confirming takes it."""
    return take_duty(case=case, group=SURVEY, duty="confirm", person=who.person, at=NOW)


def test_the_survey_itself_writes_down_who_surveyed(surveyed: Case):
    kept = Duty.objects.order_by("person__name").values_list("case", "round", "group", "duty", "person__name")
    assert list(kept) == [(surveyed.pk, 1, SURVEY, "prepares", "li"), (surveyed.pk, 1, SURVEY, "prepares", "zhou")]


@pytest.mark.parametrize("which", ["zhou", "li"])
def test_who_surveyed_does_not_confirm_under_any_account_and_somebody_else_does(which: str, surveyed: Case):
    person = Officer.objects.get(account=which)
    for one in (person, at_home(person)):
        with pytest.raises(DutyHeld), transaction.atomic():
            confirmed_by(one, surveyed)
    assert confirmed_by(account("wang"), surveyed).duty == "confirm"


def test_who_confirmed_does_not_survey_in_the_same_round_and_may_in_the_next(zhou: Officer):
    task = families.task(families.family())
    confirmed_by(zhou, task.case)
    told = Told(
        form="F04", typed=SURVEYED, began_at=NOW - timedelta(minutes=50), ended_at=NOW - timedelta(minutes=10),
        outcome="no_difficulty", second=account("li"),
    )  # fmt: skip
    with pytest.raises(DutyHeld):
        actions.record_visit(task=task, told=told, by=zhou, at=NOW)
    assert Duty.objects.count() == 1
    Case.objects.update(round=2)
    task = families.task(Case.objects.get())
    assert actions.record_visit(task=task, told=told, by=zhou, at=NOW).officer == zhou


def test_a_role_that_is_handed_down_does_not_get_around_it(surveyed: Case, zhou: Officer):
    boss = officer("boss", "county_officer", COUNTY)
    roles.delegate(
        assignment=Assignment.objects.get(officer=boss),
        taker=zhou,
        division_code=TOWNSHIP,
        until=UNTIL,
        because="leave",
        by=boss,
        at=NOW,
    )
    assert allowed(zhou, "cases.close", on=Scope(TOWNSHIP, "open"), at=NOW) is not None
    with pytest.raises(DutyHeld):
        confirmed_by(zhou, surveyed)


@pytest.mark.parametrize(
    "statement",
    [
        'INSERT INTO cases_duty (case_id, round, "group", person_id, duty, at) '
        "SELECT case_id, round, \"group\", person_id, 'confirm', at FROM cases_duty",
        "UPDATE cases_duty SET duty = 'confirm'",
        "UPDATE cases_duty SET round = 9",
        "UPDATE cases_duty SET person_id = (SELECT max(id) FROM accounts_person)",
        "DELETE FROM cases_duty",
    ],
)
def test_the_database_itself_keeps_duties_apart(statement: str, surveyed: Case):
    account("another")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert set(Duty.objects.values_list("duty", flat=True)) == {"prepares"}


@pytest.fixture
def proposal() -> Proposal:
    author = officer("author", "policy_officer", "370500")
    return Proposal.objects.create(
        number="p1", indicator="S01-E01", name="limit", division_code="370500", value="4000", because="bills rose",
        made_person=author.person, made_by="author", made_at=NOW,
    )  # fmt: skip


def test_who_stands_for_a_number_does_not_release_it_under_any_account(proposal: Proposal):
    author = Officer.objects.get(account="author")
    second = at_home(author)
    give(second, "policy_officer", "370500")
    for one in (author, second):
        with pytest.raises(calibration.SamePerson), transaction.atomic():
            calibration.decide(
                number="p1", word="release", because="mine", by=one, at=NOW, holds_from=NOW.date() + timedelta(days=9)
            )
    assert Proposal.objects.get().state == "proposed"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'decided', decided_person_id = made_person_id",
        "made_person_id = (SELECT max(id) FROM accounts_person)",
        "made_by = 'somebody else'",
    ],
)
def test_the_database_itself_keeps_author_and_releaser_apart(change: str, proposal: Proposal):
    account("another")
    for statement in (f"UPDATE calibration_proposal SET {change}", "DELETE FROM calibration_proposal"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(("held", "wanted"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_whoever_runs_guards_or_audits_the_system_does_no_second_of_these_under_any_account(held: str, wanted: str):
    """By the act, by a second account, and by a row laid straight into the table, which then gives nothing."""
    keeper = officer("keeper", "security_administrator", COUNTY)
    one = officer("one", held, COUNTY)
    second = at_home(one)
    office = Assignment.objects.get(officer=one).office
    term = {"since": NOW, "until": UNTIL}
    for who in (one, second):
        with pytest.raises(roles.WrongRole):
            roles.assign(officer=who, role=wanted, division_code=COUNTY, office=office, by=keeper, at=NOW, **term)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_assignment (officer_id, office_id, role, duty, division_code, since, until, given_by, ended_by, "
            f"ended_because) SELECT {second.pk}, office_id, '{wanted}', '{wanted}', division_code, since, until, 'x', '', '' "
            f"FROM accounts_assignment WHERE officer_id = {one.pk}"
        )
    only_theirs = {row.operation for row in table().all_rows() if row.role == wanted} - {
        row.operation for row in table().all_rows() if row.role in (held, "anyone")
    }
    assert only_theirs
    assert [code for code in sorted(only_theirs) if allowed(second, code, on=None, at=NOW)] == []


def test_no_administrator_reads_what_is_personal_of_a_family():
    """No row of the table opens it to them, on whatever they may look at."""
    opens = [
        (row.role, row.operation, row.level)
        for row in table().all_rows()
        if row.role in ADMINISTRATORS and row.level in ("personal", "sensitive", "sealed")
    ]
    of_families = [
        one
        for one in opens
        if one[1].split(".")[0] in ("family", "families", "warnings", "cases", "visits", "referrals", "tasks")
    ]
    assert of_families == []
    for role in ADMINISTRATORS:
        who = officer(role, role, COUNTY)
        for operation in ("family.open", "visits.read", "cases.read", "warnings.read", "referrals.read"):
            assert allowed(who, operation, on=Scope(TOWNSHIP, "open"), at=NOW) is None
