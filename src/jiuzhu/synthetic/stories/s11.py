"""Homes whose meters and telephones show that something is wrong: scenario S11."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _too_little_water(day)
    yield from _too_much_water(day)
    yield from _dark_homes(day)
    yield from _power_cut(day)
    yield from _power_fell(day)
    yield from _water_bills(day)
    yield from _gas(day)
    yield from _telephones(day)
    yield from _several_arrears(day)


def _water(day: Days, hours: int, volume: str, *, interval: str = "12", owed: str = "0", minutes: int = 0) -> Row:
    """A reading of at least a minute ago, so that it lies in the day that the hours say."""
    moment = {
        "reading_time": day.instant(hours_ago=hours, minutes_ago=minutes),
        "reading_date": day.ago(days=(hours * 60 + minutes - 1) // 1440),
    }
    return row("water_usage", "self", account_no="W1", interval_hours=interval, volume_m3=volume, arrears_amount=owed, **moment)


def _power(day: Days, days: int, kwh: str = "3", *, owed: str = "0", cut: bool = False) -> Row:
    columns = {"usage_date": day.ago(days=days), "kwh": kwh, "arrears_amount": owed, "is_cut_off": cut}
    return row("power_usage", "self", account_no="P1", household_id="own", **columns)


def _gas_month(day: Days, month: int, owed: str = "0", leak: bool = False) -> Row:
    columns = {"usage_month": day.month(month), "arrears_amount": owed, "has_leak_alarm": leak}
    return row("gas_usage", "self", account_no="G1", household_id="own", **columns)


def _line(day: Days, days: int | None, status: int = 2, person: str = "self") -> Row:
    stop = None if days is None else day.ago(days=days)
    return row("telecom_status", person, line_status=status, stop_date=stop, last_active_date=stop or day.ago(days=1))


def _alone(day: Days, kind: int = 1, status: int = 1) -> Row:
    columns = {"elder_type": kind, "registry_status": status, "last_visit_date": day.ago(days=3)}
    return row("civil_elder_care_registry", "self", **columns)


def _too_little_water(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *readings: Row, kind: int = 1, status: int = 1) -> Story:
        rows = [_alone(day, kind, status), *readings]
        return Story(title, {"S11-E01": grade}, people={"self": Person(age=79, sex=2)}, rows=rows)

    for grade, volume in (("red", "0"), ("orange", "0.005"), ("yellow", "0.01"), (None, "0.0101")):
        yield told(f"{volume} cubic metres in twelve hours", grade, _water(day, 1, volume), _water(day, 13, "0.3"))
    halves = [_water(day, 1, "0.004", interval="6"), _water(day, 7, "0.004", interval="6")]
    yield told("two readings of six hours", "yellow", *halves, _water(day, 13, "0.2", interval="6"))
    used = [_water(day, 1, "0", interval="6"), _water(day, 11, "0.02", interval="6", minutes=59)]
    yield told("water was used just within twelve hours", None, *used)
    yield told("a reading exactly twelve hours ago is too old", "red", _water(day, 1, "0"), _water(day, 12, "0.2"))
    yield told("the meter told of six hours only", None, _water(day, 1, "0", interval="6"))
    yield told("the meter is silent", None, _water(day, 14, "0"))
    yield told("does not live alone", None, _water(day, 1, "0"), kind=2)
    yield told("not on the register any more", None, _water(day, 1, "0"), status=2)


def _too_much_water(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *readings: Row, kind: int = 1) -> Story:
        return Story(title, {"S11-E02": grade}, people={"self": Person(age=79, sex=2)}, rows=[_alone(day, kind), *readings])

    for grade, volume in (("red", "3.5"), ("orange", "2.5"), ("yellow", "1.9"), ("blue", "1.5"), (None, "1.4999")):
        yield told(f"half a cubic metre and {volume} in a day", grade, _water(day, 1, volume), _water(day, 13, "0.5"))
    yield told("much water exactly a day ago", None, _water(day, 2, "1.9"), _water(day, 24, "9"))
    yield told("does not live alone", None, _water(day, 2, "9"), kind=2)


def _dark_homes(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, dark: Sequence[int], light: Sequence[int], low: bool = True) -> Story:
        rows = [_power(day, n, "0.0999") for n in dark] + [_power(day, n, "0.1") for n in light]
        return Story(title, {"S11-E03": grade}, low=low, rows=rows)

    for grade, days in (("red", 21), ("orange", 14), ("yellow", 11), ("blue", 7), (None, 6)):
        yield told(f"dark for {days} days", grade, range(days), range(days, days + 3))
    yield told("today is not read yet", "blue", range(1, 8), range(8, 10))
    yield told("light on one day between", None, [*range(6), *range(7, 30)], [6])
    yield told("light again today", None, range(1, 20), [0])
    yield told("dark, not in need", None, range(25), [25], low=False)


def _power_cut(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *readings: Row, low: bool = True) -> Story:
        return Story(title, {"S11-E04": grade}, low=low, rows=readings)

    yield told("cut off for a fen", "orange", _power(day, 0, "0", owed="0.01", cut=True), _power(day, 1, owed="0.01"))
    yield told("cut off yesterday, today not read yet", "orange", _power(day, 1, "0", owed="180", cut=True))
    yield told("cut off without arrears", None, _power(day, 0, "0", cut=True), _power(day, 9, "0", owed="50", cut=True))
    yield told("supplied again", None, _power(day, 0, owed="20"), _power(day, 1, "0", owed="180", cut=True))
    yield told("in arrears, not cut off", None, _power(day, 0, owed="180"))
    yield told("cut off, not in need", None, _power(day, 0, "0", owed="180", cut=True), low=False)


def _power_fell(day: Days) -> Iterator[Story]:
    """A hundred kilowatt-hours in thirty days a year ago."""
    before = [_power(day, 365, "60"), _power(day, 394, "40")]

    def told(title: str, grade: str | None, *readings: Row) -> Story:
        return Story(title, {"S11-E05": grade}, rows=[*before, *readings])

    for grade, kwh in (("orange", "4"), ("yellow", "18"), ("blue", "25"), (None, "25.0001")):
        yield told(f"5 and {kwh} are left", grade, _power(day, 0, "5"), _power(day, 29, kwh), _power(day, 30, "80"))
    yield told("much power on other days a year ago", None, _power(day, 364, "900"), _power(day, 2, "40"))
    yield Story("no readings a year ago", {"S11-E05": None}, rows=[_power(day, 2, "1"), _power(day, 340, "900")])


def _water_bills(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, owed: str, before: str = "0", low: bool = True) -> Story:
        rows = [_water(day, 2, "0.1", owed=owed), _water(day, 500, "0.1", owed=before)]
        return Story(title, {"S11-E06": grade}, low=low, rows=rows)

    for grade, owed in (("red", "300"), ("orange", "200"), ("yellow", "150"), ("blue", "100"), (None, "99.99")):
        yield told(f"owes {owed} for water", grade, owed)
    yield told("the greater debt was paid", None, "10", "400")
    yield told("owes for water, not in need", None, "400", low=False)


def _gas(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, *months: Row) -> Story:
        return Story(title, {"S11-E07": grade}, rows=months)

    yield told("owes two hundred for gas", "yellow", _gas_month(day, -1, "200"), _gas_month(day, -2))
    yield told("gas leaks", "yellow", _gas_month(day, -1, leak=True))
    yield told("owes a fen less", None, _gas_month(day, -1, "199.99"))
    yield told("paid, and mended", None, _gas_month(day, -1), _gas_month(day, -2, "900", leak=True))


def _telephones(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, line: Row, low: bool = True, **others: Person) -> Story:
        return Story(title, {"S11-E08": grade}, low=low, people=others, rows=[line])

    for grade, days in (("red", 90), ("orange", 60), ("yellow", 45), ("blue", 30), (None, 29)):
        yield told(f"the telephone was cut off {days} days ago", grade, _line(day, days))
    yield told("gave the number up", None, _line(day, 200, 3))
    yield told("in use", None, _line(day, None, 1))
    yield told("does not live alone", None, _line(day, 200), wife=Person(age=40, sex=2, spouse="self"))
    yield told("not in need", None, _line(day, 200), low=False)


def _several_arrears(day: Days) -> Iterator[Story]:
    couple = {"self": Person(age=40), "wife": Person(age=39, sex=2, spouse="self")}

    def told(title: str, grade: str | None, *rows: Row, **more: Any) -> Story:
        return Story(title, {"S11-E09": grade}, people=couple, rows=rows, **({"low": True} | more))

    power, water, gas = _power(day, 1, owed="0.01"), _water(day, 3, "0.1", owed="12"), _gas_month(day, -1, "30")
    yield told("owes for all four", "red", power, water, gas, _line(day, 9))
    yield told("owes for three", "orange", power, water, gas)
    yield told("owes for power and the wife's telephone", "yellow", power, _line(day, 9, person="wife"))
    yield told("owes for one", None, water, _power(day, 1), _gas_month(day, -1), _line(day, None, 1))
    paid = [_power(day, 0), _power(day, 40, owed="60"), _gas_month(day, -1), _gas_month(day, -2, "60")]
    yield told("paid for the others", None, water, *paid)
    yield told("two telephones are one kind", None, _line(day, 9), _line(day, 9, person="wife"))
