"""The stage from checked to linked: every row gets the person it speaks of, or stays a person of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.archived import DELIVERY, UNLINKED, Archive, quoted
from jiuzhu.registry.identity.known import known_people
from jiuzhu.registry.identity.linking import REVIEW, link
from jiuzhu.registry.identity.weights import Weights
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.tree import Dataset

_FOUND = pa.schema(
    [
        ("candidate", pa.int64()),
        ("dataset", pa.string()),
        ("record_id", pa.string()),
        ("column", pa.string()),
        (DELIVERY, pa.int32()),
    ]
)


@dataclass(frozen=True)
class Linked:
    """links: (candidate, person), one row a candidate whose person is known, or that is a person alone (below zero).

    order: (person, id_number, otherwise), what people are sorted by: the number, else dataset and record of a person alone.
    review: candidates that resemble somebody without being surely the same: a person decides, nothing merges by itself.
    found: every candidate and the dataset it stands in a row of, see `candidates_of`.
    """

    links: pa.Table
    order: pa.Table
    review: pa.Table
    found: pa.Table

    def alone(self) -> dict[int, str]:
        """What names a person alone in every release: dataset and record."""
        rows = self.order.filter(pc.less(self.order["person"], 0))
        return dict(zip(rows["person"].to_pylist(), rows["otherwise"].to_pylist(), strict=True))

    def records(self, persons: pa.ChunkedArray) -> pa.Array:
        """What each of these people is known by in every release, if alone: dataset and record; "" for everybody else."""
        rows = self.order.filter(pc.less(self.order["person"], 0)).combine_chunks()
        place = pc.index_in(persons.combine_chunks(), rows["person"].combine_chunks())
        return pc.fill_null(rows["otherwise"].combine_chunks().take(place), "")

    def taken_for(self) -> dict[tuple[str, int], str]:
        """By dataset and delivery a digest of whom each candidate in its rows stands for: a person, or a record alone."""
        place = pc.index_in(self.found["candidate"].combine_chunks(), self.links["candidate"].combine_chunks())
        person = self.links["person"].combine_chunks().take(place)
        told = self.found.select(["dataset", DELIVERY, "candidate"]).append_column("person", person)
        told = told.append_column("record", self.records(told["person"])).sort_by(
            [("dataset", "ascending"), ("candidate", "ascending")]
        )
        answer: dict[tuple[str, int], Any] = {}
        for dataset, delivery, candidate, someone, record in zip(*(column.to_pylist() for column in told.columns), strict=True):
            line = f"{candidate} {record or someone}\n".encode()
            answer.setdefault((dataset, delivery), hashlib.sha256()).update(line)
        return {which: digest.hexdigest()[:32] for which, digest in answer.items()}


def linked(
    archive: Archive, datasets: Sequence[Dataset], vault: Vault, weights: Weights, known: pa.Table | None = None
) -> Linked:
    """Link every candidate of the archive anew, from all that is known; no link is carried over from an earlier run.

    known: the candidates of deliveries whose rows the archive does not show, as `candidates_of` gives them.
    """
    found = pa.concat_tables([candidates_of(archive, datasets), *([] if known is None else [known])]).combine_chunks()
    told = vault.all_candidates()
    told = told.filter(pc.is_in(told["candidate"], found["candidate"].combine_chunks()))
    links, review = (_none(), REVIEW.empty_table())
    if told.num_rows:
        links, review = link(told, known_people(vault), weights)
    alone = _alone(found, links)
    order = _order(vault, alone)
    singles = pa.table({"candidate": alone["candidate"], "person": alone["person"]})
    every = pa.concat_tables([links.select(["candidate", "person"]), singles])
    return Linked(every, order, _with_records(review, found), found)


def candidates_of(archive: Archive, datasets: Sequence[Dataset]) -> pa.Table:
    """Every candidate number that stands in a row of the archive: candidate, dataset, record_id, column ("" the row's own), delivery."""
    tables = [_FOUND.empty_table()]
    with duckdb.connect(":memory:") as connection:
        for dataset in datasets:
            view = archive.view(connection, dataset.code)
            if not view:
                continue
            there = [row[0] for row in connection.execute(f"DESCRIBE {view}").fetchall() if row[0].startswith(UNLINKED)]
            for mark in there:
                rows = connection.sql(
                    f"SELECT {quoted(mark)} AS candidate, record_id, {DELIVERY} FROM {view} WHERE {quoted(mark)} IS NOT NULL"
                ).to_arrow_table()
                if rows.num_rows:
                    column = mark.removeprefix(UNLINKED).removeprefix("_")
                    fixed = {"dataset": pa.array([dataset.code] * rows.num_rows), "column": pa.array([column] * rows.num_rows)}
                    whole = {
                        "candidate": rows["candidate"],
                        "record_id": rows["record_id"].cast(pa.string()),
                        DELIVERY: rows[DELIVERY],
                        **fixed,
                    }
                    tables.append(pa.table({name: whole[name] for name in _FOUND.names}, schema=_FOUND))
    return pa.concat_tables(tables).combine_chunks()


def _none() -> pa.Table:
    return pa.table({"candidate": pa.array([], pa.int64()), "person": pa.array([], pa.int64())})


def _alone(found: pa.Table, links: pa.Table) -> pa.Table:
    """Rows' own candidates nobody was found for: one person below zero for each record, however often it was sent."""
    known = set(links["candidate"].to_pylist())
    rows = [row for row in found.to_pylist() if not row["column"] and row["candidate"] not in known]
    records = {record: -1 - number for number, record in enumerate(sorted({(row["dataset"], row["record_id"]) for row in rows}))}
    return pa.table(
        {
            "candidate": pa.array([row["candidate"] for row in rows], pa.int64()),
            "person": pa.array([records[row["dataset"], row["record_id"]] for row in rows], pa.int64()),
            "otherwise": pa.array([f"{row['dataset']} {row['record_id']}" for row in rows], pa.string()),
        }
    )


def _order(vault: Vault, alone: pa.Table) -> pa.Table:
    persons = vault.persons()
    empty = pa.nulls(persons.num_rows, pa.string())
    # Packed numbers sort as the numbers do.
    known = pa.table({"person": persons["person_id"], "id_number": persons["packed"], "otherwise": empty})
    rows = sorted(set(zip(alone["person"].to_pylist(), alone["otherwise"].to_pylist(), strict=True)))
    singles = pa.table(
        {
            "person": pa.array([person for person, _ in rows], pa.int64()),
            "id_number": pa.nulls(len(rows), pa.int64()),
            "otherwise": pa.array([otherwise for _, otherwise in rows], pa.string()),
        }
    )
    return pa.concat_tables([known, singles])


def _with_records(review: pa.Table, found: pa.Table) -> pa.Table:
    """The review list with the records its candidates stand in, in an order that no random number decides."""
    where = {row["candidate"]: (row["dataset"], row["record_id"], row["column"]) for row in found.to_pylist()}
    rows = [(*where[row["candidate"]], row) for row in review.to_pylist()]
    rows.sort(key=lambda row: (row[:3], -row[3]["certainty"], row[3]["evidence"]))
    return pa.table(
        {
            "dataset": pa.array([row[0] for row in rows], pa.string()),
            "record_id": pa.array([row[1] for row in rows], pa.string()),
            "column": pa.array([row[2] for row in rows], pa.string()),
            "person": pa.array([row[3]["person"] for row in rows], pa.int64()),
            "certainty": pa.array([row[3]["certainty"] for row in rows], pa.float64()),
            "evidence": pa.array([row[3]["evidence"] for row in rows], pa.string()),
        }
    )
