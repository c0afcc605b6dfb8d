"""Files made to hurt: each is refused within ten seconds and 700 MB, and the next good file is taken."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import socket
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from jiuzhu.registry.ingest.confine import without_network
from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits
from jiuzhu.registry.ingest.workspace import Workspace
from tests.integration.ingest.bills import bill, csv_text

Write = Callable[..., Path]
HEADER = csv_text([bill(1)]).split("\n")[0]


def zipped(*entries: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return target.getvalue()


def workbook(cells: Callable[[Any, Any], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        cells(book, book.add_worksheet())
    return target.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, part)
    return target.getvalue()


def filled(book: Any, sheet: Any) -> None:
    row = bill(1)
    sheet.write_row(0, 0, list(row))
    sheet.write_row(1, 0, list(row.values()))


def far_cell(book: Any, sheet: Any) -> None:
    filled(book, sheet)
    sheet.write(1_048_575, 16_383, "x")


def swollen() -> bytes:
    """A workbook of a few kilobytes with a gigabyte of spaces in its sheet."""
    plain = workbook(filled)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            if "sheet1.xml" not in entry.filename:
                archive.writestr(entry, source.read(entry))
                continue
            with archive.open(entry.filename, "w", force_zip64=True) as part:
                for _ in range(300):
                    part.write(b" " * MEGABYTE)
    return target.getvalue()


def entities() -> bytes:
    plain = workbook(filled)
    target = io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst>&b;</sst>'
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            archive.writestr(entry, bomb if "sharedStrings" in entry.filename else source.read(entry))
    return target.getvalue()


def lying_zip() -> bytes:
    """Says that its entry unpacks to ten bytes."""
    content = bytearray(zipped(("clinic_bill-2026-11.csv", b"0" * (300 * MEGABYTE))))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    content[22:26] = struct.pack("<I", 10)
    return bytes(content)


def long_gzip() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = (csv_text([bill(1)]).split("\n")[1] + "\n").encode() * 5_000
    return b"".join([packer.compress(HEADER.encode() + b"\n"), *(packer.compress(block) for _ in range(600)), packer.flush()])


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "gzip that grows": ("clinic_bill-2026-11.csv.gz", long_gzip, "too_large"),
    "zip that grows": ("a.zip", lambda: zipped(("clinic_bill-2026-11.csv", b"0" * (300 * MEGABYTE))), "too_large"),
    "zip that lies": ("a.zip", lying_zip, "unreadable"),
    "zip in zip": ("a.zip", lambda: zipped(("b.zip", zipped(("clinic_bill.csv", b"x")))), "nested_zip"),
    "zip of many": ("a.zip", lambda: zipped(*((f"{n}.csv", b"") for n in range(6_000))), "too_large"),
    "cut gzip": ("clinic_bill-2026-11.csv.gz", lambda: gzip.compress(HEADER.encode() * 1000)[:-20], "unreadable"),
    "workbook that grows": ("clinic_bill-2026-11.xlsx", swollen, "too_large"),
    "last cell": ("clinic_bill-2026-11.xlsx", lambda: workbook(far_cell), "too_large"),
    "entities": ("clinic_bill-2026-11.xlsx", entities, "active_content"),
    "macro": ("clinic_bill-2026-11.xlsx", lambda: with_part(workbook(filled), "xl/vbaProject.bin", b"x"), "active_content"),
    "link": (
        "clinic_bill-2026-11.xlsx",
        lambda: with_part(workbook(filled), "xl/externalLinks/externalLink1.xml", b"x"),
        "active_content",
    ),
    "endless quote": ("clinic_bill-2026-11.csv", lambda: (HEADER + '\n"').encode() + b"a\n" * 50_000_000, "endless_row"),
    "quote to the end": (
        "clinic_bill-2026-11.csv",
        lambda: (csv_text([bill(1)]) + '"B2,').encode() + b"a,\n" * 500,
        "endless_row",
    ),
    "a million columns": (
        "clinic_bill-2026-11.csv",
        lambda: (HEADER + "," + ",".join(f"c{n}" for n in range(1_000_000))).encode(),
        "too_large",
    ),
    "one line": ("clinic_bill-2026-11.csv", lambda: b"a" * 100_000_000, "too_large"),
    "no text": ("clinic_bill-2026-11.csv", lambda: bytes(range(256)) * 10_000, "unreadable"),
    "deep json": ("clinic_bill-2026-11.jsonl", lambda: b"[" * 5_000_000, "bad_line"),
    "long json": ("clinic_bill-2026-11.jsonl", lambda: b'{"a":"' + b"x" * 50_000_000, "too_large"),
    "no parquet": ("clinic_bill-2026-11.parquet", lambda: b"PAR1" + b"\xff" * 100_000 + b"PAR1", "unreadable"),
}


@pytest.mark.requirement("E8")
@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_quickly_and_cheaply(workspace: Workspace, catalogue: Any, write: Write, name: str) -> None:
    file, made, code = BOMBS[name]
    paths = [write(file, made()), write("clinic_bill-2026-10.csv", csv_text([bill(1)]))]
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    began = time.monotonic()
    hostile, good = deliver(paths, workspace, catalogue, workers=1)
    assert time.monotonic() - began < 10
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak == before or peak < 700 * 1024
    assert hostile.state == "refused"
    assert hostile.error is not None
    assert hostile.error.code == code
    assert good.state == "accepted"


def test_a_file_that_takes_too_long_is_ended(workspace: Workspace, catalogue: Any, write: Write) -> None:
    line = json.dumps(bill(1, amount=12.3)) + "\n"  # a number, so that lines are read one by one
    path = write("clinic_bill-2026-11.jsonl", line.encode() * 300_000)
    report = deliver([path], workspace, catalogue, limits=Limits(seconds=1, seconds_per_megabyte=0), workers=1)[0]
    assert report.error is not None
    assert report.error.code == "too_costly"


@pytest.mark.requirement("E8")
def test_the_parsing_process_cannot_open_a_connection() -> None:
    worker = os.fork()
    if worker == 0:
        if not without_network():
            os._exit(2)
        try:
            socket.socket()
        except PermissionError:
            os._exit(0)
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    if code == 2:
        pytest.skip("this kernel has no filter for system calls")
    assert code == 0
