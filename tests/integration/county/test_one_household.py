"""One household of the small county, read by itself, against a plain walk through every row of the release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

from jiuzhu.registry.profile.households import ALONE
from jiuzhu.registry.public.opened import known
from jiuzhu.registry.release.household import HouseholdReader, NoHousehold
from tests.support.county import AS_OF, County

Cells = Mapping[str, Any]


@pytest.fixture(scope="module")
def reader(county: County) -> HouseholdReader:
    return HouseholdReader(*known(county.workspace, None))


@pytest.fixture(scope="module")
def rows(county: County) -> Mapping[int, Mapping[str, list[tuple[int, Cells]]]]:
    """By position of a living household, then by dataset: the member and the cells of each row that is its own."""
    base = known(county.workspace, None)[0].base
    home = base.people["household"].to_pylist()
    first = base.households["first"].to_pylist()
    found: dict[int, dict[str, list[tuple[int, Cells]]]] = defaultdict(lambda: defaultdict(list))
    for code in county.catalogue.datasets:
        for row in base.rows[code].to_pylist() if code in base.rows else ():
            of_person = home[row["person"]] if row["person"] >= 0 else -1
            for household in {of_person, row["household"]} - {-1}:
                found[household][code].append((row["person"] - first[household] if household == of_person else -1, row))
    return found


def test_every_household_has_the_rows_of_its_people_and_its_own(reader: HouseholdReader, rows: Any, county: County) -> None:
    assert any(member == -1 for told in rows.values() for found in told.values() for member, _ in found)
    base = known(county.workspace, None)[0].base
    for household in range(base.households.num_rows):
        read = reader.read(household)
        assert list(read.rows) == [code for code in county.catalogue.datasets if code in rows[household]]
        for code, found in read.rows.items():
            told = [(-1 if row.member is None else row.member, row.record_id, row.sent) for row in found]
            assert told == [(at, cells["record_id"], cells.get("data_date")) for at, cells in rows[household][code]]
            assert all(row.age is None or row.age == (AS_OF - row.sent).days for row in found)


def test_every_column_but_identities_is_told_and_an_empty_one_is_empty(
    reader: HouseholdReader, rows: Any, county: County
) -> None:
    told_empty = 0
    for household in list(rows)[:50]:
        for code, found in reader.read(household).rows.items():
            columns = county.catalogue.columns(code)
            for row, (_, cells) in zip(found, rows[household][code], strict=True):
                wanted = {name for name in cells if name in columns and not columns[name].identity} - {"record_id"}
                assert set(row.columns) == wanted
                for name in wanted:
                    assert (row.columns[name] == "") == (cells[name] in (None, ""))
                    if isinstance(cells[name], str):
                        assert row.columns[name] == cells[name]
                    told_empty += cells[name] is None
    assert told_empty


def test_a_household_is_found_by_its_number_and_nobody_else_by_any(reader: HouseholdReader, county: County) -> None:
    numbers = known(county.workspace, None)[0].numbers.to_pylist()
    for position, one in enumerate(numbers):
        if one["kind"] != ALONE:
            assert reader.position(one["number"]) == position
    for wrong in ("", "0", "999999999999999999", numbers[-1]["number"] + "1"):
        with pytest.raises(NoHousehold):
            reader.position(wrong)
