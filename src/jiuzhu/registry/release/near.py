"""Households near to one person by what records say: its own, and those of one register, address, telephone or bank account with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.vault.vault import Vault

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

Whole = npt.NDArray[Any]
Because = Literal["own", "register", "address", "phone", "account"]
# What so many households share is no sign that two of them are near: a village without house numbers, the telephone of an office.
MOST_SHARING = 12


@dataclass(frozen=True)
class Near:
    """because: own, the household of the person itself; or what it shares with the person."""

    household: str
    because: Because


def own(release: Release, person: int) -> str:
    """The number of the living household of a person, "" for somebody the release does not know."""
    persons = np.asarray(release.subjects()["person"].combine_chunks()).astype(np.int64)
    found = np.flatnonzero(persons == person)
    numbers = _numbers(release, plain(release.base.people["household"])[0][found[:1]])
    return next(iter(numbers), "")


def near(release: Release, catalogue: Catalogue, vault: Vault, person: int) -> tuple[Near, ...]:
    """Every living household near to a person, its own first; nothing for somebody the release does not know.

    Addresses and telephones are compared as they were delivered, letter by letter, whoever delivered them and whenever.
    """
    persons = np.asarray(release.subjects()["person"].combine_chunks()).astype(np.int64)
    own = np.flatnonzero(persons == person)
    if not len(own):
        return ()
    home, register = (plain(release.base.people[name])[0] for name in ("household", "hukou"))
    mine = np.unique(home[own])
    sharing: dict[Because, Whole] = {"register": np.isin(register, register[own][register[own] >= 0])}
    for kind in ("address", "phone"):
        sharing["address" if kind == "address" else "phone"] = np.isin(persons, _with_the_same(vault, kind, person))
    sharing["account"] = np.isin(np.arange(len(persons)), _with_the_same_account(release, catalogue, own))
    found = [Near(number, "own") for number in _numbers(release, mine)]
    for because, people in sharing.items():
        others = np.setdiff1d(home[people], mine)
        if len(others) <= MOST_SHARING:
            found += [Near(number, because) for number in _numbers(release, others)]
    return tuple(found)


def _with_the_same(vault: Vault, kind: str, person: int) -> Whole:
    """Persons who were delivered with an address, or telephone, of that person."""
    told = vault.details()
    told = told.filter(pc.equal(told["kind"], kind))
    texts = told.filter(pc.equal(told["person_id"], pa.scalar(person, pa.int64())))["text"]
    return np.asarray(told.filter(pc.is_in(told["text"], texts.combine_chunks()))["person_id"]).astype(np.int64)


def _with_the_same_account(release: Release, catalogue: Catalogue, own: Whole) -> Whole:
    """Positions of people with a row that names a bank account of those positions, in whichever dataset."""
    accounts: list[tuple[Whole, Whole]] = []
    for code, table in release.base.rows.items():
        for name, column in catalogue.columns(code).items() if code in catalogue.datasets else ():
            if column.identity == "bank" and {name, "person"} <= set(table.column_names):
                accounts.append(tuple(np.asarray(table[one].combine_chunks()).astype(np.int64) for one in ("person", name)))  # type: ignore[arg-type]
    if not accounts:
        return np.empty(0, np.int64)
    people, numbers = (np.concatenate(part) for part in zip(*accounts, strict=True))
    theirs = np.unique(numbers[np.isin(people, own) & (numbers > 0)])
    return people[np.isin(numbers, theirs) & (people >= 0)]


def _numbers(release: Release, households: Iterable[int]) -> list[str]:
    table = release.numbers["number"]
    return sorted({str(number) for one in households if one >= 0 and (number := table[int(one)].as_py())})
