"""What of a dataset goes where: into the archive as it is, as a number of the vault, or into the vault alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jiuzhu.rules.cited import CodeList
from jiuzhu.rules.reading import words_of
from jiuzhu.rules.tree import Column, Dataset

Place = Literal["key", "plain", "region", "person", "thing", "vault"]
# Identity texts that rules compare; the archive holds a number in their place. Names and free text only lie in the vault.
THING_KINDS = frozenset({"bank", "phone", "plate", "number", "address"})
KEYS = ("record_id", "data_date", "region_code")
# What of a person is kept to know them again when a number is wrong.
DETAIL_KINDS = frozenset({"name", "phone", "address"})
_OWN_PREFIXES = frozenset({"", "hukou_", "current_", "living_", "house_", "home_", "head_"})


@dataclass(frozen=True)
class Shape:
    """One dataset as ingest sees it. Plain values only: it is handed to the child process that parses.

    places: column to where its cells go. codes: column to its list (code to label).
    own: the person column of the person a row is about, "" if none.
    details: person column to {column of a name, phone or address of that person: kind}.
    own_birth, own_sex: columns with these of the row's own person, "" if none.
    """

    dataset: Dataset
    places: Mapping[str, Place]
    codes: Mapping[str, Mapping[str, str]]
    own: str
    details: Mapping[str, Mapping[str, str]]
    own_birth: str
    own_sex: str

    @property
    def persons(self) -> tuple[str, ...]:
        return tuple(name for name, place in self.places.items() if place == "person")

    @property
    def things(self) -> tuple[str, ...]:
        return tuple(name for name, place in self.places.items() if place == "thing")

    @property
    def plain(self) -> tuple[str, ...]:
        """Columns kept as they are, the keys apart."""
        return tuple(name for name, place in self.places.items() if place in ("plain", "region"))


def shape_of(dataset: Dataset, lists: Mapping[str, CodeList]) -> Shape:
    places = {name: _place(name, column) for name, column in dataset.columns.items()}
    persons = [name for name, place in places.items() if place == "person"]
    own = next((name for name in ("id_no", "head_id_no") if name in persons), persons[0] if persons else "")
    details: dict[str, dict[str, str]] = {name: {} for name in persons}
    for name, column in dataset.columns.items():
        if column.identity in DETAIL_KINDS and column.holds == "text":
            owner = _owner(name, column.identity, own, persons)
            if owner:
                details[owner][name] = column.identity
    return Shape(
        dataset,
        places,
        {name: dict(words_of(column.codes, lists)) for name, column in dataset.columns.items() if column.holds == "code"},
        own,
        details,
        "birth_date" if "birth_date" in dataset.columns else "",
        "sex" if "sex" in dataset.columns else "",
    )


def _place(name: str, column: Column) -> Place:
    if name in KEYS:
        return "key"
    if column.identity == "id":
        return "person"
    if column.identity:
        return "thing" if column.identity in THING_KINDS and column.holds == "text" else "vault"
    if column.holds in ("text", "code") and (name.endswith("region_code") or name in ("township_code", "village_code")):
        return "region"
    return "plain"


def _owner(name: str, kind: str, own: str, persons: list[str]) -> str:
    """Whose name, phone or address it is: `father_name` goes with `father_id_no`, `current_address` with the row's person."""
    prefix = name.removesuffix(kind)
    if f"{prefix}id_no" in persons:
        return f"{prefix}id_no"
    return own if prefix in _OWN_PREFIXES else ""
