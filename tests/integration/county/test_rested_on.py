"""Whom a changed row of the small county may concern, against the rows that every warning really used."""

from __future__ import annotations

import random
from collections import defaultdict

from jiuzhu.engines.reference import ReferenceEngine
from jiuzhu.registry.comparison.retracted import _Change, _may_rest_on
from jiuzhu.registry.public.opened import known
from tests.support.county import County

GONE = _Change("retracted", {}, None, "")


def test_no_warning_is_passed_over_that_used_a_row_and_few_others_are_asked(county: County) -> None:
    release, told = known(county.workspace, None)
    engine = ReferenceEngine(told)
    used: dict[tuple[str, int], set[tuple[str, int]]] = defaultdict(set)
    warned = release.signals.select(["indicator", "subject"]).to_pylist()
    for one in warned:
        verdict = engine.evaluate(release.base, told.indicators[one["indicator"]], one["subject"])
        for trace in verdict.inputs:
            for row in trace.rows:
                used[row.dataset, row.row].add((one["indicator"], one["subject"]))
    reads = {code: told.columns_read(indicator) for code, indicator in told.indicators.items()}
    dice = random.Random(4)
    by_dataset: dict[str, list[int]] = defaultdict(list)
    for dataset, row in sorted(used):
        by_dataset[dataset].append(row)
    assert len(by_dataset) > 20
    asked = 0
    for dataset, rows in by_dataset.items():
        for row in dice.sample(rows, min(4, len(rows))):
            found = set(_may_rest_on(release, told, {dataset: {row: GONE}}, reads))
            assert used[dataset, row] <= found, (dataset, row)
            asked = max(asked, len(found)) if told.datasets[dataset].keyed == "person" else asked
    assert asked < len(warned) / 10
