"""Whether somebody is who they say: number, name and telephone held against what departments delivered of one person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.columnar.columns import plain
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.subjects import id_numbers
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.vocabulary.telephone import MOBILE, digits
from jiuzhu.vocabulary.text import compact


@dataclass(frozen=True)
class Recognised:
    """household: in which the release sees the person live, "" for none. has_phone: that telephone was delivered as theirs."""

    person: int
    household: str
    has_phone: bool


def recognised(release: Release, vault: Vault, person: int, *, name: str, phone: str) -> Recognised | None:
    """None where nobody delivered that name of the person. Compared without spaces, the telephone by its last
    eleven digits."""
    if compact(name) not in {compact(one) for one in vault.names_of([person]).get(person, ())}:
        return None
    told = vault.details()
    theirs = pc.and_(pc.equal(told["kind"], "phone"), pc.equal(told["person_id"], pa.scalar(person, pa.int64())))
    phones = {digits(one) for one in told.filter(theirs)["text"].to_pylist()}
    return Recognised(person, _household(release, person), bool(digits(phone)) and digits(phone) in phones)


@dataclass(frozen=True)
class Somebody:
    """What an invented person would type to sign in."""

    number: str
    name: str
    phone: str


def oldest_with_a_telephone(vault: Vault) -> Somebody | None:
    """Of everybody delivered with a mobile telephone who is the oldest; None where nobody is. Only for invented people."""
    told = vault.details()
    phones = told.filter(pc.equal(told["kind"], "phone"))
    persons, texts = phones["person_id"].to_pylist(), phones["text"].to_pylist()
    reached = {
        person: digits(text) for person, text in zip(persons, texts, strict=True) if person > 0 and len(digits(text)) == MOBILE
    }
    numbers, names = id_numbers(vault, list(reached)), vault.names_of(reached)
    known = [one for one in reached if numbers.get(one) and names.get(one)]
    if not known:
        return None
    oldest = min(known, key=lambda one: (numbers[one][6:14], one))
    return Somebody(numbers[oldest], names[oldest][0], reached[oldest])


def _household(release: Release, person: int) -> str:
    persons = np.asarray(release.subjects()["person"].combine_chunks()).astype(np.int64)
    homes = plain(release.base.people["household"])[0][np.flatnonzero(persons == person)]
    return str(release.numbers["number"][int(homes[0])].as_py()) if len(homes) and homes[0] >= 0 else ""
