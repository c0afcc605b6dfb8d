"""A rule is text for our own parser: nothing else that Python, SQL or a shell would understand gets through (F1)."""

from __future__ import annotations

import json
import re

import pytest

from jiuzhu.rules.catalogue import Catalogue, CatalogueFaults, from_text
from tests.unit.rules.hostile import EXPRESSIONS, FILES

HEAD = """
code = "S01-E01"
title = { zh = "试", en = "try" }
side = "entry"
kind = "hint"
of = "person"
route = ["township"]
days = 3
action = { zh = "试", en = "try" }
basis = [{ law = "L01", says = "x" }]
reviewed = { by = "x", date = 2026-01-01, again = 2027-01-01 }
"""
EXAMPLES = """
examples = [
  { as_of = 2026-11-20, rows = {}, expect = "red" },
  { as_of = 2026-11-20, rows = {}, expect = "none" },
  { as_of = 2026-11-20, rows = {}, expect = "unknown" },
]
"""
PLACES = {
    "when": "rule = {{ when = {0}, grades = {{ red = 'hit' }} }}\n",
    "a grade": "rule = {{ when = 'low', grades = {{ red = {0} }} }}\n",
    "where": "inputs.x = {{ dataset = 'medins_settlement', exists = true, where = {0} }}\n"
    "rule = {{ when = 'x', grades = {{ red = 'hit' }} }}\n",
}


def refused(text: str, catalogue: Catalogue) -> CatalogueFaults:
    with pytest.raises(CatalogueFaults) as caught:
        from_text(text, catalogue)
    return caught.value


def indicator(middle: str) -> str:
    # Examples go before the rule: what a hostile rule leaves open must not swallow them.
    return HEAD + EXAMPLES + middle


def test_the_frame_around_the_hostile_rules_is_sound(small: Catalogue) -> None:
    for place in PLACES.values():
        expression = "'is_remote'" if "where" in place else "'low'"
        assert from_text(indicator(place.format(expression)), small).code == "S01-E01"


@pytest.mark.requirement("F1")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_hostile_expression_is_refused_with_a_fault(name: str, place: str, small: Catalogue) -> None:
    expression = EXPRESSIONS[name]
    if place == "where":
        # Beside columns the names of facts would be refused whatever is done with them.
        expression = re.sub(r"\bage\b", "self_pay_amount", re.sub(r"\blow\b", "is_remote", expression))
    text = indicator(PLACES[place].format(json.dumps(expression, ensure_ascii=False)))
    faults = refused(text, small).faults
    assert all(fault.path and fault.rule and fault.problem and fault.mend for fault in faults)
    # A fault is one line that an official reads: short, and without what the text tried to do to the screen.
    assert all(len(str(fault)) < 900 and str(fault).isprintable() for fault in faults)


@pytest.mark.requirement("F1")
@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_a_fault(name: str, small: Catalogue) -> None:
    faults = refused(indicator(FILES[name]), small).faults
    assert all(fault.path and fault.rule and fault.problem and fault.mend for fault in faults)


@pytest.mark.requirement("F1")
def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(EXPRESSIONS) >= 100
    assert len(set(EXPRESSIONS.values())) == len(EXPRESSIONS)


@pytest.mark.requirement("F1")
def test_reading_a_rule_never_asks_python_to_run_anything(small: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    for name in ("eval", "exec", "__import__"):
        monkeypatch.setattr(f"builtins.{name}", lambda *given, name=name, **_: ran.append(name))
    for text in EXPRESSIONS.values():
        refused(indicator(PLACES["when"].format(json.dumps(text, ensure_ascii=False))), small)
    assert ran == []
