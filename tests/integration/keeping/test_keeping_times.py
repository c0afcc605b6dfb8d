"""Keeping times are data, never under what the law asks; once a day the worker removes what is over, and the record says how much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session as WebSession
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from jiuzhu.casework.accounts.entrances import Session
from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.keeping import declared, rounds
from jiuzhu.casework.keeping.declared import WrongKeeping, keeping
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.trace.models import Answer, Event
from jiuzhu.casework.visits.models import Draft
from tests.support import families
from tests.support.officers import account

AT = datetime(2026, 8, 31, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_passwords")]


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.PLACE_FOLDER = tmp_path
    return tmp_path


def months_ago(number: int, over: timedelta = timedelta(0)) -> datetime:
    """Written out, since the code counts them in another way."""
    return {1: datetime(2026, 7, 31, 1, tzinfo=UTC), 3: datetime(2026, 5, 31, 1, tzinfo=UTC), 6: datetime(2026, 2, 28, 1, tzinfo=UTC),
            120: datetime(2016, 8, 31, 1, tzinfo=UTC)}[number] - over  # fmt: skip


def closed(at: datetime | None, *, household: str = "") -> Party:
    """Somebody whose only case was closed then; None leaves it open."""
    ended = {"state": "closed", "closed_at": at, "outcome": "helped"} if at else {}
    case = Case.objects.create(
        key=new_key("C"), division_code=families.VILLAGE, household_key=household, opened_at=datetime(2015, 1, 1, tzinfo=UTC),
        opened_because="by_warnings", **ended,
    )  # fmt: skip
    party = Party.objects.create(key=new_key("P"), proved_by="paper", met_at=case.opened_at)
    Member.objects.create(case=case, party=party, since=case.opened_at.date())
    return party


@pytest.mark.requirement("C8")
def test_what_was_kept_long_enough_goes_and_what_was_not_stays_to_the_day():
    officer, second = account("zhou"), timedelta(seconds=1)
    tasks = [families.task(families.family()) for _ in range(2)]
    for over, task in zip((second, timedelta(0)), tasks, strict=True):
        Draft.objects.create(task=task, officer=officer, form="F17", saved_at=months_ago(3, over), typed="x")
        Answer.objects.create(key=f"k{over}", who="zhou", content="x", at=months_ago(1, over))
        Session.objects.create(
            officer=officer, kind="desktop" if over else "phone", way="two_factors", device="x", began_at=months_ago(6, over),
            seen_at=months_ago(6, over), until=months_ago(6, over) + timedelta(hours=1), ended_at=months_ago(6, over), ended_because="over",
        )  # fmt: skip
        WebSession.objects.create(session_key=f"w{over}", session_data="x", expire_date=months_ago(6, over))
    gone, kept, open_case = closed(months_ago(120, second)), closed(months_ago(120)), closed(None)
    assert rounds.apply(at=AT) == 5
    assert [model.objects.count() for model in (Draft, Answer, Session, WebSession)] == [1, 1, 1, 1]
    assert [Party.objects.get(pk=one.pk).erased_at for one in (gone, kept, open_case)] == [AT, None, None]
    assert list(Event.objects.order_by("pk").values_list("operation", "subject_key")) == [
        ("people.erase", gone.key), ("keeping.apply", ""),
    ]  # fmt: skip
    assert rounds.apply(at=AT + timedelta(hours=14)) == 0
    assert rounds.apply(at=AT + timedelta(hours=15)) > 0  # midnight in Beijing: what was over by a second less


@pytest.mark.requirement("C8")
def test_a_place_may_keep_longer_and_never_shorter_than_the_law(place: Path):
    national = {code: (one.months, one.least) for code, one in keeping().items()}
    assert national["sign_in"] >= (6, 6)
    assert national["case"][1] >= 36
    basis = 'basis = [{ law = "L19", article = "19", says = "x" }]'
    (place / "keeping.toml").write_text(f"[draft]\nmonths = 5\n{basis}\n", encoding="utf-8")
    declared._read.cache_clear()
    assert (keeping()["draft"].months, keeping()["draft"].title.en) == (5, "drafts of visits that were never handed in")
    for wrong, told in (
        (f"[sign_in]\nmonths = 5\n{basis}\n", "asks for 6"),
        (f"[case]\nmonths = 12\nleast = 1\n{basis}\n", "asks for 36"),
        ("[draft]\nmonths = 5\n", "needs zh"),
        (f"[diary]\nzh = 'x'\nen = 'x'\nmonths = 5\nleast = 0\n{basis}\n", "is one of"),
    ):
        (place / "keeping.toml").write_text(wrong, encoding="utf-8")
        declared._read.cache_clear()
        with pytest.raises(WrongKeeping, match=told):
            keeping()
        with pytest.raises(SystemCheckError, match=told):
            call_command("check")


def test_who_is_hindered_waits_for_a_later_round(monkeypatch: pytest.MonkeyPatch):
    from jiuzhu.casework.supervision import investigations
    from tests.support.officers import officer

    party = closed(months_ago(120, timedelta(days=1)), household="H1")
    auditor = officer("xu", "auditor", families.COUNTY)
    told = {"household": "H1", "division_code": families.VILLAGE, "conducted_by": (), "because": "a letter"}
    investigations.begin(**told, until=AT + timedelta(hours=20), by=auditor, at=AT)
    assert rounds.apply(at=AT) == 0
    assert rounds.apply(at=AT + timedelta(days=1)) == 1
    assert Party.objects.get(pk=party.pk).erased_at == AT + timedelta(days=1)
