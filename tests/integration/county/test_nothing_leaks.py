"""What is kept holds no id number, name, phone or account of anybody, and no trace of the order of arrival."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import polars as pl
import pytest

from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault
from tests.support.county import County

ID_NUMBER = re.compile(rb"(?<![0-9])[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9Xx](?![0-9])")


def is_id_number(found: bytes) -> bool:
    """Whether the digits are somebody's number: a sum in a manifest may look like one, but fails the check digit."""
    try:
        IdNumber.parse(found.decode())
    except IdNumberFault:
        return False
    return True


def canaries(county: County) -> set[bytes]:
    """Names, numbers, phones and accounts of the county's people, read from the files as they were delivered."""
    words: set[str] = set()
    for path in sorted((county.folder / "deliveries").glob("*.csv")):
        dataset = county.catalogue.datasets[path.name.split("-")[0].split(".")[0]]
        identities = {
            title for column in dataset.columns.values() if column.identity in ("name", "phone", "bank", "id")
            for title in (column.name, column.title.zh)
        }  # fmt: skip
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("gb18030", errors="ignore")
        lines = text.splitlines()
        rows = csv.reader(lines[:200], delimiter="\t" if "\t" in lines[0] else ",")
        head = next(rows)
        words.update(cell for row in rows for title, cell in zip(head, row, strict=False) if title in identities)
    return {word.strip().encode() for word in words if len(word.strip()) >= 2}


@pytest.mark.requirement("B5")
@pytest.mark.parametrize("kept", ["releases", "archive", "vault"])
def test_no_identity_lies_in_clear_in_what_is_kept(county: County, kept: str):
    words = canaries(county)
    assert len(words) > 500
    long_words = [word for word in words if len(word) >= 9]  # a name of two characters is six bytes: too short to mean anything
    for path in sorted((county.workspace / kept).rglob("*")):
        if path.is_file():
            told = path.read_bytes()
            assert not [found for found in ID_NUMBER.findall(told) if is_id_number(found)], path.name
            assert not any(word in told for word in long_words), path.name


def test_a_release_holds_no_time_of_arrival_and_no_lasting_person_number(county: County):
    folder: Path = county.workspace / "releases" / county.run.release
    names = {path.name for path in folder.rglob("*") if path.is_file()}
    columns = {name for path in folder.rglob("*.parquet") for name in pl.read_parquet_schema(path)}
    assert {"signals.parquet", "facts.parquet", "unknowns.parquet", "counts.parquet"} <= names
    assert not columns & {"person_id", "arrived_at", "received_at", "delivered_at"}
