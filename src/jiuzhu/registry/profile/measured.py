"""What the rows of each delivery say of it: the division that holds them, the first and the last day, the months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb

from jiuzhu.registry.archived import CHANGE, DELIVERY, Archive, Delivered, quoted
from jiuzhu.registry.profile.divisions import holding
from jiuzhu.rules.tree import Dataset

# The months of a cell of `at`, by what it holds; an instant counts by its day in Beijing. School years stand only in states.
_MONTHS = {
    "date": "[year({at}) * 12 + month({at}) - 1]",
    "instant": "[year({at} + INTERVAL 8 HOUR) * 12 + month({at} + INTERVAL 8 HOUR) - 1]",
    "month": "[{at}]",
    "quarter": "[{at} * 3, {at} * 3 + 1, {at} * 3 + 2]",
}


def measured(
    connection: duckdb.DuckDBPyConnection, archive: Archive, datasets: Mapping[str, Dataset], as_of: date
) -> Sequence[Delivered]:
    """The deliveries of the archive with division, oldest, newest and months filled in; one without rows keeps what it has.

    Where a delivery says its days itself, as those of a workspace do, its rows are not asked: some may lie in months that
    this archive does not open.
    """
    rows: dict[tuple[str, int], tuple[str, date, date]] = {}
    months: dict[tuple[str, int], tuple[int, ...]] = {}
    for dataset in sorted({one.dataset for one in archive.deliveries}):
        view = archive.view(connection, dataset)
        if not view:
            continue
        mine = [one for one in archive.deliveries if one.dataset == dataset]
        if any(one.oldest is None for one in mine):
            rows |= {(dataset, number): told for number, told in _rows(connection, view).items()}
        unnamed = [one.number for one in mine if one.first is None]
        if unnamed:
            told = _months(connection, view, datasets[dataset], unnamed, as_of)
            months |= {(dataset, number): those for number, those in told.items()}
    return [
        replace(one, division=found[0], oldest=found[1], newest=found[2])
        if one.oldest is None and (found := rows.get((one.dataset, one.number))) is not None
        else one
        for one in (replace(one, months=months.get((one.dataset, one.number), ())) for one in archive.deliveries)
    ]


def _rows(connection: duckdb.DuckDBPyConnection, view: str) -> Mapping[int, tuple[str, date, date]]:
    """Division, oldest and newest day of each delivery."""
    found = connection.execute(
        f"SELECT {DELIVERY}, min(region_code), max(region_code), min(data_date), max(data_date) FROM {view} GROUP BY {DELIVERY}"
    ).fetchall()
    # All codes between the least and the greatest begin with what these two share.
    return {number: (holding([low or "", high or ""]), oldest, newest) for number, low, high, oldest, newest in found}


def _months(
    connection: duckdb.DuckDBPyConnection, view: str, dataset: Dataset, unnamed: Sequence[int], as_of: date
) -> Mapping[int, tuple[int, ...]]:
    """The months of `at` in deliveries without a period, ascending; of rows not later than the day, and none after their day.

    A month after the day its row was true of is announced, not told.
    """
    column = dataset.columns.get(dataset.at)
    if dataset.rows == "state" or column is None:
        return {}
    at = f"epoch_ms({quoted(column.name)} * 1000)" if column.holds == "instant" else quoted(column.name)
    listed = ", ".join(map(str, unnamed))
    found = connection.execute(
        f"""SELECT {DELIVERY}, list_sort(list(DISTINCT told)) FROM (
            SELECT {DELIVERY}, data_date, unnest({_MONTHS[column.holds].format(at=at)}) AS told FROM {view}
            WHERE {DELIVERY} IN ({listed}) AND data_date <= ? AND {CHANGE} IS DISTINCT FROM 'D'
        ) WHERE told <= year(data_date) * 12 + month(data_date) - 1 GROUP BY {DELIVERY}""",
        [as_of],
    ).fetchall()
    return {number: tuple(months) for number, months in found}
