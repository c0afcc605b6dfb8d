"""Old people living by themselves: scenario S10."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

OLD = {"self": Person(age=76, sex=2)}


def stories(day: Days) -> Iterator[Story]:
    yield from _silent_homes(day)
    yield from _alarms(day)
    yield from _devices_offline(day)
    yield from _visits_and_ability(day)
    yield from _very_old_and_alone(day)
    yield from _widowed(day)
    yield from _nobody_to_support(day)
    yield from _caregivers(day)
    yield from _lost_an_only_child(day)


def _listed(day: Days, status: int = 1, **columns: Any) -> Row:
    given = {"elder_type": 1, "last_visit_date": day.ago(days=5), "visit_cycle_days": 30, "registry_status": status}
    return row("civil_elder_care_registry", "self", **(given | columns))


def _sensed(day: Days, hours: int, kind: int = 1, minutes: int = 0, device: int = 1, handled: Any = None) -> Row:
    columns = {"event_time": day.instant(hours_ago=hours, minutes_ago=minutes), "event_type": kind, "device_type": device}
    return row("civil_home_sensor_event", "self", household_id="own", device_id="IR1", handled_time=handled, **columns)


def _died(day: Days, person: str, days: int) -> Row:
    return row("police_death_cancellation", person, death_date=day.ago(days=days))


def _silent_homes(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *sensed: Row, status: int = 1) -> Story:
        return Story(title, {"S10-E01": grade}, people=OLD, rows=[_listed(day, status), *sensed])

    beat = _sensed(day, 2, 6)
    for grade, hours in (("red", 48), ("orange", 36), ("yellow", 24)):
        yield told(f"nothing moved for {hours} hours", grade, _sensed(day, hours), _sensed(day, 200), beat)
    yield told("nothing moved for a minute less than a day", None, _sensed(day, 23, minutes=59), beat)
    yield told("moved of late", None, _sensed(day, 60), _sensed(day, 1), beat)
    yield told("no sign of life of the sensor since", None, _sensed(day, 48), _sensed(day, 50, 6))
    yield told("a door is no movement", "red", _sensed(day, 48), _sensed(day, 3, device=5), beat)
    yield told("not on the register any more", None, _sensed(day, 48), beat, status=2)


def _alarms(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, minutes: int, device: int, kind: int = 2, handled: Any = None) -> Story:
        alarm = _sensed(day, 0, kind, minutes, device, handled)
        return Story(title, {"S10-E02": grade}, people=OLD, rows=[alarm])

    for device, what in ((2, "smoke"), (3, "gas"), (4, "a call for help")):
        yield told(f"{what}, ten minutes ago", "red", 10, device)
    yield told("a call for help, nine minutes ago", None, 9, 4)
    yield told("smoke, somebody came", None, 50, 2, handled=day.instant(minutes_ago=45))
    yield told("water on the floor is no such alarm", None, 50, 6)
    yield told("the battery of the smoke detector", None, 50, 2, 4)


def _devices_offline(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *sensed: Row) -> Story:
        return Story(title, {"S10-E09": grade}, people=OLD, rows=sensed)

    for grade, hours in (("red", 216), ("orange", 144), ("yellow", 108), ("blue", 72)):
        yield told(f"offline for {hours} hours", grade, _sensed(day, hours, 3), _sensed(day, 300, 6))
    yield told("battery low for four days", "blue", _sensed(day, 96, 4))
    yield told("offline for a minute less", None, _sensed(day, 71, 3, minutes=59))
    for kind, what in ((1, "a movement"), (5, "back online"), (6, "a heartbeat")):
        yield told(f"{what} since", None, _sensed(day, 150, 3), _sensed(day, 100, kind))


def _visits_and_ability(day: Days) -> Iterator[Story]:
    for grade, days, cycle in (
        ("red", 90, 30),
        ("orange", 60, 30),
        ("yellow", 45, 30),
        ("blue", 30, 30),
        ("blue", 7, 7),
        (None, 29, 30),
    ):
        listed = _listed(day, last_visit_date=day.ago(days=days), visit_cycle_days=cycle)
        title = f"not visited for {days} days, to be visited every {cycle}"
        yield Story(title, {"S10-E03": grade}, people=OLD, rows=[listed])
    away = _listed(day, 2, last_visit_date=day.ago(days=200))
    yield Story("not on the register any more", {"S10-E03": None}, people=OLD, rows=[away])

    def told(title: str, grade: str | None, before: int | None, now: int, days: int = 59) -> Story:
        levels: dict[str, Any] = {"ability_level_prev": before, "ability_level": now, "assessed_date": day.ago(days=days)}
        return Story(title, {"S10-E04": grade}, people=OLD, rows=[_listed(day, **levels)])

    for grade, before, now in (("red", 0, 3), ("orange", 1, 3), ("yellow", 3, 4), (None, 2, 2), (None, 3, 2)):
        yield told(f"ability from {before} to {now}", grade, before, now)
    yield told("assessed today", "red", 0, 4, 0)
    yield told("assessed sixty days ago", None, 0, 4, 60)
    yield told("assessed for the first time", None, None, 3)


def _very_old_and_alone(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, born: Any, rows: Sequence[Row] = (), **others: Person) -> Story:
        people = {"self": Person(born=born, sex=2), **others}
        return Story(title, {"S10-E05": grade}, people=people, rows=rows)

    yield told("eighty today", "yellow", day.ago(years=80))
    yield told("eighty-eight today", "orange", day.ago(years=88))
    yield told("not eighty-eight yet", "yellow", day.ago(years=88, days=-3))
    yield told("was on the register", "yellow", day.ago(years=83), [_listed(day, 2)])
    yield told("her husband's registration is closed", "yellow", day.ago(years=83), husband=Person(age=85, hukou_status=3))
    yield told("not eighty yet", None, day.ago(years=80, days=-3))
    yield told("on the register", None, day.ago(years=84), [_listed(day)])
    yield told("a son is registered there", None, day.ago(years=84), son=Person(age=58, mother="self"))


def _widowed(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, born: Any = None, dead: str = "husband") -> Story:
        woman = Person(born=born or day.ago(years=78), sex=2, spouse="husband")
        people = {"self": woman, "husband": Person(age=79), "brother": Person(age=74)}
        return Story(title, {"S10-E06": grade}, people=people, rows=[_died(day, dead, days)])

    yield told("her husband died 89 days ago", "blue", 89)
    yield told("seventy today", "blue", 0, day.ago(years=70))
    yield told("her husband died ninety days ago", None, 90)
    yield told("not seventy yet", None, 20, day.ago(years=70, days=-3))
    yield told("her brother died", None, 20, dead="brother")


def _nobody_to_support(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *rows: Row, born: Any = None, **more: bool) -> Story:
        people = {"self": Person(born=born or day.ago(years=73)), "son": Person(age=45, father="self", apart=True, low=False),
                  "girl": Person(age=43, sex=2, father="self", apart=True, low=False)}  # fmt: skip
        return Story(title, {"S10-E07": grade}, people=people, rows=rows, tekun=more.get("tekun", False))

    def owes(person: str, able: bool) -> Row:
        return row("civil_support_obligor", person, obligee_id_no="self", has_ability=able, relation=1)

    dead = _died(day, "son", 400)
    yield told("nobody owes support", "orange")
    yield told("neither child is able", "orange", owes("son", False), owes("girl", False))
    yield told("the able child is dead", "orange", owes("son", True), owes("girl", False), dead)
    yield told("sixty today", "orange", born=day.ago(years=60))
    yield told("one child is able", None, owes("son", False), owes("girl", True))
    yield told("one able child is dead, the other lives", None, owes("son", True), owes("girl", True), dead)
    yield told("not sixty yet", None, born=day.ago(years=60, days=-3))
    yield told("has tekun", None, tekun=True)


def _caregivers(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=74), "nephew": Person(age=49, apart=True, low=False)}

    def told(title: str, grade: str | None, lost: Row, mode: int = 1, caregiver: str | None = "nephew", status: int = 1) -> Story:
        paid: Mapping[str, Any] = {"support_mode": mode, "caregiver_id_no": caregiver, "tekun_status": status}
        return Story(title, {"S10-E08": grade}, tekun=True, people=people, tekun_person=paid, rows=[lost])

    def held(days: int) -> Row:
        return row("police_custody", "nephew", measure_type=2, start_date=day.ago(days=days), custody_status=1)

    def moved(days: int, kind: int = 2) -> Row:
        places = {"from_region_code": "370502001001", "to_region_code": "370102001001"}
        return row("police_hukou_migration", "nephew", migration_type=kind, migration_date=day.ago(days=days), **places)

    yield told("the nephew died 59 days ago", "orange", _died(day, "nephew", 59))
    yield told("the nephew was detained", "orange", held(59))
    yield told("the nephew moved away", "orange", moved(59))
    yield told("the nephew died sixty days ago", None, _died(day, "nephew", 60))
    yield told("the nephew was detained sixty days ago", None, held(60))
    yield told("the nephew moved away sixty days ago", None, moved(60))
    yield told("the nephew moved here", None, moved(9, 1))
    yield told("lives in an institution", None, _died(day, "nephew", 9), 2)
    yield told("the nephew was no caregiver", None, _died(day, "nephew", 9), caregiver=None)
    yield told("tekun has ended", None, _died(day, "nephew", 9), status=3)


def _lost_an_only_child(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, born: Any, kind: int = 1, status: int = 1, *rows: Row) -> Story:
        lost = row("health_special_family", "self", family_type=kind, family_status=status, start_date=day.ago(years=4))
        return Story(title, {"S10-E10": grade}, people={"self": Person(born=born, sex=2)}, rows=[lost, *rows])

    old = day.ago(years=66)
    yield told("sixty today", "blue", day.ago(years=60))
    yield told("was on the register", "blue", old, 1, 1, _listed(day, 2, elder_type=6))
    yield told("not sixty yet", None, day.ago(years=60, days=-3))
    yield told("the child is disabled", None, old, 2)
    yield told("not paid any more", None, old, 1, 2)
    yield told("on the register", None, old, 1, 1, _listed(day, elder_type=6))
