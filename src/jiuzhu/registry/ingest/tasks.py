"""What the parent asks of the parsing process, and what the way that process ended means."""

from __future__ import annotations

import signal
import struct
from dataclasses import dataclass, field
from datetime import date

from jiuzhu.registry.ingest.bounds import Bounds
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.limits import Limits
from jiuzhu.registry.ingest.shapes import Shape

LENGTH = struct.Struct(">Q")


@dataclass(frozen=True)
class ParseTask:
    """Parse one file. `form` is csv, tsv, xlsx, jsonl or parquet; `packed`: gzip around it; `bounds`: of what may be stated."""

    file: str
    form: str
    packed: bool
    plan: Shape
    period_end: date | None
    limits: Limits
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True)
class ListTask:
    """Name the entries of a zip file."""

    file: str
    limits: Limits


@dataclass(frozen=True)
class ExtractTask:
    """Unpack one entry of a zip file, by its place in the list."""

    file: str
    entry: int
    limits: Limits


Task = ParseTask | ListTask | ExtractTask


def refused_by_system(code: int, file: str) -> FileRefused:
    """What the end of a worker means for the file it was reading."""
    if code in (3, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS):
        rule = "parsing a file takes a bounded amount of memory"
    elif code in (-signal.SIGXCPU, -signal.SIGKILL):
        rule = "parsing a file takes a bounded amount of time and memory"
    else:
        raise RuntimeError(f"{file}: the parsing process ended with {code}")
    return FileRefused(Fault("too_costly", file, rule, "cut the file into parts, or save it anew in a plain form"))
