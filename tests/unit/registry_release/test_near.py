"""Who is near to a person by records: one register, address, telephone or account; what everybody shares is no sign."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from jiuzhu.registry import public
from jiuzhu.registry.release import near
from jiuzhu.registry.release.near import MOST_SHARING, Near
from jiuzhu.rules.catalogue import Catalogue


@pytest.fixture(scope="module")
def national() -> Catalogue:
    return public.catalogue()


# Person 100 + k stands at position k; persons two by two live in households 0, 1, 2 …
REGISTERS = [0, 0, 1, 0, 2, 2, -1, -1, -1, -1]


def release(accounts: list[tuple[int, int]], people: int = 10) -> Any:
    registers = (REGISTERS + [-1] * people)[:people]
    homes = [at // 2 for at in range(people)]
    base = SimpleNamespace(
        people=pa.table({"household": pa.array(homes, pa.int32()), "hukou": pa.array(registers, pa.int32())}),
        rows={
            "civil_dibao_member": pa.table(
                {
                    "person": pa.array([at for at, _ in accounts], pa.int32()),
                    "bank_account": pa.array([n for _, n in accounts], pa.int64()),
                }
            ),
            "police_population": pa.table({"person": pa.array(range(people), pa.int32())}),
        },
    )
    subjects = pa.table({"person": pa.array([100 + at for at in range(people)], pa.int64())})
    numbers = pa.table({"number": [f"H{number}" for number in range(people)]})
    return SimpleNamespace(base=base, subjects=lambda: subjects, numbers=numbers)


def vault(*details: tuple[int, str, str]) -> Any:
    columns = list(zip(*details, strict=True)) or [[], [], []]
    table = pa.table(
        {
            "person_id": pa.array(columns[0], pa.int64()),
            "kind": pa.array(columns[1], pa.string()),
            "text": pa.array(columns[2], pa.string()),
        }
    )
    return SimpleNamespace(details=lambda: table)


def found(
    national: Catalogue, person: int, *details: tuple[int, str, str], accounts: list[tuple[int, int]] | None = None
) -> set[Near]:
    told = near.near(release(accounts or []), national, vault(*details), person)
    assert len(told) == len(set(told))
    assert not told or told[0].because == "own"
    return set(told)


def test_each_kind_of_record_marks_the_households_that_share_it_and_only_those(national: Catalogue):
    details = (
        (100, "phone", "138"), (104, "phone", "138"), (106, "phone", "139"), (108, "name", "138"),
        (100, "address", "8 号"), (107, "address", "8 号"), (101, "address", "9 号"), (102, "address", "9 号"),
    )  # fmt: skip
    accounts = [(0, 7), (8, 7), (1, 8), (5, 8), (0, 0), (9, 0), (-1, 7)]
    assert found(national, 100, *details, accounts=accounts) == {
        Near("H0", "own"), Near("H1", "register"), Near("H2", "phone"), Near("H3", "address"), Near("H4", "account"),
    }  # fmt: skip
    assert found(national, 106, *details, accounts=accounts) == {Near("H3", "own")}
    assert found(national, 999, *details, accounts=accounts) == set()


def test_one_household_may_be_near_for_several_reasons_and_ones_own_for_none_but_that(national: Catalogue):
    details = ((100, "phone", "138"), (101, "phone", "138"), (103, "phone", "138"), (103, "address", "x"), (100, "address", "x"))
    assert found(national, 100, *details) == {
        Near("H0", "own"),
        *(Near("H1", because) for because in ("register", "phone", "address")),
    }


def test_what_more_than_a_dozen_households_share_is_no_sign_that_they_are_near(national: Catalogue):
    def sharing(households: int) -> set[Near]:
        details = tuple((100 + 2 * at, "address", "村委会") for at in range(households + 1))
        return set(near.near(release([], people=60), national, vault(*details), 100)) - {
            Near("H0", "own"),
            Near("H1", "register"),
        }

    assert len(sharing(MOST_SHARING)) == MOST_SHARING
    assert sharing(MOST_SHARING + 1) == set()
