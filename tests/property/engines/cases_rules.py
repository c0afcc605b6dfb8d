"""The rule: when, measure, base, limit, ways, grades, also; what is known of the measure; value and threshold. And expressions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.support.engine_cases import Case, Hit
from tests.support.small_base import BEIJING, Delivered

STALE = Delivered(fresh=False)
SUM = 'inputs.sent = { dataset = "bill", sum = "amount", unit = "yuan" }'
EXTRA = 'inputs.sent = { dataset = "bill", sum = "extra", unit = "yuan" }'
CHANGE = 'inputs.sent = { dataset = "bill", sum = "change", unit = "yuan" }'
GOT = 'inputs.got = { dataset = "bill", sum = "gift", unit = "yuan" }'
LINES = 'grades = { red = "3 x", orange = "2 x", yellow = "1.5 x", blue = "1 x" }'


def _paid(
    says: str,
    amount: str | None,
    gives: Any,
    rule: str = f'measure = "sent", limit = "most", {LINES}',
    inputs: str = SUM,
    **more: Any,
) -> Case:
    """One bill of `amount` (also its `extra` and `change`), a limit `most` of 1000 yuan."""
    rows = {"bill": [{"amount": amount or "0", "extra": amount, "change": amount}]}
    return Case(says, f"{inputs}\nrule = {{ {rule} }}", gives, **{"rows": rows, "parameters": {"most": "1000 yuan"}, **more})


def _measured(grade: str, yuan: float, limit: float = 1000) -> Hit:
    return Hit(grade, round(yuan * 100), round(limit * 100))


LIMITS = [
    _paid("the limit itself is reached", "1000", _measured("blue", 1000)),
    _paid("a fen below the limit is not", "999.99", "no"),
    _paid("the grade times the limit is reached", "3000", _measured("red", 3000)),
    _paid("a fen below that grade gives the next", "2999.99", _measured("orange", 2999.99)),
    _paid("a factor with decimals", "1500", _measured("yellow", 1500)),
    _paid("above needs more than the limit", "1000", "no", f'measure = "sent", limit = "most", way = "above", {LINES}'),
    _paid("above by a fen", "1000.01", _measured("blue", 1000.01), f'measure = "sent", limit = "most", way = "above", {LINES}'),
    _paid("at most the limit", "1000", _measured("blue", 1000), 'measure = "sent", limit = "most", way = "at most", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("at most half of it", "500", _measured("red", 500), 'measure = "sent", limit = "most", way = "at most", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("more than at most", "1000.01", "no", 'measure = "sent", limit = "most", way = "at most", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("below is strictly below, also at one time the limit", "1000", "no", 'measure = "sent", limit = "most", way = "below", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("below by a fen", "999.99", _measured("blue", 999.99), 'measure = "sent", limit = "most", way = "below", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("below a limit, half of it counts from half on", "500", _measured("red", 500), 'measure = "sent", limit = "most", way = "below", grades = { red = "0.5 x", blue = "1 x" }'),
    _paid("above a limit, twice it counts from twice on", "2000", _measured("orange", 2000), f'measure = "sent", limit = "most", way = "above", {LINES}'),
    _paid("a grade by number", "5000", _measured("red", 5000), 'measure = "sent", limit = "most", grades = { red = "5000", blue = "1000" }'),
    _paid("a grade under the limit never fires below the limit", "999", "no", 'measure = "sent", limit = "most", grades = { red = "5000", blue = "500" }'),
    _paid("a grade under the limit takes what reached the limit", "1000", _measured("blue", 1000), 'measure = "sent", limit = "most", grades = { red = "5000", blue = "500" }'),
    _paid("reached, but no line holds", "1500", "no", 'measure = "sent", limit = "most", grades = { red = "3 x", orange = "2 x" }'),
    _paid("a hit without steps", "1000", _measured("orange", 1000), 'measure = "sent", limit = "most", grades = { orange = "hit" }'),
    _paid("when does not hold", "1000", "no", f'when = "sent > 2000", measure = "sent", limit = "most", {LINES}'),
    _paid("none of the measure reaches nothing", "0", "no", 'measure = "got", limit = "most", way = "at most", grades = { blue = "1 x" }',
          'inputs.got = { dataset = "bill", max = "gift", unit = "yuan" }'),
    _paid("the sum of no rows is nought and at most the limit", None, Hit("blue", 0, 100000), 'measure = "sent", limit = "most", way = "at most", grades = { blue = "1 x" }', rows={}),
    Case("a shared number as the limit", f'{SUM}\ninputs.most = {{ parameter = "most", like = "poverty.line" }}\nrule = {{ measure = "sent", limit = "most", {LINES} }}',
         _measured("blue", 5000, 5000), rows={"bill": [{"amount": "5000"}]}),
    Case("a count has no decimals", 'inputs.n = { dataset = "bill", count = true, unit = "records" }\nrule = { measure = "n", limit = "least_records", grades = { red = "3", blue = "2" } }',
         Hit("blue", 2, 2), rows={"bill": [{}, {}]}, parameters={"least_records": "2 records"}),
    Case("a limit with decimals has four", 'of = "household"\ninputs.n = { dataset = "meter", sum = "used", unit = "kwh" }\nrule = { measure = "n", limit = "most", grades = { blue = "1 x" } }',
         Hit("blue", 25000, 25000), rows={"meter": [{"household": 0, "used": "2.5"}]}, parameters={"most": "2.5 kwh"}),
]  # fmt: skip

PLACES = [
    Case(f"the limit {item} of {place} on {day}", f'{SUM}\ninputs.most = {{ parameter = "most", like = "{item}" }}\nrule = {{ measure = "sent", limit = "most", grades = {{ blue = "1 x" }} }}',
         gives, rows={"bill": [{"amount": "1000", "paid_on": "2020-05-01"}]}, places=(place,), as_of=date.fromisoformat(day))
    for place, day, item, gives in (
        ("110101", "2025-12-31", "fee.limit", _measured("blue", 1000, 100)),
        ("110101", "2026-01-01", "fee.limit", _measured("blue", 1000, 200)),
        ("371302", "2026-11-20", "fee.limit", _measured("blue", 1000, 300)),
        ("370502002", "2026-11-20", "fee.limit", _measured("blue", 1000, 400)),
        ("370502001003", "2026-11-20", "fee.limit", "unknown"),
        ("370502002", "2026-11-20", "fee.far", _measured("blue", 1000, 150)),
        ("370503001", "2026-11-20", "fee.far", "unknown"),
    )
]  # fmt: skip

UNKNOWN = [
    _paid("a known part that reaches the limit is enough", "2000", _measured("orange", 2000), rows={"bill": [{"extra": "2000"}, {"extra": None}]}, inputs=EXTRA),
    _paid("a known part below the limit", "999.99", "unknown", rows={"bill": [{"extra": "999.99"}, {"extra": None}]}, inputs=EXTRA),
    _paid("a known part is no upper bound", "1", "unknown", 'measure = "sent", limit = "most", way = "at most", grades = { blue = "1 x" }',
          rows={"bill": [{"extra": "1"}, {"extra": None}]}, inputs=EXTRA),
    _paid("a known part above the limit under above", "1000.01", _measured("blue", 1000.01), f'measure = "sent", limit = "most", way = "above", {LINES}',
          rows={"bill": [{"extra": "1000.01"}, {"extra": None}]}, inputs=EXTRA),
    _paid("no known part of amounts below zero", "5000", "unknown", rows={"bill": [{"change": "5000"}, {"change": None}]}, inputs=CHANGE),
    _paid("an unknown measure", None, "unknown", inputs=EXTRA),
    _paid("when is unknown, the measure not reached", "1", "no", f'when = "low", measure = "sent", limit = "most", {LINES}', delivered={"card": None}),
    _paid("when is unknown, the measure reached", "1000", "unknown", f'when = "low", measure = "sent", limit = "most", {LINES}', delivered={"card": None}),
    _paid("when does not hold, the measure unknown", None, "no", f'when = "low", measure = "sent", limit = "most", {LINES}', inputs=EXTRA),
    _paid("when is unknown, no line of grades holds", "1500", "no", 'when = "low", measure = "sent", limit = "most", grades = { red = "3 x", orange = "2 x" }', delivered={"card": None}),
    _paid("the floor carries through a sum of inputs", "600", _measured("blue", 1200), f'measure = "sent + sent", limit = "most", {LINES}',
          rows={"bill": [{"extra": "600"}, {"extra": None}]}, inputs=EXTRA),
    _paid("the floor carries through a product with a known number", "600", _measured("blue", 1200), f'measure = "sent * 2", limit = "most", {LINES}',
          rows={"bill": [{"extra": "600"}, {"extra": None}]}, inputs=EXTRA),
    _paid("no floor through a product below zero", "600", "unknown", f'measure = "sent * -2", limit = "most", {LINES}',
          rows={"bill": [{"extra": "600"}, {"extra": None}]}, inputs=EXTRA),
    _paid("no floor through a difference", "6000", "unknown", f'measure = "sent - 1", limit = "most", {LINES}', rows={"bill": [{"extra": "6000"}, {"extra": None}]}, inputs=EXTRA),
    _paid("no floor through the greater of two", "6000", "unknown", f'measure = "greatest(sent, 1)", limit = "most", {LINES}',
          rows={"bill": [{"extra": "6000"}, {"extra": None}]}, inputs=EXTRA),
    _paid("a floor is no yes and no number of yes", "6000", "unknown", 'measure = "number(given(sent))", limit = "most", grades = { blue = "1 x" }',
          rows={"bill": [{"extra": "6000"}, {"extra": None}]}, inputs=EXTRA, parameters={"most": "1 times"}),
    _paid("a comparison does not use a floor", "6000", "unknown", 'when = "sent > 1000", grades = { blue = "hit" }',
          rows={"bill": [{"extra": "6000"}, {"extra": None}]}, inputs=EXTRA, parameters={}),
]  # fmt: skip

RATIO = 'measure = "sent", base = "got", limit = "share", grades = { red = "2 x", blue = "1 x" }'


def _ratio(
    says: str, amount: str, base: str | None, gives: Any, rule: str = RATIO, inputs: str = f"{SUM}\n{GOT}", **more: Any
) -> Case:
    """amount over base against a limit of 0.5."""
    rows = {"bill": [{"amount": amount, "gift": base, "change": base}]}
    return Case(says, f"{inputs}\nrule = {{ {rule} }}", gives, **{"rows": rows, "parameters": {"share": "0.5 ratio"}, **more})


AT_MOST = 'measure = "sent", base = "got", limit = "share", way = "at most", grades = { red = "0.5 x", blue = "1 x" }'
SIGNED = 'inputs.got = { dataset = "bill", sum = "change", unit = "yuan" }'
FIRST = 'inputs.got = { dataset = "bill", latest = "gift", unit = "yuan" }'

RATIOS = [
    _ratio("a ratio at its limit", "500", "1000", Hit("blue", 5000, 5000)),
    _ratio("a fen below", "499.99", "1000", "no"),
    _ratio("a ratio at twice its limit", "1000", "1000", Hit("red", 10000, 5000)),
    _ratio("a ratio is rounded half up to four decimals", "666.65", "1000", Hit("blue", 6667, 5000)),
    _ratio("a ratio of thirds", "200", "300", Hit("blue", 6667, 5000)),
    _ratio("anything over nothing reaches every grade, without a value", "0.01", "0", Hit("red", None, 5000)),
    _ratio("nothing over nothing reaches none", "0", "0", "no"),
    _ratio("a base below zero is unknown", "500", "-1", "unknown", inputs=f"{SUM}\n{SIGNED}"),
    _ratio("a base that is none gives no hit", "500", None, "no", inputs=f"{SUM}\n{FIRST}"),
    _ratio("a base that is unknown", "500", None, "unknown", inputs=f"{SUM}\n{SIGNED}"),
    _ratio("a measure that is none over an unknown base", "500", None, "no", 'measure = "least_gift", base = "got", limit = "share", grades = { blue = "1 x" }',
           inputs=f'inputs.least_gift = {{ dataset = "bill", min = "gift", unit = "yuan" }}\n{SIGNED}'),
    _ratio("at most, over nothing, nothing is reached", "0", "0", "no", AT_MOST),
    _ratio("at most, over something", "500", "1000", Hit("blue", 5000, 5000), AT_MOST),
    _ratio("at most, below zero over nothing", "0", "0", Hit("red", None, 5000), AT_MOST.replace('"sent"', '"sent - 1"')),
    _ratio("at least, below zero over nothing", "0", "0", "no", RATIO.replace('"sent"', '"sent - 1"')),
    _ratio("above over nothing", "0.01", "0", Hit("red", None, 5000), RATIO.replace("limit =", 'way = "above", limit =')),
    _ratio("a ratio below zero is rounded away from zero", "0", "20000", Hit("red", -1, 5000), AT_MOST.replace('"sent"', '"sent - 1"')),
    _ratio("a grade by number is compared with the ratio", "800", "1000", Hit("red", 8000, 5000), RATIO.replace("2 x", "0.8")),
    _ratio("a ratio just below a grade by number", "799.99", "1000", Hit("blue", 8000, 5000), RATIO.replace("2 x", "0.8")),
    _ratio("the known part over a base", "", "1000", Hit("blue", 6000, 5000), inputs=f"{EXTRA}\n{GOT}", rows={"bill": [{"extra": "600", "gift": "1000"}, {"extra": None}]}),
    _ratio("the known part over nothing", "", "0", Hit("red", None, 5000), inputs=f"{EXTRA}\n{GOT}", rows={"bill": [{"extra": "600", "gift": "0"}, {"extra": None}]}),
    _ratio("no known part over nothing", "", "0", "unknown", inputs=f"{EXTRA}\n{GOT}", rows={"bill": [{"gift": "0", "extra": None}]}),
    _ratio("an unset limit over nothing", "5", "0", "unknown", inputs=f'{SUM}\n{GOT}\ninputs.share = {{ parameter = "share", like = "fee.far" }}',
           rule='measure = "sent * sent", base = "got", limit = "share", grades = { blue = "1 x" }', parameters={}, places=("110101",)),
]  # fmt: skip

ALSO = f'measure = "sent", limit = "most", also = "low", {LINES}'
ALSO_WHEN = f'when = "sent > 5", measure = "sent", limit = "most", also = "low", {LINES}'

ALSO_CASES = [
    _paid("also hits with the lowest grade", "1", _measured("blue", 1), ALSO, rows={"bill": [{"amount": "1"}], "card": [{}]}),
    _paid("also does not lower a grade", "3000", _measured("red", 3000), ALSO, rows={"bill": [{"amount": "3000"}], "card": [{}]}),
    _paid("also does not hold", "1", "no", ALSO),
    _paid("also is unknown", "1", "unknown", ALSO, delivered={"card": None}),
    _paid("also is unknown where the limit is reached", "1000", _measured("blue", 1000), ALSO, delivered={"card": None}),
    _paid("also needs when", "5", "no", ALSO_WHEN, rows={"bill": [{"amount": "5"}], "card": [{}]}),
    _paid("also hits though the measure is unknown, its known part the value", None, _measured("blue", 7), ALSO, EXTRA, rows={"bill": [{"extra": "7"}, {"extra": None}], "card": [{}]}),
    _paid("also hits without any value", None, Hit("blue", None, 100000), ALSO, 'inputs.sent = { dataset = "bill", max = "extra", unit = "yuan" }', rows={"bill": [], "card": [{}]}),
    _paid("also where no line of grades holds", "1500", _measured("orange", 1500), 'measure = "sent", limit = "most", also = "low", grades = { red = "3 x", orange = "2 x" }',
          rows={"bill": [{"amount": "1500"}], "card": [{}]}),
]  # fmt: skip

GROUPED = 'grades = { red = "class == \'one\'", orange = "class == \'two\'", yellow = "else" }'

CONDITIONS = [
    Case(says, f"{text}\nrule = {{ {rule} }}", gives, rows=rows, **more)
    for says, text, rule, gives, rows, more in (
        ("a grade by class", "", f'when = "not poor", {GROUPED}', Hit("red"), {"card": [{}]}, {}),
        ("the next class", "", f'when = "not poor", {GROUPED}', Hit("orange"), {"card": [{"level": 2}]}, {}),
        ("no class left", "", f'when = "not poor", {GROUPED}', Hit("yellow"), {}, {}),
        ("an unknown class is passed over for what holds surely", "", f'when = "not poor", {GROUPED}', Hit("yellow"), {}, {"delivered": {"card": STALE}}),
        ("only unknown lines left", "", 'when = "not poor", grades = { red = "class == \'one\'" }', "unknown", {}, {"delivered": {"card": STALE}}),
        ("no line holds", "", 'when = "not poor", grades = { red = "class == \'one\'" }', "no", {}, {}),
        ("a class with a measure", SUM, f'measure = "sent", limit = "most", {GROUPED}', _measured("orange", 1000),
         {"bill": [{"amount": "1000"}], "card": [{"level": 2}]}, {"parameters": {"most": "1000 yuan"}}),
        ("the value without a measure is one and the threshold the one parameter", "", 'when = "income < line_here", grades = { blue = "hit" }', Hit("blue", 1, 500000),
         {"home": [{"household": 0, "income": "1"}]}, {"parameters": {"line_here": "5000 yuan"}}),
        ("no threshold of two parameters", "", 'when = "income < line_here and income < line_there", grades = { blue = "hit" }', Hit("blue", 1, None),
         {"home": [{"household": 0, "income": "1"}]}, {"parameters": {"line_here": "5000 yuan", "line_there": "6000 yuan"}}),
        ("the threshold of a parameter that stands for a window", 'inputs.seen = { dataset = "bill", exists = true, over = "n days" }', 'when = "seen", grades = { blue = "hit" }',
         Hit("blue", 1, 5), {"bill": [{"paid_on": "2026-11-20"}]}, {"parameters": {"n": "5 days"}}),
    )
]  # fmt: skip


def _says(condition: str, gives: Any, bill: dict[str, Any] | None = None, **more: Any) -> Case:
    """A condition on the columns of one row."""
    rows = {"bill": [{"paid_on": "2026-03-31", "amount": "12.50", **(bill or {})}]}
    text = f'inputs.x = {{ dataset = "bill", exists = true, where = "{condition}" }}\nrule = {{ when = "x", grades = {{ blue = "hit" }} }}'
    says = condition if not bill else f"{condition} where {bill}"
    return Case(says, text, Hit("blue") if gives is True else gives, rows=rows, **more)


NONE_AND_UNKNOWN = {"gift": None, "extra": None}

EXPRESSIONS = [
    _says("gift == extra", "no", NONE_AND_UNKNOWN),
    _says("gift + extra > 0 or not given(gift + extra)", True, NONE_AND_UNKNOWN),
    _says("given(gift)", "no", NONE_AND_UNKNOWN),
    _says("given(extra)", "unknown", NONE_AND_UNKNOWN),
    _says("not given(gift) and amount > 12.49", True, NONE_AND_UNKNOWN),
    _says("extra in (1, 2)", "unknown", NONE_AND_UNKNOWN),
    _says("gift in (1, 2)", "no", NONE_AND_UNKNOWN),
    _says("not (gift in (1, 2))", True, NONE_AND_UNKNOWN),
    _says("extra > 1 and amount > 100", "no", NONE_AND_UNKNOWN),
    _says("extra > 1 or amount > 1", True, NONE_AND_UNKNOWN),
    _says("extra > 1 or amount > 100", "unknown", NONE_AND_UNKNOWN),
    _says("not (gift > 1)", True, NONE_AND_UNKNOWN),
    _says("gift != 1", "no", NONE_AND_UNKNOWN),
    _says("greatest(gift, extra) > 0 or least(gift, extra) <= 0", "no", NONE_AND_UNKNOWN),
    _says("number(flagged) == 0", "unknown", {"flagged": None}),
    _says("number(ticked) == 0", True, {"ticked": None}),
    _says("number(ticked) == 1", True, {"ticked": True}),
    _says("amount * 3 - 2 == 35.5 and amount + 0.01 == 12.51", True),
    _says("abs(amount - 20) == 7.5", True),
    _says("least(amount, 20) == 12.5 and greatest(amount, 20, 30) == 30", True),
    _says("10 < amount <= 12.5", True),
    _says("kind in (2, 3)", "no"),
    _says("kind not in (2, 3)", True),
    _says("word == 'zz'", True, {"word": "zz"}),
    _says("days(paid_on, as_of) == 234", True),
    _says("days(as_of, paid_on) == -234", True),
    _says("months(paid_on, as_of) == 7", True),
    _says("months(as_of, paid_on) == -8", True),
    _says("months(paid_on, due) == 1", True, {"due": "2026-04-30"}),
    _says("months(paid_on, due) == 0", True, {"due": "2026-04-29"}),
    _says("months(due, paid_on) == 1", True, {"due": "2026-02-28"}),
    _says("years(paid_on, due) == 0", True, {"due": "2027-03-30"}),
    _says("years(paid_on, due) == 1", True, {"due": "2027-03-31"}),
    _says("years(due, paid_on) == -1", True, {"due": "2027-03-30"}),
    _says("year(paid_on) == 2026", True),
    _says("birthday(due, 18) == paid_on", True, {"due": "2008-03-31"}),
    _says("days(birthday(due, 2), paid_on) == 762", True, {"due": "2022-02-28"}),
    _says("days(birthday(due, 1), paid_on) == 31", True, {"due": "2024-02-29", "paid_on": "2025-03-31"}),
    _says("given(birthday(due, 18))", "no", {"due": None}),
    _says("paid_on > year_start and month_start > paid_on", True),
    _says("greatest(paid_on, year_start) == paid_on", True),
    _says("least(paid_on, due) == due", "no", {"due": None}),
    _says("same(helper, helper)", "no"),
    _says("given(helper)", "no", {"helper": None}),
    _says("same(helper, helper) and given(helper)", True, {"helper": 0}),
    _says("per('worth', pieces) == 0.8", True, {"pieces": 1}),
    _says("per('worth', pieces) == 0.8 and pieces == 2", True, {"pieces": 2}),
    _says("per('worth', pieces) == 0.5", True, {"pieces": 30}),
    _says("per('worth', shop) > 0", "no", {"shop": None}),
    _says("per('worth', pieces) > 0", "unknown", {"pieces": None}),
    Case("a month against a month", 'inputs.x = { dataset = "wage", exists = true, where = "months(month, as_of) == 2" }\nrule = { when = "x", grades = { blue = "hit" } }',
         Hit("blue"), rows={"wage": [{"month": "2026-09"}]}),
    Case("the year of a month", 'inputs.x = { dataset = "wage", exists = true, where = "year(month) == 2025" }\nrule = { when = "x", grades = { blue = "hit" } }',
         Hit("blue"), rows={"wage": [{"month": "2025-12"}]}),
    Case("completed hours", 'inputs.x = { dataset = "call", exists = true, where = "hours(rang_at, now) == 2 and minutes(rang_at, now) == 179" }\nrule = { when = "x", grades = { blue = "hit" } }',
         Hit("blue"), rows={"call": [{"rang_at": "2026-11-20T07:00:01"}]}, now=datetime(2026, 11, 20, 10, 0, tzinfo=BEIJING)),
    Case("hours backwards are rounded down", 'inputs.x = { dataset = "call", exists = true, where = "hours(ended_at, rang_at) == -1" }\nrule = { when = "x", grades = { blue = "hit" } }',
         Hit("blue"), rows={"call": [{"rang_at": "2026-11-20T07:00", "ended_at": "2026-11-20T07:30"}]}),
    Case("now is the end of today", 'inputs.x = { dataset = "call", exists = true, where = "minutes(rang_at, now) == 1" }\nrule = { when = "x", grades = { blue = "hit" } }',
         Hit("blue"), rows={"call": [{"rang_at": "2026-11-20T23:59"}]}),
]  # fmt: skip

CASES = [*LIMITS, *PLACES, *UNKNOWN, *RATIOS, *ALSO_CASES, *CONDITIONS, *EXPRESSIONS]
