"""The process that opens what others wrote: forked anew for each file, with bounds on memory, time, files, and no network.

It runs as `python -m jiuzhu.registry.ingest.child SOCKET_NUMBER`, takes tasks from several wires at once, forks a worker for
each, and reports how the worker ended. It holds no keys; what it finds leaves through a memory file that the parent gave it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import resource
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator

import pyarrow as pa

from jiuzhu.registry.ingest import frames, zips
from jiuzhu.registry.ingest.batch import Batch
from jiuzhu.registry.ingest.checks import Checker
from jiuzhu.registry.ingest.confine import end_with_parent, without_network
from jiuzhu.registry.ingest.content import mapped, unzipped
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.headers import Titles
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits
from jiuzhu.registry.ingest.read_csv import read_csv
from jiuzhu.registry.ingest.read_json import read_json_lines
from jiuzhu.registry.ingest.read_parquet import read_parquet
from jiuzhu.registry.ingest.read_xlsx import read_xlsx
from jiuzhu.registry.ingest.shapes import shape_of
from jiuzhu.registry.ingest.statistics import Statistics
from jiuzhu.registry.ingest.tasks import LENGTH, ListTask, ParseTask, Task
from jiuzhu.rules.tree import Column, Dataset, Title, Type

READERS = {"csv": read_csv, "tsv": read_csv, "jsonl": read_json_lines, "parquet": read_parquet, "xlsx": read_xlsx}


def main() -> None:
    _without_pandas()
    _warm_up()
    gc.collect()
    gc.freeze()  # workers do not look through what they inherit, which would copy its memory
    with socket.socket(fileno=int(sys.argv[1])) as control:
        _Server(control).run()


class _Server:
    """Forks a worker for each task that comes over one of its wires. Ends when its parent does, and ends its workers then."""

    def __init__(self, control: socket.socket) -> None:
        """control: brings the wires, each with one byte, and closes with the parent."""
        self._control = control
        self._idle: list[socket.socket] = []
        self._busy: dict[int, tuple[int, socket.socket]] = {}  # the open handle of a worker: its number, and who waits for it

    def run(self) -> None:
        while True:
            watched: list[socket.socket | int] = [self._control, *self._idle, *self._busy]
            ready, _, _ = select.select(watched, [], [])
            for one in ready:
                if one is self._control:
                    if not self._connected():
                        return
                elif isinstance(one, socket.socket):
                    self._take(one)
                else:
                    self._tell(one)

    def _connected(self) -> bool:
        """Take in a new wire; False if the parent is gone."""
        mark, handles, _, _ = socket.recv_fds(self._control, 1, 1)
        if mark:
            self._idle.append(socket.socket(fileno=handles[0]))
            return True
        for worker, _ in self._busy.values():
            os.kill(worker, signal.SIGKILL)
        return False

    def _take(self, wire: socket.socket) -> None:
        message, handles = receive(wire, 2)
        self._idle.remove(wire)
        if message is None:
            wire.close()
            return
        worker = os.fork()
        if worker == 0:
            for other in (self._control, wire, *self._idle, *(waiting for _, waiting in self._busy.values())):
                other.close()  # it reads a file of strangers: it answers to nobody but through its own file
            _work(pickle.loads(message), handles[0], handles[1])
        for handle in handles:
            os.close(handle)
        self._busy[os.pidfd_open(worker)] = worker, wire

    def _tell(self, handle: int) -> None:
        """Say how a worker ended to whoever waits for it."""
        worker, wire = self._busy.pop(handle)
        os.close(handle)
        _, status = os.waitpid(worker, 0)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            wire.sendall(struct.pack(">i", os.waitstatus_to_exitcode(status)))
        self._idle.append(wire)


class _NoPandas:
    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def _without_pandas() -> None:
    """Let Arrow look for pandas once, in vain: it would load it in each worker, which takes a second, and never use it."""
    blind = _NoPandas()
    sys.meta_path.insert(0, blind)
    pa.scalar(0)
    sys.meta_path.remove(blind)


def _warm_up() -> None:
    """Read one small file of an invented dataset before anybody asks: workers inherit what this loads and compiles."""
    text = Type("text")
    columns = {
        name: Column(name, Title(name, name), holds, kind, True, identity, "", "none", False, codes, "")
        for name, holds, kind, identity, codes in (
            ("record_id", "text", text, "", ""),
            ("id_no", "text", Type("person"), "id", ""),
            ("name", "text", Type("thing"), "name", ""),
            ("amount", "money", Type("number", "yuan", 2), "", ""),
            ("kind", "code", Type("number"), "", "1:a"),
            ("region_code", "text", text, "", ""),
            ("data_date", "date", Type("date"), "", ""),
        )
    }
    title = Title("", "")
    dataset = Dataset(
        "a", title, "", "", "", "event", (), "data_date", "person", "full", 1, False, title, "", "", "", columns, ""
    )
    target = os.memfd_create("warm")
    content = pa.py_buffer(f"{','.join(columns)}\n1,2,b,3.00,1,370502,2026-01-05\n".encode())
    task = ParseTask("", "csv", False, shape_of(dataset, {}), None, Limits())
    _write(task, read_csv(content, Titles(dataset), file="", limits=task.limits), frames.FrameWriter(target))
    os.close(target)


def receive(wire: socket.socket, count: int) -> tuple[bytes | None, list[int]]:
    """One message with open files beside it; None when the other side is gone."""
    try:
        head, handles, _, _ = socket.recv_fds(wire, LENGTH.size, count)
    except ConnectionResetError:  # it was killed before it read our last answer
        return None, []
    if not head:
        return None, []
    size = LENGTH.unpack(head)[0]
    parts = bytearray()
    while len(parts) < size:
        piece = wire.recv(min(size - len(parts), MEGABYTE))
        if not piece:
            return None, handles
        parts += piece
    return bytes(parts), list(handles)


def _work(task: Task, source: int, target: int) -> None:
    """Runs in the forked worker and never returns."""
    try:
        end_with_parent()
        _bound(task.limits, os.fstat(source).st_size)
        without_network()
        if isinstance(task, ParseTask):
            _parse(task, source, target)
        elif isinstance(task, ListTask):
            answer = {"entries": zips.entries(mapped(source), file=task.file, limits=task.limits)}
            frames.FrameWriter(target).end(answer)
        else:
            zips.extract(mapped(source), task.entry, target, file=task.file, limits=task.limits)
        os._exit(0)
    except FileRefused as refused:
        _refuse(target, refused.fault)
    except (MemoryError, pa.ArrowMemoryError):
        os._exit(3)
    except BaseException as unforeseen:  # a hostile file may find a way we did not think of: it is refused all the same
        _refuse(target, _unforeseen(task.file, unforeseen))


def _refuse(target: int, fault: Fault) -> None:
    os.ftruncate(target, 0)
    os.lseek(target, 0, os.SEEK_SET)
    frames.FrameWriter(target).end({"refused": fault.as_json()})
    os._exit(0)


def _unforeseen(file: str, error: BaseException) -> Fault:
    """Where the parser gave up, without what it was reading."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""
    rule = "the parser could not make sense of the file"
    step = "save it anew as CSV; if that is refused too, send this message to whoever runs the platform"
    return Fault("parser_fault", file, rule, step, value=f"{type(error).__name__} at {place}")


def _bound(limits: Limits, size: int) -> None:
    memory = limits.memory + limits.memory_per_byte * size
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    seconds = limits.seconds + int(limits.seconds_per_megabyte * size / MEGABYTE)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked_bytes, limits.unpacked_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _parse(task: ParseTask, source: int, target: int) -> None:
    pa.set_cpu_count(1)
    content = mapped(source)
    if task.packed:
        content = unzipped(content, file=task.file, limits=task.limits)
    batches = READERS[task.form](content, Titles(task.plan.dataset), file=task.file, limits=task.limits)
    _write(task, batches, frames.FrameWriter(target))


def _write(task: ParseTask, batches: Iterator[Batch], out: frames.FrameWriter) -> None:
    checker = Checker(task.plan, period_end=task.period_end, bounds=task.bounds)
    statistics = Statistics(task.plan)
    received = 0
    reasons: dict[str, int] = {}
    titles: tuple[str, ...] = ()
    known: set[str] = set()
    for batch in batches:
        checked = checker.check(batch)
        received += len(batch.rows) + len(batch.bad)
        titles = batch.titles
        known.update(batch.columns)
        statistics.add(checked.rows)
        for item in checked.rejected.column("reason").value_counts().to_pylist():
            reasons[item["values"]] = reasons.get(item["values"], 0) + item["counts"]
        if checked.rows.num_rows:
            out.batch(frames.ROWS, checked.rows)
        for kind, found in (
            (frames.REJECTED, checked.rejected),
            (frames.DETAILS, checked.details),
            (frames.UNLINKED, checked.unlinked),
        ):
            if found.num_rows:
                out.batch(kind, found)
    out.end(
        {
            "received": received,
            "reasons": dict(sorted(reasons.items())),
            "titles": list(titles),
            "columns": sorted(known),
            "statistics": statistics.as_json(sum(reasons.values())),
        }
    )


if __name__ == "__main__":
    main()
