"""Which operation of permissions.csv a command does. Whoever has a shell on the machine is the role `console` of that table.

The machine's own files and keys stand open to them, so the table says here what there is to be done, and the record who did it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from jiuzhu.portals.cli.answers import Refused
from jiuzhu.registry import public
from jiuzhu.rules.granting import load_granted

ROLE = "console"


class Undeclared(Exception):
    """A command without an operation, or with one the catalogue does not know: nothing starts (A1)."""


def declared(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Each command in words to its operation. Raises Undeclared."""
    table, found = load_granted(public.NATIONAL), {}
    for words, command in _commands(parser):
        operation = command.get_default("operation")
        if operation is None:
            raise Undeclared(f"'{words}' declares no operation: give it one with set_defaults(operation=…)")
        if operation not in table.operations:
            raise Undeclared(f"'{words}' declares '{operation}', which is not in permissions.toml")
        found[words] = operation
    return found


def permit(asked: argparse.Namespace) -> None:
    """Raises Refused where no row of the table lets the console do this."""
    if not load_granted(public.NATIONAL).of(asked.operation, ROLE):
        raise Refused(
            f"{asked.operation} is not done from the machine",
            code="NotAllowed",
            next="do it on the desk, or add a row for console",
        )


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that can be called, in its words."""
    rooms = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not rooms:
        yield parser.prog, parser
    for room in rooms:
        for inner in room.choices.values():
            yield from _commands(inner)
