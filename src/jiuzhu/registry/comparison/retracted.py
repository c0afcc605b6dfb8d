"""Warnings that rested on rows which were retracted or corrected after their release: a list for a person to look at again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import Columns
from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.registry.archived import CHANGE, DELIVERY, quoted
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.overlay.reach import Reach
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.state import Moment, StateMaker
from jiuzhu.registry.profile.stored import stored_archive
from jiuzhu.registry.release.cell_texts import text_of_cell
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.lying import LyingTable, lying_table, names_of, wide
from jiuzhu.registry.release.manifest import DeliveryUsed
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.rules.tree import Dataset

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

What = Literal["retracted", "corrected", "replaced", "withdrawn"]


@dataclass(frozen=True)
class RestedOn:
    """A warning of a release, and one row behind it that no longer stands as it did.

    what: retracted (the source took the record back), corrected (a newer version says something else), replaced (a full
    delivery came without it), withdrawn (the file it came in no longer counts: it was sent back, or the
    gate holds it). columns: name to text before and after, those
    the rule reads; for identities both are empty. on: the day the change speaks of; delivery: the SHA-256 of the file that
    brought it; None and "" where nothing came instead.
    """

    warning_id: str
    indicator_id: str
    household_id: str
    division: str
    release: str
    as_of: date
    dataset: str
    record_id: str
    what: What
    columns: Mapping[str, tuple[str, str]]
    on: date | None
    delivery: str


@dataclass(frozen=True)
class _Change:
    """What became of a row of a release; see `RestedOn`."""

    what: What
    columns: Mapping[str, tuple[str, str]]
    on: date | None
    delivery: str


_Changes = Mapping[str, Mapping[int, _Change]]


def rested_on_retracted(release: Release, catalogue: Catalogue, passed: Sequence[Delivery], moment: Moment) -> list[RestedOn]:
    """Every warning of a release with each row behind it that was changed since, by indicator, warning and record.

    passed: the deliveries that count on the day of `moment`, in their order. A state that is sent again on a later day with
    another value is news and not listed: what was said of its day stands.
    """
    changes = _changes(release, catalogue, passed, moment)
    if not changes:
        return []
    engine, who, answer = ReferenceEngine(catalogue), Subjects(release), []
    reads = {code: catalogue.columns_read(indicator) for code, indicator in catalogue.indicators.items()}
    for code, position in _may_rest_on(release, catalogue, changes, reads):
        verdict, kind = engine.evaluate(release.base, catalogue.indicators[code], position), kind_of(catalogue, code)
        for row in {(row.dataset, row.row): row for trace in verdict.inputs for row in trace.rows}.values():
            change = changes.get(row.dataset, {}).get(row.row)
            if change is None:
                continue
            columns = {name: told for name, told in change.columns.items() if name in reads[code][row.dataset] or name == "id_no"}
            if change.what == "corrected" and not columns:
                continue
            answer.append(
                RestedOn(
                    warning_id=who.warning_id(code, kind, position),
                    indicator_id=code,
                    household_id=who.household_id(kind, position),
                    division=who.division(kind, position),
                    release=release.name,
                    as_of=release.manifest.as_of,
                    dataset=row.dataset,
                    record_id=row.record_id,
                    what=change.what,
                    columns=columns,
                    on=change.on,
                    delivery=change.delivery,
                )
            )
    return sorted(answer, key=lambda one: (one.indicator_id, one.warning_id, one.dataset, one.record_id))


def _may_rest_on(
    release: Release, catalogue: Catalogue, changes: _Changes, reads: Mapping[str, Mapping[str, frozenset[str]]]
) -> Iterator[tuple[str, int]]:
    """Indicator and subject of every warning that may rest on one of these rows, so that few have to be worked out again.

    A rule reads rows of its subject, of its household, of people these are related to, and rows of whole divisions.
    """
    base, columns = release.base, Columns(release.base, catalogue)
    living = np.zeros(base.households.num_rows, bool)
    living[Reach(columns, catalogue).households(*_named_in(columns, catalogue, changes))] = True
    person = living[columns.people["household"]]
    hukou = np.isin(np.arange(base.hukou.num_rows), columns.people["hukou"][person])
    near = {"living": living, "person": person, "hukou": hukou}
    of_division = {code for code in changes if catalogue.datasets[code].keyed == "division"}
    for signal in release.signals.select(["indicator", "subject"]).to_pylist():
        code, position = signal["indicator"], signal["subject"]
        read = changes.keys() & reads[code].keys()
        if read & of_division or (read and near[kind_of(catalogue, code)][position]):
            yield code, position


def _named_in(columns: Columns, catalogue: Catalogue, changes: _Changes) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The people and the living households that changed rows name, in any column; below zero for nobody."""
    persons, households = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for code, rows in changes.items():
        at = np.fromiter(rows, np.int64, len(rows))
        table, told = lying_table(columns.base, code), catalogue.datasets[code].columns
        assert table is not None, "a row of it changed"
        naming = [name for name in names_of(table) if name in told and told[name].type.kind == "person"]
        persons += [_positions(columns, code, name, at) for name in ("person", *naming)]
        hukou = _positions(columns, code, "hukou", at)
        persons.append(np.flatnonzero(np.isin(columns.people["hukou"], hukou[hukou >= 0])))
        households.append(_positions(columns, code, "household", at))
    return np.concatenate(persons), np.concatenate(households)


def _positions(columns: Columns, code: str, name: str, at: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """The cells of a column of positions at these rows, below zero where they are empty."""
    cells, empty = columns.bare(code, name, at)
    return cells if empty is None else np.where(empty, -1, cells)


def _changes(release: Release, catalogue: Catalogue, passed: Sequence[Delivery], moment: Moment) -> _Changes:
    """Dataset to what became of its rows, by their place in the base; only of datasets that other deliveries speak of now."""
    before = {_known_by(one) for one in release.manifest.deliveries}
    now = {_known_by(one) for one in passed}
    touched = {one[0] for one in before ^ now}
    archive = stored_archive(release.workspace, passed)
    persons = pa.array(Subjects(release).persons, pa.int64())
    answer = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2; SET memory_limit = '1000MB'; SET debug_enable_caching_operators = false")
        deliveries = measured(connection, archive, catalogue.datasets, moment.as_of)
        maker = StateMaker(connection, moment, deliveries)
        for code in sorted(touched & catalogue.datasets.keys() & release.base.rows.keys()):
            mine = [one for one in passed if one.dataset == code]
            compare = _Rows(release, catalogue.datasets[code], persons, mine, now)
            view = archive.view(connection, code)
            found = compare.changed(maker, view) if view else compare.all_gone()
            if found:
                answer[code] = found
    return answer


def _known_by(one: Delivery | DeliveryUsed) -> tuple[str, ...]:
    """What tells a delivery from all others, in the archive and in the manifest of a release."""
    return (one.dataset, one.source, one.period, one.sha256, str(one.full))


@dataclass(frozen=True)
class _Rows:
    """The rows of one dataset in a release, beside what the archive says of their records now.

    persons: person id by position. passed: the dataset's deliveries that count. now: what all that count are known by.
    """

    release: Release
    dataset: Dataset
    persons: pa.Array
    passed: Sequence[Delivery]
    now: set[tuple[str, ...]]

    def changed(self, maker: StateMaker, view: str) -> dict[int, _Change]:
        table = lying_table(self.release.base, self.dataset.code)
        if table is None:
            return {}
        names = self._plain(names_of(table))
        person = ["id_no"] if "id_no" in self.dataset.columns else []
        records = maker.records(self.dataset, maker.seen(self.dataset, view, [*names, *person]))
        maker.connection.register("base_rows", self._base(table, names))
        same = [f"b.{quoted(name)} IS NOT DISTINCT FROM r.{quoted(name)}" for name in names]
        same += ["(b.person_id <= 0 OR r.id_no IS NULL OR b.person_id = r.id_no)"] if person else []
        told = ", ".join([f"r.{quoted(name)} AS {quoted('now_' + name)}" for name in names])
        found = maker.connection.sql(
            f"""SELECT b.*, r.record_id IS NULL AS gone, r.{CHANGE} AS change, r.data_date AS said_on, r.{DELIVERY} AS brought,
            {"r.id_no" if person else "NULL"} AS now_person{", " + told if told else ""}
            FROM base_rows b LEFT JOIN {records} r USING (record_id)
            WHERE r.record_id IS NULL OR r.{CHANGE} = 'D' OR NOT ({" AND ".join(same) or "TRUE"}) ORDER BY b.at"""
        ).to_arrow_table()
        return {row["at"]: change for row in found.to_pylist() if (change := self._change(row, names)) is not None}

    def all_gone(self) -> dict[int, _Change]:
        """Nothing of the dataset counts any longer."""
        table = lying_table(self.release.base, self.dataset.code)
        brought: list[int] = wide(table, [DELIVERY])[DELIVERY].to_pylist() if table is not None else []
        return {at: self._gone(delivery) for at, delivery in enumerate(brought)}

    def _plain(self, there: Sequence[str]) -> list[str]:
        """The delivered columns both sides have, identities and the day of sending left out."""
        left_out = {"record_id", "data_date", "region_code"}
        columns = self.dataset.columns
        return [name for name in there if name in columns and not columns[name].identity and name not in left_out]

    def _base(self, lying: LyingTable, names: Sequence[str]) -> pa.Table:
        table = wide(lying, ["person", "record_id", DELIVERY, *names])
        person = pc.if_else(pc.greater_equal(table["person"], 0), table["person"], None)
        fixed = {"at": pa.array(range(table.num_rows), pa.int32()), "record_id": table["record_id"], DELIVERY: table[DELIVERY]}
        return pa.table({**fixed, "person_id": self.persons.take(person), **{name: table[name] for name in names}})

    def _change(self, row: Mapping[str, Any], names: Sequence[str]) -> _Change | None:
        if row["gone"]:
            return self._gone(row[DELIVERY])
        by = self.passed[row["brought"]].sha256
        if row["change"] == "D":
            return _Change("retracted", {}, row["said_on"], by)
        if self.dataset.rows == "state" and row["said_on"] > self.release.manifest.as_of:
            return None
        columns = {
            name: (
                text_of_cell(row[name], self.dataset.columns[name]),
                text_of_cell(row[f"now_{name}"], self.dataset.columns[name]),
            )
            for name in names
            if row[name] != row[f"now_{name}"]
        }
        if row["now_person"] is not None and (row["person_id"] or 0) > 0 and row["now_person"] != row["person_id"]:
            columns["id_no"] = ("", "")
        return _Change("corrected", columns, row["said_on"], by)

    def _gone(self, delivery: int) -> _Change:
        still = _known_by(self.release.manifest.sent(self.dataset.code)[delivery]) in self.now
        return _Change("replaced" if still else "withdrawn", {}, None, "")
