"""Who somebody of a verification is: name and id number as they are needed to ask, to print, and to check who signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.conf import settings

from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.registry import public
from jiuzhu.vocabulary.id_number import IdNumber

PURPOSE = "verification"


@dataclass(frozen=True)
class Who:
    """name, id_number: "" where not known. person: the registry's number, 0 where it knows nobody."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    person: int

    def age(self, on: date) -> int | None:
        """Completed years; None where nothing says it."""
        if not self.id_number:
            return None
        born = IdNumber.parse(self.id_number).birth_date
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def workspace() -> Path | None:
    """The workspace with a release; None before the first run."""
    folder = Path(settings.WORKSPACE)
    return folder if folder.exists() and public.current(folder) is not None else None


def who(parties: Iterable[Party], *, by: str, at: datetime) -> Mapping[str, Who]:
    """Key of each party to who they are; what an officer saw leads before what departments say. The look is written down."""
    found: dict[str, Who] = {}
    asked = list(parties)
    numbers = {one.key: int(one.registry_person) for one in asked if one.registry_person.isdecimal()}
    folder = workspace()
    known = (
        public.identities(folder, list(numbers.values()), full=True, by=by, purpose=PURPOSE, at=at) if folder and numbers else {}
    )
    for one in asked:
        there = known.get(numbers.get(one.key, 0))
        name, number = (
            opened(getattr(one, column), column=f"parties_party.{column}", row=one.key) for column in ("name", "id_number")
        )
        number = number or (there.number if there else "")
        person = numbers.get(one.key, 0)
        if not person and number and folder:
            person = public.person_of(folder, number, by=by, purpose=PURPOSE, at=at) or 0
        found[one.key] = Who(name or (there.name if there else ""), number, person)
    return found
