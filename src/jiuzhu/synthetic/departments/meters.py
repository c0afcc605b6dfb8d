"""Power, water, gas, telephones and travel. Meters only of families in the base and of old people, for 13 months."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered, visited_elders
from jiuzhu.synthetic.people import OUTSIDE
from jiuzhu.synthetic.rows import Maybe, Rows
from jiuzhu.synthetic.streams import Flags, Numbers, between, choice, whole
from jiuzhu.synthetic.town import Town, each_month, makes, times

METER_DAYS = 396
FEW = 10  # one household in so many of those that might have a meter that sends its readings


def metered(town: Town) -> Numbers:
    """Heads of families in the base and old people who live alone, of those whose meters send readings."""
    block = town.block
    flags: Flags = np.zeros(len(block), bool)
    flags[town.heads[(block.category != OUTSIDE) & (town.members > 0)]] = True
    flags[_alone(town)] = True
    return np.flatnonzero(flags & (block.death > town.span.last) & (block.number_of % FEW == 0))


def _alone(town: Town) -> Numbers:
    elders = visited_elders(town)
    return whole(elders[town.members[town.block.household[elders]] == 1])


def _bound(town: Town, who: Numbers) -> Maybe:
    """The number of the family the meter is bound to, where it is in the base."""
    return Maybe(town.living_numbers.take(pa.array(who)), town.low[who])


@makes("power_usage")
def power(town: Town) -> Rows:
    """A reading a day for 13 months."""
    r, block, last = town.r("power_usage"), town.block, town.span.last
    who, day = each_month(metered(town), np.arange(last - METER_DAYS + 1, last + 1))
    kwh = (20_000 + block.number_of[who] * 17 % 23_000) + between(r, -4000, 4000, len(who))
    columns = {
        "account_no": numbered("D", block.number_of[who]),
        "household_id": _bound(town, who),
        "usage_date": day,
        "kwh": kwh,
        "month_bill_amount": 3500 + block.number_of[who] % 3000,
        "arrears_amount": 0,
        "is_cut_off": False,
    }
    return Rows(who, day, columns)


@makes("water_usage")
def water(town: Town) -> Rows:
    """A reading a month; of a part of the old people living alone one at eight in the morning and one in the evening."""
    r, block, last = town.r("water_usage"), town.block, town.span.last
    alone = _alone(town)
    smart = alone[block.number_of[alone] % 31 == 0]
    monthly, month = each_month(np.setdiff1d(metered(town), smart), np.arange(town.span.month - 12, town.span.month + 1))
    half, day = each_month(smart, np.arange(last - METER_DAYS + 1, last + 1))
    who = np.r_[monthly, half, half]
    when = np.r_[town.span.month_ends(month) - 1, day, day]
    hour = np.r_[np.full(len(monthly), 17), np.full(len(half), 8), np.full(len(half), 20)]
    line = np.argsort(when, kind="stable")
    who, when, hour = who[line], when[line], hour[line]
    long = hour == 17
    volume = np.where(long, between(r, 20_000, 60_000, len(who)), between(r, 500, 1400, len(who)))
    columns = {
        "account_no": numbered("S", block.number_of[who]),
        "household_id": _bound(town, who),
        "volume_m3": volume,
        "reading_time": when * 86_400 + (hour - 8) * 3600,
        "reading_date": when,
        "arrears_amount": 0,
        "interval_hours": np.where(long, 7_200_000, 120_000),
        "month_bill_amount": 1200 + block.number_of[who] % 900,
    }
    return Rows(who, when, columns)


@makes("gas_usage")
def gas(town: Town) -> Rows:
    r, block = town.r("gas_usage"), town.block
    person = metered(town)
    person = person[block.urban[person] | (block.number_of[person] % 2 == 0)]
    who, month = each_month(person, town.span.closed[-13:])
    volume = between(r, 50_000, 160_000, len(who))
    columns = {
        "account_no": numbered("Q", block.number_of[who]),
        "household_id": _bound(town, who),
        "usage_month": month,
        "volume_m3": volume,
        "month_bill_amount": volume * 29 // 1000,
        "arrears_amount": 0,
        "has_leak_alarm": False,
    }
    return Rows(who, town.span.month_ends(month), columns)


@makes("telecom_status")
def telephones(town: Town) -> Rows:
    r, block, last = town.r("telecom_status"), town.block, town.span.last
    person = np.flatnonzero(block.alive & (town.age >= 12) & ((block.number_of % 20 < 17) | town.low))
    stopped = (r.random(len(person)) < 0.004) & ~town.low[person]
    active = np.where(stopped, last - between(r, 40, 300, len(person)), last - between(r, 0, 20, len(person)))
    columns = {
        "phone_no": numbers.mobile_numbers(block.number_of[person]),
        "line_status": np.where(stopped, choice(r, [2, 3], [1, 1], len(person)), 1),
        "last_active_date": active,
        "stop_date": Maybe(active + 20, stopped),
        "month_fee": between(r, 8, 59, len(person)) * 100,
    }
    return Rows(person, active, columns)


@makes("travel_record")
def journeys(town: Town) -> Rows:
    r, block = town.r("travel_record"), town.block
    mean = np.where(town.low, 0.15, 0.75) * ((town.age > 8) & (town.age < 80))
    person = times(r, np.ones(len(block), bool), mean)
    day = town.days(r, len(person), until=1)
    seat = np.where(town.low[person], 1, choice(r, [1, 2, 3], [0.93, 0.06, 0.01], len(person)))
    return Rows(person, day, {"travel_mode": choice(r, [1, 2], [0.9, 0.1], len(person)), "travel_date": day, "seat_class": seat})
