"""Aggregates: what comes out of the rows that count, of none, of rows in doubt, and where nothing was delivered."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.support.engine_cases import AtLeast, Case, value
from tests.support.small_base import Delivered, Person

STALE = Delivered(fresh=False)


def _bills(says: str, x: str, *bills: dict[str, Any], gives: Any, **more: Any) -> Case:
    """A case over rows of `bill`, the first paid on 1 March, the next a day later, and so on, where no day is given."""
    rows = [{"paid_on": f"2026-03-{number:02}", **bill} for number, bill in enumerate(bills, 1)]
    return value(says, f'dataset = "bill", {x}', rows={"bill": rows}, gives=gives, **more)


def _cards(says: str, x: str, *cards: dict[str, Any], gives: Any, **more: Any) -> Case:
    return value(says, f'dataset = "card", {x}', rows={"card": list(cards)}, gives=gives, **more)


EXISTS = [
    _bills("a row exists", "exists = true", {}, gives=True),
    _bills("no row exists", "exists = true", gives=False),
    _bills("nothing was delivered", "exists = true", gives="unknown", delivered={"bill": None}),
    _bills(
        "an old delivery says nothing of rows that are not there", "exists = true", gives="unknown", delivered={"bill": STALE}
    ),
    _bills("an event stays true however old the delivery", "exists = true", {}, gives=True, delivered={"bill": STALE}),
    _cards("a state of an old delivery may have ended", "exists = true", {}, gives="unknown", delivered={"card": STALE}),
    _bills("one row in doubt", 'exists = true, where = "maybe_kind == 1"', {"maybe_kind": None}, gives="unknown"),
    _bills(
        "one row in doubt beside a certain one",
        'exists = true, where = "maybe_kind == 1"',
        {"maybe_kind": None},
        {"maybe_kind": 1},
        gives=True,
    ),
    _cards(
        "a certain state beside one in doubt",
        'exists = true, where = "maybe_level == 1"',
        {"maybe_level": None},
        {"maybe_level": 1},
        gives=True,
    ),
    _bills(
        "a row in doubt for one part and out for another",
        'exists = true, where = "maybe_kind == 1 and kind == 2"',
        {"maybe_kind": None},
        gives=False,
    ),
    _bills(
        "a row that is in for one part and in doubt for another",
        'exists = true, where = "maybe_kind == 1 or kind == 1"',
        {"maybe_kind": None},
        gives=True,
    ),
    _bills("an empty cell that means none meets no condition", "exists = true, where = \"word == 'x'\"", {}, gives=False),
    _bills("nor the opposite condition", "exists = true, where = \"word != 'x'\"", {}, gives=False),
    _bills("an empty yes/no that means none is no", 'exists = true, where = "not ticked"', {}, gives=True),
    _bills("an empty yes/no that means unknown is in doubt", 'exists = true, where = "not flagged"', {}, gives="unknown"),
]

COUNTS = [
    _bills("a count of rows", 'count = true, where = "kind == 2", unit = "records"', {"kind": 2}, {"kind": 2}, {"kind": 1}, gives=2),
    _bills("a count of none", 'count = true, unit = "records"', gives=0),
    _bills("a count with rows in doubt is at least the certain ones", 'count = true, where = "maybe_kind == 1", unit = "records"',
           {"maybe_kind": 1}, {"maybe_kind": None}, {"maybe_kind": 2}, gives=AtLeast(1)),
    _bills("a count of an undelivered event is at least what is there", 'count = true, unit = "records"', {}, gives=AtLeast(1), delivered={"bill": None}),
    _cards("a count of an undelivered state says nothing", 'count = true, unit = "records"', {}, gives="unknown", delivered={"card": None}),
    _cards("a count of a state with a row in doubt has a floor", 'count = true, where = "maybe_level == 1", unit = "records"',
           {"maybe_level": 1}, {"maybe_level": None}, gives=AtLeast(1)),
    _bills("different values", 'distinct = ["kind"], unit = "kinds"', {"kind": 1}, {"kind": 1}, {"kind": 2}, gives=2),
    _bills("different pairs of values", 'distinct = ["kind", "word"], unit = "kinds"',
           {"kind": 1, "word": "x"}, {"kind": 1, "word": "y"}, {"kind": 1, "word": "x"}, gives=2),
    _bills("a pair with an empty cell is not counted", 'distinct = ["kind", "word"], unit = "kinds"', {"kind": 1, "word": "x"}, {"kind": 2}, gives=1),
    _bills("an empty cell is no value", 'distinct = ["maybe_kind"], unit = "kinds"', {"maybe_kind": None}, {"maybe_kind": 1}, gives=1),
    _bills("different values with a row in doubt", 'distinct = ["kind"], where = "maybe_kind == 1", unit = "kinds"',
           {"maybe_kind": 1}, {"kind": 2, "maybe_kind": None}, gives=AtLeast(1)),
]  # fmt: skip

SUMS = [
    _bills("a sum", 'sum = "amount", unit = "yuan"', {"amount": "10.50"}, {"amount": "0.25"}, gives=10.75),
    _bills("a sum of no rows is nought", 'sum = "amount", unit = "yuan"', gives=0),
    _bills("an empty amount makes a sum unknown, at least the others", 'sum = "extra", unit = "yuan"', {"extra": "10"}, {"extra": None}, gives=AtLeast(10)),
    _bills("an empty amount that means none adds nothing", 'sum = "gift", unit = "yuan"', {"gift": "10"}, {"gift": None}, gives=10),
    _bills("an unknown sum of amounts below zero has no floor", 'sum = "change", unit = "yuan"', {"change": "10"}, {"change": None}, gives="unknown"),
    _bills("amounts below zero are subtracted", 'sum = "change", unit = "yuan"', {"change": "10"}, {"change": "-12.30"}, gives=-2.3),
    _bills("a sum with a row in doubt is at least the certain rows", 'sum = "amount", where = "maybe_kind == 1", unit = "yuan"',
           {"amount": "10", "maybe_kind": 1}, {"amount": "5", "maybe_kind": None}, gives=AtLeast(10)),
    _bills("an undelivered sum is at least what is there", 'sum = "amount", unit = "yuan"', {"amount": "10"}, gives=AtLeast(10), delivered={"bill": STALE}),
    _cards("a sum of an undelivered state has no floor", 'sum = "limit_amount", unit = "yuan"', {"limit_amount": "10"}, gives="unknown", delivered={"card": STALE}),
    _bills("a product of columns is summed row by row", 'sum = "amount * share", unit = "yuan"',
           {"amount": "100", "share": "0.3333"}, {"amount": "10", "share": "0.5"}, gives=38.33),
    _bills("a product with an empty part", 'sum = "amount * share", unit = "yuan"', {"amount": "100", "share": None}, {"amount": "10", "share": "0.5"}, gives=AtLeast(5)),
    _bills("a product with a part that is none adds nothing", 'sum = "gift * share", unit = "yuan"', {"gift": None, "share": None}, gives=0),
    _bills("a sum of parts of a fen is rounded at the end", 'sum = "amount * share", unit = "yuan"',
           {"amount": "0.01", "share": "0.25"}, {"amount": "0.01", "share": "0.25"}, gives=0.01),
]  # fmt: skip

EXTREMES = [
    _bills("the greatest amount", 'max = "amount", unit = "yuan"', {"amount": "10"}, {"amount": "30"}, {"amount": "20"}, gives=30),
    _bills("the least amount", 'min = "amount", unit = "yuan"', {"amount": "10"}, {"amount": "30"}, gives=10),
    _bills("the greatest of no rows is none", 'max = "amount", unit = "yuan"', gives="none"),
    _bills("the greatest of cells that mean none is none", 'max = "gift", unit = "yuan"', {"gift": None}, gives="none"),
    _bills("a cell that means none is passed over", 'min = "gift", unit = "yuan"', {"gift": None}, {"gift": "4"}, gives=4),
    _bills("the greatest with an unknown cell is at least the known", 'max = "extra", unit = "yuan"', {"extra": None}, {"extra": "4"}, gives=AtLeast(4)),
    _bills("the least with an unknown cell", 'min = "extra", unit = "yuan"', {"extra": None}, {"extra": "4"}, gives="unknown"),
    _bills("the greatest of nothing but an unknown cell", 'max = "extra", unit = "yuan"', {"extra": None}, gives="unknown"),
    _bills("the greatest of amounts that may be below zero has no floor", 'max = "change", unit = "yuan"', {"change": None}, {"change": "4"}, gives="unknown"),
    _bills("the greatest with a row in doubt", 'max = "amount", where = "maybe_kind == 1", unit = "yuan"',
           {"amount": "4", "maybe_kind": 1}, {"amount": "9", "maybe_kind": None}, gives=AtLeast(4)),
    _bills("the greatest of an undelivered event", 'max = "amount", unit = "yuan"', {"amount": "4"}, gives=AtLeast(4), delivered={"bill": None}),
    _cards("the greatest of an undelivered state", 'max = "limit_amount", unit = "yuan"', {"limit_amount": "4"}, gives="unknown", delivered={"card": None}),
    _bills("the latest of days", 'max = "paid_on"', {}, {}, gives=date(2026, 3, 2)),
    _bills("the earliest of days that may be none", 'min = "due"', {"due": None}, {"due": "2026-05-01"}, gives=date(2026, 5, 1)),
]  # fmt: skip

LATEST = [
    _bills("the newest row", 'latest = "amount", unit = "yuan"', {"amount": "9"}, {"amount": "3"}, gives=3),
    _bills("the first row", 'first = "amount", unit = "yuan"', {"amount": "9"}, {"amount": "3"}, gives=9),
    _bills("the newest of no rows is none", 'latest = "amount", unit = "yuan"', gives="none"),
    _bills("a tie goes to the greater value", 'latest = "amount", unit = "yuan"',
           {"paid_on": "2026-03-05", "amount": "9"}, {"paid_on": "2026-03-05", "amount": "3"}, gives=9),
    _bills("a tie of the first goes to the greater value too", 'first = "amount", unit = "yuan"',
           {"paid_on": "2026-03-05", "amount": "3"}, {"paid_on": "2026-03-05", "amount": "9"}, gives=9),
    _bills("a tie goes to a value before an empty cell", 'latest = "extra", unit = "yuan"',
           {"paid_on": "2026-03-05", "extra": None}, {"paid_on": "2026-03-05", "extra": "3"}, gives=3),
    _bills("an empty newest cell is unknown, whatever came before", 'latest = "extra", unit = "yuan"', {"extra": "3"}, {"extra": None}, gives="unknown"),
    _bills("an empty newest cell that means none is none", 'latest = "gift", unit = "yuan"', {"gift": "3"}, {"gift": None}, gives="none"),
    _bills("a row in doubt makes the newest unknown", 'latest = "amount", where = "maybe_kind == 1", unit = "yuan"',
           {"maybe_kind": None, "amount": "1"}, {"maybe_kind": 1, "amount": "2"}, gives="unknown"),
    _bills("the newest of an undelivered event is unknown", 'latest = "amount", unit = "yuan"', {"amount": "9"}, gives="unknown", delivered={"bill": STALE}),
    _bills("the newest by another day", 'latest = "amount", at = "due", unit = "yuan"',
           {"amount": "9", "due": "2026-05-02"}, {"amount": "3", "due": "2026-05-01"}, gives=9),
    _bills("a row without that day is left out", 'latest = "amount", at = "due", unit = "yuan"', {"amount": "9", "due": None}, {"amount": "3", "due": "2026-05-01"}, gives=3),
    _bills("a row whose day is lost is in doubt", 'latest = "amount", at = "lost_on", unit = "yuan"',
           {"amount": "9", "lost_on": None}, {"amount": "3", "lost_on": "2026-05-01"}, gives="unknown"),
    value("the newest month", 'dataset = "wage", latest = "amount", unit = "yuan"',
          rows={"wage": [{"month": "2026-03", "amount": "4"}, {"month": "2026-02", "amount": "6"}]}, gives=4),
    _bills("a derived column is read like any other", 'latest = "worth_now", unit = "yuan"', {"worth_now": "7"}, gives=7),
    _bills("an earlier input in a condition on rows", 'count = true, where = "amount >= most", unit = "records"', {"amount": "4"}, {"amount": "9"},
           before='inputs.most = { dataset = "bill", max = "amount", unit = "yuan" }', gives=1),
    _bills("an earlier input that is unknown puts every row in doubt", 'count = true, where = "amount >= most", unit = "records"', {"amount": "4"},
           before='inputs.most = { dataset = "card", max = "limit_amount", unit = "yuan" }', gives=AtLeast(0), delivered={"card": None}),
]  # fmt: skip

GROUPS = [
    _bills("the greatest of sums by a column", 'sum = "amount", each = ["kind"], keep = "max", unit = "yuan"',
           {"kind": 1, "amount": "5"}, {"kind": 2, "amount": "3"}, {"kind": 2, "amount": "4"}, gives=7),
    _bills("the least of sums by a column", 'sum = "amount", each = ["kind"], keep = "min", unit = "yuan"',
           {"kind": 1, "amount": "5"}, {"kind": 2, "amount": "3"}, {"kind": 2, "amount": "4"}, gives=5),
    _bills("the sum of the greatest by a column", 'max = "amount", each = ["kind"], keep = "sum", unit = "yuan"',
           {"kind": 1, "amount": "5"}, {"kind": 2, "amount": "3"}, {"kind": 2, "amount": "4"}, gives=9),
    _bills("empty cells are a group of their own", 'count = true, each = ["word"], keep = "max", unit = "records"', {}, {}, {"word": "x"}, gives=2),
    _bills("the greatest of groups of no rows is nought for a count", 'count = true, each = ["kind"], keep = "max", unit = "records"', gives=0),
    _bills("the greatest of groups of no rows is none for the greatest", 'max = "amount", each = ["kind"], keep = "max", unit = "yuan"', gives="none"),
    _bills("groups by two columns", 'count = true, each = ["kind", "word"], keep = "max", unit = "records"',
           {"word": "x"}, {"word": "x"}, {"kind": 2, "word": "x"}, {"word": "y"}, gives=2),
    _bills("an unknown cell in one group", 'sum = "extra", each = ["kind"], keep = "max", unit = "yuan"',
           {"kind": 1, "extra": "5"}, {"kind": 2, "extra": None}, {"kind": 2, "extra": "4"}, gives=AtLeast(5)),
    _bills("the least of groups with an unknown one", 'sum = "extra", each = ["kind"], keep = "min", unit = "yuan"',
           {"kind": 1, "extra": "5"}, {"kind": 2, "extra": None}, gives="unknown"),
    _bills("groups with a row in doubt", 'count = true, each = ["kind"], keep = "max", where = "maybe_kind == 1", unit = "records"',
           {"maybe_kind": 1}, {"maybe_kind": 1}, {"kind": 2, "maybe_kind": None}, gives=AtLeast(2)),
    _bills("a group without a value is passed over", 'max = "gift", each = ["kind"], keep = "min", unit = "yuan"',
           {"kind": 1, "gift": None}, {"kind": 2, "gift": "4"}, gives=4),
    _bills("different values by a column", 'distinct = ["shop"], each = ["kind"], keep = "max", unit = "kinds"',
           {"shop": 1}, {"shop": 2}, {"shop": 2}, {"kind": 2, "shop": 1}, gives=2),
    _bills("the newest days only", 'sum = "amount", newest = 2, unit = "yuan"', {"amount": "1"}, {"amount": "2"}, {"amount": "4"}, gives=6),
    _bills("all rows of the newest day", 'sum = "amount", newest = 1, unit = "yuan"',
           {"paid_on": "2026-03-05", "amount": "1"}, {"paid_on": "2026-03-05", "amount": "2"}, {"amount": "4"}, gives=3),
    _bills("the newest of those that meet the condition", 'sum = "amount", where = "kind == 1", newest = 1, unit = "yuan"',
           {"amount": "1"}, {"amount": "2"}, {"amount": "4", "kind": 2}, gives=2),
    _bills("a row in doubt that is too old does not matter", 'count = true, where = "maybe_kind == 1", newest = 2, unit = "records"',
           {"maybe_kind": None}, {"maybe_kind": 1}, {"maybe_kind": 1}, gives=2),
    _bills("a newer row in doubt leaves no floor", 'count = true, where = "maybe_kind == 1", newest = 2, unit = "records"',
           {"maybe_kind": 1}, {"maybe_kind": 1}, {"maybe_kind": None}, gives="unknown"),
    _bills("the newest of what was not delivered has no floor", 'count = true, newest = 2, unit = "records"', {}, {}, gives="unknown", delivered={"bill": STALE}),
    value("the newest months", 'dataset = "wage", count = true, where = "payer == 1", newest = 2, unit = "records"',
          rows={"wage": [{"month": f"2026-0{month}", "payer": 1} for month in (1, 2, 2, 5)]}, gives=3),
]  # fmt: skip

RUNS = [
    value("a run of days", 'dataset = "stay", run = "days"', gives=3,
          rows={"stay": [{"came": day} for day in ("2026-03-01", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-05")]}),
    value("a run of months over the year's end", 'dataset = "stay", run = "months"', gives=3,
          rows={"stay": [{"came": day} for day in ("2025-09-01", "2025-11-30", "2025-12-01", "2026-01-31")]}),
    value("a run of a month column", 'dataset = "wage", run = "months"', gives=2,
          rows={"wage": [{"month": month} for month in ("2026-01", "2026-03", "2026-04")]}),
    value("a run of nothing", 'dataset = "stay", run = "days"', gives=0),
    value("a run that fills stretches, both ends in", 'dataset = "stay", run = "days", until = "went"', gives=6,
          rows={"stay": [{"came": "2026-03-01", "went": "2026-03-03"}, {"came": "2026-03-04", "went": "2026-03-06"}]}),
    value("stretches that lie over each other count once", 'dataset = "stay", run = "days", until = "went"', gives=5,
          rows={"stay": [{"came": "2026-03-01", "went": "2026-03-05"}, {"came": "2026-03-02", "went": "2026-03-03"}]}),
    value("months with a day in a stretch", 'dataset = "stay", run = "months", until = "went"', gives=3,
          rows={"stay": [{"came": "2026-03-31", "went": "2026-05-01"}]}),
    value("an open stretch runs to today", 'dataset = "stay", run = "days", until = "went"', gives=20,
          rows={"stay": [{"came": "2026-11-01", "went": None}]}),
    value("a stretch into the future ends today", 'dataset = "stay", run = "days", until = "went"', gives=20,
          rows={"stay": [{"came": "2026-11-01", "went": "2026-12-24"}]}),
    value("a stretch whose end is not known", 'dataset = "stay", run = "days", until = "left"', gives="unknown",
          rows={"stay": [{"came": "2026-11-01", "left": None}, {"came": "2026-11-02", "left": "2026-11-02"}]}),
    value("a stretch that ends before it begins fills nothing", 'dataset = "stay", run = "days", until = "went"', gives=1,
          rows={"stay": [{"came": "2026-11-05", "went": "2026-11-01"}, {"came": "2026-11-03", "went": "2026-11-03"}]}),
    value("a run of what was not delivered", 'dataset = "stay", run = "days"', rows={"stay": [{"came": "2026-11-01"}]}, delivered={"stay": STALE}, gives="unknown"),
    value("a run with a row in doubt", 'dataset = "bill", run = "days", where = "maybe_kind == 1"', gives="unknown",
          rows={"bill": [{"paid_on": "2026-03-01", "maybe_kind": None}, {"paid_on": "2026-03-02", "maybe_kind": 1}]}),
    value("a run inside a window", 'dataset = "stay", run = "days", over = "2 days"', gives=2,
          rows={"stay": [{"came": f"2026-11-{day}"} for day in (17, 18, 19, 20)]}),
    value("the longest run of a group", 'dataset = "stay", run = "days", each = ["kind"], keep = "max"', gives=2,
          rows={"stay": [{"came": "2026-11-01"}, {"came": "2026-11-02"}, {"came": "2026-11-03", "kind": 2}]}),
]  # fmt: skip

SINCE = [
    _cards("since when a state holds", 'since = "level"', {"data_date": "2026-03-01", "level__since": "2026-01-05"}, gives=date(2026, 1, 5)),
    _cards("since of no state is none", 'since = "level"', gives="none"),
    _cards("since of the newest state", 'since = "level"',
           {"data_date": "2026-03-02", "level__since": "2026-02-05"}, {"data_date": "2026-03-01", "level__since": "2026-03-01"}, gives=date(2026, 2, 5)),
    _cards("since of two states of one day goes by the greater record", 'since = "level"',
           {"data_date": "2026-03-01", "level__since": "2026-02-05", "record_id": "b"},
           {"data_date": "2026-03-01", "level__since": "2026-03-01", "record_id": "a"}, gives=date(2026, 2, 5)),
    _cards("since of a state that meets the condition", 'since = "level", where = "level == 2"',
           {"data_date": "2026-03-02", "level__since": "2026-02-05"}, {"level": 2, "data_date": "2026-03-01", "level__since": "2026-03-01"}, gives=date(2026, 3, 1)),
    _cards("since with a row in doubt", 'since = "level", where = "maybe_level == 1"', {"maybe_level": None, "level__since": "2026-02-05"}, gives="unknown"),
    _cards("since of an old delivery", 'since = "level"', {"level__since": "2026-02-05"}, gives="unknown", delivered={"card": STALE}),
]  # fmt: skip

_TWO = (Person(), Person(), Person(1), Person(1))

WHOSE = [
    value("rows of another person are not counted", 'dataset = "bill", count = true, unit = "records"', people=_TWO,
          rows={"bill": [{"person": 0}, {"person": 1}, {"person": 2}]}, gives=1),
    value("rows of all members of a household", 'dataset = "bill", count = true, unit = "records"', before='of = "household"', people=_TWO, about=1,
          rows={"bill": [{"person": 0}, {"person": 2}, {"person": 3}]}, gives=2),
    value("rows with a household number of their own", 'dataset = "meter", count = true, unit = "records"', before='of = "household"', people=_TWO, about=1,
          rows={"meter": [{"person": -1, "household": 1}, {"person": -1, "household": 0}, {"person": 0, "household": 1}]}, gives=2),
    value("rows of a hukou household", 'dataset = "bill", count = true, unit = "records"', before='of = "household"\ngroup = "hukou"',
          people=(Person(0, 1), Person(0, 0), Person(1, 1)), about=1, rows={"bill": [{"person": 0}, {"person": 1}, {"person": 2}]}, gives=2),
    value("rows in which another column names the person", 'dataset = "bill", count = true, by = "helper", unit = "records"', people=_TWO, about=1,
          rows={"bill": [{"person": 0, "helper": 1}, {"person": 1}, {"person": 1, "helper": 0}]}, gives=1),
    value("rows in which another column names any member", 'dataset = "bill", count = true, by = "helper", unit = "records"', before='of = "household"',
          people=_TWO, about=1, rows={"bill": [{"person": 0, "helper": 2}, {"person": 1, "helper": 3}, {"person": 2, "helper": 0}, {"person": 3}]}, gives=2),
    value("what was delivered at the place of the person counts", 'dataset = "bill", exists = true', people=(Person(place=1), Person()),
          places=("370502001001", "370502002001"), delivered={"bill@1": STALE}, gives="unknown"),
    value("an authorised person's rows", 'dataset = "secret", count = true, unit = "records"', rows={"secret": [{}]}, gives=1),
    value("without an authorisation nothing is known", 'dataset = "secret", exists = true', people=(Person(authorised=False),), gives="unknown"),
    value("a household needs the authorisation of all", 'dataset = "secret", exists = true', before='of = "household"',
          people=(Person(), Person(authorised=False)), gives="unknown"),
    value("a household all of whom authorised", 'dataset = "secret", exists = true', before='of = "household"', people=(Person(), Person()), gives=False),
]  # fmt: skip

CASES = [*EXISTS, *COUNTS, *SUMS, *EXTREMES, *LATEST, *GROUPS, *RUNS, *SINCE, *WHOSE]
