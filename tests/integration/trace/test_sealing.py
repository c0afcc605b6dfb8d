"""Seals cover every event once, leave the machine, and say in time when they do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction

from jiuzhu.casework.trace import sealing
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.models import Event, Head, Kept, Seal, Span
from jiuzhu.casework.trace.sealing import ChainBroken, Lateness, forward, seal, sealing_late
from jiuzhu.crypto.signing import KeyUnfit
from tests.integration.trace.conftest import AT
from tests.support import event_log
from tests.support.flushing import without_guards

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("elsewhere")]


@pytest.fixture
def elsewhere(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    return tmp_path


def act(by: Actor, after: timedelta = timedelta()) -> Event:
    with transaction.atomic():
        return record("family.open", by=by, at=AT + after, on=Subject("household", "H1"))


@pytest.mark.requirement("C3")
def test_every_event_is_covered_by_exactly_one_seal_and_nothing_new_makes_none():
    event_log.write_log()
    assert seal(at=AT) is not None
    assert seal(at=AT) is None
    covered = [(one.writer, number) for one in Span.objects.all() for number in range(one.first, one.last + 1)]
    assert len(covered) == len(set(covered))
    assert set(covered) == set(Event.objects.values_list("writer", "number"))


def test_a_log_of_ours_is_whole_to_the_verifier_with_and_without_witnesses():
    event_log.write_log()
    log, seen = event_log.held(), event_log.witnesses()
    report = seen.of(log, code=True)
    assert (report.findings, report.events, report.seals, report.unsealed, report.not_kept) == ([], 56, 7, 7, 0)
    assert report.unasked == []
    alone = seen.of(log, heads=False, rows=False)
    assert (alone.findings, len(alone.unasked)) == ([], 3)


@pytest.mark.requirement("C4")
def test_heads_and_rows_lie_with_keeper_and_sink_once_each_in_order(elsewhere: Path):
    event_log.write_log()
    heads = [
        json.loads(json.loads(line)["statement"]) for line in (elsewhere / "keeper" / "heads.jsonl").read_bytes().splitlines()
    ]
    assert [one["number"] for one in heads] == list(range(1, 8))
    rows = [json.loads(line)["event"] for line in (elsewhere / "sink" / "events.jsonl").read_bytes().splitlines()]
    assert len(rows) == len({(one["writer"], one["number"]) for one in rows}) == sum(one["count"] for one in heads) == 49


def test_what_could_not_be_forwarded_waits_and_a_torn_line_harms_nobody(zhou: Actor, elsewhere: Path):
    act(zhou)
    seal(at=AT)
    (elsewhere / "keeper").write_text("a file where the folder should be")
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        forward(at=AT)
    assert not Kept.objects.exists()
    (elsewhere / "keeper").unlink()
    (elsewhere / "sink").mkdir(exist_ok=True)
    (elsewhere / "sink" / "events.jsonl").write_bytes(b'{"kind":"event","ev')
    assert forward(at=AT) == 1
    assert forward(at=AT) == 0
    seen = event_log.witnesses()
    assert json.loads(seen.rows[-1])["event"]["number"] == 1
    report = seen.of(event_log.held())
    assert (report.findings, report.not_kept) == ([], 0)


def test_an_event_changed_before_it_was_sealed_is_never_signed(zhou: Actor):
    first = act(zhou)
    act(zhou)
    with without_guards():
        Event.objects.filter(pk=first.pk).update(who="wu")
    with pytest.raises(ChainBroken, match=f"{first.writer}/1 was changed"):
        seal(at=AT)
    assert not Seal.objects.exists()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_event_removed_before_it_was_sealed_stops_the_sealing(zhou: Actor, number: int):
    events = [act(zhou) for _ in range(3)]
    with without_guards():
        events[number - 1].delete()
    with pytest.raises(ChainBroken, match=f"/{number} was changed or removed"):
        seal(at=AT)


def test_a_lost_signing_key_is_not_silently_replaced(zhou: Actor, tmp_path: Path, settings: Any):
    act(zhou)
    seal(at=AT)
    settings.KEYS = tmp_path / "other"
    with pytest.raises(KeyUnfit, match="put it back"):
        sealing.signing_key()


@pytest.mark.parametrize(
    ("waited", "says"),
    [(0, Lateness.NONE), (59, Lateness.NONE), (60, Lateness.ALARM), (599, Lateness.ALARM), (600, Lateness.STOP)],
)
def test_late_sealing_alarms_after_a_minute_and_stops_after_ten(zhou: Actor, waited: int, says: Lateness):
    act(zhou)
    assert sealing_late(AT + timedelta(seconds=waited)) == says
    seal(at=AT)
    assert sealing_late(AT + timedelta(seconds=waited)) == says, "a seal that nobody else has does not count"
    forward(at=AT)
    assert sealing_late(AT + timedelta(days=1)) == Lateness.NONE


def test_the_oldest_waiting_event_counts_whatever_came_after(zhou: Actor):
    act(zhou)
    act(zhou, timedelta(minutes=9))
    assert sealing_late(AT + timedelta(minutes=9, seconds=59)) == Lateness.ALARM
    assert sealing_late(AT + timedelta(minutes=10)) == Lateness.STOP


def test_a_waiting_event_that_somebody_removed_stops_at_once(zhou: Actor):
    event = act(zhou)
    with without_guards():
        event.delete()
    assert sealing_late(AT) == Lateness.STOP


class Killed(Exception):
    """The process ends here."""


class Kill:
    """Ends the process before its n-th statement."""

    def __init__(self, statement: int) -> None:
        self.left = statement

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("C3")
def test_killed_before_any_statement_of_act_or_sealer_the_log_stays_whole(zhou: Actor):
    def work() -> None:
        with transaction.atomic():
            record("warnings.release", by=zhou, at=AT, subjects=[Subject("warning", "W1")])
        seal(at=AT)
        forward(at=AT)

    work()
    for statement in range(200):
        try:
            with connection.execute_wrapper(Kill(statement)):
                work()
        except Killed:
            pass
        else:
            break
        assert sum(Head.objects.values_list("number", flat=True)) == Event.objects.count()
        report = event_log.witnesses().of(event_log.held(), code=True)
        assert report.findings == []
    assert statement > 10
    assert event_log.witnesses().of(event_log.held(), code=True).not_kept == 0
    assert django_settings.SEAL_KEEPER.exists()
