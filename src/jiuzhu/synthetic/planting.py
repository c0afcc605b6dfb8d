"""From a story to rows: a new family in a planted village, the rows it gets by itself, and the truth about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic import names, numbers
from jiuzhu.synthetic.places import Village
from jiuzhu.synthetic.span import Span, day_number, day_of
from jiuzhu.synthetic.story import Days, Person, Row, Story
from jiuzhu.synthetic.streams import Chance, between, stream, whole

FIRST_NUMBER = 1_600_000_000  # numbers of planted people: beyond those of a whole province
FIRST_HOUSE = 900_000_000
HALF_A_YEAR = 182
QUIET = "*"


@dataclass(frozen=True)
class Planted:
    """One member of a planted family."""

    word: str
    person: Person
    number: int
    id_no: str
    name: str
    born: date
    low: bool
    hukou_no: str


@dataclass
class Family:
    """A story with its people named. `living` is its number in the low-income base, whether it stands there or not."""

    story: Story
    module: str
    village: Village
    living: str
    house: int
    people: dict[str, Planted]

    @property
    def address(self) -> str:
        return f"{self.village.address}{self.house % 900 + 1}号"

    def household_of(self, person: Planted) -> str:
        return self.living if person.low else person.hukou_no


@dataclass(frozen=True)
class Expected:
    """One line of truth/warnings.csv."""

    indicator: str
    kind: str
    subject: str
    household: str
    grade: str
    story: str


@dataclass
class Census:
    """Gives planted people numbers, names and identity numbers that nobody else has."""

    seed: int
    span: Span
    villages: Sequence[Village]
    _count: int = 0
    _taken: Counter[tuple[int, int, int]] = field(default_factory=Counter)

    def family(self, story: Story, module: str, village: Village) -> Family:
        house = FIRST_HOUSE + self._count
        r = stream(self.seed, "story", house)
        county = village.county
        surname = names.draw_surnames(r, 1)
        people: dict[str, Planted] = {}
        for word, person in story.family.items():
            born = person.born or self._born(person, r)
            area, order = self._free(county.code, day_number(born), person.sex)
            apart = len(people) + 1 if person.apart else 0
            own = surname if person.sex == 1 or word == "self" else names.draw_surnames(r, 1)
            people[word] = Planted(
                word=word,
                person=person,
                number=FIRST_NUMBER + self._count,
                id_no=numbers.identity_numbers([area], [day_number(born)], [order], [person.sex])[0].as_py(),
                name=names.draw_names(r, own, whole([person.sex]))[0].as_py(),
                born=born,
                low=story.is_low and (not person.apart if person.low is None else person.low),
                hukou_no=f"{county.code}{house * 10 + apart}",
            )
            self._count += 1
        return Family(story, module, village, f"{county.code}J{house}", house, people)

    def _born(self, person: Person, r: Chance) -> date:
        """The age was reached about half a year ago; not all on one day."""
        birthday = Days(self.span.as_of).ago(years=person.age)
        away = HALF_A_YEAR + int(between(r, -60, 60, 1)[0])
        return day_of(day_number(birthday) - away)

    def _free(self, county: str, born: int, sex: int) -> tuple[int, int]:
        """A county of first registration, and an order there that no other planted person of that day and sex has."""
        areas = [int(county), *self.villages[0].county.elsewhere.tolist()]
        for area in areas:
            taken = self._taken[area, born, sex]
            if taken < numbers.PLANTED_SEQUENCES:
                self._taken[area, born, sex] += 1
                return area, numbers.SEQUENCES + taken
        raise ValueError(
            f"{day_of(born)}: more than {len(areas) * numbers.PLANTED_SEQUENCES} planted people of one day; spread their births"
        )


def own_rows(family: Family, day: Days) -> Iterable[Row]:
    """The rows a family gets by itself, as a story would write them: who is registered, who is low, what it receives."""
    story = family.story
    for word, planted in family.people.items():
        if not planted.person.not_registered:
            yield Row("police_population", word, _registered(family, planted))
    if not story.is_low:
        return
    low = [planted for planted in family.people.values() if planted.low]
    income = next((pc for flag, pc in _INCOMES if getattr(story, flag)), 1700)
    head = low[0].word
    since = day.ago(years=1)
    category = next((c for c, flag in ((1, "dibao"), (2, "tekun"), (3, "edge"), (4, "rigid")) if getattr(story, flag)), 6)
    household: dict[str, Any] = {
        "category": category,
        "member_count": len(low),
        "monthly_income_per_capita": income,
        "annual_income_total": income * 12 * len(low),
        "valid_from": since,
    }
    yield Row("civil_lowincome_household", head, household | dict(story.household))
    for planted in low:
        person = planted.person
        member = {
            "relation_to_head": "02" if planted.word == head else "90",
            "birth_date": planted.born,
            "labor_capacity": person.labor_capacity,
            "is_main_laborer": person.main_labourer,
            "is_living_alone": len(low) == 1,
            "monthly_income": income,
        }
        yield Row("civil_lowincome_member", planted.word, member | dict(story.member))
        yield from _classes(family, planted, since, day)
    if story.dibao:
        columns = {"protected_count": len(low), "monthly_amount": 500 * len(low), "approve_date": since}
        columns |= {"household_monthly_income": income * len(low), "next_review_date": day.ahead(days=200)}
        yield Row("civil_dibao_household", head, columns | dict(story.dibao_household))


_INCOMES = (("dibao", 500), ("tekun", 300), ("edge", 1250), ("rigid", 1800))


def _registered(family: Family, planted: Planted) -> dict[str, Any]:
    person, people = planted.person, family.people
    spouse = person.spouse or next((word for word, other in people.items() if other.person.spouse == planted.word), "")
    kin = {"father_id_no": person.father, "mother_id_no": person.mother, "spouse_id_no": spouse}
    head = next(iter(people)) == planted.word or person.apart
    return {
        "hukou_household_no": planted.hukou_no,
        "relation_to_head": "02" if head else "90",
        "sex": person.sex,
        "birth_date": planted.born,
        "hukou_status": person.hukou_status,
        "marital_status": "20" if spouse else "10",
        **{column: word for column, word in kin.items() if word},
    }


def _classes(family: Family, planted: Planted, since: date, day: Days) -> Iterable[Row]:
    """The row of each class a member stands in; it began a year ago."""
    story, word = family.story, planted.word
    if story.dibao:
        yield Row("civil_dibao_member", word, {"monthly_amount": 500, "start_date": since, **story.dibao_member})
    if story.tekun:
        yield Row(
            "civil_tekun_person", word, {"basic_amount": 1300, "care_amount": 300, "approve_date": since, **story.tekun_person}
        )
    until = {"certified_date": since, "valid_to": day.ahead(months=6)}
    if story.edge:
        yield Row("civil_edge_member", word, {**until, "income_per_capita": 1250, **story.edge_member})
    if story.rigid:
        yield Row("civil_rigid_member", word, {**until, "expense_ratio": "0.65", **story.rigid_member})


def all_rows(family: Family, day: Days, catalogue: Catalogue) -> list[Row]:
    """The story's rows and those that come by themselves; a row of the story stands for the one it would get."""
    written = list(family.story.rows)
    current = {(row.dataset, row.person) for row in written if "data_date" not in row.columns}
    own = [row for row in own_rows(family, day) if (row.dataset, row.person) not in current]
    return own + written + _authorisations(family, written, day, catalogue)


def _authorisations(family: Family, written: Sequence[Row], day: Days, catalogue: Catalogue) -> list[Row]:
    """Nothing of a bank is read of people who have not signed: every member has, unless the story says who."""
    datasets = {row.dataset for row in written}
    if "civil_verification_authorisation" in datasets or not any(catalogue.datasets[code].authorised_only for code in datasets):
        return []
    columns = {"sign_date": day.ago(days=100), "valid_to": day.ahead(days=250), "revoked": False, "household_id": "own"}
    return [Row("civil_verification_authorisation", word, columns) for word in family.people]


def expected(family: Family, catalogue: Catalogue) -> Iterable[Expected]:
    """The lines of truth about a family; indicators that the catalogue does not have are left to the caller to count."""
    title = f"{family.module}: {family.story.title}"
    for code, grade in family.story.expect.items():
        if code == QUIET:
            yield from _quiet(family, title)
        elif code in catalogue.indicators:
            indicator = catalogue.indicators[code]
            about = family.people[family.story.about]
            household = family.household_of(about)
            subject = household if indicator.group == "living" else about.hukou_no
            if indicator.of == "person":
                subject = about.id_no
            yield Expected(code, indicator.of, subject, household, grade or "", title)


def _quiet(family: Family, title: str) -> Iterable[Expected]:
    households: dict[str, str] = {}
    for planted in family.people.values():
        household = family.household_of(planted)
        yield Expected(QUIET, "person", planted.id_no, household, "", title)
        households |= {household: household, planted.hukou_no: household}
    for subject, household in households.items():
        yield Expected(QUIET, "household", subject, household, "", title)


def words_of(family: Family) -> Mapping[str, str]:
    return {word: planted.id_no for word, planted in family.people.items()}
