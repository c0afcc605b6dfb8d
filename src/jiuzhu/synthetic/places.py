"""Where invented people live: the villages of a real division, and the counties that identity numbers may begin with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jiuzhu.synthetic.streams import Numbers


@dataclass(frozen=True)
class County:
    """elsewhere, abolished: county codes in which people who live here were first registered."""

    code: str
    name: str
    city: str
    province: str
    elsewhere: Numbers
    abolished: Numbers

    @property
    def full_name(self) -> str:
        return self.province + self.city + self.name


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


def villages_of(division: str, on: date) -> list[Village]:
    raise NotImplementedError
