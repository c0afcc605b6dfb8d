"""Every command is an operation of the table of permissions; one that is not stops the start."""

from __future__ import annotations

import argparse

import pytest

from jiuzhu.portals.cli import main, permitted, stream
from jiuzhu.registry import public
from jiuzhu.rules.granting import load_granted

pytestmark = pytest.mark.requirement("A1")


def test_every_command_is_an_operation_that_the_machine_may_do():
    commands = permitted.declared(main._parser())
    assert len(commands) >= 29
    assert commands["jiuzhu exchange-keys confirm"] == "keys.confirm"
    table = load_granted(public.NATIONAL)
    assert {operation for operation in commands.values() if not table.of(operation, "console")} == set()


@pytest.mark.parametrize(("operation", "why"), [(None, "declares no operation"), ("streets.sweep", "not in permissions.toml")])
def test_a_command_that_says_nothing_or_something_unknown_stops_the_start(
    operation: str | None, why: str, monkeypatch: pytest.MonkeyPatch
):
    plain = stream.add_commands

    def with_one_more(commands: argparse._SubParsersAction, common: argparse.ArgumentParser) -> None:
        plain(commands, common)
        commands.add_parser("sweep", parents=[common]).set_defaults(
            act=lambda _: 0, **({"operation": operation} if operation else {})
        )

    monkeypatch.setattr(stream, "add_commands", with_one_more)
    with pytest.raises(permitted.Undeclared, match=f"'jiuzhu sweep' .*{why}"):
        main.main(["deliveries"])


def test_a_command_the_table_does_not_leave_to_the_machine_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    table = load_granted(public.NATIONAL)
    del table.rows["monitoring.run", "console"]
    monkeypatch.setattr(permitted, "load_granted", lambda *_: table)
    assert main.main(["run", "--as-of", "2026-11-20"]) == 1
    assert "monitoring.run is not done from the machine" in capsys.readouterr().err
