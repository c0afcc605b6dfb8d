"""Policy looks for people: who is entitled and goes without is on a work list; what leaves is as much as the rule lets go."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.dispatch import queries
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.supervision import outreach
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.casework.working_rules.models import RuleChange
from jiuzhu.rules.catalogue import Catalogue
from tests.support.casework import AT, COUNTY, ELSEWHERE, TODAY, TOWNSHIP, VILLAGE, warning
from tests.support.officers import give, officer

pytestmark = pytest.mark.django_db
LIVING, OLD, ILLNESS = "S15-E01", "S15-E05", "S01-E01"


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


def one(number: str, indicator: str = LIVING, **other: object) -> Warning:
    return warning(number, indicator_id=indicator, scenario_id=indicator[:3], **other)


def rule(most: str, *, division: str = COUNTY) -> None:
    """As two persons leave it."""
    first, second = officer(f"first {most}", "county_officer", COUNTY), officer(f"second {most}", "policy_officer", "370500")
    RuleChange.objects.create(
        rule=outreach.RULE, division_code=division, value=most, because="x", state="released", made_person=first.person, made_by="x",
        made_at=AT, holds_from=TODAY, decided_person=second.person, decided_by="y", decided_because="x", decided_at=AT,
    )  # fmt: skip


def numbers(who: Officer, **asked: str) -> list[str]:
    return [found.warning_id for found in outreach.entitled(viewer=who, at=AT, **asked)]


@pytest.mark.feature("SF276")
def test_who_is_entitled_and_goes_without_is_on_the_list_who_waits_longest_first(zhou: Officer):
    one("new", first_seen=date(2026, 11, 20))
    one("old", first_seen=date(2026, 1, 2))
    one("hint", OLD, kind="hint", first_seen=date(2026, 5, 5))
    one("ill", ILLNESS)
    one("gone", state="closed", handling="lapsed", stands=False)
    one("elsewhere", division_code="370502002001")
    assert numbers(zhou) == ["old", "hint", "new"]
    assert numbers(zhou, benefit="old_age") == ["hint"]
    assert numbers(zhou, benefit="living_allowance") == ["old", "new"]
    assert numbers(zhou, benefit="no such benefit") == []
    county = officer("county", "county_officer", COUNTY)
    assert set(numbers(county)) == {"new", "old", "hint", "elsewhere"}
    assert numbers(county, division="370502002") == ["elsewhere"]


@pytest.mark.feature("SF276")
def test_each_benefit_says_how_many_nobody_turned_to_how_many_are_in_hand_and_what_came_of_it(zhou: Officer):
    for number in range(3):
        one(f"new {number}")
    one("snoozed", handling="snoozed", snoozed_until=date(2026, 12, 1))
    ended = {"state": "closed", "handling": "handled", "handled_at": AT, "handled_by": "x"}
    one("helped", outcome="policy_carried_out", **ended)
    one("false", outcome="no_difficulty", **ended)
    one("enrolled", state="closed", handling="lapsed", stands=False)
    one("ill", ILLNESS)
    found = {row.benefit.code: (row.new, row.going, row.helped, row.gone) for row in outreach.came(viewer=zhou, at=AT)}
    assert found.pop("living_allowance") == (3, 1, 1, 1)
    assert set(found.values()) == {(0, 0, 0, 0)}
    assert set(found) == set(visiting().outreach.benefits) - {"living_allowance"}


def test_every_benefit_stands_on_indicators_of_the_catalogue_that_let_people_in(national: Catalogue):
    for code, benefit in visiting().outreach.by_indicator.items():
        assert national.indicators[code].side == "entry", code
        assert benefit.policy in visiting().duties.cards
    assert {code for code in national.indicators if code.startswith("S15")} <= set(visiting().outreach.by_indicator)


def taken(who: Officer, **asked: str) -> list[str]:
    return [found.warning_id for found in outreach.take_away(viewer=who, at=AT, now=lambda: AT, **asked)]


@pytest.mark.feature("SF276")
def test_an_export_takes_away_as_many_families_as_the_rule_lets_go_and_is_written_down(zhou: Officer):
    for number in range(3):
        one(f"{number}")
    one("same family", OLD, household_id="H-0")
    rule("3")
    assert len(taken(zhou)) == 4  # three families
    event = Event.objects.get(operation="outreach.export")
    assert event.subjects.filter(kind="warning").count() == 4
    one("more")
    with pytest.raises(outreach.TooManyFamilies) as refusal:
        taken(zhou)
    assert (refusal.value.families, refusal.value.most) == (4, 3)
    assert taken(zhou, benefit="old_age") == ["same family"]
    assert Event.objects.filter(operation="outreach.export").count() == 2


@pytest.mark.feature("SF276")
def test_where_the_rule_says_none_nothing_leaves(zhou: Officer):
    one("a")
    rule("0")
    with pytest.raises(outreach.TooManyFamilies):
        taken(zhou)
    far = officer("far", "township_officer", ELSEWHERE[:9])
    one("far", division_code=ELSEWHERE)
    assert taken(far) == ["far"]  # the rule holds in the other county alone


@pytest.mark.requirement("A11")
def test_an_export_stops_on_the_way_when_the_role_ends(zhou: Officer, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        one(f"{number}")
    monkeypatch.setattr(queries, "PIECE", 1)
    clock = iter([AT, datetime(2030, 1, 1, tzinfo=AT.tzinfo)])
    rows = outreach.take_away(viewer=zhou, at=AT, now=lambda: next(clock))
    assert next(rows).warning_id == "0"
    with pytest.raises(NotAllowed):
        next(rows)


def test_who_may_only_count_takes_nothing_away(zhou: Officer):
    one("a", first_seen=TODAY - timedelta(days=1))
    city = officer("city", "policy_officer", "370500")
    assert numbers(city) == ["a"]
    with pytest.raises(NotAllowed):
        taken(city)
    both = officer("both", "policy_officer", "370500")
    give(both, "township_officer", "370502002")
    assert taken(both) == []  # what only the other role sees stays
    assert VILLAGE.startswith(TOWNSHIP)
