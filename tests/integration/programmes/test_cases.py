"""Every programme hit, missed, at its edge, with a thing missing, out of date, and in conflict: families as data files."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.engines.programmes import ProgrammeAnswer, assess
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import read_family
from tests.support.family_files import changed, written

FOLDER = Path(__file__).parents[2] / "families" / "cases"
KINDS = ("hit", "miss", "edge", "missing", "out of date", "conflict")
FILES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal) for path in sorted(FOLDER.glob("*.toml"))
}
CASES = [(name, index) for name, file in FILES.items() for index in range(len(file["cases"]))]


def _answer(file: dict[str, Any], case: dict[str, Any], national: Catalogue) -> ProgrammeAnswer:
    text = written(changed(file["base"], case.get("set", {}), case.get("drop", [])))
    told = assess(national, read_family(Path("family.toml"), national.programmes, text))
    member = str(case.get("member", file.get("member", "")))
    found = [one for one in told.answers if one.code == case.get("programme", file["programme"]) and one.called == member]
    assert len(found) == 1
    if "class" in case:
        assert told.household_class == (case["class"] or None)
    return found[0]


@pytest.mark.parametrize(("name", "index"), CASES, ids=lambda value: str(value))
def test_a_case_is_judged_as_the_file_says(name: str, index: int, national: Catalogue) -> None:
    file = FILES[name]
    case = file["cases"][index]
    told = _answer(file, case, national)
    state = [(test.name, test.holds) for test in told.tests]
    assert told.outcome == case["outcome"], (case["says"], state, [gap.name for gap in told.missing])
    if "amount" in case:
        assert told.amount == Decimal(str(case["amount"])), (case["says"], told.lines)
    if "fails" in case:
        unmet = [test.name for test in told.tests if test.holds is (test.kind == "exclusion")]
        assert unmet == ([case["fails"]] if isinstance(case["fails"], str) else case["fails"]), case["says"]
    if case["outcome"] == "unknown":
        assert told.amount is None
        # What is missing is named: the number, the fact, or the need that is not in order.
        assert case["lacks"] in [gap.name for gap in told.missing], (case["says"], told.missing)


def test_each_file_shows_a_hit_a_miss_and_a_thing_missing_and_all_together_every_kind() -> None:
    kinds = defaultdict(set)
    for name, index in CASES:
        kinds[name].add(FILES[name]["cases"][index]["kind"])
    assert set().union(*kinds.values()) == set(KINDS)
    assert {name: {"hit", "miss"} - there for name, there in kinds.items() if not {"hit", "miss"} <= there} == {}


def test_there_is_a_file_for_every_programme(national: Catalogue) -> None:
    named = {file["programme"] for file in FILES.values()} | {
        case["programme"] for f in FILES.values() for case in f["cases"] if "programme" in case
    }
    assert named == set(national.programmes.texts)
