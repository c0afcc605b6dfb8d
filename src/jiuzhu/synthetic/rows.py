"""From arrays of values to a delivered table: every column of the dataset, those nobody named with quiet values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.rules.tree import Column, Dataset
from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.people import Block
from jiuzhu.synthetic.span import Span
from jiuzhu.synthetic.streams import Flags, Numbers, whole
from jiuzhu.synthetic.tables import table

MONEY = pa.decimal128(18, 2)
DECIMAL = pa.decimal128(18, 4)
MONTH_TEXTS = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(2200 * 12)]


@dataclass
class Rows:
    """Rows of one dataset about people of one block.

    person: position of the person in the block (None: rows of nobody). when: the day that decides in which delivery a row
    stands, and which must lie in the person's life; None: a state that has held for long. columns: arrays or single values.
    """

    person: Numbers | None
    when: Numbers | None = None
    columns: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        if self.person is not None:
            return len(self.person)
        return next(len(value) for value in self.columns.values() if isinstance(value, list | np.ndarray | pa.Array))

    def take(self, at: Numbers) -> Rows:
        """The rows of these positions, in this order."""
        columns = {name: _taken(value, at) for name, value in self.columns.items()}
        return Rows(None if self.person is None else self.person[at], None if self.when is None else self.when[at], columns)


@dataclass
class Maybe:
    """Values of which some are missing."""

    values: Any
    given: Flags


@dataclass
class Texts:
    """A column of a few different texts."""

    options: list[str]
    index: Numbers


def _taken(value: Any, at: Numbers) -> Any:
    if isinstance(value, Maybe):
        return Maybe(_taken(value.values, at), value.given[at])
    if isinstance(value, Texts):
        return Texts(value.options, value.index[at])
    if isinstance(value, pa.Array | pa.ChunkedArray):
        return value.take(pa.array(at))
    return value[at] if isinstance(value, np.ndarray) else value


@cache
def quiet_values() -> Mapping[tuple[str, str], str]:
    return {(row["dataset"], row["field"]): row["value"] for row in table("quiet.csv")}


@cache
def usual_texts() -> Mapping[str, str]:
    return {row["field"]: row["text"] for row in table("texts.csv")}


class Identity:
    """What a row says about its person, for the people of one block: made once, taken by position."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.id_no, self.name = block.ids, block.names
        codes = pa.array([village.code for village in block.villages])
        home = block.village[block.household]
        self.region = pa.DictionaryArray.from_arrays(pa.array(home, pa.int32()), codes)
        self.phone = numbers.mobile_numbers(block.number_of)
        house = pa.array(block.household % 900 + 1).cast(pa.string())
        street = pa.array([village.address for village in block.villages]).take(pa.array(home))
        self.address = pc.binary_join_element_wise(street, house, "号", "")
        self.household = household_numbers(block)[1]
        self.living = household_numbers(block)[0]


def household_numbers(block: Block) -> tuple[pa.Array, pa.Array]:
    """The number of the living household of each person as the low-income base gives it, and of the hukou book."""
    county = block.villages[0].county.code
    home = whole(block.offset + block.first[block.household])
    living = pc.binary_join_element_wise(f"{county}J", pa.array(home + 10**8).cast(pa.string()), "")
    own = np.where(block.apart, block.number_of, home)
    hukou = pc.binary_join_element_wise(county, pa.array(own + 10**8).cast(pa.string()), "")
    return living, hukou


def shape(dataset: Dataset, rows: Rows, identity: Identity, span: Span, first_record: int) -> pa.Table:
    """All columns of the dataset but data_date, in its order. `record_id` counts on from `first_record`."""
    n = len(rows)
    number = np.arange(first_record, first_record + n)
    arrays = {}
    for name, column in dataset.columns.items():
        if name == "data_date":
            continue
        if name == "record_id":
            arrays[name] = pa.array(number + 10**11).cast(pa.string())
        elif name in rows.columns:
            arrays[name] = as_array(column, rows.columns[name], n)
        else:
            arrays[name] = _unnamed(dataset, column, rows, identity, span, number)
    return pa.table(arrays)


def as_array(column: Column, value: Any, n: int) -> pa.Array:
    """Values of a column in the type that column is delivered in."""
    mask = None
    if isinstance(value, Maybe):
        value, mask = value.values, ~value.given
    if isinstance(value, Texts):
        # Each text once: Parquet writes a list with doubles differently from time to time.
        once = {text: place for place, text in enumerate(dict.fromkeys(value.options))}
        index = whole([once[text] for text in value.options])[value.index]
        return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32(), mask=mask), pa.array(list(once)))
    if isinstance(value, pa.Array):
        return value if mask is None else pc.if_else(pa.array(~mask), value, pa.scalar(None, value.type))
    if not isinstance(value, np.ndarray | list):
        value = _scalar(column, value)
        return pa.nulls(n, TYPES[column.holds]) if value is None else _same(column, value, n)
    return _converted(column, np.asarray(value), mask)


TYPES = {
    "text": pa.string(), "code": pa.string(), "money": MONEY, "decimal": DECIMAL, "integer": pa.int64(), "flag": pa.bool_(),
    "date": pa.date32(), "month": pa.string(), "quarter": pa.string(), "instant": pa.string(), "school_year": pa.string(),
}  # fmt: skip


def _scalar(column: Column, value: Any) -> Any:
    if value is None or (isinstance(value, str | bool) and column.holds not in ("money", "decimal", "integer", "flag")):
        return value
    if column.holds == "flag":
        return value if isinstance(value, bool) else value == "true"
    if column.holds in ("money", "decimal"):
        scale = 100 if column.holds == "money" else 10_000
        return (
            round(float(value) * scale) if isinstance(value, str | float) else value if column.holds == "money" else value * scale
        )
    return int(value) if column.holds == "integer" else value


def _same(column: Column, value: Any, n: int) -> pa.Array:
    if isinstance(value, str) or column.holds == "code":
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([str(value)]))
    return _converted(column, np.full(n, value), None)


def _converted(column: Column, values: Any, mask: Any) -> pa.Array:
    """Whole numbers (fen, ten-thousandths, days, months, quarters, seconds, years) become what the column holds."""
    if values.dtype.kind in "UO":
        return pa.array(values.astype(object), pa.string(), mask=mask)
    match column.holds:
        case "money":
            return decimals(whole(values), MONEY, mask)
        case "decimal":
            exact = values if values.dtype.kind == "i" else np.round(values * 10_000)
            return decimals(whole(exact), DECIMAL, mask)
        case "date":
            return pa.array(values.astype(np.int32), pa.date32(), mask=mask)
        case "flag":
            return pa.array(values.astype(bool), mask=mask)
        case "integer":
            return pa.array(whole(values), mask=mask)
        case "month":
            return pa.DictionaryArray.from_arrays(*_dictionary(values, mask, MONTH_TEXTS))
        case "code":
            return pa.DictionaryArray.from_arrays(*_dictionary(values, mask, [str(i) for i in range(100)]))
        case "quarter":
            return pa.array([f"{q // 4}-Q{q % 4 + 1}" for q in values.tolist()], mask=mask)
        case "school_year":
            return pa.array([f"{y}-{y + 1}" for y in values.tolist()], mask=mask)
        case "instant":
            local = np.datetime_as_string((whole(values) + 8 * 3600).astype("M8[s]"))
            return pc.binary_join_element_wise(pa.array(local.astype(object), pa.string(), mask=mask), "+08:00", "")
    return pa.array(whole(values), mask=mask).cast(pa.string())


def _dictionary(values: Any, mask: Any, texts: list[str]) -> tuple[pa.Array, pa.Array]:
    used, index = np.unique(values if mask is None else np.where(mask, 0, values), return_inverse=True)
    return pa.array(index.astype(np.int32), mask=mask), pa.array([texts[i] for i in used.tolist()])


def decimals(values: Numbers, kind: pa.DataType, mask: Any = None) -> pa.Array:
    """Whole numbers as exact decimals of the kind's scale, without going through text."""
    pairs = np.empty((len(values), 2), dtype=np.int64)
    pairs[:, 0] = values
    pairs[:, 1] = values >> 63
    valid = None if mask is None else pa.array(~np.asarray(mask)).buffers()[1]
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(pairs)])


def _unnamed(dataset: Dataset, column: Column, rows: Rows, identity: Identity, span: Span, number: Numbers) -> pa.Array:
    """A column that the rows do not name: their person's, or a number of its own, or the quiet value."""
    n = len(number)
    own = _own(column, identity)
    if own is not None and rows.person is not None:
        return own.take(pa.array(rows.person))
    if column.identity == "id" and column.required and column.name.endswith("id_no") and rows.person is not None:
        return identity.id_no.take(pa.array((rows.person + 1) % len(identity.id_no)))  # someone else
    if column.name == "region_code":
        return _same(column, identity.block.villages[0].county.code, n)
    if column.identity == "bank" and column.required:
        return numbers.account_numbers(identity.block.number_of[rows.person], 1)
    quiet = quiet_value(dataset, column, span)
    if quiet is None and column.required and column.holds == "text":
        return pc.binary_join_element_wise(
            f"{dataset.code.split('_')[0][:2].upper()}", pa.array(number + 10**9).cast(pa.string()), ""
        )
    return as_array(column, quiet, n)


def _own(column: Column, identity: Identity) -> pa.Array | None:
    if column.name in ("id_no", "account_holder_id_no", "head_id_no"):
        return identity.id_no
    if column.identity == "name" and column.name in ("name", "head_name", "account_holder_name"):
        return identity.name
    if not column.required or column.holds != "text":
        return None
    return {"phone": identity.phone, "address": identity.address}.get(column.identity) or {
        "region_code": identity.region, "household_id": identity.living, "hukou_household_no": identity.household,
    }.get(column.name)  # fmt: skip


_AHEAD = ("valid_to", "end_date", "next_review_date", "sentence_end", "cert_valid_to", "contract_end")
_LATELY = ("last_active_date", "last_visit_date", "last_followup_date", "balance_date", "value_date")


def quiet_value(dataset: Dataset, column: Column, span: Span) -> Any:
    """What a column says that nobody asked about: nothing where it may be empty, else what raises no question.

    A date of a state is a year back, of an event the last day; an end is a year ahead; amounts are 0.
    """
    if (named := quiet_values().get((dataset.code, column.name))) is not None:
        return named
    if not column.required:
        return 0 if column.empty == "unknown" and column.holds in ("money", "integer", "decimal") else None
    if column.holds == "code":
        return column.codes.split("|")[0].split(":")[0] if ":" in column.codes else _CODES.get(column.codes, "")
    if column.holds == "date":
        if column.name in _AHEAD:
            return span.last + 365
        return span.last if dataset.rows == "event" or column.name in _LATELY else span.last - 365
    if column.holds == "text":
        return usual_texts().get(column.name)
    return {
        "flag": False, "month": span.month - 1, "quarter": span.month // 3 - 1, "instant": (span.last + 1) * 86_400 - 9 * 3600,
        "school_year": span.as_of.year - (span.as_of.month < 9),
        "integer": span.as_of.year if column.name.endswith("_year") else 0,
    }.get(column.holds, 0)  # fmt: skip


_CODES = {"relation_to_head": "01", "sex": "1", "marital_status": "10", "ethnicity": "01", "country": "KOR", "icd10": "J06.9"}
