"""Warnings that rested on rows which were retracted or corrected after their release: a list for a person to look at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.registry.archived import CHANGE, DELIVERY, quoted
from jiuzhu.registry.ingest.archive import Manifest as Delivery
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.state import Moment, StateMaker
from jiuzhu.registry.profile.stored import stored_archive
from jiuzhu.registry.release.cell_texts import text_of_cell
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import Release
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


def rested_on_retracted(release: Release, catalogue: Catalogue, passed: Sequence[Delivery], moment: Moment) -> list[RestedOn]:
    """Every warning of a release with each row behind it that was changed since, by indicator, warning and record.

    passed: the deliveries that count on the day of `moment`, in their order. A state that is sent again on a later day with
    another value is news and not listed: what was said of its day stands.
    """
    changes = _changes(release, catalogue, passed, moment)
    if not changes:
        return []
    engine, who, answer = ReferenceEngine(catalogue), Subjects(release), []
    for signal in release.signals.select(["indicator", "subject"]).to_pylist():
        code, position = signal["indicator"], signal["subject"]
        read = catalogue.columns_read(catalogue.indicators[code])
        if not changes.keys() & read.keys():
            continue
        verdict, kind = engine.evaluate(release.base, catalogue.indicators[code], position), kind_of(catalogue, code)
        for row in {(row.dataset, row.row): row for trace in verdict.inputs for row in trace.rows}.values():
            change = changes.get(row.dataset, {}).get(row.row)
            if change is None:
                continue
            columns = {name: told for name, told in change.columns.items() if name in read[row.dataset] or name == "id_no"}
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


def _changes(release: Release, catalogue: Catalogue, passed: Sequence[Delivery], moment: Moment) -> dict[str, dict[int, _Change]]:
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
            compare = _Rows(release, catalogue.datasets[code], persons, passed, now)
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

    persons: person id by position. now: what the deliveries that count are known by.
    """

    release: Release
    dataset: Dataset
    persons: pa.Array
    passed: Sequence[Delivery]
    now: set[tuple[str, ...]]

    def changed(self, maker: StateMaker, view: str) -> dict[int, _Change]:
        table = self.release.base.rows[self.dataset.code]
        names = self._plain(table)
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
        table = self.release.base.rows[self.dataset.code]
        return {at: self._gone(delivery) for at, delivery in enumerate(table[DELIVERY].to_pylist())}

    def _plain(self, table: pa.Table) -> list[str]:
        """The delivered columns both sides have, identities and the day of sending left out."""
        left_out = {"record_id", "data_date", "region_code"}
        columns = self.dataset.columns
        return [name for name in table.column_names if name in columns and not columns[name].identity and name not in left_out]

    def _base(self, table: pa.Table, names: Sequence[str]) -> pa.Table:
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
        still = _known_by(self.release.manifest.deliveries[delivery]) in self.now
        return _Change("replaced" if still else "withdrawn", {}, None, "")
