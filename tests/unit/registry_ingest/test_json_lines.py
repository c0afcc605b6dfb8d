"""Lines of JSON that are all right are cut at once, and say what they say one by one."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from jiuzhu.registry import public
from jiuzhu.registry.ingest import read_json
from jiuzhu.registry.ingest.batch import Batch
from jiuzhu.registry.ingest.faults import FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import Limits

CELLS = ("某人", "1", "2026-11-03", "", " a ", 'a"b', "a\\b", "😀", "\u0000", "\u2028", None, True, False)
ODD_CELLS = (1, 1.5, 10**20, [1], {"a": "1"}, "\ud800", float("nan"))
ODD_LINES = (
    b"",
    b"  ",
    b"{}",
    b"[]",
    b"x",
    b'{"a":"1"}{"a":"2"}',
    b'{"a":"1"} {"a":"2"}',
    b'{"a":"1","a":"2"}',
    b'{"a":"1"} x',
    b'{"a":"\t"}',
)


@pytest.fixture(scope="module")
def titles() -> Titles:
    return Titles(public.catalogue().datasets["water_usage"])


def line(random: Random, names: list[str], *, odd: float) -> bytes:
    if random.random() < odd:
        return random.choice(ODD_LINES)
    row: dict[str, Any] = {name: random.choice(ODD_CELLS if random.random() < odd / 4 else CELLS[:-2]) for name in names}
    row |= {name: random.choice((True, False, None) if odd else (True, False)) for name in names if name.startswith("is_")}
    if random.random() < 2 * odd:
        row.pop(random.choice(names))
    text = json.dumps(row, ensure_ascii=random.random() < 0.5)
    return text.encode("utf-8", "surrogatepass" if random.random() < 0.5 else "replace") + (
        b"\r" if random.random() < odd else b""
    )


def told(batches: list[Batch]) -> list[Any]:
    """Cells by row and column, whatever the pieces; bad rows; titles."""
    rows = [
        (number, {name: cells[place].as_py() for name, cells in one.columns.items() if cells[place].as_py() is not None})
        for one in batches
        for place, number in enumerate(one.rows.tolist())
    ]
    return [rows, [bad for one in batches for bad in one.bad], batches[-1].titles]


def outcome(content: bytes, titles: Titles, *, at_once: bool) -> list[Any]:
    buffer = pa.py_buffer(content)
    try:
        if at_once:
            return told(list(read_json.read_json_lines(buffer, titles, file="f", limits=LIMITS)))
        text = read_json.utf8(buffer, file="f")
        return told(list(read_json._one_by_one(text, 1, {}, titles, file="f", limits=LIMITS)))
    except FileRefused:  # which of several reasons is met first depends on the pieces
        return ["refused"]


LIMITS = Limits(rows=30, row_bytes=2_000, columns=18)


def test_lines_cut_at_once_say_what_they_say_one_by_one(titles: Titles, monkeypatch: pytest.MonkeyPatch):
    random, needed = Random(20261122), [name for name, column in titles.dataset.columns.items() if column.required]
    regular = 0
    for _ in range(300):
        monkeypatch.setattr(read_json, "_PIECE", random.choice((2_000, 1 << 20)))
        names = [*(needed if random.random() < 0.9 else needed[1:]), *random.sample(["a", "b", "备注", "is_b"], 2)]
        random.shuffle(names)
        odd = random.choice((0, 0, 0.05))
        content = b"\n".join(line(random, names, odd=odd) for _ in range(random.choice((1, 3, 12, 40)))) + random.choice(
            (b"", b"\n")
        )
        expected = outcome(content, titles, at_once=False)
        assert outcome(content, titles, at_once=True) == expected, content
        first = next(read_json._pieces(pa.py_buffer(content)), b"")
        try:
            regular += read_json._at_once(first, 1, {}, titles, file="f", limits=LIMITS) is not None
        except (FileRefused, UnicodeDecodeError):
            continue
    assert regular > 60


@pytest.mark.parametrize("odd", ODD_LINES)
def test_a_line_that_is_none_does_not_move_the_numbers_of_those_after_it(titles: Titles, odd: bytes):
    good = json.dumps(dict.fromkeys((name for name, column in titles.dataset.columns.items() if column.required), "1")).encode()
    content = b"\n".join((good, odd, good))
    assert outcome(content, titles, at_once=True) == outcome(content, titles, at_once=False)
