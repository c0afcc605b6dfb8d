"""The judge agrees with SQL on sampled households of the county, to the last digit."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry import public
from tests.support.county import AS_OF, NOW, County


@pytest.mark.feature("SF023")
def test_reference_and_sql_give_equal_hashes_on_the_same_households(county: County, tmp_path: Path):
    planted = [row["household_id"] for row in county.truth if row["grade"]][::6]
    chosen = sorted({number for number in planted if number} & {row["household_id"] for row in county.warnings})
    told = {
        engine: public.run(county.workspace, as_of=AS_OF, now=NOW, catalogue=county.catalogue, engine=engine, households=chosen)
        for engine in ("sql", "reference")
    }
    assert told["sql"].tallies == told["reference"].tallies
    assert told["sql"].hash == told["reference"].hash
    assert sum(tally.count for tally in told["sql"].tallies) > 100
    public.run(county.workspace, as_of=AS_OF, now=NOW, catalogue=county.catalogue)


def test_the_same_state_and_day_give_the_same_release_and_change_nothing(county: County):
    before = sorted((path, path.stat().st_mtime_ns) for path in (county.workspace / "releases" / county.run.release).rglob("*"))
    again = public.run(county.workspace, as_of=AS_OF, now=NOW, catalogue=county.catalogue)
    after = sorted((path, path.stat().st_mtime_ns) for path in (county.workspace / "releases" / county.run.release).rglob("*"))
    assert (again.release, again.hash, again.new) == (county.run.release, county.run.hash, False)
    assert after == before
