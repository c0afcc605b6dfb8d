"""What a held delivery would do if it counted, why it is held, and which of its rows nothing is said against."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuzhu.engines.ascending import distinct
from jiuzhu.registry.ingest.archive import Manifest, raw_file, row_files
from jiuzhu.registry.ingest.content import utf8
from jiuzhu.registry.ingest.faults import shape
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.rules.tree import Dataset

SAMPLES = 5
_WITH_COLUMN = ("missing", "dead", "zeros", "codes", "median")
_BY_ROW = ("missing", "dead", "zeros", "repeats", "same_record", "retracted")
_FIGURES = (
    re.compile(r"(?P<found>[\d.]+%) of the rows, at most (?P<usual>[\d.]+%)"),
    re.compile(r"(?P<found>[\d,]+) records taken back of (?P<usual>[\d,]+)"),
    re.compile(r"(?P<found>[\d.]+%) of the rows hold other codes(?P<usual>)"),
    re.compile(r"about (?P<found>[\d.e+-]+) times(?P<usual>)"),
    re.compile(r"(?P<found>[\d,]+) rows in the period, (?P<usual>[\d,]+ to [\d,]+)"),
)


class NotToBeCut(ValueError):
    """No part of a delivery can be taken; says why, and what to do instead."""


@dataclass(frozen=True)
class Sample:
    """A row a finding speaks of. value: what its column holds, built alike but not said where it could be personal."""

    record_id: str
    division: str
    day: str
    value: str


@dataclass(frozen=True)
class Finding:
    """One reason of the gate. kind, column: as in `compare.py`. found, usual: figures as text, "" where there are none.

    rows: how many rows it speaks of; None where it speaks of the delivery as a whole.
    """

    kind: str
    column: str
    found: str
    usual: str
    rows: int | None
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class HeldDelivery:
    """rows, people: what a run would read of it. amounts: column of money to its sum in fen, and how many cells are zero.

    trusted: how many rows no finding speaks of; None where a finding is about the delivery as a whole, so that no row can be
    trusted more than another. sent_back: a person sent it back already.
    """

    delivery: str
    dataset: str
    source: str
    period: str
    division: str
    rows: int
    people: int
    people_here: int
    amounts: Mapping[str, tuple[int, int]]
    findings: tuple[Finding, ...]
    trusted: int | None
    sent_back: bool


def held_delivery(
    workspace: Workspace, manifest: Manifest, reasons: Sequence[str], dataset: Dataset, words: Mapping[str, Mapping[str, str]],
    here: npt.NDArray[np.int64],
) -> HeldDelivery:  # fmt: skip
    """words: codes of each column with their words. here: the people a release knows, sorted, each once."""
    rows = _rows(workspace, manifest)
    findings = tuple(_finding(reason, rows, dataset, words) for reason in reasons)
    told = [_spoken_of(one.kind, one.column, rows, words) for one in findings]
    by_row = bool(told) and all(one is not None for one in told)
    suspect = np.logical_or.reduce([one for one in told if one is not None]) if by_row else None
    people = _people(rows, dataset)
    return HeldDelivery(
        manifest.delivery,
        manifest.dataset,
        manifest.source,
        manifest.period,
        manifest.division,
        manifest.accepted,
        len(people),
        _both(people, here),
        {name: (numbers[2], numbers[1]) for name, numbers in _money(manifest, dataset)},
        findings,
        None if suspect is None else int(len(suspect) - suspect.sum()),
        any(reason.startswith("sent_back") for reason in reasons),
    )


def trusted_csv(
    workspace: Workspace, manifest: Manifest, reasons: Sequence[str], words: Mapping[str, Mapping[str, str]]
) -> bytes:
    """The delivered file with the rows only that no reason speaks of. Raises NotToBeCut."""
    rows = _rows(workspace, manifest)
    parsed = [_parsed(reason) for reason in reasons]
    told = [_spoken_of(kind, column, rows, words) for kind, column, _, _ in parsed]
    if not told or any(one is None for one in told):
        raise NotToBeCut("what is odd about this delivery is true of it as a whole; send it back, or release it")
    suspect = np.logical_or.reduce([one for one in told if one is not None])
    kept = set(np.asarray(rows["_row"])[~suspect].tolist())
    if not kept:
        raise NotToBeCut("there is no row that nothing is said against; send the delivery back")
    try:
        raw = raw_file(workspace, manifest)
    except FileNotFoundError:
        raise NotToBeCut("the file as it came was thrown away when its time was over; ask the source for the rows") from None
    lines = list(csv.reader(io.StringIO(_text(raw), newline="")))
    first = min(np.asarray(rows["_row"]).tolist())
    if len(lines) < max(kept) or len(lines[0]) < 2:
        raise NotToBeCut("only files of CSV can be cut here; ask the source to send the rows you trust")
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerows(lines[: first - 1])
    writer.writerows(line for number, line in enumerate(lines, start=1) if number in kept)
    return target.getvalue().encode()


def _text(raw: bytes) -> str:
    if raw[:4] == b"PAR1" or raw[:2] in (b"PK", b"\x1f\x8b") or raw.lstrip()[:1] == b"{":
        raise NotToBeCut("only files of CSV can be cut here; ask the source to send the rows you trust")
    return bytes(utf8(pa.py_buffer(raw), file="delivery")).decode("utf-8-sig", "replace")


def _rows(workspace: Workspace, manifest: Manifest) -> pa.Table:
    tables = [pq.read_table(path) for path in row_files(workspace, manifest)]
    return pa.concat_tables(tables, promote_options="permissive")


def _people(rows: pa.Table, dataset: Dataset) -> npt.NDArray[np.int64]:
    """The people the rows speak of, each once."""
    ids = [name for name, column in dataset.columns.items() if column.identity == "id" and name in rows.column_names]
    found = [np.asarray(rows[name].drop_null()).astype(np.int64) for name in ids]
    everybody = distinct(np.concatenate([np.zeros(0, np.int64), *found]))
    return everybody[everybody > 0]


def _both(people: npt.NDArray[np.int64], here: npt.NDArray[np.int64]) -> int:
    """How many are in both; each is sorted and says everybody once."""
    if not len(here):
        return 0
    at = np.minimum(np.searchsorted(here, people), len(here) - 1)
    return int((here[at] == people).sum())


def _money(manifest: Manifest, dataset: Dataset) -> Iterator[tuple[str, Sequence[int]]]:
    for name, numbers in manifest.statistics["amounts"].items():
        if dataset.columns[name].holds == "money":
            yield name, numbers


def _parsed(reason: str) -> tuple[str, str, str, str]:
    """kind, column, found, usual of one line of the gate."""
    kind, _, rest = reason.partition(": ")
    column = ""
    if kind in _WITH_COLUMN:
        column, _, rest = rest.partition(": ")
    for pattern in _FIGURES:
        match = pattern.match(rest)
        if match:
            return kind, column, match["found"], match["usual"]
    return kind, column, "", ""


def _finding(reason: str, rows: pa.Table, dataset: Dataset, words: Mapping[str, Mapping[str, str]]) -> Finding:
    kind, column, found, usual = _parsed(reason)
    spoken = _spoken_of(kind, column, rows, words)
    samples: tuple[Sample, ...] = ()
    if spoken is not None:
        places = np.flatnonzero(spoken)[:SAMPLES]
        samples = tuple(_sample(one, column, dataset) for one in rows.take(pa.array(places)).to_pylist())
    return Finding(kind, column, found, usual, None if spoken is None else int(spoken.sum()), samples)


def _sample(row: Mapping[str, object], column: str, dataset: Dataset) -> Sample:
    value = row.get(column) if column else None
    told = "" if value is None else str(value)
    if value is not None and dataset.columns[column].holds not in ("money", "decimal", "integer", "code", "flag"):
        told = shape(told)
    return Sample(str(row["record_id"]), str(row["region_code"] or ""), str(row["data_date"]), told)


def _spoken_of(kind: str, column: str, rows: pa.Table, words: Mapping[str, Mapping[str, str]]) -> npt.NDArray[np.bool_] | None:
    """Which rows a finding is about; None where it is about the delivery."""
    if kind not in _BY_ROW:
        return None
    if kind == "retracted":
        return np.asarray(pc.equal(rows["_change"], "D"))
    if kind in ("repeats", "same_record"):
        keys = np.asarray(rows["_hash"] if kind == "repeats" else rows["record_id"].to_pylist())
        _, first = np.unique(keys, return_index=True)
        again = np.ones(rows.num_rows, np.bool_)
        again[first] = False
        return again
    if column not in rows.column_names:
        return None
    if kind == "missing":
        return np.asarray(pc.is_null(rows[column]))
    if kind == "zeros":
        return np.asarray(pc.fill_null(pc.equal(rows[column], 0), False))
    dead = {code for code, word in words.get(column, {}).items() if "死" in word or "亡" in word}
    return np.array([str(value) in dead for value in rows[column].to_pylist()], np.bool_)


def file_of(folder: Path, manifest: Manifest, content: bytes) -> Path:
    """The rows that are trusted, as a file that says its dataset and period in its name."""
    full = ".full" if manifest.full else ""
    path = folder / f"{manifest.dataset}-{manifest.asked_period or manifest.period}-trusted{full}.csv"
    path.write_bytes(content)
    return path
