"""Families that lose the one they live on: scenario S06."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

FAMILY = {
    "self": Person(age=45, main_labourer=True),
    "wife": Person(age=43, sex=2, spouse="self"),
    "son": Person(age=9, father="self", mother="wife"),
}


def stories(day: Days) -> Iterator[Story]:
    yield from _breadwinner_died(day)
    yield from _somebody_died(day)
    yield from _jailed_or_held(day)
    yield from _missing(day)
    yield from _ill_or_disabled(day)
    yield from _divorced(day)
    yield from _accidents(day)


def _died(day: Days, days: int, person: str = "self", feed: str = "police_death_cancellation", **columns: Any) -> Row:
    if feed == "health_death_certificate":
        columns = {"issue_date": day.ago(days=days)} | columns
    if feed == "civil_cremation":
        columns = {"cremation_date": day.ago(days=days)} | columns
    return row(feed, person, death_date=day.ago(days=days), **columns)


def _breadwinner_died(day: Days) -> Iterator[Story]:
    for feed in ("police_death_cancellation", "civil_cremation", "health_death_certificate"):
        for grade, days in (("red", 59), (None, 60)):
            died = _died(day, days, feed=feed)
            title = f"the breadwinner died {days} days ago by {feed}"
            yield Story(title, {"S06-E01": grade}, about="wife", low=True, people=FAMILY, rows=[died])
    gone = row("civil_lowincome_member", "self", member_status=3, is_main_laborer=True, household_id="own", relation_to_head="02")
    yield Story("the breadwinner died and the base knows", {"S06-E01": "red"}, about="wife", low=True, people=FAMILY,
                rows=[gone, _died(day, 3)])  # fmt: skip
    yield Story("another member died", {"S06-E01": None}, low=True, people=FAMILY, rows=[_died(day, 3, "wife")])
    yield Story("the breadwinner died, not in need", {"S06-E01": None}, about="wife", people=FAMILY, rows=[_died(day, 3)])


def _somebody_died(day: Days) -> Iterator[Story]:
    mother, daughter = Person(age=58, sex=2), Person(age=20, sex=2)

    def told(
        title: str, grade: str | None, dead: Person, days: int = 20, feed: str = "police_death_cancellation", **left: Person
    ) -> Story:
        about = next(iter(left))
        return Story(title, {"S06-E02": grade}, about=about, people={**left, "self": dead}, rows=[_died(day, days, feed=feed)])

    yield told("a child is left", "orange", Person(age=38), 59, wife=Person(age=37, sex=2), child=Person(age=17))
    yield told("the register knows of the death", "orange", Person(age=38, hukou_status=3), child=Person(age=6), wife=daughter)
    yield told("an old mother is left", "orange", Person(age=19), 0, "health_death_certificate", mother=Person(age=60, sex=2))
    yield told("he died sixty days ago", None, Person(age=38), 60, child=Person(age=6))
    yield told("nobody young or old is left", None, Person(age=38), mother=mother, daughter=daughter)
    yield told("he was seventeen", None, Person(age=17), mother=Person(age=44, sex=2), grandmother=Person(age=66, sex=2))
    yield told("he was past sixty", None, Person(age=62), wife=Person(age=63, sex=2))
    yield told("the child has moved away", None, Person(age=38), mother=mother, child=Person(age=6, hukou_status=2))
    yield told("the child is registered elsewhere", None, Person(age=38), mother=mother, child=Person(age=6, apart=True))


def _jailed_or_held(day: Days) -> Iterator[Story]:
    def jailed(days: int, person: str = "self", status: int = 1) -> Row:
        return row("justice_prisoner", person, sentence_start=day.ago(days=days), sentence_months=36, prison_status=status)

    def held(days: int, kind: int) -> Row:
        return row("police_custody", "self", measure_type=kind, start_date=day.ago(days=days), custody_status=1)

    def told(title: str, grade: str | None, *rows: Row, son: int = 9) -> Story:
        people = FAMILY | {"son": Person(age=son, father="self", mother="wife")}
        return Story(title, {"S06-E03": grade}, low=True, people=people, rows=rows)

    yield told("jailed for 59 days", "orange", jailed(59))
    yield told("arrested 59 days ago", "orange", held(59, 3))
    yield told("in compulsory treatment since today", "orange", held(0, 4), son=17)
    yield told("jailed for sixty days", None, jailed(60))
    yield told("held for sixty days", None, held(60, 3))
    yield told("held for a few days", None, held(5, 1))
    yield told("released on parole", None, jailed(20, status=2))
    yield told("another member is jailed", None, jailed(20, "wife"))
    yield told("the son is grown up", None, jailed(20), son=18)


def _missing(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, person: str = "self", status: int = 1) -> Story:
        since = {"lost_since": day.ago(days=days), "report_date": day.ago(days=days)}
        rows = [row("police_missing_person", person, case_status=status, **since)]
        return Story(title, {"S06-E04": grade}, low=True, people=FAMILY, rows=rows)

    for grade, days in (("red", 180), ("orange", 90), ("yellow", 30), (None, 29)):
        yield told(f"missing for {days} days", grade, days)
    yield told("was found", None, 100, status=2)
    yield told("another member is missing", None, 100, "wife")


def _ill_or_disabled(day: Days) -> Iterator[Story]:
    def diagnosed(days: int, person: str = "self") -> Row:
        return row("health_serious_illness", person, diagnose_date=day.ago(days=days), treat_status=1)

    def certified(days: int, level: int, person: str = "self") -> Row:
        return row("dpf_disability_certificate", person, disability_level=level, issue_date=day.ago(days=days), cert_status=1)

    def told(title: str, code: str, grade: str | None, found: Row) -> Story:
        return Story(title, {code: grade}, low=True, people=FAMILY, rows=[found])

    yield told("the breadwinner fell ill 59 days ago", "S06-E05", "red", diagnosed(59))
    yield told("the breadwinner fell ill sixty days ago", "S06-E05", None, diagnosed(60))
    yield told("another member fell ill", "S06-E05", None, diagnosed(9, "wife"))
    yield told("the breadwinner was disabled 59 days ago", "S06-E06", "red", certified(59, 2))
    yield told("the breadwinner was disabled sixty days ago", "S06-E06", None, certified(60, 1))
    yield told("the breadwinner is slightly disabled", "S06-E06", None, certified(9, 3))
    yield told("another member was disabled", "S06-E06", None, certified(9, 1, "wife"))


def _divorced(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, kind: int = 2, *, low: bool = True, born: Any = None) -> Story:
        child = Person(born=born or day.ago(years=10), mother="self")
        people = {"self": Person(age=36, sex=2), "child": child, "man": Person(age=38, apart=True, low=False)}
        parted = row("civil_marriage", "self", event_type=kind, event_date=day.ago(days=days), spouse_id_no="man")
        return Story(title, {"S06-E07": grade}, low=low, people=people, rows=[parted])

    yield told("divorced 89 days ago", "blue", 89)
    yield told("the child is not eighteen yet", "blue", 0, born=day.ago(years=18, days=-3))
    yield told("divorced ninety days ago", None, 90)
    yield told("married, not divorced", None, 20, 1)
    yield told("the child is eighteen today", None, 20, born=day.ago(years=18))
    yield told("divorced, not in need", None, 20, low=False)


def _accidents(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, cause: str = "V43.5", aided: int | None = None) -> Story:
        rows = [_died(day, days, feed="health_death_certificate", death_cause_code=cause)]
        if aided is not None:
            rows.append(row("civil_temporary_assistance", "wife", approve_date=day.ago(days=aided), amount="3000"))
        return Story(title, {"S06-E08": grade}, about="wife", people=FAMILY, rows=rows)

    for status, left in ((2, "has moved away"), (4, "is struck off")):
        family = FAMILY | {"daughter": Person(age=20, sex=2, father="self", hukou_status=status)}
        killed = [_died(day, 20, who, "health_death_certificate", death_cause_code="V89.2") for who in ("daughter", "self")]
        aided = row("civil_temporary_assistance", "daughter", approve_date=day.ago(days=10), amount="3000")
        yield Story(f"the daughter who was killed {left}", {"S06-E08": None}, about="wife", people=family, rows=killed[:1])
        yield Story(
            f"the daughter who was helped {left}", {"S06-E08": "yellow"}, about="wife", people=family, rows=[killed[1], aided]
        )
    yield told("killed on the road 89 days ago", "yellow", 89)
    yield told("a fall, helped before it only", "yellow", 20, "W18.0", aided=25)
    yield told("the first cause of the list", "yellow", 0, "V01.0")
    yield told("the last cause of the list", "yellow", 5, "Y98")
    yield told("killed ninety days ago", None, 90)
    yield told("died of an illness", None, 20, "I21.9")
    yield told("a cause next after the list", None, 20, "Z00.0")
    yield told("the wife was helped the day after", None, 20, aided=19)
