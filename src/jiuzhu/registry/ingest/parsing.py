"""The parent's side of parsing: hands files to the confined child process and takes back what it found."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jiuzhu.registry.ingest import frames, tasks
from jiuzhu.registry.ingest.content import mapped
from jiuzhu.registry.ingest.faults import Fault, FileRefused

_CHILD = "jiuzhu.registry.ingest.child"

# One thread, and memory that is used again instead of given back after each column: page faults were half of the time.
_ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 31),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Parsed:
    """batches: by kind of frame. answer: what the child says of the whole file."""

    batches: dict[bytes, list[pa.RecordBatch]]
    answer: dict[str, Any]


class Parsers:
    """Parsing processes that wait for work; they start in half a second and are kept until this process ends."""

    def __init__(self) -> None:
        self._free: list[Parser] = []
        self._turn = threading.Lock()
        atexit.register(self.close)

    @contextlib.contextmanager
    def borrowed(self) -> Iterator[Parser]:
        with self._turn:
            parser = self._free.pop() if self._free else Parser()
        try:
            yield parser
        finally:
            with self._turn:
                self._free.append(parser)

    def close(self) -> None:
        """End them all."""
        with self._turn:
            while self._free:
                self._free.pop().close()


class Parser:
    """One child process, made when first needed, for one file at a time; made anew when it had to be ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: socket.socket | None = None
        self._target = -1

    def close(self) -> None:
        """End the child process."""
        if self._wire is not None:
            self._wire.close()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._process.kill()
            self._process.wait()
        self._process = self._wire = None

    def parse(self, task: tasks.ParseTask, source: int) -> Parsed:
        """Raises FileRefused."""
        batches, answer = frames.read_frames(mapped(self._run(task, source)))
        return Parsed(batches, self._checked(answer, task.file))

    def entries(self, task: tasks.ListTask, source: int) -> list[dict[str, Any]]:
        """The entries of a zip file. Raises FileRefused."""
        _, answer = frames.read_frames(mapped(self._run(task, source)))
        found: list[dict[str, Any]] = self._checked(answer, task.file)["entries"]
        return found

    def extract(self, task: tasks.ExtractTask, source: int) -> int:
        """An open memory file with the content of an entry. Raises FileRefused."""
        target = self._run(task, source)
        head = os.pread(target, 1 << 16, 0)
        if head[:1] == frames.END:  # a refusal; a delivered file cannot look like it: its frame has the length of the rest
            size = os.fstat(target).st_size
            if size >= 9 and struct.unpack(">Q", head[1:9])[0] == size - 9 and head[9:21] == b'{"refused": ':
                _, answer = frames.read_frames(mapped(target))
                self._checked(answer, task.file)
        return target

    def _checked(self, answer: dict[str, Any] | None, file: str) -> dict[str, Any]:
        if answer is None:
            raise tasks.refused_by_system(3, file)
        if "refused" in answer:
            raise FileRefused(Fault(**answer["refused"]))
        return answer

    def _run(self, task: tasks.Task, source: int) -> int:
        """The memory file that a worker filled. A process that the system ended meanwhile is replaced once."""
        code = self._asked(task, source)
        if code is None:
            code = self._asked(task, source)
        if code is None:
            raise RuntimeError(f"{task.file}: the parsing process ended twice; the machine may be out of memory")
        if code != 0:
            raise tasks.refused_by_system(code, task.file)
        return self._target

    def _asked(self, task: tasks.Task, source: int) -> int | None:
        """How the worker ended; None if the process that forks them is gone."""
        wire = self._started()
        self._target = os.memfd_create("parsed")
        message = pickle.dumps(task)
        try:
            socket.send_fds(wire, [tasks.LENGTH.pack(len(message))], [source, self._target])
            wire.sendall(message)
            ended = wire.recv(4, socket.MSG_WAITALL)
        except OSError:
            ended = b""
        if len(ended) == 4 and (code := struct.unpack(">i", ended)[0]) == 0:
            return 0
        os.close(self._target)
        if len(ended) == 4:
            return int(code)
        self.close()
        return None

    def _started(self) -> socket.socket:
        if self._wire is None:
            ours, theirs = socket.socketpair()
            environment = {**os.environ, **_ENVIRONMENT}
            self._process = subprocess.Popen(
                [sys.executable, "-m", _CHILD, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
            theirs.close()
            self._wire = ours
        return self._wire


PARSERS = Parsers()
