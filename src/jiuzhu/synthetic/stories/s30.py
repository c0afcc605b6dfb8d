"""In prison, in custody or in an institution while the benefit goes on: scenario S30."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    for grade, days, status in (("red", 15, 1), (None, 14, 1), (None, 300, 3)):
        term = {"sentence_end": day.ahead(years=2), "sentence_months": 36, "prison_status": status}
        served = row("justice_prisoner", "self", sentence_start=day.ago(days=days), **term)
        yield Story(f"sentenced {days} days ago, status {status}", {"S30-R01": grade}, dibao=True, rows=[served])
    for grade, days, kind in (("orange", 30, 4), (None, 29, 4), (None, 90, 2)):
        held = row("police_custody", "self", measure_type=kind, start_date=day.ago(days=days), end_date=None, custody_status=1)
        yield Story(f"held for {days} days, measure {kind}", {"S30-R02": grade}, dibao=True, rows=[held])
    yield from _institutions(day)


def _stay(day: Days, days_ago: int, kind: int, payer: int, **columns: Any) -> Row:
    given = {"institution_type": kind, "payer": payer, "check_in_date": day.ago(days=days_ago), "check_out_date": None}
    return row("civil_institution_resident", "self", **(given | columns))


def _institutions(day: Days) -> Iterator[Story]:
    home = {"support_mode": 1}
    yield Story(
        "lives in an institution, paid as at home",
        {"S30-R03": "orange"},
        tekun=True,
        tekun_person=home,
        rows=[_stay(day, 30, 2, 1)],
    )
    yield Story("moved in 29 days ago", {"S30-R03": None}, tekun=True, tekun_person=home, rows=[_stay(day, 29, 2, 1)])
    there = {"support_mode": 2}
    yield Story("paid as in an institution", {"S30-R03": None}, tekun=True, tekun_person=there, rows=[_stay(day, 300, 2, 1)])
    yield Story("kept by the state and on dibao", {"S30-R04": "orange"}, dibao=True, rows=[_stay(day, 30, 1, 1)])
    yield Story("kept by charity", {"S30-R04": None}, dibao=True, rows=[_stay(day, 300, 1, 3)])
    left = _stay(day, 300, 1, 1, check_out_date=day.ago(days=2))
    yield Story("has left the home", {"S30-R04": None}, dibao=True, rows=[left])
    child = {"self": Person(age=10)}
    for grade, days in (("orange", 30), (None, 29)):
        orphan = row("civil_orphan", "self", rearing_mode=2, orphan_status=1, start_date=day.ago(years=3))
        rows = [orphan, _stay(day, days, 3, 1)]
        yield Story(f"an orphan in a children's home for {days} days", {"S30-R05": grade}, people=child, rows=rows)
    for grade, fee in (("orange", "4500"), ("blue", "3000"), (None, "2999.99")):
        yield Story(f"pays {fee} for a home", {"S30-R06": grade}, dibao=True, rows=[_stay(day, 100, 1, 2, monthly_fee=fee)])
