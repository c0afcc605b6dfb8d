"""What the reference engine says of one subject: the rows, the limit and the reasons a verdict rests on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from jiuzhu.engines.reference import ReferenceEngine, Verdict
from jiuzhu.engines.reference.values import NONE, Reason, Unknown
from tests.support.agreement import answers, random_case
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import DATASETS, small_catalogue

RULE = """
inputs.sent = { dataset = "bill", sum = "extra", over = "10 days", unit = "yuan" }
inputs.most = { parameter = "most", like = "fee.limit" }
rule = { when = "low", measure = "sent", limit = "most", grades = { red = "2 x", blue = "1 x" } }
"""
TODAY = "2026-11-20"


def verdict(
    rows: dict[str, Any], text: str = RULE, missing: tuple[str, ...] = (), authorised: bool = True, place: str = "370502002"
) -> Verdict:
    shelf = small_catalogue()
    small = SmallBase(shelf.catalogue, people=[Person(authorised=authorised)], places=[place], rows=rows)
    small.delivered = {(code, 0): Delivered() for code in DATASETS if code not in missing}
    return ReferenceEngine(shelf.catalogue).evaluate(small.made(), shelf.indicator("S01-E01", text), 0)


def trace(found: Verdict, name: str) -> Any:
    return next(one for one in found.inputs if one.name == name)


def test_a_hit_names_its_rows_and_the_limit_in_force() -> None:
    found = verdict(
        {
            "card": [{"record_id": "c1"}],
            "bill": [
                {"record_id": "b1", "paid_on": TODAY, "extra": "300"},
                {"record_id": "b2", "paid_on": "2026-01-01", "extra": "900"},
                {"record_id": "b3", "paid_on": TODAY, "extra": "500"},
            ],
        }
    )
    judgement = found.judgement
    assert (judgement.state, judgement.grade, judgement.value, judgement.threshold) == ("hit", "red", 80000, 40000)
    assert judgement.parameter is not None
    assert (judgement.parameter.division, judgement.parameter.since, judgement.parameter.source) == (
        "370502",
        date(2020, 1, 1),
        "test",
    )
    assert [(row.dataset, row.row, row.record_id, row.certain) for row in trace(found, "sent").rows] == [
        ("bill", 0, "b1", True),
        ("bill", 2, "b3", True),
    ]
    assert trace(found, "sent").value == 800
    assert [row.record_id for row in trace(found, "low").rows] == ["c1"]


def test_every_input_is_shown_though_the_rule_did_not_come_to_it() -> None:
    found = verdict({"bill": [{"paid_on": TODAY, "extra": "7.50"}]})
    assert found.judgement.state == "no"
    assert trace(found, "sent").value == Fraction("7.5")
    assert trace(found, "most").value == 400


def test_unknown_says_what_was_not_delivered() -> None:
    found = verdict({"bill": [{"paid_on": TODAY, "extra": "900"}]}, missing=("card",))
    assert found.judgement.state == "unknown"
    assert found.judgement.because == (Reason("not delivered", "card"),)
    assert trace(found, "low").because == (Reason("not delivered", "card"),)


def test_unknown_names_the_empty_cell_and_keeps_the_known_part() -> None:
    found = verdict({"card": [{}], "bill": [{"paid_on": TODAY, "extra": None}, {"paid_on": TODAY, "extra": "9"}]})
    assert found.judgement.because == (Reason("empty cell", "bill", "extra"),)
    assert trace(found, "sent").value == Unknown(9, (Reason("empty cell", "bill", "extra"),))


def test_unknown_names_an_unset_parameter() -> None:
    found = verdict({"card": [{}], "bill": [{"paid_on": TODAY, "extra": "9"}]}, place="370502001")
    assert found.judgement.because == (Reason("unset parameter", "fee.limit"),)
    assert found.judgement.threshold is None


def test_unknown_names_a_missing_authorisation() -> None:
    text = 'inputs.x = { dataset = "secret", exists = true }\nrule = { when = "x", grades = { blue = "hit" } }'
    found = verdict({}, text, authorised=False)
    assert found.judgement.because == (Reason("no authorisation", "secret"),)


def test_a_row_in_doubt_is_shown_as_such() -> None:
    x = 'inputs.x = { dataset = "bill", count = true, where = "maybe_kind == 1", unit = "records" }'
    text = x + '\nrule = { when = "x > 5", grades = { blue = "hit" } }'
    found = verdict({"bill": [{"maybe_kind": 1}, {"maybe_kind": None}, {"maybe_kind": 2}]}, text)
    assert [(row.row, row.certain) for row in trace(found, "x").rows] == [(0, True), (1, False)]


def test_the_newest_row_alone_decided() -> None:
    text = (
        'inputs.x = { dataset = "bill", latest = "amount", unit = "yuan" }\nrule = { when = "x > 5", grades = { blue = "hit" } }'
    )
    found = verdict({"bill": [{"paid_on": "2026-01-02", "amount": "9"}, {"paid_on": "2026-01-01", "amount": "8"}]}, text)
    assert [row.row for row in trace(found, "x").rows] == [0]


def test_facts_are_worked_out_for_persons_and_households() -> None:
    shelf = small_catalogue()
    small = SmallBase(shelf.catalogue, people=[Person(), Person(), Person(1)], places=["370502002"])
    small.rows = {"birth": [{"person": 0, "born": "1966-11-20"}], "home": [{"person": -1, "household": 1, "income": "12.34"}]}
    small.delivered = {(code, 0): Delivered() for code in ("birth", "home")}
    small.given = {"born": {1: date(2000, 1, 1)}}
    found = ReferenceEngine(shelf.catalogue).facts(small.made(), ["age", "income"], [0, 1])
    assert found == {"age": {0: 60, 1: 26}, "income": {0: NONE, 1: Fraction(Decimal("12.34"))}}


def test_one_subject_asked_alone_gets_the_answer_of_the_whole_run() -> None:
    catalogue, indicators, base = random_case(7, rules=15, rows=600)
    engine = ReferenceEngine(catalogue)
    whole = answers(engine.run(base, indicators))
    for indicator in indicators:
        for subject in (0, 1, 5):
            judgement = engine.evaluate(base, indicator, subject).judgement
            state, _, value, _ = whole.get((indicator.code, subject), ("no", None, None, None))
            assert (judgement.state, judgement.value) == (state, value)


def test_progress_is_told_once_an_indicator() -> None:
    catalogue, indicators, base = random_case(7, rules=3, rows=100)
    heard: list[tuple[str, int, int]] = []
    ReferenceEngine(catalogue).run(base, indicators, progress=lambda *what: heard.append(what))
    assert heard == [("R000", 1, 3), ("R001", 2, 3), ("R002", 3, 3)]
