"""A family with people who have names and telephones, for tests of what they are told."""

from __future__ import annotations

from datetime import UTC, date, datetime

from jiuzhu.casework.cases.models import Case, Member
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.parties.actions import index_of
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.actions import Actor, Subject
from jiuzhu.vocabulary.id_number import check_character
from tests.support import families

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday
BY = Actor("township")
REFUSED = {"matter": "最低生活保障", "facts": "人均月收入 1212.50 元", "reason": "高于标准", "alternatives": "低保边缘家庭认定"}
MATTER = "最低生活保障"


def born(day: date, serial: int = 1) -> str:
    """An id number of somebody born that day."""
    first = f"370502{day:%Y%m%d}{serial:03}"
    return first + check_character(first)


def person(name: str = "郭志强", *, number: str = "", phone: str = "13905461234") -> Party:
    key = new_key("P")
    number = number or born(date(1970, 5, 1), Party.objects.count() + 1)
    told = {"name": name, "id_number": number, "phone": phone}
    columns = {column: sealed(text, column=f"parties_party.{column}", row=key, of=key) for column, text in told.items()}
    return Party.objects.create(key=key, proved_by="paper", met_at=AT, id_index=index_of(number), **columns)


def family(*people: Party, household: str = "") -> Case:
    case = families.family(household=household)
    for one in people or (person(),):
        Member.objects.create(case=case, party=one, since=AT.date())
    return case


def head(case: Case) -> Party:
    return case.members.order_by("pk").first().party


def decision(case: Case) -> Subject:
    return Subject("grant", new_key("D"), case.division_code, case.household_key, case.key)


def refusal(case: Case, *, at: datetime = AT, **more: object) -> Notice:
    told = {"case": case, "party": head(case), "about": decision(case), "words": REFUSED, "by": BY, "at": at} | more
    return letters.give("N09", **told)  # type: ignore[arg-type]
