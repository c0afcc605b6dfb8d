"""Where invented people live: the villages of a real division, and the counties that identity numbers may begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiuzhu.synthetic.streams import Numbers, whole
from jiuzhu.vocabulary.division import stem
from jiuzhu.vocabulary.divisions import Divisions

LONG_AGO = date(1990, 1, 1)


@dataclass(frozen=True)
class County:
    """elsewhere, abolished: county codes in which people who live here were first registered."""

    code: str
    name: str
    city: str
    full_name: str
    elsewhere: Numbers
    abolished: Numbers


@dataclass(frozen=True)
class Village:
    """A village or community: 12 digits. urban: it belongs to a street, not to a town or township."""

    code: str
    name: str
    township: str
    urban: bool
    county: County

    @property
    def address(self) -> str:
        return f"{self.county.full_name}{self.township}{self.name}"


def villages_of(divisions: Divisions, division: str, on: date) -> list[Village]:
    """The villages of a county, prefecture or province, county by county. Raises ValueError where the table knows none."""
    prefix = stem(division.ljust(6, "0"))
    answer: list[Village] = []
    townships = {}
    counties: dict[str, County] = {}
    for code, name in divisions.villages.items():
        if not code.startswith(prefix):
            continue
        if code[:9] not in townships:
            townships[code[:9]] = divisions.find(code[:9], on=on)
        township = townships[code[:9]]
        if township is None:
            continue
        if code[:6] not in counties:
            counties[code[:6]] = _county(divisions, code[:6], on)
        answer.append(Village(code, name, township.name, township.name.endswith("街道"), counties[code[:6]]))
    if not answer:
        raise ValueError(
            f"division {division}: no villages are known there; give a county, prefecture or province of catalogue/divisions"
        )
    return sorted(answer, key=lambda village: village.code)


def _county(divisions: Divisions, code: str, on: date) -> County:
    """A county with those of its province, of today and of long ago, in which its people may have been registered."""
    province = code[:2]
    today = {county.code for county in divisions.each("county", on=on) if county.code.startswith(province)}
    gone = {county.code for county in divisions.each("county", on=LONG_AGO) if county.code.startswith(province)} - today
    city = divisions.name(code[:4] + "00")
    return County(
        code=code,
        name=divisions.name(code),
        city=city or divisions.name(province + "0000"),
        full_name=divisions.full_name(code),
        elsewhere=whole(sorted(int(other) for other in today - {code})),
        abolished=whole(sorted(int(other) for other in gone)),
    )
