"""One record, ten thousand and a million of them: durable, evaluated, in the stream."""

from __future__ import annotations

from bench.figures import Figure, not_there
from bench.stand import Stand

LACKING = "a record comes in a file, and a look works its way through the archive"


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    return [
        not_there("one record, 99th of a hundred, above a bare write and wait for the disk", "ms", 10, LACKING),
        not_there("10,000 records", "ms", 250, LACKING),
        not_there("1,000,000 records", "CPU s", 3, LACKING),
    ], []
