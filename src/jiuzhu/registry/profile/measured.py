"""What the rows of each delivery say of it: the division that holds them, the first and the last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import duckdb

from jiuzhu.registry.archived import DELIVERY, Archive, Delivered
from jiuzhu.registry.profile.divisions import holding


def measured(connection: duckdb.DuckDBPyConnection, archive: Archive) -> Sequence[Delivered]:
    """The deliveries of the archive with division, oldest and newest filled in; one without rows keeps what it has."""
    rows: dict[int, tuple[str, date, date]] = {}
    for dataset in sorted({one.dataset for one in archive.deliveries}):
        view = archive.view(connection, dataset)
        if not view:
            continue
        found = connection.execute(
            f"SELECT {DELIVERY}, min(region_code), max(region_code), min(data_date), max(data_date) FROM {view} GROUP BY {DELIVERY}"
        ).fetchall()
        # All codes between the least and the greatest begin with what these two share.
        rows |= {number: (holding([low or "", high or ""]), oldest, newest) for number, low, high, oldest, newest in found}
    return [
        replace(one, division=rows[one.number][0], oldest=rows[one.number][1], newest=rows[one.number][2])
        if one.number in rows
        else one
        for one in archive.deliveries
    ]
