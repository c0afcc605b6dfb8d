"""Spending and travelling that do not fit: scenario S32."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _abroad(day)
    yield from _school_and_seats(day)
    yield from _bills(day)
    yield from _empty_home(day)


def _cross(day: Days, direction: int, purpose: int = 1, **back: int) -> Row:
    return row("police_exit_entry", "self", direction=direction, cross_date=day.ago(**back), purpose=purpose)


def _abroad(day: Days) -> Iterator[Story]:
    def trips(count: int) -> list[Row]:
        there = [_cross(day, 1, days=30 + 60 * n) for n in range(count)]
        return [*there, *(_cross(day, 2, days=25 + 60 * n) for n in range(count))]

    for grade, count in (("red", 4), ("orange", 3), ("blue", 2), (None, 1)):
        yield Story(f"{count} journeys abroad", {"S32-R01": grade}, dibao=True, rows=trips(count))
    older = [_cross(day, 1, days=30), _cross(day, 2, days=25), _cross(day, 1, months=12)]
    yield Story("one journey was a year ago", {"S32-R01": None}, dibao=True, rows=older)
    for grade, days in (("red", 180), ("orange", 135), ("yellow", 108), ("blue", 90), (None, 89)):
        yield Story(f"abroad for {days} days", {"S32-R02": grade}, dibao=True, rows=[_cross(day, 1, 4, days=days)])
    back = [_cross(day, 1, 4, days=200), _cross(day, 2, 4, days=20)]
    yield Story("back from abroad", {"S32-R02": None}, dibao=True, rows=back)
    yield Story("abroad without any benefit", {"S32-R02": None}, low=True, rows=[_cross(day, 1, 4, days=200)])


def _school_and_seats(day: Days) -> Iterator[Story]:
    family = {"self": Person(), "child": Person(age=10, father="self")}
    for grade, kind, status in (("yellow", 3, 1), (None, 2, 1), (None, 4, 4)):
        pupil = row(
            "edu_student_enrollment", "child", stage=2, school_type=kind, enroll_status=status, enroll_date=day.ago(years=2)
        )
        yield Story(f"school of type {kind}, status {status}", {"S32-R03": grade}, dibao=True, people=family, rows=[pupil])
    for grade, count in (("red", 4), ("orange", 3), ("blue", 2), (None, 1)):
        rides = [row("travel_record", "self", travel_date=day.ago(days=20 + 40 * n), seat_class=3) for n in range(count)]
        plain = row("travel_record", "self", travel_date=day.ago(days=11), seat_class=1)
        old = row("travel_record", "self", travel_date=day.ago(months=12), seat_class=3)
        yield Story(f"{count} rides in the best seats", {"S32-R04": grade}, dibao=True, rows=[*rides, plain, old])


def _power(day: Days, days_ago: int, kwh: str, **columns: Any) -> Row:
    given = {"household_id": "own", "usage_date": day.ago(days=days_ago), "kwh": kwh, "arrears_amount": "0", "is_cut_off": False}
    return row("power_usage", "self", **(given | columns))


def _bills(day: Days) -> Iterator[Story]:
    """One person at a standard of 1,000; a usual household uses 180 kWh a month."""
    for grade, amount in (("red", "1000"), ("orange", "750"), ("yellow", "600"), ("blue", "500"), (None, "499.99")):
        yield Story(f"bills of {amount}", {"S32-R05": grade}, dibao=True, rows=[_power(day, 20, "1", month_bill_amount=amount)])
    gas = row("gas_usage", "self", household_id="own", usage_month=day.month(-1), month_bill_amount="250", arrears_amount="0")
    newer = [_power(day, 50, "1", month_bill_amount="900"), _power(day, 20, "1", month_bill_amount="250"), gas]
    yield Story("power and gas together; an older bill is not the newest", {"S32-R05": "blue"}, dibao=True, rows=newer)
    for grade, kwh in (("red", "540"), ("orange", "405"), ("yellow", "324"), ("blue", "270")):
        yield Story(f"twice {kwh} kWh", {"S32-R06": grade}, dibao=True, rows=[_power(day, 0, kwh), _power(day, 29, kwh)])
    yield Story(
        "the other half was thirty days ago", {"S32-R06": None}, dibao=True, rows=[_power(day, 0, "539"), _power(day, 30, "270")]
    )


def _empty_home(day: Days) -> Iterator[Story]:
    for grade, days in (("red", 180), ("orange", 135), ("yellow", 108), ("blue", 90)):
        rows = [_power(day, 0, "0"), _power(day, days, "3")]
        yield Story(f"nobody home for {days} days", {"S32-R07": grade}, dibao=True, rows=rows)
    yield Story("somebody home 89 days ago", {"S32-R07": None}, dibao=True, rows=[_power(day, 0, "0"), _power(day, 89, "1")])
    bath = day.ago(days=40)
    at = {"reading_date": bath, "reading_time": f"{bath}T08:00:00+08:00", "interval_hours": "24"}
    water = row("water_usage", "self", household_id="own", volume_m3="1", arrears_amount="0", **at)
    yield Story("no power but water", {"S32-R07": None}, dibao=True, rows=[_power(day, 0, "0"), _power(day, 200, "3"), water])
