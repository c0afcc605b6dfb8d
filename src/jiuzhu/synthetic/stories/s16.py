"""People without local registration who fall into need: scenario S16."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _bills(day)
    yield from _found(day)
    yield from _struck(day)
    yield from _breadwinner(day)
    home = row("grid_report", "self", report_type=1, report_date=day.ago(days=2))
    permit = {"S16-E01": None, "S16-E07": None}
    bill = row("medins_settlement", "self", settlement_date=day.ago(days=2), self_pay_amount="90000")
    yield Story("a resident who needs no permit", permit, rows=[home, bill])
    yield _guest("a permit run out", permit, [home, bill], permit=2)


def _guest(
    title: str,
    expect: Mapping[str, str | None],
    rows: Sequence[Row],
    *,
    permit: int = 1,
    people: Mapping[str, Person] | None = None,
) -> Story:
    return Story(title, expect, people=people or {}, rows=[row("police_residence_permit", "self", permit_status=permit), *rows])


def _bills(day: Days) -> Iterator[Story]:
    def bill(amount: str, **back: int) -> Row:
        return row("medins_settlement", "self", settlement_date=day.ago(**back), self_pay_amount=amount)

    for grade, amount in (("red", "60000"), ("orange", "40000"), ("yellow", "30000"), ("blue", "20000"), (None, "19999.99")):
        yield _guest(f"bills of {amount}", {"S16-E01": grade}, [bill(amount, days=20)])
    edge = [bill("10000", months=12, days=-1), bill("10000", days=0)]
    yield _guest("bills of the first and the last day of a year", {"S16-E01": "blue"}, edge)
    yield _guest("one bill is a year old", {"S16-E01": None}, [bill("10000", months=12), bill("19000", days=0)])


def _found(day: Days) -> Iterator[Story]:
    for grade, days, status in (("yellow", 59, 1), (None, 60, 1), (None, 5, 2)):
        lost = row("hr_unemployment_registration", "self", register_date=day.ago(days=days), unemployment_status=status)
        yield _guest(f"lost the job {days} days ago, state {status}", {"S16-E02": grade}, [lost])
    for grade, days, kind in (("orange", 14, 2), ("orange", 0, 7), (None, 15, 6), (None, 3, 1), (None, 3, 3)):
        seen = row("police_incident_clue", "self", incident_type=kind, incident_date=day.ago(days=days))
        yield _guest(f"incident of kind {kind}, {days} days ago", {"S16-E03": grade}, [seen])
    for grade, days, kind in (("yellow", 14, 1), ("yellow", 0, 8), (None, 15, 8), (None, 3, 5), (None, 3, 9)):
        seen = row("grid_report", "self", report_type=kind, report_date=day.ago(days=days))
        yield _guest(f"grid report of kind {kind}, {days} days ago", {"S16-E07": grade}, [seen])
    for grade, days, level in (("yellow", 59, 1), ("yellow", 0, 2), (None, 60, 1), (None, 5, 3)):
        held = row("dpf_disability_certificate", "self", disability_level=level, issue_date=day.ago(days=days))
        yield _guest(f"certified of grade {level}, {days} days ago", {"S16-E06": grade}, [held])


def _struck(day: Days) -> Iterator[Story]:
    for grade, days in (("red", 29), (None, 30)):
        yield _guest(f"a fire {days} days ago", {"S16-E04": grade}, [row("fire_incident", "self", occur_date=day.ago(days=days))])
    for dataset in ("traffic_accident", "emerg_accident_casualty"):
        for grade, days, injury in (("red", 29, 2), ("red", 3, 3), (None, 30, 3), (None, 3, 1)):
            hurt = row(dataset, "self", accident_date=day.ago(days=days), injury_level=injury)
            yield _guest(f"{dataset}, injury {injury}, {days} days ago", {"S16-E04": grade}, [hurt])


def _breadwinner(day: Days) -> Iterator[Story]:
    def died(word: str, days: int) -> list[Row]:
        return [row("health_death_certificate", word, death_date=day.ago(days=days), issue_date=day.ago(days=days))]

    for grade, age, days in (("orange", 59, 59), ("orange", 40, 0), (None, 59, 60), (None, 60, 5)):
        couple = {"self": Person(age=38, sex=2, spouse="man"), "man": Person(age=age)}
        yield _guest(f"the husband of {age} died {days} days ago", {"S16-E05": grade}, died("man", days), people=couple)
    family = {"self": Person(age=12, father="man"), "man": Person(age=44), "woman": Person(age=42, sex=2)}
    yield _guest("the father died", {"S16-E05": "orange"}, died("man", 10), people=family)
    yield _guest("somebody else of the family died", {"S16-E05": None}, died("woman", 10), people=family)
