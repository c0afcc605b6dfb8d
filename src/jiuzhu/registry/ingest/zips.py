"""Zip files of deliveries: their entries are named and unpacked one by one, never onto the disk."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pyarrow as pa

from jiuzhu.registry.ingest.content import check_ratio, unreadable
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.registry.ingest.limits import MEGABYTE, Limits

_NOT_DELIVERIES = ("__MACOSX/", ".DS_Store", "Thumbs.db")


def entries(content: pa.Buffer, *, file: str, limits: Limits) -> list[dict[str, Any]]:
    """The files inside, with their place. Names only serve to tell dataset and period; nothing is stored under them."""
    with _opened(content, file) as archive:
        infos = archive.infolist()
        if len(infos) > limits.entries:
            raise limits.over(file, "entries in a zip file", len(infos), limits.entries)
        found = []
        for place, info in enumerate(infos):
            if info.is_dir() or any(mark in info.filename for mark in _NOT_DELIVERIES):
                continue
            if info.filename.lower().endswith(".zip"):
                rule = "a zip file of deliveries holds no further zip file"
                raise FileRefused(
                    Fault("nested_zip", file, rule, "put the files themselves into one zip file", value=info.filename[-80:])
                )
            if info.flag_bits & 1:
                raise unreadable(file, "the zip file is protected by a password")
            found.append({"place": place, "name": _readable(info)})
        return found


def _readable(info: zipfile.ZipInfo) -> str:
    """Chinese names are GBK in zip files made on Windows; without the flag for UTF-8 Python reads them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def extract(content: pa.Buffer, place: int, target: int, *, file: str, limits: Limits) -> None:
    """Unpack one entry into an open file, counting what really comes out."""
    with _opened(content, file) as archive:
        info = archive.infolist()[place]
        size = 0
        try:
            with archive.open(info) as part:
                while piece := part.read(MEGABYTE):
                    size += len(piece)
                    check_ratio(size, info.compress_size, file=file, limits=limits)
                    os.write(target, piece)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            raise unreadable(file, "an entry of the zip file is broken") from None


def _opened(content: pa.Buffer, file: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BufferedReader(pa.PythonFile(pa.BufferReader(content), "r")))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise unreadable(file, "the file is no readable zip file") from None
