"""The warnings of a release as rows of text: what `jiuzhu warnings` writes and the desk takes in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pyarrow as pa

from jiuzhu.engines.base import LEVELS
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.scales import shown, threshold_decimals, unit_of, value_decimals
from jiuzhu.registry.release.subjects import Subjects, id_numbers
from jiuzhu.registry.vault.vault import Vault

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

WARNING_COLUMNS = (
    "warning_id",
    "indicator_id",
    "subject_kind",
    "subject",
    "household_id",
    "division_code",
    "value",
    "unit",
    "threshold",
    "grade",
    "kind",
    "side",
    "as_of",
    "release",
)
MISSING = "missing"


def found(release: Release, *, unknown: bool) -> pa.Table:
    """The signals of a release, or what it could not decide in the same columns."""
    if not unknown:
        return release.signals
    table = release.unknown
    nothing = pa.nulls(table.num_rows, pa.int64())
    level = pa.array([0] * table.num_rows, pa.int8())
    return table.append_column("level", level).append_column("value", nothing).append_column("threshold", nothing)


def listed(
    release: Release, catalogue: Catalogue, table: pa.Table, *, vault: Vault | None, by_number: bool
) -> list[dict[str, str]]:
    """One row a signal, sorted by indicator and subject as shown.

    vault: to say whom a row is about; without it `subject` is empty. by_number: people by their id number (an invented
    workspace), else by the number this workspace gave them.
    """
    who = Subjects(release)
    grades = {level: grade for grade, level in LEVELS.items()} | {0: MISSING}
    signals = table.to_pylist()
    kinds = {code: kind_of(catalogue, code) for code in {row["indicator"] for row in signals}}
    shown_as = _subjects(who, ((kinds[row["indicator"]], row["subject"]) for row in signals), vault, by_number)
    rows = []
    for row in signals:
        indicator, kind, position = catalogue.indicators[row["indicator"]], kinds[row["indicator"]], row["subject"]
        rows.append(
            {
                "warning_id": who.warning_id(indicator.code, kind, position),
                "indicator_id": indicator.code,
                "subject_kind": indicator.of,
                "subject": shown_as.get((kind, position), ""),
                "household_id": who.household_id(kind, position),
                "division_code": who.division(kind, position),
                "value": shown(row["value"], value_decimals(indicator)),
                "unit": unit_of(indicator),
                "threshold": shown(row["threshold"], threshold_decimals(indicator)),
                "grade": grades[row["level"]],
                "kind": indicator.kind,
                "side": indicator.side,
                "as_of": release.manifest.as_of.isoformat(),
                "release": release.name,
            }
        )
    return sorted(rows, key=lambda row: (row["indicator_id"], row["subject"], row["household_id"]))


def people_in(release: Release, catalogue: Catalogue, table: pa.Table) -> list[int]:
    """The person ids a list of rows would tell of."""
    who = Subjects(release)
    people = set()
    for row in table.select(["indicator", "subject"]).to_pylist():
        kind = kind_of(catalogue, row["indicator"])
        if who.number(kind, row["subject"]) is None:
            people.add(who.persons[who.person_of(kind, row["subject"])])
    return sorted(people)


def _subjects(
    who: Subjects, asked: Iterable[tuple[str, int]], vault: Vault | None, by_number: bool
) -> dict[tuple[str, int], str]:
    if vault is None:
        return {}
    answer: dict[tuple[str, int], str] = {}
    people: dict[tuple[str, int], int] = {}
    for kind, position in set(asked):
        number = who.number(kind, position)
        if number is not None:
            answer[kind, position] = number
        else:
            people[kind, position] = who.persons[who.person_of(kind, position)]
    numbers = id_numbers(vault, list(people.values())) if by_number else {}
    for key, person in people.items():
        answer[key] = numbers.get(person, str(person))
    return answer
