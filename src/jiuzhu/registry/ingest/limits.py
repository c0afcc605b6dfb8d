"""How much a delivered file may ask of us: counted while reading, before anything is believed (requirement E8)."""

from __future__ import annotations

from dataclasses import dataclass

from jiuzhu.registry.ingest.faults import Fault, FileRefused

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of one file. `ratio` only counts once more than `ratio_free` bytes came out: short files pack very well.

    memory: address space of the child process that parses; a fixed part and so many bytes per byte of the file.
    seconds: CPU time of that child; a fixed part and so many per megabyte.
    """

    file_bytes: int = 2048 * MEGABYTE
    unpacked_bytes: int = 8192 * MEGABYTE
    ratio: int = 150
    ratio_free: int = 64 * MEGABYTE
    entries: int = 5_000
    rows: int = 50_000_000
    columns: int = 400
    header_bytes: int = MEGABYTE
    workbook_bytes: int = 400 * MEGABYTE
    workbook_cells: int = 20_000_000
    row_bytes: int = 8 * MEGABYTE
    memory: int = 3072 * MEGABYTE
    memory_per_byte: int = 30
    seconds: int = 8
    seconds_per_megabyte: float = 0.5
    open_files: int = 64

    def over(self, file: str, what: str, found: int, allowed: int) -> FileRefused:
        """The refusal of a file that passes a bound."""
        rule = f"a delivered file has at most {allowed:,} {what}"
        return FileRefused(
            Fault("too_large", file, rule, "cut the file into parts, or ask the operator to raise the limit", value=f"{found:,}")
        )
