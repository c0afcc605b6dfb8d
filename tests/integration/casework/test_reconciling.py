"""Nothing closes without feedback, and every warning taken is held against what the registry issued, by the worker, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases import tasks
from jiuzhu.casework.cases.refusals import NoFeedback, StillOpen
from jiuzhu.casework.dispatch import actions
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.supervision import reconciling
from jiuzhu.casework.supervision.models import Reconciliation
from jiuzhu.casework.visits.actions import Told, record_visit
from jiuzhu.portals.cli.worker import round_of_work
from jiuzhu.registry import public
from tests.support.casework import AT, COUNTY, TODAY, TOWNSHIP, VILLAGE, task
from tests.support.officers import officer

pytestmark = pytest.mark.django_db


class Registry:
    """A release and a stream after it, as the door tells them."""

    def __init__(self) -> None:
        self.rows = [self._row("a", "red"), self._row("b", "blue"), self._row("c", "yellow")]
        self.entries: list[dict[str, Any]] = []

    def _row(self, number: str, grade: str, division: str = VILLAGE) -> dict[str, Any]:
        told = {"warning_id": number, "indicator_id": "S01-E01", "grade": grade, "division_code": division}
        told |= {"household_id": f"H-{number}", "subject_kind": "person", "value": "1", "threshold": "1", "unit": "yuan"}
        return told | {"kind": "warning", "side": "entry"}

    def say(self, number: str, grade: str, division: str = VILLAGE) -> None:
        self.entries.append({"number": len(self.entries) + 1, **self._row(number, grade, division)})

    def told(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(**one) for one in self.entries]

    def take(self) -> None:
        due = {"due": lambda _: date(2026, 11, 27), "as_of": TODAY, "at": AT}
        actions.take_release(release="r1", warnings=self.rows, **due)
        actions.take_stream(entries=self.entries, **due)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Registry:
    settings.WORKSPACE = tmp_path / "nowhere"
    made = Registry()
    monkeypatch.setattr(public, "current", lambda _: "r1")
    monkeypatch.setattr(public, "joined_at", lambda *_: 0)
    monkeypatch.setattr(public, "warnings", lambda *_, **__: made.rows)
    monkeypatch.setattr(public, "stream", lambda _, *, after: [one for one in made.told() if one.number > after])
    monkeypatch.setattr(public, "household", no_household)
    return made


def no_household(_: Path, key: str, **__: Any) -> None:
    raise public.NoHousehold(key)


@pytest.fixture
def zhou() -> Officer:
    return officer("zhou", "township_officer", TOWNSHIP)


@pytest.mark.feature("SF217")
def test_a_visit_closes_only_by_its_feedback_and_other_work_only_by_a_sentence(registry: Registry, zhou: Officer):
    registry.take()
    actions.release(chosen=These(("a",)), because="released_as_found", by=zhou, at=AT)
    one = Warning.objects.get(warning_id="a").task
    for kind in ("visit", "second_visit", "sample_visit", "review_warning"):
        with pytest.raises(NoFeedback):
            tasks.finish_task(task=task(kind=kind), by=zhou, at=AT, because="done")
    with pytest.raises(NoFeedback):
        tasks.finish_task(task=task(kind="review"), by=zhou, at=AT, because="  ")
    with pytest.raises(StillOpen):
        cases.close_case(case=one.case, outcome="no_difficulty", because="x", by=zhou, at=AT)
    for columns in (
        {"handling": "handled", "outcome": ""},
        {"handling": "handled", "outcome": "policy_told", "handled_at": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Warning.objects.filter(warning_id="a").update(state="closed", **columns)
    told = Told(form="F17", typed={"met": ["nobody"]}, began_at=AT, ended_at=AT, outcome="policy_told")
    record_visit(task=one, told=told, by=zhou, at=AT)
    assert Warning.objects.get(warning_id="a").outcome == "policy_told"
    tasks.finish_task(task=task(kind="review"), by=zhou, at=AT, because="looked at the papers")


@pytest.mark.feature("SF217")
def test_the_worker_reconciles_once_a_day_and_says_that_all_agrees(registry: Registry, zhou: Officer):
    registry.take()
    assert round_of_work(at=AT)["reconciled"] == 1
    assert round_of_work(at=AT + timedelta(hours=2))["reconciled"] == 0
    registry.say("b", "red")
    registry.say("c", "")  # it closed
    registry.say("d", "orange")
    registry.say("a", "red", "370502002001")  # it moved
    registry.take()
    registry.say("e", "red")  # not taken yet
    actions.release(chosen=These(("b",)), because="released_as_found", by=zhou, at=AT)  # what people do changes nothing of it
    assert round_of_work(at=AT + timedelta(days=1))["reconciled"] == 1
    first, second = Reconciliation.objects.order_by("day")
    assert (first.standing, first.held, first.behind, first.agrees) == (3, 3, 0, True)
    assert (second.standing, second.held, second.behind, second.agrees) == (3, 3, 1, True)
    assert (second.issued, second.open, second.closed, second.replaced) == (4, 3, 1, 0)


@pytest.mark.feature("SF217")
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ({"stands": False}, (1, 0, 0)),
        ({"level": 2}, (0, 0, 1)),
        ({"registry_division": "370502002001"}, (0, 0, 1)),
    ],
)
def test_a_warning_that_differs_from_the_registry_is_found_and_named(
    registry: Registry, spoil: dict[str, Any], found: tuple[int, int, int]
):
    registry.take()
    Warning.objects.filter(warning_id="a").update(**spoil)
    made = reconciling.reconcile(at=AT)
    assert (made.missing, made.extra, made.differing) == found
    assert (made.agrees, made.examples) == (False, ["a"])
    assert Warning.objects.filter(warning_id="a", **spoil).exists()  # nothing is put right by itself


@pytest.mark.feature("SF217")
def test_a_warning_the_registry_never_issued_and_one_that_was_lost_are_found(registry: Registry):
    registry.take()
    registry.rows = [one for one in registry.rows if one["warning_id"] != "b"]
    made = reconciling.reconcile(at=AT)
    assert (made.missing, made.extra, made.examples, made.agrees) == (0, 1, ["b"], False)


def test_before_the_first_release_nothing_is_reconciled(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(public, "current", lambda _: None)
    assert reconciling.reconcile_due(at=AT) == 0


def test_its_result_is_for_those_who_answer_for_the_data(registry: Registry, zhou: Officer):
    registry.take()
    reconciling.reconcile(at=AT)
    assert reconciling.reconciliations(viewer=officer("steward", "data_steward", COUNTY), at=AT).count() == 1
    with pytest.raises(NotAllowed):
        reconciling.reconciliations(viewer=zhou, at=AT)
