"""The record at the command line: taken away, proved, sealed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.cli.main import main
from tests.support import event_log
from tests.support.flushing import without_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `jiuzhu audit` on a log with two sealed rounds of acts: exit code, standard output, standard error."""
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    event_log.write_log(rounds=3)

    def ask(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["audit", *words, "--workspace", str(tmp_path)])
        return code, *capsys.readouterr()

    return ask


def test_the_record_as_it_stands_is_proved_with_all_witnesses(asked: Any):
    code, out, _ = asked("verify")
    assert code == 0
    assert "not checked" not in out
    assert "the log is whole" in out


def test_an_export_is_proved_by_somebody_else_with_what_they_kept(asked: Any, tmp_path: Path):
    assert asked("export", "--out", str(tmp_path / "log.jsonl"))[0] == 0
    kept = ["--heads", str(tmp_path / "keeper" / "heads.jsonl"), "--rows", str(tmp_path / "sink" / "events.jsonl")]
    kept += ["--keys", *map(str, (tmp_path / "keeper").glob("*.pem"))]
    code, out, _ = asked("verify", str(tmp_path / "log.jsonl"), *kept)
    assert (code, out.count("not checked")) == (0, 1)
    assert "codes: their key stays with the platform" in out


def test_a_changed_row_is_named_and_the_exit_code_says_so(asked: Any):
    event = Event.objects.order_by("pk")[4]
    with without_guards():
        Event.objects.filter(pk=event.pk).update(who="nobody")
    code, out, _ = asked("verify")
    assert code == 1
    assert f"first bad / 首处异常: event {event.writer}/{event.number} " in out


def test_seal_covers_what_is_new_and_says_when_it_cannot(asked: Any):
    assert asked("seal")[0] == 0
    assert "0 events not sealed yet" not in asked("verify")[1], "that somebody asked is itself an event"
    event = Event.objects.order_by("pk").last()
    assert event is not None
    with without_guards():
        Event.objects.filter(pk=event.pk).update(who="nobody")
    code, _, err = asked("seal")
    assert code == 1
    assert f"event {event.writer}/{event.number} was changed or removed" in err


def test_taking_away_and_proving_are_themselves_recorded(asked: Any):
    asked("verify")
    events = [json.loads(line) for line in asked("export")[1].splitlines()]
    told = [one["event"] for one in events if one["kind"] == "event" and one["event"]["who"] == "console"]
    assert [(one["operation"], one["role"]) for one in told] == [("events.verify", "console")] * 2


def test_what_is_not_there_is_refused_with_the_next_step(asked: Any, tmp_path: Path):
    code, _, err = asked("verify", str(tmp_path / "nothing.jsonl"))
    assert (code, "name a file that can be read" in err) == (1, True)
    assert main(["audit", "export", "--workspace", str(tmp_path / "nothing")]) == 1
