"""People on watch carry their class and their tags, and people outside policy are watched too."""

from __future__ import annotations

import polars as pl
import pytest

from jiuzhu.registry import public
from tests.support.county import County


@pytest.mark.feature("SF060")
def test_a_person_on_watch_carries_a_class_and_tags_of_illness_and_household(county: County):
    facts = pl.read_parquet(county.workspace / "releases" / county.run.release / "facts.parquet")
    signals = pl.read_parquet(county.workspace / "releases" / county.run.release / "signals.parquet")
    on_dibao = signals.filter((pl.col("indicator") == "S01-E07") & (pl.col("level") == 4))["subject"].to_list()
    tags = {
        person: {row["fact"]: row["text"] if row["text"] is not None else row["number"] for row in rows.to_dicts()}
        for (person,), rows in facts.filter(pl.col("subject").is_in(on_dibao)).group_by("subject")
    }
    marked = [told for told in tags.values() if told.get("class") == "dibao" and told.get("gravely_ill") == 1]
    assert marked
    assert all(told["low"] == 1 and told["local_hukou"] == 1 for told in marked)


@pytest.mark.feature("SF216")
def test_families_outside_policy_are_watched_as_category_six_and_seven(county: County):
    six = next(row for row in county.warnings if row["indicator_id"] == "S18-E04")
    seven = next(row for row in county.warnings if row["indicator_id"] == "S23-R11")
    for warning, category in ((six, "6"), (seven, "7")):
        told = public.explain(county.workspace, warning["warning_id"])
        rows = [row.columns["category"] for row in told.rows if row.dataset == "civil_lowincome_household"]
        assert rows == [category]
