"""The planted stories hold together on any day, and tell a hit and a near miss of every indicator of their scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Dataset
from jiuzhu.synthetic.county import modules
from jiuzhu.synthetic.formats import Deliveries
from jiuzhu.synthetic.people import Block
from jiuzhu.synthetic.planting import Census, Family, all_rows
from jiuzhu.synthetic.shelves import Shelf
from jiuzhu.synthetic.sowing import Sower
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.story import Days, Row, Story

DAYS = [date(2026, 11, 20), date(2024, 2, 29), date(2026, 1, 1), date(2025, 3, 31)]
MODULES = dict(modules())
# Who is not paid, or not insured for the year, is asked about some days into the month or the year only.
NOT_EVERY_DAY = {"S15-E04", "S31-E09"}

each_module = pytest.mark.parametrize("module", MODULES)
each_day = pytest.mark.parametrize("as_of", DAYS, ids=str)


@cache
def told(module: str, as_of: date) -> list[Story]:
    return list(MODULES[module](Days(as_of)))


def rows_of(stories: Iterable[Story]) -> Iterator[tuple[Story, Row]]:
    return ((story, row) for story in stories for row in story.rows)


@each_day
@each_module
def test_every_row_can_be_sown(module: str, as_of: date, catalogue: Catalogue, block: Block, tmp_path: Path) -> None:
    span, deliveries = Span(as_of, 24), Deliveries(tmp_path)
    shelves = {code: Shelf.of(dataset, span, deliveries, 1000) for code, dataset in catalogue.datasets.items()}
    census, sower = Census(7, span, block.villages), Sower(catalogue, shelves, span)
    for story in told(module, as_of):
        family: Family = census.family(story, module, block.villages[0])
        sower.sow(family, all_rows(family, Days(as_of), catalogue))


@each_module
def test_codes_are_of_their_list_and_people_of_the_family(module: str, catalogue: Catalogue) -> None:
    wrong = []
    for story, row in rows_of(told(module, DAYS[0])):
        for name, value in row.columns.items():
            column = catalogue.datasets[row.dataset].columns[name]
            codes = catalogue.words(column) if column.holds == "code" else {}
            stranger = column.identity == "id" and isinstance(value, str) and value not in story.family
            if (codes and value is not None and str(value) not in codes) or stranger:
                wrong.append((story.title, row.dataset, name, value))
    assert wrong == []


@each_day
@each_module
def test_nothing_has_happened_after_the_day_of_the_run(module: str, as_of: date, catalogue: Catalogue) -> None:
    ends = {"date": as_of.isoformat(), "month": as_of.isoformat()[:7], "instant": Days(as_of).instant()}
    late = []
    for story, row in rows_of(told(module, as_of)):
        dataset = catalogue.datasets[row.dataset]
        value, end = row.columns.get(dataset.at), ends.get(dataset.columns[dataset.at].holds)
        if dataset.rows != "state" and value is not None and end is not None and str(value) > end:
            late.append((story.title, row.dataset, value))
    assert late == []


def thing(dataset: Dataset, row: Row, number: int) -> tuple[Any, ...]:
    """What makes this row another than the others in force; a required text that nobody named is given out once only."""
    names = (*dataset.thing, *([dataset.at] if dataset.rows == "month" else []))
    columns = [(dataset.columns[name], row.columns.get(name)) for name in names]
    own = (number if value is None and column.required and column.holds == "text" else value for column, value in columns)
    return (row.dataset, row.person, *own)


@each_day
@each_module
def test_no_row_takes_the_place_of_another_of_its_story(module: str, as_of: date, catalogue: Catalogue) -> None:
    twice = []
    for story in told(module, as_of):
        rows = [
            (catalogue.datasets[row.dataset], row, number)
            for number, row in enumerate(story.rows)
            if row.person is not None and "data_date" not in row.columns
        ]
        things = Counter(thing(*row) for row in rows if row[0].rows != "event" and row[0].keyed == "person")
        twice += [(story.title, key) for key, count in things.items() if count > 1]
    assert twice == []


@each_module
def test_what_is_expected_are_indicators_with_grades_they_have(module: str, catalogue: Catalogue) -> None:
    wrong = []
    for story in told(module, DAYS[0]):
        for code, grade in story.expect.items():
            grades = {line.grade for line in catalogue.indicators[code].rule.grades} if code in catalogue.indicators else set()
            if grade not in {None, *grades} or code not in {"*", *catalogue.indicators}:
                wrong.append((story.title, code, grade))
    assert wrong == []


@each_day
@pytest.mark.parametrize("module", [module for module in MODULES if module != "s00"])
def test_every_indicator_of_the_scenario_has_a_hit_and_a_near_miss(module: str, as_of: date, catalogue: Catalogue) -> None:
    expected = [line for story in told(module, as_of) for line in story.expect.items()]
    hits = {code for code, grade in expected if grade is not None}
    misses = {code for code, grade in expected if grade is None}
    asked = {code for code in catalogue.indicators if code.startswith(f"{module.upper()}-")}
    seldom = NOT_EVERY_DAY if as_of != DAYS[0] else set()
    assert (asked - hits - seldom, asked - misses) == (set(), set())
