"""Children whom nobody looks after: scenario S09."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Person, Row, Story, row

CHILD = Person(age=10, father="dad", mother="mum")
NOT_HALF_A_YEAR = {"months": 6, "days": -4}  # four days later: February may lack the day that would make it six months


def stories(day: Days) -> Iterator[Story]:
    yield from _both_unable(day)
    yield from _one_gone(day)
    yield from _both_gone(day)
    yield from _guardians(day)
    yield from _left_behind(day)
    yield from _visits(day)
    yield from _migrants(day)
    yield from _illness_and_police(day)
    yield from _newborn(day)


def _family(child: Person = CHILD) -> dict[str, Person]:
    return {"dad": Person(age=38), "mum": Person(age=36, sex=2, spouse="dad"), "self": child}


def _disabled(person: str, level: int = 2, kind: int = 4, status: int = 1) -> Row:
    return row("dpf_disability_certificate", person, disability_type=kind, disability_level=level, cert_status=status)


def _ill(person: str, status: int = 1) -> Row:
    return row("health_serious_illness", person, treat_status=status)


def _jailed(day: Days, person: str, months: int = 6, status: int = 1) -> Row:
    columns = {"sentence_start": day.ago(months=1), "sentence_end": day.ahead(months=months - 1), "sentence_months": months}
    return row("justice_prisoner", person, prison_status=status, **columns)


def _held(start: Any, person: str, kind: int = 4, status: int = 1) -> Row:
    return row("police_custody", person, measure_type=kind, start_date=start, end_date=None, custody_status=status)


def _missing(since: Any, person: str, status: int = 1) -> Row:
    return row("police_missing_person", person, lost_since=since, report_date=since, case_status=status)


def _judged(day: Days, person: str, kind: int, when: Any = None, revoked: bool = False) -> Row:
    columns = {"judgment_type": kind, "effective_date": when or day.ago(days=100), "is_revoked": revoked}
    return row("court_person_status", person, **columns)


def _died(day: Days, person: str, days: int = 100) -> Row:
    return row("police_death_cancellation", person, death_date=day.ago(days=days))


def _both_unable(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, father: Row, mother: Row, child: Person = CHILD, listed: bool = False) -> Story:
        rows = [father, mother] + [row("civil_unattended_child", "self", child_status=1)] * listed
        return Story(title, {"S09-E01": grade}, people=_family(child), rows=rows)

    half, less = day.ago(months=6), day.ago(**NOT_HALF_A_YEAR)
    yield told("father jailed, mother severely disabled", "red", _jailed(day, "dad"), _disabled("mum"))
    yield told("father in treatment for half a year, mother ill", "red", _held(half, "dad"), _ill("mum"))
    yield told("father missing for half a year, mother mentally ill", "red", _missing(half, "dad"), _disabled("mum", 4, 6))
    yield told("father otherwise held, mother's rights revoked", "red", _held(half, "dad", 5), _judged(day, "mum", 3))
    young = Person(born=day.ago(years=18, days=-3), father="dad", mother="mum")
    yield told("not eighteen yet", "red", _ill("dad"), _ill("mum"), young)
    yield told("eighteen today", None, _ill("dad"), _ill("mum"), Person(born=day.ago(years=18), father="dad", mother="mum"))
    yield told("registered already", None, _ill("dad"), _ill("mum"), listed=True)
    yield told("father jailed for five months", None, _jailed(day, "dad", 5), _ill("mum"))
    yield told("father released", None, _jailed(day, "dad", 40, 4), _ill("mum"))
    yield told("father held for less than half a year", None, _held(less, "dad"), _ill("mum"))
    yield told("father under arrest, which is not counted", None, _held(half, "dad", 3), _ill("mum"))
    yield told("father missing for less than half a year", None, _missing(less, "dad"), _ill("mum"))
    yield told("father found", None, _missing(half, "dad", 2), _ill("mum"))
    yield told("mother slightly disabled", None, _ill("dad"), _disabled("mum", 3))
    yield told("mother well again", None, _ill("dad"), _ill("mum", 2))
    yield told("mother has her rights back", None, _ill("dad"), _judged(day, "mum", 3, revoked=True))


def _one_gone(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, child: Person = CHILD) -> Story:
        return Story(title, {"S09-E02": grade}, people=_family(child), rows=rows)

    half = day.ago(months=6)
    listed = row("civil_unattended_child", "self", child_status=1)
    yield told("father dead, mother jailed", "red", _died(day, "dad"), _jailed(day, "mum"))
    yield told("mother declared missing, father lost for half a year", "red", _judged(day, "mum", 2), _missing(half, "dad"))
    yield told("mother declared dead, father disabled", "red", _judged(day, "mum", 1), _disabled("dad", 1))
    yield told(
        "was registered once", "red", _died(day, "dad"), _ill("mum"), row("civil_unattended_child", "self", child_status=3)
    )
    yield told("father dead, mother well", None, _died(day, "dad"))
    yield told("father dead, mother lost of late", None, _died(day, "dad"), _missing(day.ago(**NOT_HALF_A_YEAR), "mum"))
    yield told("father dead, mother ill, registered", None, _died(day, "dad"), _ill("mum"), listed)
    yield told("both dead", None, _died(day, "dad"), _died(day, "mum"), _ill("mum"))
    grown = Person(born=day.ago(years=18), father="dad", mother="mum")
    yield told("eighteen today", None, _died(day, "dad"), _ill("mum"), child=grown)


def _both_gone(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, child: Person = CHILD) -> Story:
        return Story(title, {"S09-E03": grade}, people=_family(child), rows=rows)

    long_ago = _died(day, "dad", 900)
    yield told("the second parent died three days ago", "red", long_ago, _died(day, "mum", 3))
    yield told("father dead, mother declared missing", "red", long_ago, _judged(day, "mum", 2, day.ago(days=50)))
    stopped = row("civil_orphan", "self", orphan_status=2)
    yield told("the allowance was stopped", "red", long_ago, _died(day, "mum", 80), stopped)
    yield told("the second parent died two days ago", None, long_ago, _died(day, "mum", 2))
    yield told("one parent lives", None, long_ago)
    yield told("an orphan with an allowance", None, long_ago, _died(day, "mum", 80), row("civil_orphan", "self", orphan_status=1))
    grown = Person(born=day.ago(years=18), father="dad", mother="mum")
    yield told("eighteen today", None, long_ago, _died(day, "mum", 80), child=grown)


def _cared(day: Days, kind: int = 4, **columns: Any) -> Row:
    given = {"child_type": kind, "guardian_ability": 1, "last_visit_date": day.ago(days=5), "care_status": 1}
    return row("civil_child_care", "self", **(given | columns))


def _guardians(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=8), "aunt": Person(age=45, sex=2, apart=True)}

    def told(title: str, grade: str | None, lost: Row, **columns: Any) -> Story:
        return Story(title, {"S09-E04": grade}, people=people, rows=[_cared(day, guardian_id_no="aunt", **columns), lost])

    yield told("the aunt died 59 days ago", "red", _died(day, "aunt", 59))
    yield told("the aunt was detained 59 days ago", "red", _held(day.ago(days=59), "aunt", 2))
    yield told("the aunt died sixty days ago", None, _died(day, "aunt", 60))
    yield told("the aunt was detained sixty days ago", None, _held(day.ago(days=60), "aunt", 2))
    yield told("not on the list any more", None, _died(day, "aunt", 9), care_status=2)
    yield Story("an aunt died who was no guardian", {"S09-E04": None}, people=people, rows=[_cared(day), _died(day, "aunt", 9)])


def _left_behind(day: Days) -> Iterator[Story]:
    for grade, kind, ability, status in (
        ("orange", 1, 3, 1),
        ("yellow", 1, 2, 1),
        (None, 1, 1, 1),
        (None, 2, 3, 1),
        (None, 1, 3, 2),
    ):
        cared = _cared(day, kind, guardian_ability=ability, care_status=status)
        title = f"child of kind {kind}, status {status}, a guardian of ability {ability}"
        yield Story(title, {"S09-E05": grade}, people={"self": Person(age=7)}, rows=[cared])


def _visits(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, status: int = 1) -> Story:
        cared = _cared(day, last_visit_date=day.ago(days=days), care_status=status)
        return Story(title, {"S09-E06": grade}, people={"self": Person(age=7)}, rows=[cared])

    for grade, days in (("red", 60), ("orange", 45), ("yellow", 36), ("blue", 30), (None, 29)):
        yield told(f"not visited for {days} days", grade, days)
    yield told("not on the list any more", None, 90, 2)


def _migrants(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, *rows: Row, child: Person = Person(age=9), kind: int = 2) -> Story:
        cared = _cared(day, kind, last_visit_date=day.ago(days=days), data_date=day.ago(days=days))
        return Story(title, {"S09-E07": grade}, people={"self": child}, rows=[cared, *rows])

    def school(status: int) -> Row:
        return row("edu_student_enrollment", "self", stage=2, enroll_status=status, enroll_date=day.ago(days=300))

    yield told("listed for thirty days", "yellow", 30)
    yield told("listed again since", "yellow", 60, _cared(day, 2, data_date=day.ago(days=5)))
    yield told("six today", "yellow", 40, child=Person(born=day.ago(years=6)))
    yield told("left school", "yellow", 40, school(3))
    yield told("listed for 29 days", None, 29)
    yield told("not six yet", None, 40, child=Person(born=day.ago(years=6, days=-3)))
    yield told("sixteen today", None, 40, child=Person(born=day.ago(years=16)))
    yield told("at school", None, 40, school(1))
    yield told("left behind, no migrant", None, 40, kind=1)


def _illness_and_police(day: Days) -> Iterator[Story]:
    def diagnosed(days: int) -> Row:
        return row("health_serious_illness", "self", diagnose_date=day.ago(days=days), treat_status=1)

    child = {"self": Person(age=6)}
    young, grown = {"self": Person(born=day.ago(years=18, days=-3))}, {"self": Person(born=day.ago(years=18))}
    yield from by_class("a sick child", "S09-E08", [diagnosed(29)], people=child)
    yield Story("sick, not eighteen yet", {"S09-E08": "yellow"}, low=True, people=young, rows=[diagnosed(0)])
    yield Story("sick for thirty days", {"S09-E08": None}, dibao=True, people=child, rows=[diagnosed(30)])
    yield Story("sick, eighteen today", {"S09-E08": None}, dibao=True, people=grown, rows=[diagnosed(3)])

    def met(title: str, grade: str | None, kind: int, days: int, people: dict[str, Person]) -> Story:
        clue = row("police_incident_clue", "self", incident_type=kind, incident_date=day.ago(days=days))
        return Story(title, {"S09-E09": grade}, people=people, rows=[clue])

    for grade, kind, days in (("red", 1, 14), ("red", 3, 0), ("red", 5, 7), (None, 1, 15), (None, 4, 3), (None, 2, 3)):
        yield met(f"incident of kind {kind}, {days} days ago", grade, kind, days, child)
    yield met("an incident, not eighteen yet", "red", 1, 3, young)
    yield met("an incident, eighteen today", None, 1, 3, grown)


def _newborn(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, *, number: str | None = "baby", baby: bool = False, **more: Any) -> Story:
        people = {"self": Person(age=29, sex=2), "baby": Person(born=day.ago(days=days), mother="self", low=baby)}
        born = row("health_birth_certificate", "self", birth_date=day.ago(days=days), child_id_no=number)
        return Story(title, {"S09-E10": grade}, people=people, rows=[born], **({"dibao": True} | more))

    yield told("born sixty days ago", "yellow", 60)
    yield told("born sixty days ago, no number yet", "yellow", 60, number=None)
    yield told("born 59 days ago", None, 59)
    yield told("the newborn was added", None, 90, baby=True)
    yield told("the mother is not on dibao", None, 90, dibao=False, low=True)
