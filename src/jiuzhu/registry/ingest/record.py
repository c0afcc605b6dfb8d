"""From a parsed file to a delivery in the archive: identities become numbers of the vault, the rest is kept as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest import archive, frames
from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.cells import EPOCH
from jiuzhu.registry.ingest.divisions import holding
from jiuzhu.registry.ingest.faults import Fault, reason_fault
from jiuzhu.registry.ingest.months import MonthFiles
from jiuzhu.registry.ingest.naming import Named
from jiuzhu.registry.ingest.parsing import Parsed
from jiuzhu.registry.ingest.periods import Stretch, stretch_of_months
from jiuzhu.registry.ingest.publish import Publisher
from jiuzhu.registry.ingest.quarantine import sealed_quarantine
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.shapes import Shape
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.vault.vault import Vault

_LOOKED_UP = 500_000  # rows
RAW_DAYS = 180  # how long the sealed file itself is kept after the last day it speaks of
# Person column to the rows whose person must be linked, and the candidate numbers given to them.
Unlinked = Mapping[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]
_PACKED_FORMS = frozenset({"xlsx", "parquet"})


def delivery_name(source: str, dataset: str, period: str, sha256: str, *, full: bool) -> str:
    """What a delivery is known by; the same four things are the same delivery. A full one says more than its content."""
    told = "\0".join((source, dataset, period, sha256, "full" if full else ""))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


class Recorder:
    """Writes deliveries one after another; knows which are there already."""

    def __init__(
        self, workspace: Workspace, vault: Vault, publisher: Publisher, source: str, *, one_by_one: bool = False
    ) -> None:
        self._workspace, self._vault, self._publisher, self._source = workspace, vault, publisher, source
        self._one_by_one = one_by_one
        known = archive.deliveries(workspace)
        self._known = {one.delivery: one for one in known}
        self._asked = {(one.dataset, one.asked_period, one.sha256, one.full, one.asked_source): one for one in known}

    def known_before(self, naming: Named, sha256: str) -> Manifest | None:
        """The same content, asked for in the same way, so that it need not be read to know it is a duplicate."""
        return self._asked.get((naming.dataset, _text(naming.period), sha256, naming.full, self._source))

    def refuse(self, file: str, naming: Named | None, sha256: str, fault: Fault) -> DeliveryReport:
        """Keep that a file was refused, and why; what was there before stays in force."""
        return self._refused(file, naming, sha256, fault, None)

    def record(self, file: str, naming: Named, sha256: str, plan: Shape, parsed: Parsed | None, raw: pa.Buffer) -> DeliveryReport:
        """Write the delivery, or say that it is a duplicate or refused as a whole."""
        before = self.known_before(naming, sha256)
        if before is not None:
            return _report(file, before, "duplicate")
        assert parsed is not None, "only a duplicate is not parsed"
        if parsed.answer["received"] and not parsed.batches[frames.ROWS]:
            return self._refused(file, naming, sha256, _nothing_good(file, parsed), parsed)
        manifest = self._manifest(naming, sha256, plan, parsed)
        if manifest.delivery in self._known:
            return _report(file, self._known[manifest.delivery], "duplicate")
        with self._publisher.folder() as folder:
            self._write(folder, manifest, plan, parsed, raw, naming)
            self._publisher.publish(folder, manifest)
        self._known[manifest.delivery] = manifest
        self._asked[(naming.dataset, manifest.asked_period, sha256, naming.full, self._source)] = manifest
        return _report(file, manifest, "accepted", _notes(parsed, plan))

    # --- one delivery -----------------------------------------------------------------------------------------------

    def _manifest(self, naming: Named, sha256: str, plan: Shape, parsed: Parsed) -> Manifest:
        statistics = parsed.answer["statistics"]
        period = naming.period or stretch_of_months([int(month) for month in statistics["months"]])
        division = holding(statistics["divisions"])
        source = self._source or (f"{plan.dataset.department}@{division}" if division else plan.dataset.department)
        last = EPOCH + timedelta(days=statistics["last_day"]) if statistics["last_day"] is not None else None
        until = max((day for day in (last, period.last if period else None) if day), default=None)
        rejected = sum(parsed.answer["reasons"].values())
        return Manifest(
            delivery=delivery_name(source, naming.dataset, _text(period), sha256, full=naming.full),
            dataset=naming.dataset,
            source=source,
            period=_text(period),
            sha256=sha256,
            full=naming.full,
            part=naming.part,
            state="accepted",
            received=parsed.answer["received"],
            accepted=statistics["accepted"],
            rejected=rejected,
            reasons=parsed.answer["reasons"],
            asked_source=self._source,
            asked_period=_text(naming.period),
            first=period.first.isoformat() if period else "",
            last=period.last.isoformat() if period else "",
            division=division,
            titles=tuple(parsed.answer["titles"]),
            statistics=statistics,
            raw_until=_kept_until(until),
            one_by_one=self._one_by_one,
        )

    def _write(self, folder: Path, manifest: Manifest, plan: Shape, parsed: Parsed, raw: pa.Buffer, naming: Named) -> None:
        keys, about = self._workspace.keys, manifest.delivery
        for group in _groups(parsed.batches[frames.DETAILS]):
            details = pa.concat_batches(group)
            packed = np.asarray(details.column("packed")).astype(np.int64)
            self._vault.learn_details(packed, details.column("kind"), details.column("text"))
        unlinked = self._unlinked(manifest, parsed)
        self._write_rows(folder, plan, parsed.batches[frames.ROWS], unlinked)
        (folder / archive.SEGMENT).write_bytes(self._vault.new_segment(about))
        compress = not naming.packed and naming.form not in _PACKED_FORMS
        archive.seal_raw(folder / archive.RAW, raw, compress=compress, keys=keys, about=about)
        if parsed.batches[frames.REJECTED]:
            sealed = sealed_quarantine(parsed.batches[frames.REJECTED], manifest.titles, keys=keys, about=about)
            (folder / archive.QUARANTINE).write_bytes(sealed)

    def _write_rows(self, folder: Path, plan: Shape, batches: Sequence[pa.RecordBatch], unlinked: Unlinked) -> None:
        files: MonthFiles | None = None
        for group in _groups(batches):
            numbers, first = self._numbers(group, plan), 0
            for batch in group:
                own = {name: each[first : first + batch.num_rows] for name, each in numbers.items()}
                rows = _rows(batch, plan, own, unlinked)
                files = files or _month_files(folder, rows.schema.names, plan)
                files.add(rows)
                first += batch.num_rows
        if files is not None:
            files.close()

    def _unlinked(self, manifest: Manifest, parsed: Parsed) -> Unlinked:
        if not parsed.batches[frames.UNLINKED]:
            return {}
        table = pa.Table.from_batches(parsed.batches[frames.UNLINKED]).combine_chunks()
        numbers = self._vault.candidates(table, delivery=manifest.delivery, dataset=manifest.dataset)
        rows = np.asarray(table["row"]).astype(np.int64)
        found = {}
        for column in pc.unique(table["column"]).to_pylist():
            where = np.asarray(pc.equal(table["column"], column))
            found[column] = (rows[where], numbers[where])
        return found

    def _numbers(self, batches: Sequence[pa.RecordBatch], plan: Shape) -> Mapping[str, npt.NDArray[np.int64]]:
        """For each column of persons or things the numbers of the vault, over all rows of these batches; 0 where there is none."""
        found = {}
        for name in (*plan.persons, *plan.things):
            cells = pa.concat_arrays([batch.column(name) for batch in batches])
            if name in plan.persons:
                found[name] = self._vault.person_ids(np.asarray(cells.fill_null(0)).astype(np.int64))
            else:
                found[name] = self._vault.things(plan.dataset.columns[name].identity, cells)
        return found

    def _refused(self, file: str, naming: Named | None, sha256: str, fault: Fault, parsed: Parsed | None) -> DeliveryReport:
        received = parsed.answer["received"] if parsed else 0
        manifest = Manifest(
            delivery=hashlib.sha256(f"{naming.dataset if naming else file}\0{sha256}".encode()).hexdigest()[:32],
            dataset=naming.dataset if naming else "unknown",
            source=self._source,
            period=_text(naming.period) if naming else "",
            sha256=sha256,
            full=naming.full if naming else False,
            part=naming.part if naming else "",
            state="refused",
            received=received,
            accepted=0,
            rejected=received,
            reasons=parsed.answer["reasons"] if parsed else {},
            titles=tuple(parsed.answer["titles"]) if parsed else (),
            error={**fault.as_json(), "file": ""},
        )
        if sha256:
            with self._publisher.folder() as folder:
                if parsed and parsed.batches[frames.REJECTED]:
                    keys, about = self._workspace.keys, manifest.delivery
                    sealed = sealed_quarantine(parsed.batches[frames.REJECTED], manifest.titles, keys=keys, about=about)
                    (folder / archive.QUARANTINE).write_bytes(sealed)
                self._publisher.publish(folder, manifest)
        return _report(file, manifest, "refused", error=fault)


def _report(file: str, manifest: Manifest, state: Any, notes: tuple[str, ...] = (), error: Fault | None = None) -> DeliveryReport:
    return DeliveryReport(
        file=file,
        dataset=manifest.dataset if manifest.dataset != "unknown" else "",
        source=manifest.source,
        period=manifest.period,
        sha256=manifest.sha256,
        state=state,
        received=manifest.received,
        accepted=manifest.accepted,
        rejected=manifest.rejected,
        reasons=manifest.reasons,
        error=error,
        notes=notes,
        delivery="" if state == "refused" else manifest.delivery,
    )


def _nothing_good(file: str, parsed: Parsed) -> Fault:
    """The first bad row stands for all: usually they share one cause."""
    first = parsed.batches[frames.REJECTED][0].slice(0, 1).to_pylist()[0]
    return reason_fault(file, first["reason"], first["row"], first["column"], first["shape"])


def _notes(parsed: Parsed, plan: Shape) -> tuple[str, ...]:
    from jiuzhu.registry.ingest.headers import Titles

    titles = Titles(plan.dataset)
    unknown = [title for title in parsed.answer["titles"] if title and not titles.known([title])]
    return (f"columns that the dataset does not have, passed over: {', '.join(unknown)}",) if unknown else ()


def _groups(batches: Sequence[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Some batches at a time: looking many identities up at once takes a third of the time, and few rows are held."""
    group: list[pa.RecordBatch] = []
    for batch in batches:
        group.append(batch)
        if sum(one.num_rows for one in group) >= _LOOKED_UP:
            yield group
            group = []
    if group:
        yield group


def _rows(batch: pa.RecordBatch, plan: Shape, numbers: Mapping[str, npt.NDArray[np.int64]], unlinked: Unlinked) -> pa.RecordBatch:
    """The rows as the archive keeps them: numbers in place of identities, and marks where a person must still be linked."""
    columns = {name: batch.column(name) for name in batch.schema.names if name != "_identity"}
    rows = np.asarray(batch.column("_row")).astype(np.int64)
    for name, each in numbers.items():
        columns[name] = pa.array(each, mask=each == 0)
        if name in plan.persons:
            mark = "_unlinked" if name == plan.own else f"_unlinked_{name}"
            columns[mark] = _marked(rows, unlinked.get(name))
    return pa.RecordBatch.from_pydict(columns)


def _month_files(folder: Path, names: Sequence[str], plan: Shape) -> MonthFiles:
    """Files that keep each column small; a dictionary tried in vain costs half the time."""
    counted = {"_row", *(name for name in plan.plain if plan.dataset.columns[name].holds in ("money", "decimal"))}
    few = {"_change", "data_date", "region_code", *plan.plain} - counted
    repeated = [name for name in names if name in few or name.startswith("_unlinked")]
    return MonthFiles(folder, repeated, [name for name in names if name in counted])


def _marked(rows: npt.NDArray[np.int64], marks: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None) -> pa.Array:
    """The candidate number of each row of a batch, null for most."""
    numbers = np.zeros(len(rows), dtype=np.int64)
    if marks is not None:
        which, candidates = marks
        place = np.searchsorted(rows, which)
        inside = place < len(rows)
        inside[inside] = rows[place[inside]] == which[inside]
        numbers[place[inside]] = candidates[inside]
    return pa.array(numbers, mask=numbers == 0)


def _kept_until(last: date | None) -> str:
    if last is None or last > date.max - timedelta(days=RAW_DAYS):
        return ""
    return (last + timedelta(days=RAW_DAYS)).isoformat()


def _text(period: Stretch | None) -> str:
    return period.text if period else ""
