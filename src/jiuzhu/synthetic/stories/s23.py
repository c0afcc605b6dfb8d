"""Moves, birthdays, weddings and other changes that a benefit has to follow: scenario S23."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

ELSEWHERE = "371602"


def stories(day: Days) -> Iterator[Story]:
    yield from _moved(day)
    yield from _cancelled(day)
    yield from _grown_up(day)
    yield from _young_tekun(day)
    yield from _married(day)
    yield from _disability(day)
    yield from _first_job(day)
    yield from _permit(day)
    yield from _numbers()
    yield from _obligor()


ORPHAN = row("civil_orphan", "self", orphan_status=1)
CHILD = row("civil_unattended_child", "self", child_status=1)
OLD_AGE = row("civil_old_age_allowance", "self", allowance_status=1)


def _born(day: Days, years: int, days: int, *, late: bool) -> Mapping[str, Person]:
    """Somebody who completes so many years in so many days; a day earlier, or later, where there is no 29 February."""
    birthday = day.ahead(days=days)
    born = Days(birthday).ago(years=years)
    if late and born.day != birthday.day:
        born = date(born.year, 3, 1)
    return {"self": Person(born=born)}


def _moved(day: Days) -> Iterator[Story]:
    def move(days: int, kind: int = 2) -> Row:
        columns = {"migration_type": kind, "migration_date": day.ago(days=days), "to_region_code": ELSEWHERE}
        return row("police_hukou_migration", "self", **columns)

    for grade, days, kind in (("orange", 30, 2), (None, 29, 2), (None, 90, 1)):
        yield Story(f"on dibao, moved {days} days ago, type {kind}", {"S23-R01": grade}, dibao=True, rows=[move(days, kind)])
    yield Story("tekun, moved away", {"S23-R01": "orange"}, tekun=True, rows=[move(90)])
    for benefit in (
        ORPHAN,
        CHILD,
        OLD_AGE,
        row("civil_disability_living_allowance", "self", allowance_status=1),
        row("civil_disability_nursing_allowance", "self", allowance_status=1),
        row("civil_elder_service_subsidy", "self", subsidy_status=1),
    ):
        yield Story(f"{benefit.dataset}, moved away", {"S23-R01": "orange"}, rows=[benefit, move(30)])
    stopped = row("civil_old_age_allowance", "self", allowance_status=3)
    yield Story("moved away, the allowance was stopped", {"S23-R01": None}, rows=[stopped, move(90)])
    there = row("civil_old_age_allowance", "self", allowance_status=1, region_code=ELSEWHERE)
    yield Story("moved away, and is paid there", {"S23-R01": None}, rows=[there, move(90)])


def _cancelled(day: Days) -> Iterator[Story]:
    def states(*told: tuple[int, int]) -> list[Row]:
        return [row("police_population", "self", hukou_status=status, data_date=day.ago(days=days)) for status, days in told]

    people = {"self": Person(hukou_status=4)}
    for grade, days in (("orange", 15), (None, 14)):
        rows = states((1, 60), (4, days))
        title = f"registration cancelled {days} days ago"
        yield Story(title, {"S23-R02": grade}, dibao=True, people=people, rows=rows)
    gone = states((1, 60), (4, 30))
    yield Story("registration cancelled, no benefit", {"S23-R02": None}, people=people, rows=gone)
    back = states((1, 90), (4, 60))
    yield Story("registered again", {"S23-R02": None}, dibao=True, rows=back)


def _grown_up(day: Days) -> Iterator[Story]:
    def studies(stage: int, status: int = 1) -> Row:
        return row("edu_student_enrollment", "self", stage=stage, enroll_status=status, enroll_date=day.ago(years=1))

    found: list[tuple[str | None, int, Sequence[Row]]] = [
        ("orange", 0, [ORPHAN]),
        ("orange", 0, [CHILD, studies(7, 4)]),
        ("orange", -400, [ORPHAN, studies(8)]),
        (None, 1, [ORPHAN]),
        (None, 0, [CHILD, studies(7)]),
        (None, 0, [row("civil_orphan", "self", orphan_status=3)]),
    ]
    for number, (grade, days, rows) in enumerate(found):
        yield Story(f"a child grown up, {number}", {"S23-R03": grade}, people=_born(day, 18, days, late=grade is None), rows=rows)
    for grade, days, benefit in (("blue", 59, ORPHAN), ("blue", 2, CHILD), (None, 60, ORPHAN), (None, 9, OLD_AGE)):
        title = f"{benefit.dataset}, 18 in {days} days"
        yield Story(title, {"S23-R04": grade}, people=_born(day, 18, days, late=grade is None), rows=[benefit])


def _young_tekun(day: Days) -> Iterator[Story]:
    for grade, years, days in (("yellow", 18, 0), (None, 18, 1), ("yellow", 60, 1), (None, 60, 0)):
        yield Story(
            f"tekun, {years} in {days} days", {"S23-R05": grade}, tekun=True, people=_born(day, years, days, late=grade is None)
        )
    young = {"self": Person(age=19)}
    for grade, stage, status in ((None, 4, 1), ("yellow", 7, 1), ("yellow", 5, 4)):
        studies = row("edu_student_enrollment", "self", stage=stage, enroll_status=status)
        title = f"tekun of 19, stage {stage} in state {status}"
        yield Story(title, {"S23-R05": grade}, tekun=True, people=young, rows=[studies])
    for grade, level in ((None, 2), ("yellow", 3)):
        held = row("dpf_disability_certificate", "self", disability_level=level)
        yield Story(f"tekun of 19, disabled of grade {level}", {"S23-R05": grade}, tekun=True, people=young, rows=[held])
    yield Story("nineteen, and not tekun", {"S23-R05": None}, dibao=True, people=young)


def _married(day: Days) -> Iterator[Story]:
    def wedding(days: int, kind: int = 1) -> Row:
        columns = {"event_type": kind, "event_date": day.ago(days=days), "spouse_id_no": "wife", "spouse_name": "某人"}
        return row("civil_marriage", "self", **columns)

    apart = {"self": Person(age=33), "wife": Person(age=31, sex=2, apart=True, low=False)}
    together = {"self": Person(age=33), "wife": Person(age=31, sex=2, spouse="self")}
    for grade, days, kind in (("orange", 89, 1), ("orange", 0, 1), (None, 90, 1), (None, 9, 2)):
        title = f"on dibao, event {kind} of marriage {days} days ago"
        yield Story(title, {"S23-R06": grade}, dibao=True, people=apart, rows=[wedding(days, kind)])
    yield Story("the bride is of the household", {"S23-R06": None}, dibao=True, people=together, rows=[wedding(9)])
    yield Story("a wedding without dibao", {"S23-R06": None}, low=True, people=apart, rows=[wedding(9)])
    for grade, days, kind in (("orange", 179, 1), (None, 180, 1), (None, 9, 2)):
        title = f"tekun, event {kind} of marriage {days} days ago"
        yield Story(title, {"S23-R07": grade}, tekun=True, people=apart, rows=[wedding(days, kind)])
    yield Story("a wedding of somebody not tekun", {"S23-R07": None}, low=True, people=apart, rows=[wedding(9)])


def _disability(day: Days) -> Iterator[Story]:
    def held(level: int, status: int = 1, **columns: Any) -> Row:
        given = {"disability_level": level, "cert_status": status, "issue_date": day.ago(years=9)}
        return row("dpf_disability_certificate", "self", **(given | columns))

    def nursing(level: int, status: int = 1) -> Row:
        return row("civil_disability_nursing_allowance", "self", disability_level=level, allowance_status=status)

    living = row("civil_disability_living_allowance", "self", allowance_status=1)
    for grade, status, days in (("orange", 2, 30), ("orange", 4, 400), (None, 3, 29), (None, 1, 30)):
        rows = [living, held(4, status, valid_to=day.ago(days=days))]
        yield Story(f"certificate in state {status}, valid until {days} days ago", {"S23-R08": grade}, rows=rows)
    ran_out = held(2, 2, valid_to=day.ago(days=90))
    yield Story("nursed on a certificate run out", {"S23-R08": "orange"}, rows=[nursing(2), ran_out])
    yield Story("a certificate run out, nothing paid", {"S23-R08": None}, rows=[nursing(2, 3), ran_out])
    for grade, paid, now in (("orange", 2, 3), ("orange", 1, 2), (None, 2, 2), (None, 2, 1), (None, 3, 4)):
        title = f"nursed for grade {paid}, certified for grade {now}"
        yield Story(title, {"S23-R09": grade}, rows=[nursing(paid), held(now)])
    yield Story("eased, and no longer nursed", {"S23-R09": None}, rows=[nursing(2, 2), held(4)])
    yield Story("eased by a certificate that is void", {"S23-R09": None}, rows=[nursing(2), held(4, 3)])


def _first_job(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=50), "son": Person(age=22, father="self")}

    def finished(status: int = 4, person: str = "son") -> Row:
        return row("edu_student_enrollment", person, stage=7, enroll_status=status, enroll_date=day.ago(years=4))

    def hired(days: int, status: int = 1) -> Row:
        return row("hr_employment_registration", "son", start_date=day.ago(days=days), employment_status=status)

    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("yellow", "finished school, hired 179 days ago", [finished(), hired(179)]),
        (None, "finished school, hired 180 days ago", [finished(), hired(180)]),
        (None, "finished school, left the job", [finished(), hired(30, 2)]),
        (None, "hired while at school", [finished(1), hired(30)]),
        (None, "one finished school, another was hired", [finished(4, "self"), hired(30)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S23-R10": grade}, dibao=True, people=family, rows=rows)
    yield Story("hired after school, not on dibao", {"S23-R10": None}, low=True, people=family, rows=[finished(), hired(30)])


def _permit(day: Days) -> Iterator[Story]:
    def permits(status: int, *told: tuple[int, int]) -> list[Row]:
        past = [
            row("police_residence_permit", "self", permit_no="S23", permit_status=was, data_date=day.ago(days=days))
            for was, days in told
        ]
        return [*past, row("police_residence_permit", "self", permit_no="S23", permit_status=status)]

    guest = {"category": 7}
    for grade, rows in (
        ("blue", permits(2, (1, 90), (2, 30))),
        ("blue", permits(3, (1, 90), (3, 60))),
        (None, permits(2, (1, 30), (2, 29))),
        (None, permits(1, (2, 90), (1, 60))),
    ):
        states = ", ".join(f"{one.columns['permit_status']}" for one in rows)
        yield Story(f"permit in states {states}, {grade}", {"S23-R11": grade}, low=True, household=guest, rows=rows)
    yield Story("a permit of a local family", {"S23-R11": None}, low=True, rows=permits(2, (1, 90), (2, 60)))


def _numbers() -> Iterator[Story]:
    def family(grown: int, **other: Any) -> dict[str, Person]:
        return {"self": Person(age=60)} | {f"child {number}": Person(age=30 + number, **other) for number in range(grown)}

    for grade, outside in (("orange", 3), ("yellow", 2), ("blue", 1)):
        people = family(outside, low=False)
        yield Story(f"{outside} more registered than in the base", {"S23-R12": grade}, low=True, people=people)
    yield Story("as many registered as in the base", {"S23-R12": None}, low=True, people=family(2))
    yield Story("who has moved out does not count", {"S23-R12": None}, low=True, people=family(1, low=False, hukou_status=2))
    elsewhere = family(1, apart=True, low=True)
    yield Story("one of the base is registered elsewhere", {"S23-R12": "blue"}, low=True, people=elsewhere)


def _obligor() -> Iterator[Story]:
    family = {"self": Person(age=70), "son": Person(age=44, father="self", apart=True, low=False)}
    for grade, able, tekun in (("yellow", True, True), (None, False, True), (None, True, False)):
        owes = row("civil_support_obligor", "son", obligee_id_no="self", has_ability=able)
        title = f"the son is able: {able}, the father tekun: {tekun}"
        yield Story(title, {"S23-R13": grade}, dibao=not tekun, tekun=tekun, people=family, rows=[owes])
