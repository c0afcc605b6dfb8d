"""A small invented catalogue for the tests of engines: one dataset of each kind, a few facts and relations, in short hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.datasets import type_of_column
from jiuzhu.rules.facts import FactShelf
from jiuzhu.rules.faults import Fault
from jiuzhu.rules.grades import read_rule
from jiuzhu.rules.inputs import Inputs
from jiuzhu.rules.parameters import Parameters, ParameterValue
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Compare, Constant, Dataset, Derived, Indicator, Relation, RowInput, Table, Title, Type

# Columns: name, what it holds, its unit if any, `?` where empty means unknown, `~` where it means none, `-` for below zero.
DATASETS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "bill": (
        {"rows": "event", "at": "paid_on"},
        """paid_on date; amount money; extra money ?; gift money ~; change money - ?; kind code 1:a|2:b|3:c;
        maybe_kind code 1:a|2:b ?; word code x:a|y:b|zz:c ~; flagged flag ?; ticked flag ~; helper id ~; due date ~;
        lost_on date ?; share decimal ratio ?; pieces integer pieces ?; shop integer ~""",
    ),
    "card": (
        {"rows": "state", "at": "issued"},
        "issued date; level code 1:a|2:b|3:c; maybe_level code 1:a|2:b ?; limit_amount money ?",
    ),
    "wage": ({"rows": "month", "at": "month"}, "month month; amount money; extra money ?; payer integer ~"),
    "tax": ({"rows": "month", "at": "quarter"}, "quarter quarter; amount money"),
    "call": ({"rows": "event", "at": "rang_at"}, "rang_at instant; ended_at instant ~; kind code 1:a|2:b|3:c"),
    "course": ({"rows": "event", "at": "school_year"}, "school_year school_year; fee money"),
    "stay": ({"rows": "event", "at": "came"}, "came date; went date ~; left date ?; kind code 1:a|2:b|3:c"),
    "note": ({"rows": "event", "at": "seen_on"}, "seen_on date ?; amount money; kind code 1:a|2:b|3:c"),
    "slip": ({"rows": "event", "at": "seen_on"}, "seen_on date ~; amount money"),
    "meter": (
        {"rows": "event", "at": "read_on", "keyed": "household"},
        "read_on date; used decimal kwh; amount money ?",
    ),
    "home": ({"rows": "state", "at": "data_date", "keyed": "household"}, "income money ?; heads integer persons"),
    "norm": ({"rows": "state", "at": "data_date", "keyed": "division"}, "level code 1:a|2:b|3:c; amount money ?"),
    "secret": ({"rows": "event", "at": "paid_on", "authorised_only": True}, "paid_on date; amount money"),
    "kin": ({"rows": "state", "at": "data_date"}, "to_person id; can_pay flag ?; pays money ?"),
    "birth": ({"rows": "state", "at": "data_date"}, "born date ?; died date ~"),
}

# of, kind, unit, then what is said of inputs and value.
FACTS: Mapping[str, tuple[str, str, str, str]] = {
    "low": ("person", "flag", "", """value = "card"
        inputs.card = { dataset = "card", exists = true, where = "level == 1" }"""),
    "born": ("person", "date", "", """value = "day"
        inputs.day = { dataset = "birth", latest = "born" }"""),
    "died": ("person", "date", "", """value = "day"
        inputs.day = { dataset = "birth", latest = "died" }"""),
    "age": ("person", "number", "years", """value = "years(day, as_of)"
        inputs.day = { fact = "born" }"""),
    "class": ("person", "text", "", """codes = "one:a|two:b|rest:c"
        inputs.two = { dataset = "card", exists = true, where = "level == 2" }
        cases = [{ when = "low", value = "'one'" }, { when = "two", value = "'two'" }, { value = "'rest'" }]"""),
    "paid": ("person", "number", "yuan", """value = "year_sum"
        inputs.year_sum = { dataset = "bill", sum = "extra", over = "12 months", unit = "yuan" }"""),
    "income": ("household", "number", "yuan", """value = "sent"
        inputs.sent = { dataset = "home", latest = "income", unit = "yuan" }"""),
    "poor": ("household", "flag", "", """value = "income < line"
        inputs.line = { parameter = "line", like = "poverty.line" }"""),
    "rate": ("household", "number", "yuan", """value = "norm"
        inputs.norm = { dataset = "norm", max = "amount", where = "level == 1", unit = "yuan" }"""),
    "local_rate": ("person", "number", "yuan", """value = "norm"
        inputs.norm = { dataset = "norm", max = "amount", where = "level == 1", unit = "yuan" }"""),
    "two_old": ("household", "flag", "", """value = "old >= 2"
        inputs.old = { members = "count", where = "age >= 60", unit = "persons" }"""),
}  # fmt: skip

RELATIONS = (
    Relation("parent", Title("亲", "parent"), "kin", "id_no", "to_person", None, False, (), "relations/parent.toml"),
    Relation(
        "helpers", Title("助", "helpers"), "kin", "id_no", "to_person", None, True, ("can_pay", "pays"), "relations/helpers.toml"
    ),
)

TABLES = (Table("worth", "折旧", "test", "ratio", {0: Decimal("1.00"), 1: Decimal("0.80"), 3: Decimal("0.50")}),)

# item or owner.name, division, from, to, value, unit
SHARED: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("poverty.line", "000000", "2020-01-01", "", "5000", "yuan"),
    ("fee.limit", "000000", "2020-01-01", "2026-01-01", "100", "yuan"),
    ("fee.limit", "000000", "2026-01-01", "", "200", "yuan"),
    ("fee.limit", "370000", "2020-01-01", "", "300", "yuan"),
    ("fee.limit", "370502", "2020-01-01", "", "400", "yuan"),
    ("fee.limit", "370502001", "2020-01-01", "", "", "yuan"),
    ("fee.far", "370502", "2020-01-01", "", "150", "yuan"),
    ("span.days", "000000", "2020-01-01", "", "5", "days"),
    ("span.months", "000000", "2020-01-01", "", "2", "months"),
    ("span.local", "370502", "2020-01-01", "", "5", "days"),
    ("any.number", "000000", "2020-01-01", "", "-1000000000000", "times"),
)


@dataclass(frozen=True)
class Shelf:
    """The catalogue, and the reader that turns more text into indicators beside it."""

    catalogue: Catalogue
    reading: Reading

    def indicator(self, code: str, text: str, parameters: Mapping[str, str] = {}) -> Indicator:
        """An indicator of inputs and rule alone. parameters: its own, "1.5 ratio" by name; in force everywhere since 2020."""
        for name, written in parameters.items():
            value, unit = written.split()
            row = _parameter(code, name, "000000", "2020-01-01", "", value, unit)
            self.reading.parameters.rows[(code, name)] = [row]
        faults: list[Fault] = []
        self.reading.faults = faults
        source = Source(Path(f"indicators/{code}.toml"), faults, text)
        data = source.data
        inputs = Inputs(self.reading, source, code, data.get("of", "person"), data.get("group", "living"))
        inputs.read(data.get("inputs", {}), data.get("person", {}))
        rule = read_rule(Keys(source, ("rule",), data["rule"]), inputs)
        inputs.finish()
        assert not faults, "\n".join(map(str, faults))
        return made_indicator(code, data.get("of", "person"), data.get("group", "living"), inputs.inputs, inputs.person, rule)


def made_indicator(code: str, of: Any, group: Any, inputs: Any, person_inputs: Any, rule: Any) -> Indicator:
    return Indicator(
        code=code,
        title=Title(code, code),
        scenario=code[:3],
        side="entry",
        kind="warning",
        of=of,
        group=group,
        route=("township",),
        days=5,
        action=Title("核", "check"),
        basis=(),
        reviewed={},
        inputs=inputs,
        person_inputs=person_inputs,
        rule=rule,
        examples=(),
        note="",
        path=f"indicators/{code}.toml",
    )


def small_catalogue() -> Shelf:
    reading = Reading()
    reading.datasets = {code: _dataset(code, shape, columns, reading) for code, (shape, columns) in DATASETS.items()}
    worth = Derived(
        "worth_now", Title("值", "worth"), "bill", "", {}, None, "", None, _column(["worth_now", "money", "~"], reading), ""
    )
    reading.derived = {"bill": {"worth_now": worth}}
    reading.derived_columns = {"bill": {"worth_now": worth.column}}
    reading.relations = {relation.code: relation for relation in RELATIONS}
    reading.tables = {table.code: table for table in TABLES}
    reading.parameters = Parameters()
    for item, division, since, until, value, unit in SHARED:
        row = _parameter("", item, division, since, until, value, unit)
        reading.parameters.rows.setdefault(("", item), []).append(row)
    shelf = FactShelf((), reading)
    shelf.files = {code: Source(Path(f"facts/{code}.toml"), reading.faults, _fact_file(code)) for code in FACTS}
    reading.fact, reading.fact_names = shelf.find, tuple(FACTS)
    facts = shelf.read_all()
    assert not reading.faults, "\n".join(map(str, reading.faults))
    catalogue = Catalogue(
        datasets=reading.datasets,
        facts=facts,
        relations=reading.relations,
        derived=reading.derived,
        tables=reading.tables,
        indicators={},
        parameters=reading.parameters,
        scenarios={},
        laws={},
        codes={},
        folders=(),
        version="small",
        reading=reading,
    )
    return Shelf(catalogue, reading)


def _fact_file(code: str) -> str:
    of, kind, unit, rest = FACTS[code]
    said = f'code = "{code}"\nof = "{of}"\nkind = "{kind}"\nunit = "{unit}"\n{rest}\n'
    return said + 'title = { zh = "甲", en = "a" }\n'


def _parameter(owner: str, name: str, division: str, since: str, until: str, value: str, unit: str) -> ParameterValue:
    return ParameterValue(
        owner,
        name,
        division,
        date.fromisoformat(since),
        date.fromisoformat(until) if until else None,
        Decimal(value) if value else None,
        value,
        unit,
        "test",
        "sure",
    )


def _dataset(code: str, shape: Mapping[str, Any], columns: str, reading: Reading) -> Dataset:
    found = [_column(words.split(), reading) for words in f"data_date date; region_code text; {columns}".split(";")]
    return Dataset(
        code=code,
        title=Title(code, code),
        department="民政",
        level="county",
        refresh="daily",
        rows=shape["rows"],
        thing=(),
        at=shape["at"],
        keyed=shape.get("keyed", "person"),
        delivered="changes",
        stale_after=30,
        authorised_only=shape.get("authorised_only", False),
        purpose=Title("", ""),
        legal_basis="L01",
        owner="民政",
        keep="10 years",
        columns={column.name: column for column in found},
        path=f"datasets/{code}.toml",
    )


def _column(words: list[str], reading: Reading) -> Column:
    name, holds, *rest = words
    identity = "id" if holds == "id" else ""
    unit = next((word for word in rest if word not in "?~-" and ":" not in word), "")
    codes = next((word for word in rest if ":" in word), "")
    holds = "text" if identity else holds
    return Column(
        name,
        Title(name, name),
        holds,
        type_of_column(holds, unit, identity, codes, reading),
        "?" not in rest and "~" not in rest,
        identity,
        "internal",
        "none" if "~" in rest else "unknown",
        "-" in rest,
        codes,
        unit,
    )


def looking_for(text: str, shelf: Shelf) -> Indicator:
    """Who has a bill with this text in it; put into the tree by hand, as the reader of rules refuses some texts."""
    rule = 'rule = { when = "x", grades = { red = "hit" } }'
    plain = shelf.indicator("H001", f"""inputs.x = {{ dataset = "bill", exists = true, where = "region_code == 'x'" }}\n{rule}""")
    asked = plain.inputs["x"]
    assert isinstance(asked, RowInput)
    assert isinstance(asked.where, Compare)
    where = replace(asked.where, right=Constant(text, Type("text")))
    return replace(plain, inputs={"x": replace(asked, where=where)})
