"""The page of the language says what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from jiuzhu.rules import expression, grades, windows
from jiuzhu.rules.rows import AGGREGATES
from jiuzhu.rules.tree import GRADES, RowInput, Window
from jiuzhu.rules.types import FUNCTIONS, MOMENTS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
CODE = set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))


@pytest.mark.parametrize("word", [*FUNCTIONS.values(), *MOMENTS, *grades.WAYS, GRADES[0], GRADES[-1]])
def test_every_function_moment_way_and_grade_is_on_the_page(word: str) -> None:
    assert word in CODE


@pytest.mark.parametrize("word", AGGREGATES)
def test_every_aggregate_is_on_the_page(word: str) -> None:
    assert word in CODE or f"{word} = true" in CODE


def test_every_option_of_rows_is_on_the_page() -> None:
    written = set(RowInput.__dataclass_fields__) - {
        *("name", "aggregate", "type", "value", "columns", "window", "non_negative")
    }  # fmt: skip
    assert written - CODE == set()


def test_the_bounds_are_those_of_the_parser() -> None:
    for number, word in (
        (expression.LONGEST, "characters"),
        (expression.MOST_NODES, "parts"),
        (expression.DEEPEST, "levels"),
        (expression.MOST_DIGITS, "digits"),
        (expression.LONGEST_TEXT, "characters"),
    ):
        assert re.search(rf"{number}\s+{word}", PAGE), (number, word)


def test_every_window_on_the_page_is_read_and_every_measure_is_there() -> None:
    line = PAGE.split("## Windows")[1].split("; `ahead")[0]
    written = re.findall(r'`"([^"]+)"`', line)
    read = [windows.read_window(text, "", "", lambda name, unit: None) for text in written]
    assert {window.measure for window in read if window} == set(get_args(get_type_hints(Window)["measure"]))
