"""A family made by hand: rows of the national datasets, and a file of a few items over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.registry.public import Family, Household, KnownRow
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.family import Act, Expected, FamilyFile, Group, Item
from jiuzhu.rules.tree import Title

AS_OF = date(2026, 11, 20)
GRANT = Grant("family.open", "county_officer", "370502", "child", "casework", "sensitive", 1)
Make = Callable[..., Family]


def item(code: str, dataset: str, column: str = "", how: Any = "newest", months: int = 12) -> Item:
    return Item(code, Title(code, code), "", dataset, column, how, months)


def row(dataset: str, member: int | None = 0, *, sent: date | None = AS_OF, number: str = "1", **columns: str) -> KnownRow:
    age = None if sent is None else (AS_OF - sent).days
    return KnownRow(dataset, number, member, "医保@370502", sent, age, columns)


@pytest.fixture
def family(national: Catalogue) -> Make:
    def make(
        *items: Item,
        rows: list[KnownRow] | None = None,
        silent: Mapping[str, str] | None = None,
        late: frozenset[str] = frozenset(),
        people: int = 2,
        acts: tuple[Act, ...] = (),
        expected: tuple[Expected, ...] = (),
    ) -> Family:
        by_dataset: dict[str, list[KnownRow]] = {}
        for one in rows or []:
            by_dataset.setdefault(one.dataset, []).append(one)
        told = {code: tuple(found) for code, found in by_dataset.items()}
        group = Group("group", Title("组", "group"), 1, items)
        file = FamilyFile((group,), (), acts, expected, {one.code: one for one in items})
        household = Household("release", AS_OF, "H1", "370502001011", tuple(range(1, people + 1)), told, dict(silent or {}), late)
        return Family(household, {}, (), replace(national, family_file=file))

    return make
