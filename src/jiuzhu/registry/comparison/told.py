"""What comparing found, in plain values: who says what of whom, from which day, and which source is trusted most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.comparison.compared import Compared
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.comparisons import ID_NUMBER, ID_NUMBER_TITLE, Comparison, Statement
from jiuzhu.rules.parameters import trimmed
from jiuzhu.rules.tree import Title

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Stated:
    """One source's word. dataset: `id_number` for the number itself. source: who delivered it, "" for the number and for a
    missing row. value: as text; value_zh, value_en: in words. said_on: the day it speaks of, None for the number and for a
    missing row. record_id: "" where it is made of several rows or of none. verdict: authority, agrees, differs, older."""

    dataset: str
    title_zh: str
    title_en: str
    department: str
    source: str
    value: str
    value_zh: str
    value_en: str
    said_on: date | None
    age_days: int | None
    record_id: str
    verdict: str


@dataclass(frozen=True)
class SideBySide:
    """Everything said of one thing of one person, the authority first.

    person: the number this workspace gave the person; below zero a record without a right id number. subject: the id
    number where everybody is invented, else as `person`. name: "" where none was delivered.
    """

    comparison: str
    person: int
    subject: str
    name: str
    division: str
    statements: tuple[Stated, ...]


@dataclass(frozen=True)
class ComparisonCount:
    """One comparison over everybody; see `Counts`. here: people in conflict within the division asked about."""

    code: str
    title_zh: str
    title_en: str
    because_zh: str
    because_en: str
    sources: tuple[str, ...]
    people: int
    alone: int
    pairs: int
    agreeing: int
    conflicting: int
    older: int
    people_conflicting: int
    here: int


def packed_by_position(release: Release, vault: Vault) -> npt.NDArray[np.int64]:
    """The packed id number of who stands at each position; 0 for those without one."""
    persons = np.array(Subjects(release).persons, dtype=np.int64)
    packed = np.zeros(len(persons), dtype=np.int64)
    known = persons > 0
    packed[known] = vault.packed_of(persons[known])
    return packed


def counted(release: Release, catalogue: Catalogue, found: Compared, division: str) -> tuple[ComparisonCount, ...]:
    """Every comparison with its counts, in the order of the file."""
    answer = []
    for code, comparison in catalogue.comparisons.by_code.items():
        counts = found.counts[code]
        here = len(pc.unique(_within(release, found.conflicts[code], division)["person"]))
        answer.append(
            ComparisonCount(
                code,
                comparison.title.zh,
                comparison.title.en,
                comparison.because.zh,
                comparison.because.en,
                tuple(statement.dataset for statement in comparison.statements),
                counts.people,
                counts.alone,
                counts.pairs,
                counts.agreeing,
                counts.conflicting,
                counts.older,
                counts.people_conflicting,
                here,
            )
        )
    return tuple(answer)


@dataclass(frozen=True)
class Teller:
    """Turns judged words of one release into plain values. by_number: people by id number (an invented workspace)."""

    release: Release
    catalogue: Catalogue
    vault: Vault
    by_number: bool

    def told(self, code: str, table: pa.Table) -> list[SideBySide]:
        """The judged words of one comparison, one entry a person. Names are opened: the caller has written the look down."""
        comparison, who = self.catalogue.comparisons.by_code[code], Subjects(self.release)
        rows: dict[int, list[Mapping[str, Any]]] = {}
        for row in table.to_pylist():
            rows.setdefault(row["person"], []).append(row)
        persons = {position: who.persons[position] for position in rows}
        names = self.vault.names_of(person for person in persons.values() if person > 0)
        numbers = self._numbers(list(persons.values())) if self.by_number else {}
        return [
            SideBySide(
                code,
                persons[position],
                numbers.get(persons[position], str(persons[position])),
                (names.get(persons[position]) or ("",))[0],
                who.division("person", position),
                tuple(self._stated(comparison, row) for row in words),
            )
            for position, words in rows.items()
        ]

    def _numbers(self, persons: Sequence[int]) -> dict[int, str]:
        known = np.array([person for person in persons if person > 0], dtype=np.int64)
        return {int(one): text for one, text in zip(known, self.vault.id_number_of(known), strict=True) if text}

    def _stated(self, comparison: Comparison, row: Mapping[str, Any]) -> Stated:
        statement, as_of = comparison.statements[row["number"]], self.release.manifest.as_of
        title, department = self._source(statement)
        text = _text(row["value"], comparison)
        word = comparison.answers.get(text, Title(text, text))
        delivery = row["delivery"]
        return Stated(
            dataset=statement.dataset,
            title_zh=title.zh,
            title_en=title.en,
            department=department,
            source=self.release.manifest.sent(statement.dataset)[delivery].source if delivery is not None else "",
            value=text,
            value_zh=word.zh,
            value_en=word.en,
            said_on=row["said_on"],
            age_days=(as_of - row["said_on"]).days if row["said_on"] is not None else None,
            record_id=row["record_id"],
            verdict=row["verdict"],
        )

    def _source(self, statement: Statement) -> tuple[Title, str]:
        if statement.dataset == ID_NUMBER:
            return ID_NUMBER_TITLE, ""
        dataset = self.catalogue.datasets[statement.dataset]
        return dataset.title, dataset.department


def people_in(release: Release, tables: Iterable[pa.Table]) -> list[int]:
    """The person ids that judged words speak of."""
    persons = Subjects(release).persons
    return sorted({persons[position] for table in tables for position in pc.unique(table["person"]).to_pylist()})


def shown_conflicts(
    release: Release, found: Compared, codes: Iterable[str], division: str, skip: int, limit: int | None
) -> dict[str, pa.Table]:
    """The judged words of people in conflict within a division: after the first `skip` entries, no more than `limit`."""
    answer, passed, left = {}, skip, limit
    for code in codes:
        table = _within(release, found.conflicts[code], division)
        people = pc.unique(table["person"])
        shown = people[passed:] if left is None else people[passed : passed + left]
        passed, left = max(0, passed - len(people)), None if left is None else left - len(shown)
        answer[code] = table if len(shown) == len(people) else table.filter(pc.is_in(table["person"], shown))
    return answer


def _within(release: Release, table: pa.Table, division: str) -> pa.Table:
    """The rows of people who live in a division, "" everywhere."""
    prefix = trimmed(division) if division else ""
    if not prefix or not table.num_rows:
        return table
    base = release.base
    inside = pc.starts_with(base.places["code"], prefix)
    places = base.people["place"].take(table["person"])
    return table.filter(inside.take(places))


def _text(value: Any, comparison: Comparison) -> str:
    """A number in its unit's decimals, a day as it is written, a word as it stands."""
    if isinstance(value, date):
        return value.isoformat()
    if comparison.type.kind == "number":
        return f"{Decimal(value).scaleb(-comparison.type.scale):f}"
    return str(value)


def position_of(release: Release, person: int | None, division: str) -> int | None:
    """Where a person stands in a release; None where nobody does, or lives outside the division ("" anywhere)."""
    who = Subjects(release)
    if person is None or person not in who.persons:
        return None
    position = who.persons.index(person)
    inside = not division or who.division("person", position).startswith(trimmed(division))
    return position if inside else None
