"""No act without its event: what is done by an action is written by `record`, and where that cannot be, nothing is done."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from jiuzhu.casework import dispatch as step
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.trace.models import Event
from tests.integration.casework.test_taking_a_release import row, take
from tests.integration.trace.conftest import AT

CASEWORK = Path(step.__file__).parents[1]


def acts() -> Iterator[tuple[Path, str, dict[str, set[str]]]]:
    """Every public function of casework that opens a transaction, with what each function of its module calls."""
    for path in sorted(CASEWORK.glob("*/*.py")):
        functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
        calls = {one.name: {called(node) for node in ast.walk(one) if isinstance(node, ast.Call)} for one in functions}
        for one in functions:
            if not one.name.startswith("_") and any(
                ast.unparse(mark).startswith("transaction.atomic") for mark in one.decorator_list
            ):
                yield path, one.name, calls


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@pytest.mark.requirement("C1")
def test_every_action_of_casework_writes_an_event():
    """The action itself, a function of its module that it calls, or an action that records for it."""
    found = list(acts())
    names = {name for _, name, _ in found}
    silent = []
    for path, name, calls in found:
        reached, waiting = set(), {name}
        while waiting:
            one = waiting.pop()
            reached.add(one)
            waiting |= calls.get(one, set()) - reached
        if not reached & {"record"} and not (reached - {name}) & names:
            silent.append(f"{path.parent.name}.{name}")
    assert {"take_release", "take_stream"} <= names
    assert silent == []


def take_stream() -> None:
    entry = {**row("b"), "number": 1}
    dispatch.take_stream(entries=[entry], as_of=date(2026, 11, 20), due=lambda _: None, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("act", [lambda: take("r2", [row("b")]), take_stream], ids=["take_release", "take_stream"])
@pytest.mark.parametrize("table", ["trace_event", "trace_head"])
@pytest.mark.requirement("C1")
def test_without_the_record_no_act_happens_not_even_half(act: Callable[[], Any], table: str):
    take("r1", [row("a")])
    before = (list(Load.objects.values()), list(Warning.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO gone")
    with pytest.raises(DatabaseError, match=table), transaction.atomic():
        act()
    assert (list(Load.objects.values()), list(Warning.objects.values())) == before
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE gone RENAME TO {table}")
    act()
    assert (list(Load.objects.values()), list(Warning.objects.values())) != before


@pytest.mark.django_db
@pytest.mark.requirement("C1")
def test_there_are_as_many_events_as_acts_and_what_changes_nothing_is_none():
    take("r1", [row("a")])
    take("r1", [row("a")])
    take_stream()
    take_stream()
    take("r2", [])
    assert list(Event.objects.order_by("pk").values_list("operation", "subject_key")) == [
        ("releases.take_in", "r1"),
        ("stream.take_in", "1"),
        ("releases.take_in", "r2"),
    ]
