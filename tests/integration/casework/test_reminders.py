"""Units are told of the kinds of warnings that concern them: by the catalogue, or because they asked; once, and never whom."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Assignment, Office, Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import events
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.cases.models import Announcement, Heard
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.chosen import AllOf
from jiuzhu.casework.dispatch.queries import Filter
from jiuzhu.casework.reminders import actions, queries, told
from jiuzhu.casework.reminders.models import Reminder
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.catalogue import Catalogue
from tests.support.casework import AT, COUNTY, TOWNSHIP, VILLAGE, warning
from tests.support.families import department
from tests.support.officers import SINCE, UNTIL, account, officer

pytestmark = pytest.mark.django_db
HEALTH, HOUSING, ILL = "卫生健康", "住房城乡建设", "S20-E01"  # S20-E01 is routed to township, county and 卫生健康


@pytest.fixture(autouse=True)
def declared(national: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "_national", lambda: national.indicators)


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.fixture
def health() -> Officer:
    return department(HEALTH)


def at_city(name: str) -> Office:
    return Office.objects.create(department=name, division_code="370500", tier="prefecture", name=f"city {name}")


def released(by: Officer, *numbers: str, indicator: str = ILL, division: str = VILLAGE, level: int = 4) -> None:
    for number in numbers:
        warning(number, indicator_id=indicator, scenario_id=indicator[:3], division_code=division, level=level)
    dispatch.release(chosen=AllOf(Filter(), len(numbers)), because="released_as_found", by=by, at=AT)
    events.hear(at=AT)


def reminders(of: Iterable[Reminder] | None = None) -> set[tuple[str, str, str, int, int]]:
    rows = Reminder.objects.select_related("office") if of is None else of
    return {(one.office.name, one.indicator_id, one.township, one.warnings, one.level) for one in rows}


@pytest.mark.feature("SF128")
def test_the_nearest_unit_the_catalogue_names_is_told_how_many_where_and_how_bad(zhou: Officer, health: Officer):
    at_city(HEALTH)
    department(HOUSING)
    county = officer("county", "county_officer", COUNTY)
    released(zhou, "a", "b", level=3)
    assert reminders() == {(HEALTH, ILL, TOWNSHIP, 2, 3), (COUNTY, ILL, TOWNSHIP, 2, 3)}
    seen = queries.reminders(viewer=health, at=AT)
    assert reminders(seen) == {(HEALTH, ILL, TOWNSHIP, 2, 3)}
    fields = {field.name for field in Reminder._meta.get_fields()}
    assert not fields & {"household_id", "warning_id", "case", "value"}  # it says what was found, never whom
    assert len(reminders(queries.reminders(viewer=county, at=AT))) == 2  # the county sees what was told below it
    assert not queries.reminders(viewer=officer("far", "county_officer", "370503"), at=AT).exists()


@pytest.mark.feature("SF128")
def test_a_release_is_told_once_however_often_it_is_heard(zhou: Officer, health: Officer):
    released(zhou, "a")
    assert Reminder.objects.count() == 1
    Heard.objects.filter(listener="reminders").delete()
    Announcement.objects.update(heard_at=None)
    events.hear(at=AT)
    assert Reminder.objects.count() == 1
    released(zhou, "b")
    assert Reminder.objects.count() == 2
    kept = Reminder.objects.earliest("pk")
    for act in (kept.delete, lambda: Reminder.objects.update(warnings=9)):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


@pytest.mark.feature("SF128")
def test_a_unit_chooses_kinds_and_grades_and_an_indicator_goes_before_its_scenario(zhou: Officer, health: Officer):
    housing = department(HOUSING)
    unit = Office.objects.get(department=HOUSING)

    def choose(code: str, choice: str) -> None:
        actions.subscribe(office=unit, code=code, choice=choice, by=housing, at=AT)

    def told_now(number: str, level: int) -> bool:
        before = Reminder.objects.filter(office=unit).count()
        released(zhou, number, level=level)
        return Reminder.objects.filter(office=unit).count() > before

    assert not told_now("a", 4)
    choose("S20", "orange")
    assert [told_now("b", 2), told_now("c", 3)] == [False, True]
    choose(ILL, "red")
    assert [told_now("d", 3), told_now("e", 4)] == [False, True]
    choose(ILL, "none")
    assert not told_now("f", 4)
    choose(ILL, "declared")
    assert told_now("g", 3)  # the scenario's choice holds again
    assert Event.objects.filter(operation="reminders.subscribe").count() == 4


@pytest.mark.feature("SF128")
def test_a_unit_that_wants_no_reminder_gets_none_though_the_catalogue_names_it(zhou: Officer, health: Officer):
    city, unit = at_city(HEALTH), Office.objects.get(department=HEALTH, division_code=COUNTY)
    actions.subscribe(office=unit, code=ILL, choice="none", by=health, at=AT)
    released(zhou, "a")
    assert not Reminder.objects.exists()  # nor does it go past the unit to the one above
    Assignment.objects.create(
        officer=account("at city"), office=city, role="department_officer", duty="casework", division_code="370500", since=SINCE,
        until=UNTIL, given_by="test",
    )  # fmt: skip
    actions.subscribe(office=city, code="S20", choice="all", by=Officer.objects.get(account="at city"), at=AT)
    released(zhou, "b")
    assert {one.office_id for one in Reminder.objects.all()} == {city.pk}


@pytest.mark.feature("SF128")
def test_nobody_chooses_or_signs_for_a_unit_that_is_not_theirs(zhou: Officer, health: Officer):
    housing, unit = department(HOUSING), Office.objects.get(department=HEALTH)
    with pytest.raises(NotAllowed):
        actions.subscribe(office=unit, code=ILL, choice="none", by=housing, at=AT)
    for code, choice in (("S99", "all"), (ILL, "sometimes")):
        with pytest.raises(UnknownCode):
            actions.subscribe(office=unit, code=code, choice=choice, by=health, at=AT)
    released(zhou, "a")
    (one,) = Reminder.objects.all()
    county = officer("county", "county_officer", COUNTY)
    for other in (housing, county, zhou):
        with pytest.raises(NotAllowed):
            actions.see(reminders=[one.pk], by=other, at=AT)
    actions.subscribe(office=unit, code=ILL, choice="red", by=county, at=AT)  # the county may choose for units below it
    assert actions.see(reminders=[one.pk], by=health, at=AT) == 1
    assert actions.see(reminders=[one.pk], by=health, at=AT) == 0
    one.refresh_from_db()
    assert (one.state, one.seen_by, one.seen_at) == ("seen", HEALTH, AT)
