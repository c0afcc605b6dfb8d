"""Taking deliveries in: from files to folders of the archive, each whole or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jiuzhu.registry.ingest import archive
from jiuzhu.registry.ingest.bounds import Bounds, check_states
from jiuzhu.registry.ingest.content import mapped
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.naming import Named, is_zip, named
from jiuzhu.registry.ingest.parsing import PARSERS, Parsed, Parser
from jiuzhu.registry.ingest.publish import Publisher
from jiuzhu.registry.ingest.record import Recorder
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.shapes import Shape, shape_of
from jiuzhu.registry.ingest.tasks import ExtractTask, ListTask, ParseTask
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.vault.vault import Vault

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Piece:
    """One file to take in: a path, or an entry of a zip file."""

    path: Path
    name: str
    folder: str
    shown: str
    entry: int | None = None
    refused: FileRefused | None = None


@dataclass(frozen=True)
class Read:
    """What came of reading a piece. `parsed` is empty if it was refused or is a duplicate; `raw` is its open file."""

    piece: Piece
    sha256: str = ""
    naming: Named | None = None
    raw: int | None = None
    parsed: Parsed | None = None
    refused: FileRefused | None = None


def deliver(
    paths: Iterable[Path],
    workspace: Workspace,
    catalogue: Catalogue,
    source: str | None = None,
    progress: Progress | None = None,
    *,
    bounds: Bounds = Bounds(),
    limits: Limits | None = None,
    workers: int | None = None,
) -> list[DeliveryReport]:
    """Take in files and folders of files; one report a file, in the order of their names.

    source: the office that sends them; without it the department of each dataset, in the division of the rows. One of the
    catalogue's sources states its own datasets only. bounds: for which divisions, and up to which day, it may speak.
    Raises WorkspaceBusy or WorkspaceFull; a bad file is a report, never an exception, and leaves what was there in force.
    """
    with workspace.writing("deliver"):
        return _Delivering(workspace, catalogue, source or "", bounds, limits or Limits(), workers).run(list(paths), progress)


def take_in(files: Mapping[str, bytes], workspace: Workspace, catalogue: Catalogue, source: str) -> list[DeliveryReport]:
    """Take in records that came alone and were checked then; one report a file, in their order. Whoever calls holds the lock.

    files: by name the content, which only ever lies in memory. No file is judged by them, see `gate.py`.
    """
    pieces, handles = [], []
    try:
        for name, content in files.items():
            handles.append(os.memfd_create("alone"))
            _write_all(handles[-1], content)
            pieces.append(Piece(Path(f"/proc/self/fd/{handles[-1]}"), name, "", name))
        return _Delivering(workspace, catalogue, source, Bounds(), Limits(), 1, one_by_one=True).take(pieces, None)
    finally:
        for handle in handles:
            os.close(handle)


class _Delivering:
    def __init__(
        self,
        workspace: Workspace,
        catalogue: Catalogue,
        source: str,
        bounds: Bounds,
        limits: Limits,
        workers: int | None,
        *,
        one_by_one: bool = False,
    ) -> None:
        self._workspace, self._catalogue, self._source, self._bounds, self._limits = workspace, catalogue, source, bounds, limits
        self._workers = workers or min(4, os.cpu_count() or 1)
        self._one_by_one = one_by_one
        self._shapes: dict[str, Shape] = {}

    def run(self, paths: Sequence[Path], progress: Progress | None) -> list[DeliveryReport]:
        return self.take([piece for path in paths for piece in self._pieces(path)], progress)

    def take(self, pieces: Sequence[Piece], progress: Progress | None) -> list[DeliveryReport]:
        publisher = Publisher(self._workspace)
        vault = Vault(self._workspace.vault, self._workspace.keys, archive.segments_of(self._workspace))
        recorder = Recorder(self._workspace, vault, publisher, self._source, one_by_one=self._one_by_one)
        reports: list[DeliveryReport] = []
        try:
            for done, read in enumerate(self._reads(pieces, recorder), start=1):
                reports.append(self._taken(read, recorder))
                if progress is not None:
                    progress(read.piece.shown, done, len(pieces))
        finally:
            publisher.finish()
        vault.pack(archive.segments_of(self._workspace))
        return reports

    # --- finding ----------------------------------------------------------------------------------------------------

    def _pieces(self, path: Path) -> Iterator[Piece]:
        if path.is_dir():
            for inside in sorted(path.rglob("*")):
                if inside.is_file() and not any(part.startswith(".") for part in inside.relative_to(path).parts):
                    yield from self._file_pieces(inside, _shown(inside.relative_to(path)))
        elif path.is_file():
            yield from self._file_pieces(path, _shown(Path(path.name)))
        else:
            fault = Fault("not_found", str(path), "a path to deliver is a file or a folder that is there", "correct the path")
            yield Piece(path, path.name, "", str(path), refused=FileRefused(fault))

    def _file_pieces(self, path: Path, shown: str) -> Iterator[Piece]:
        if not is_zip(path.name):
            yield Piece(path, path.name, path.parent.name, shown)
            return
        try:
            with path.open("rb") as file, PARSERS.borrowed() as parser:
                entries = parser.entries(ListTask(shown, self._limits), file.fileno())
        except FileRefused as refused:
            yield Piece(path, path.name, "", shown, refused=refused)
            return
        for entry in entries:
            parts = str(entry["name"]).replace("\\", "/").split("/")
            folder = parts[-2] if len(parts) > 1 else path.stem
            yield Piece(path, parts[-1], folder, f"{shown}!{entry['name']}", entry=int(entry["place"]))

    # --- reading ----------------------------------------------------------------------------------------------------

    def _reads(self, pieces: Sequence[Piece], recorder: Recorder) -> Iterator[Read]:
        """Read files in parallel, give them back in order; few are held at a time, however many there are."""
        waiting: list[Future[Read]] = []
        with ThreadPoolExecutor(self._workers, thread_name_prefix="reading") as pool:
            for piece in pieces:
                waiting.append(pool.submit(self._read, piece, recorder))
                if len(waiting) > self._workers:
                    yield waiting.pop(0).result()
            for future in waiting:
                yield future.result()

    def _read(self, piece: Piece, recorder: Recorder) -> Read:
        if piece.refused is not None:
            return Read(piece, refused=piece.refused)
        raw: int | None = None
        sha256 = ""
        try:
            with PARSERS.borrowed() as parser:
                raw = self._opened(piece, parser)
                sha256 = hashlib.sha256(memoryview(mapped(raw))).hexdigest()
                naming = named(piece.name, piece.folder, self._catalogue.datasets)
                check_states(self._source, self._catalogue.datasets[naming.dataset], self._catalogue, piece.shown)
                if recorder.known_before(naming, sha256):
                    return Read(piece, sha256, naming, raw)
                end = naming.period.last if naming.period else None
                plan = self._shape(naming.dataset)
                task = ParseTask(piece.shown, naming.form, naming.packed, plan, end, self._limits, self._bounds)
                return Read(piece, sha256, naming, raw, parser.parse(task, raw))
        except FileRefused as refused:
            return Read(piece, sha256, _name_or_none(piece, self._catalogue), raw, refused=refused)

    def _opened(self, piece: Piece, parser: Parser) -> int:
        handle = os.open(piece.path, os.O_RDONLY)
        size = os.fstat(handle).st_size
        if size > self._limits.file_bytes:
            os.close(handle)
            raise self._limits.over(piece.shown, "bytes", size, self._limits.file_bytes)
        if piece.entry is None:
            return handle
        try:
            return parser.extract(ExtractTask(piece.shown, piece.entry, self._limits), handle)
        finally:
            os.close(handle)

    def _shape(self, dataset: str) -> Shape:
        if dataset not in self._shapes:
            self._shapes[dataset] = shape_of(self._catalogue.datasets[dataset], self._catalogue.codes)
        return self._shapes[dataset]

    # --- recording --------------------------------------------------------------------------------------------------

    def _taken(self, read: Read, recorder: Recorder) -> DeliveryReport:
        try:
            if read.refused is not None:
                return recorder.refuse(read.piece.shown, read.naming, read.sha256, read.refused.fault)
            assert read.naming is not None, "what was not refused has a name"
            assert read.raw is not None, "and an open file"
            return recorder.record(
                read.piece.shown, read.naming, read.sha256, self._shape(read.naming.dataset), read.parsed, mapped(read.raw)
            )
        finally:
            if read.raw is not None:
                os.close(read.raw)


def _write_all(handle: int, content: bytes) -> None:
    with os.fdopen(os.dup(handle), "wb") as file:
        file.write(content)


def _shown(path: Path) -> str:
    """A path for people: bytes that are no text become question marks."""
    return str(path).encode("utf-8", "replace").decode()


def _name_or_none(piece: Piece, catalogue: Catalogue) -> Named | None:
    try:
        return named(piece.name, piece.folder, catalogue.datasets)
    except FileRefused:
        return None
