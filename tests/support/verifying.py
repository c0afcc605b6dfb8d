"""A family whose people can be verified: four adults and a child known by id number, an officer, and departments with a book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.verification import asking
from jiuzhu.casework.verification.authorising import authorise
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import Authorisation, Request
from jiuzhu.gateways.verification.twin import Twin, from_rows
from jiuzhu.vocabulary.id_number import check_character
from tests.support.families import COUNTY, family
from tests.support.officers import officer

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY, UNTIL = date(2026, 11, 20), date(2027, 11, 19)
CONSENTS = ("register", "finance", "medical")


def number(born: str, place: int = 1) -> str:
    """An id number of nobody, of whoever was born on that day."""
    first = f"370502{born}{place:03}"
    return first + check_character(first)


def person(born: str = "19700101", place: int = 1, name: str = "甲") -> Party:
    party = Party(key=new_key("P"), proved_by="paper", met_at=AT, id_index=index_of(number(born, place)))
    for column, text in (("name", name), ("id_number", number(born, place))):
        setattr(party, column, sealed(text, column=f"parties_party.{column}", row=party.key, of=party.key))
    party.save()
    return party


@dataclass
class Home:
    """head, spouse: adults; child: of eight. officer: of the family's township. sent: rows by (id number, dataset) for the twins."""

    case: Case = field(default_factory=lambda: family(household="H-1"))
    officer: Officer = field(default_factory=lambda: officer("window", "township_officer", "370502001"))
    county: Officer = field(default_factory=lambda: officer("county", "county_officer", COUNTY))
    head: Party = field(default_factory=lambda: person("19700101", 1, "甲"))
    spouse: Party = field(default_factory=lambda: person("19720202", 2, "乙"))
    child: Party = field(default_factory=lambda: person("20180303", 3, "丙"))
    sent: dict[tuple[str, str], Sequence[Mapping[str, str]]] = field(default_factory=dict)

    @property
    def about(self) -> Subject:
        return Subject("case", self.case.key, self.case.division_code, self.case.household_key, self.case.key)

    def signed(self, party: Party, **other: Any) -> Authorisation:
        told = {"consents": CONSENTS, "until": UNTIL, "how": "paper", "by": self.officer, "at": AT} | other
        return authorise(case=self.case, party=party, **told)

    def everybody_signs(self) -> None:
        self.signed(self.head)
        self.signed(self.spouse)
        self.signed(self.child, why="guardian", signer=self.head)

    def ask(self, *parties: Party, **other: Any) -> Request:
        told = {"about": self.about, "by": self.officer, "at": AT, "template": "dibao"} | other
        return asking.request(case=self.case, parties=parties or (self.head, self.spouse, self.child), **told)

    def has(self, party: Party, dataset: str, *rows: Mapping[str, str]) -> None:
        born = {self.head.pk: ("19700101", 1), self.spouse.pk: ("19720202", 2), self.child.pk: ("20180303", 3)}[party.pk]
        self.sent[number(*born), dataset] = rows

    def departments(self, **other: Twin) -> dict[str, Twin]:
        """Every source of the catalogue as a department that answers at once, but for those handed in."""
        book = from_rows(self.sent)
        sources = {one.source for one in verifying().items.values()}
        return {source: other.get(source) or Twin(book, TODAY) for source in sorted(sources)}

    def twin(self, **how: Any) -> Twin:
        return Twin(from_rows(self.sent), TODAY, **how)


def later(hours: float) -> datetime:
    return AT + timedelta(hours=hours)
