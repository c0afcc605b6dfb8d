"""The twelve worked examples of the policy paper, each a file of facts with the class and the amount worked out by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.engines.programmes import Assessment, assess
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import read_family

EXAMPLES = Path(__file__).parents[2] / "families" / "worked_examples"
EXPECTED = list(csv.DictReader((EXAMPLES / "expected.csv").open(encoding="utf-8")))


def _judged(name: str, national: Catalogue) -> Assessment:
    return assess(national, read_family(EXAMPLES / f"{name}.toml", national.programmes))


@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: f"{line['file']}-{line['programme']}-{line['member']}")
def test_an_example_gives_the_class_and_the_yuan_worked_out_by_hand(line: dict[str, str], national: Catalogue) -> None:
    told = _judged(line["file"], national)
    found = [one for one in told.answers if one.code == line["programme"] and one.called == line["member"]]
    assert len(found) == 1
    assert found[0].outcome == line["outcome"], [(test.name, test.holds) for test in found[0].tests] + [found[0].missing]
    assert found[0].amount == (Decimal(line["amount"]) if line["amount"] else found[0].amount)
    assert (found[0].amount is not None) == (line["outcome"] == "granted" and found[0].pays not in ("status", "service"))
    if line["class"]:
        assert told.household_class == line["class"]


def test_every_example_has_a_line_and_every_line_a_file() -> None:
    assert {line["file"] for line in EXPECTED} == {path.stem for path in EXAMPLES.glob("*.toml")}
