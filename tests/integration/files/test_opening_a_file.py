"""The gate before a family's file: a task or a typed reason, kept before anything leaves; out of reach is not there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jiuzhu.casework.accounts.looks import ReasonMissing
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.files import lanes
from jiuzhu.casework.files.opening import open_family, reveal_number
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import opened_reason
from jiuzhu.registry import public
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
HERE, THERE = "370502001011-AAAA", "370503001001-BBBB"


@pytest.fixture(autouse=True)
def two_families(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {HERE: ("H1", "370502001011"), THERE: ("H2", "370503001001")}

    def found(_: object, key: str) -> tuple[str, str]:
        if key not in known:
            raise public.NoHousehold(key)
        return known[key]

    monkeypatch.setattr(public, "family_of_key", found)
    monkeypatch.setattr(lanes, "_TASKS", [])


def looks() -> list[tuple[str, str, str, str]]:
    told = Event.objects.filter(outcome="done").order_by("number")
    return [(event.operation, event.who, event.household_key, opened_reason(event)) for event in told]


@pytest.mark.requirement("A5")
def test_without_a_task_a_file_opens_for_a_typed_reason_only_and_the_look_is_kept():
    who = officer("zhou", "township_officer", "370502001")
    for too_little in ("", "   ", "看看"):
        with pytest.raises(ReasonMissing):
            open_family(key=HERE, because=too_little, by=who, at=AT)
    assert looks() == []
    open_family(key=HERE, because="窗口咨询临时救助", by=who, at=AT)
    assert looks() == [("family.open", "zhou", "H1", "窗口咨询临时救助")]


@pytest.mark.requirement("A5")
def test_with_a_task_on_the_family_no_reason_is_asked_and_the_task_stands_in_the_record(monkeypatch: pytest.MonkeyPatch):
    who = officer("han", "grid_worker", "370502001011")
    lanes.offer_tasks(lambda viewer, household, at: "T1" if household == "H1" else "")
    found = open_family(key=HERE, by=who, at=AT)
    assert found.grant.relation == "assigned"
    assert Event.objects.get().task == "T1"
    with pytest.raises(NotAllowed):
        open_family(key=THERE, because="窗口咨询临时救助", by=who, at=AT)


@pytest.mark.requirement("A3")
def test_a_family_out_of_reach_is_refused_as_one_that_is_not_there_and_by_nobody_without_the_role():
    who = officer("zhou", "township_officer", "370502001")
    for key in (THERE, "370502001011-CCCC", "nonsense"):
        with pytest.raises(NotAllowed):
            open_family(key=key, because="窗口咨询临时救助", by=who, at=AT)
    for role, division in (("policy_officer", "370500"), ("data_steward", "370502"), ("system_administrator", "370502")):
        with pytest.raises(NotAllowed):
            open_family(key=HERE, because="窗口咨询临时救助", by=officer(role, role, division), at=AT)
    assert looks() == []


@pytest.mark.requirement("A5")
def test_a_reason_holds_for_half_an_hour_for_the_same_reader_and_family_and_each_look_is_kept():
    who = officer("zhou", "county_officer", "370502")
    other = officer("gao", "county_officer", "370502")
    first = open_family(key=HERE, because="窗口咨询临时救助", by=who, at=AT)
    open_family(key=HERE, before=first.event, by=who, at=AT + timedelta(minutes=29))
    assert [reason for *_, reason in looks()] == ["窗口咨询临时救助"] * 2
    for again in (
        {"before": first.event, "by": who, "at": AT + timedelta(minutes=30)},
        {"before": first.event, "by": other, "at": AT},
        {"before": first.event + 1000, "by": who, "at": AT},
    ):
        with pytest.raises(ReasonMissing):
            open_family(key=HERE, **again)


@pytest.mark.requirement("A5")
def test_when_the_look_cannot_be_kept_nothing_opens(monkeypatch: pytest.MonkeyPatch):
    who = officer("zhou", "county_officer", "370502")

    def broken(*_: object, **__: object) -> None:
        raise OSError("the record is not there")

    monkeypatch.setattr("jiuzhu.casework.accounts.looks.record", broken)
    with pytest.raises(OSError, match="not there"):
        open_family(key=HERE, because="窗口咨询临时救助", by=who, at=AT)


@pytest.mark.feature("SF085")
def test_a_whole_number_is_shown_for_a_typed_purpose_and_that_is_kept(monkeypatch: pytest.MonkeyPatch):
    shown: list[bool] = []

    class Told:
        class household:
            people = (7, 9)

    def identities(_: object, people: list[int], *, full: bool, **__: object) -> dict[int, public.Identity]:
        shown.append(full)
        return {one: public.Identity("n", f"number of {one}") for one in people}

    monkeypatch.setattr(public, "read_family", lambda *_, **__: Told)
    monkeypatch.setattr(public, "identities", identities)
    who = officer("zhou", "township_officer", "370502001")
    with pytest.raises(ReasonMissing):
        reveal_number(key=HERE, member=1, because=" ", by=who, at=AT)
    with pytest.raises(NotAllowed):
        reveal_number(key=THERE, member=1, because="核对银行账号", by=who, at=AT)
    with pytest.raises(NotAllowed):
        reveal_number(key=HERE, member=2, because="核对银行账号", by=who, at=AT)
    assert shown == []
    assert reveal_number(key=HERE, member=1, because="核对银行账号", by=who, at=AT) == "number of 9"
    assert shown == [True]
    assert looks() == [("family.reveal", "zhou", "H1", "核对银行账号")]
    with pytest.raises(NotAllowed):
        reveal_number(key=HERE, member=1, because="核对银行账号", by=officer("lv", "auditor", "370502"), at=AT)
