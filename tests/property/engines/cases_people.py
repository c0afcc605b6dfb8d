"""Facts, relations, members, divisions: what is known of other people and of places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.support.engine_cases import AtLeast, Case, Hit, value
from tests.support.small_base import Delivered, Person

STALE = Delivered(fresh=False)
TWO = (Person(), Person(), Person(1), Person(1))
OF_HOUSEHOLD = 'of = "household"'
OF_HUKOU = 'of = "household"\ngroup = "hukou"'


def _when(says: str, condition: str, gives: Any, text: str = "", **more: Any) -> Case:
    """A rule without a measure."""
    return Case(
        says,
        f'{text}\nrule = {{ when = "{condition}", grades = {{ blue = "hit" }} }}',
        Hit("blue") if gives is True else gives,
        **more,
    )


FACTS = [
    _when("a fact stands for itself", "low", True, rows={"card": [{}]}),
    _when("a fact that does not hold", "low", "no", rows={"card": [{"level": 2}]}),
    _when("a fact of what was not delivered", "low", "unknown", delivered={"card": None}),
    _when("a household has a yes/no if any member has", "low", True, OF_HOUSEHOLD, people=TWO, about=1, rows={"card": [{"person": 3}]}),
    _when("and not if none has", "low", "no", OF_HOUSEHOLD, people=TWO, about=1, rows={"card": [{"person": 0}]}),
    _when("a member of whom nothing is known", "low", "unknown", OF_HOUSEHOLD, people=(Person(), Person(0, 0, 1)), places=("370502001", "370502002"),
          delivered={"card@1": None}),
    _when("one member is enough, whatever is unknown of the others", "low", True, OF_HOUSEHOLD, rows={"card": [{}]},
          people=(Person(), Person(0, 0, 1)), places=("370502001", "370502002"), delivered={"card@1": None}),
    _when("a hukou household has it if any of its members has", "low", True, OF_HUKOU, people=(Person(0, 1), Person(0, 0), Person(1, 1)), about=1,
          rows={"card": [{"person": 2}]}),
    _when("a person has the number of the living household", "income < 5000", True, people=TWO, about=3,
          rows={"home": [{"household": 0, "person": -1, "income": "9000"}, {"household": 1, "person": -1, "income": "4999.99"}]}),
    _when("a person without a household has none", "income < 5000", "no", people=(Person(-1, -1),)),
    _when("not even of a flag", "not poor", True, people=(Person(-1, -1),)),
    _when("a fact on facts and a shared parameter", "poor", "no", rows={"home": [{"household": 0, "person": -1, "income": "5000"}]}),
    _when("a number of a fact that is none", "income < 5000", "no"),
    _when("a number of a fact with an empty cell", "income < 5000", "unknown", rows={"home": [{"household": 0, "person": -1, "income": None}]}),
    _when("completed years", "age >= 60", True, rows={"birth": [{"born": "1966-11-20"}]}),
    _when("a day short of a year", "age >= 60", "no", rows={"birth": [{"born": "1966-11-21"}]}),
    _when("someone born on a leap day is of age on the last of February", "age >= 18", True, rows={"birth": [{"born": "2008-02-29"}]}, as_of=date(2026, 2, 28)),
    _when("and not a day before", "age >= 18", "no", rows={"birth": [{"born": "2008-02-29"}]}, as_of=date(2026, 2, 27)),
    _when("a person of whom no day of birth is there", "age >= 18", "no"),
    _when("the first case that holds", "class == 'one'", True, rows={"card": [{"level": 2}, {"level": 1}]}),
    _when("the second case", "class == 'two'", True, rows={"card": [{"level": 2}]}),
    _when("the case that is left", "class in ('two', 'rest')", True),
    _when("an unknown case before the first that holds", "class == 'rest'", "unknown", delivered={"card": STALE}),
    value("the floor of a fact", 'fact = "paid"', rows={"bill": [{"paid_on": "2026-11-01", "extra": "5"}, {"paid_on": "2026-11-02", "extra": None}]}, gives=AtLeast(5)),
    _when("a fact handed in counts before what would be worked out", "low", True, given={"low": {0: True}}, rows={"card": [{"level": 2}]}),
    _when("a fact handed in as unknown", "low", "unknown", given={"low": {0: None}}, rows={"card": [{}]}),
    _when("a fact handed in for one member", "low", True, OF_HOUSEHOLD, given={"low": {1: True}}, people=(Person(), Person())),
    _when("a number handed in in yuan", "income < 4000.5", "no", given={"income": {0: Decimal("4000.5")}}),
    _when("facts on a fact handed in", "poor", True, given={"income": {0: Decimal("10")}}),
    _when("a day handed in", "age >= 60", True, given={"born": {0: date(1966, 11, 20)}}),
    _when("a text handed in", "class == 'two'", True, given={"class": {0: "two"}}),
    _when("a household fact that counts members", "two_old", True, OF_HOUSEHOLD, people=TWO,
          rows={"birth": [{"person": 0, "born": "1950-01-01"}, {"person": 1, "born": "1950-01-01"}]}),
]  # fmt: skip

VIA = [
    _when("a fact of the parent", "parent_low", True, 'inputs.parent_low = { fact = "low", via = "parent" }', people=TWO,
          relations={"parent": [{"person": 0, "other": 3}]}, rows={"card": [{"person": 3}]}),
    _when("a fact that the parent has not", "parent_low", "no", 'inputs.parent_low = { fact = "low", via = "parent" }', people=TWO,
          relations={"parent": [{"person": 0, "other": 3}]}, rows={"card": [{"person": 0}]}),
    _when("a number of nobody is none", "parent_age > 0", "no", 'inputs.parent_age = { fact = "age", via = "parent" }'),
    _when("a yes/no of nobody is no", "not parent_low", True, 'inputs.parent_low = { fact = "low", via = "parent" }'),
    _when("nobody, where the relation was not delivered, is unknown", "parent_low", "unknown", 'inputs.parent_low = { fact = "low", via = "parent" }',
          delivered={"kin": None}),
    _when("a relation that is there counts though old", "parent_low", True, 'inputs.parent_low = { fact = "low", via = "parent" }', people=TWO,
          relations={"parent": [{"person": 0, "other": 3}]}, rows={"card": [{"person": 3}]}, delivered={"kin": STALE}),
    _when("a parent outside the base is unknown", "parent_low", "unknown", 'inputs.parent_low = { fact = "low", via = "parent" }',
          relations={"parent": [{"person": 0, "other": None}]}),
    _when("the parent's own place decides what was delivered", "parent_low", "unknown", 'inputs.parent_low = { fact = "low", via = "parent" }',
          people=(Person(), Person(1, 1, 1)), places=("370502001", "370502002"), relations={"parent": [{"person": 0, "other": 1}]}, delivered={"card@1": STALE}),
    value("a parent of each member", 'members = "any", where = "parent_low"', gives=True, before='of = "household"\nperson.parent_low = { fact = "low", via = "parent" }',
          people=TWO, relations={"parent": [{"person": 1, "other": 3}]}, rows={"card": [{"person": 3}]}),
]  # fmt: skip

_OLD = {"birth": [{"person": 0, "born": "1950-01-01"}, {"person": 1, "born": "1990-01-01"}, {"person": 3, "born": "1950-01-01"}]}
_HALF = {"birth": [{"person": 0, "born": "1950-01-01"}, {"person": 1, "born": None}]}

MEMBERS = [
    value("any member", 'members = "any", where = "age >= 60"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=True),
    value("no member", 'members = "any", where = "age >= 90"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=False),
    value("any member, one unknown", 'members = "any", where = "age >= 90"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives="unknown"),
    value("any member, one unknown and one certain", 'members = "any", where = "age >= 60"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives=True),
    value("all members", 'members = "all", where = "age >= 18"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=True),
    value("not all members", 'members = "all", where = "age >= 60"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF | _OLD, gives=False),
    value("all members, one unknown", 'members = "all", where = "age >= 60"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives="unknown"),
    value("a count of members", 'members = "count", where = "age >= 18", unit = "persons"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=2),
    value("a count of all members", 'members = "count", unit = "persons"', before=OF_HOUSEHOLD, people=TWO, gives=2),
    value("a count with an unknown member", 'members = "count", where = "age >= 18", unit = "persons"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives=AtLeast(1)),
    value("members of a hukou household", 'members = "count", where = "age >= 18", unit = "persons"', before=OF_HUKOU,
          people=(Person(0, 1), Person(0, 0), Person(1, 1)), about=1, rows={"birth": [{"person": n, "born": "1990-01-01"} for n in range(3)]}, gives=2),
    value("the household of a person", 'members = "count", where = "age >= 60", unit = "persons"', people=TWO, about=2, rows=_OLD, gives=1),
    value("a person without a household is alone", 'members = "count", unit = "persons"', people=(Person(-1, -1),), gives=1),
    value("a sum over members", 'members = "sum", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=76 + 36),
    value("a sum over some members", 'members = "sum", of = "age", where = "age < 60", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=36),
    value("a sum passes over numbers that are none", 'members = "sum", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, about=1, rows=_OLD, gives=76),
    value("a sum with an unknown number has no floor", 'members = "sum", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives="unknown"),
    value("a sum of floors", 'members = "sum", of = "paid", unit = "yuan"', before=OF_HOUSEHOLD, people=TWO, gives=AtLeast(8),
          rows={"bill": [{"person": 0, "paid_on": "2026-11-01", "extra": "5"}, {"person": 0, "paid_on": "2026-11-01", "extra": None}, {"person": 1, "paid_on": "2026-11-01", "extra": "3"}]}),
    value("a sum with a member in doubt", 'members = "sum", of = "paid", where = "age >= 60", unit = "yuan"', before=OF_HOUSEHOLD, people=TWO, gives=AtLeast(5),
          rows={**_HALF, "bill": [{"person": 0, "paid_on": "2026-11-01", "extra": "5"}, {"person": 1, "paid_on": "2026-11-01", "extra": "3"}]}),
    value("the oldest member", 'members = "max", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=76),
    value("the youngest member", 'members = "min", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=36),
    value("the oldest of nobody is none", 'members = "max", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, about=1, gives="none"),
    value("the oldest with an unknown one", 'members = "max", of = "age", unit = "years"', before=OF_HOUSEHOLD, people=TWO, rows=_HALF, gives="unknown"),
    value("the latest day over members", 'members = "max", of = "born"', before=OF_HOUSEHOLD, people=TWO, rows=_OLD, gives=date(1990, 1, 1)),
    value("rows of each member", 'members = "count", where = "bills >= 2", unit = "persons"', people=TWO, gives=1,
          before='of = "household"\nperson.bills = { dataset = "bill", count = true, unit = "records" }',
          rows={"bill": [{"person": 0}, {"person": 0}, {"person": 1}, {"person": 2}, {"person": 2}]}),
    value("rows of each member against a number of the household", 'members = "count", where = "own >= half", unit = "persons"', people=TWO, gives=2,
          before='of = "household"\nperson.own = { dataset = "bill", sum = "amount", unit = "yuan" }\ninputs.half = { dataset = "bill", max = "amount", unit = "yuan" }',
          rows={"bill": [{"person": 0, "amount": "3"}, {"person": 1, "amount": "1"}, {"person": 1, "amount": "2"}]}),
    value("an earlier input of the person in a condition on rows", 'members = "sum", of = "later", unit = "records"', people=TWO, gives=1,
          before='of = "household"\nperson.came = { dataset = "stay", latest = "came" }\nperson.later = { dataset = "bill", count = true, where = "days(came, paid_on) > 0", unit = "records" }',
          rows={"stay": [{"person": 0, "came": "2026-03-01"}], "bill": [{"person": 0, "paid_on": "2026-03-01"}, {"person": 0, "paid_on": "2026-03-02"}, {"person": 1}]}),
    value("after an input of the person", 'members = "sum", of = "later", unit = "records"', people=TWO, gives=1,
          before='of = "household"\nperson.came = { dataset = "stay", latest = "came" }\nperson.later = { dataset = "bill", count = true, after = "came", unit = "records" }',
          rows={"stay": [{"person": 0, "came": "2026-03-01"}], "bill": [{"person": 0, "paid_on": "2026-03-01"}, {"person": 0, "paid_on": "2026-03-02"}, {"person": 1}]}),
    value("a window of a person's rows with a parameter of the rule", 'members = "sum", of = "some", unit = "records"', people=TWO, gives=1,
          before='of = "household"\ninputs.n = { parameter = "n", like = "span.days" }\nperson.some = { dataset = "bill", count = true, over = "n days", unit = "records" }',
          rows={"bill": [{"person": 0, "paid_on": "2026-11-16"}, {"person": 1, "paid_on": "2026-11-15"}]}),
    value("a household fact for each member", 'members = "count", where = "poor", unit = "persons"', before=OF_HOUSEHOLD, people=TWO,
          rows={"home": [{"household": 0, "person": -1, "income": "1"}]}, gives=2),
]  # fmt: skip

_TIES = {
    "helpers": [
        {"person": 0, "other": 1, "can_pay": True, "pays": "100"},
        {"person": 0, "other": 2, "can_pay": False, "pays": "50"},
        {"person": 1, "other": 3, "can_pay": True},
    ]
}

AMONG = [
    value("those a relation leads to", 'members = "count", among = "helpers", unit = "persons"', people=TWO, relations=_TIES, gives=2),
    value("with a column of the relation", 'members = "count", among = "helpers", where = "can_pay", unit = "persons"', people=TWO, relations=_TIES, gives=1),
    value("with a fact of theirs", 'members = "any", among = "helpers", where = "low"', people=TWO, relations=_TIES, rows={"card": [{"person": 2}]}, gives=True),
    value("a sum over a column of the relation", 'members = "sum", among = "helpers", of = "pays", unit = "yuan"', people=TWO, relations=_TIES, gives=150),
    value("an empty cell of the relation", 'members = "count", among = "helpers", where = "can_pay", unit = "persons"', people=TWO,
          relations={"helpers": [{"person": 0, "other": 1, "can_pay": None}, {"person": 0, "other": 2, "can_pay": True}]}, gives=AtLeast(1)),
    value("nobody tied", 'members = "count", among = "helpers", unit = "persons"', gives=0),
    value("nobody tied satisfies everything", 'members = "all", among = "helpers", where = "low"', gives=True),
    value("a relation that was not delivered", 'members = "count", among = "helpers", unit = "persons"', people=TWO, relations=_TIES, delivered={"kin": STALE}, gives=AtLeast(2)),
    value("any of a relation that was not delivered", 'members = "any", among = "helpers", where = "can_pay"', people=TWO, relations=_TIES, delivered={"kin": STALE}, gives=True),
    value("all of a relation that was not delivered", 'members = "all", among = "helpers", where = "not low"', people=TWO, relations=_TIES, delivered={"kin": STALE}, gives="unknown"),
    value("not all of a relation that was not delivered", 'members = "all", among = "helpers", where = "can_pay"', people=TWO, relations=_TIES, delivered={"kin": STALE}, gives=False),
    value("a sum over a relation that was not delivered", 'members = "sum", among = "helpers", of = "pays", unit = "yuan"', people=TWO, relations=_TIES,
          delivered={"kin": STALE}, gives="unknown"),
    value("someone outside the base", 'members = "count", among = "helpers", where = "can_pay and not low", unit = "persons"',
          relations={"helpers": [{"person": 0, "other": None, "can_pay": True}, {"person": 0, "other": None, "can_pay": False}]}, gives=AtLeast(0)),
    value("those tied to any member of a household", 'members = "count", among = "helpers", where = "can_pay", unit = "persons"', before=OF_HOUSEHOLD, people=TWO,
          relations=_TIES, gives=2),
    value("rows of those tied", 'members = "sum", among = "helpers", of = "got", unit = "yuan"', people=TWO, relations=_TIES, gives=7,
          before='person.got = { dataset = "bill", sum = "amount", unit = "yuan" }', rows={"bill": [{"person": 0, "amount": "1"}, {"person": 1, "amount": "3"}, {"person": 2, "amount": "4"}]}),
]  # fmt: skip


def _norm(says: str, gives: Any, *rows: tuple[str, str], place: str = "370502001001", **more: Any) -> Case:
    norms = [{"person": -1, "household": -1, "region_code": code, "amount": amount} for code, amount in rows]
    return value(
        says, 'fact = "rate"', before=OF_HOUSEHOLD, rows={"norm": norms}, places=(place,), gives=gives, alone=True, **more
    )


DIVISIONS = [
    _norm("the number of the own village", 3, ("370502001001", "3"), ("370502001", "4"), ("370000", "5")),
    _norm("of the nearest division above", 4, ("370502001000", "4"), ("370502", "5"), ("370000", "6"), ("110000", "9")),
    _norm("of the prefecture", 5, ("370500", "5"), ("370503", "7")),
    _norm("of the nation", 6, ("000000", "6"), ("110000", "9")),
    _norm("of no division", "none", ("110000", "9"), ("370502002", "8")),
    _norm("a village does not look into the village beside", 4, ("370502001002", "3"), ("370502", "4")),
    _norm("a county seen from its own code", 5, ("370502", "5"), ("370502001", "4"), place="370502"),
    _norm("an unknown amount nearby is not replaced by one above", "unknown", ("370502001", None), ("370502", "4")),  # type: ignore[arg-type]
    _norm("not delivered", "unknown", delivered={"norm": None}),
    value("rows that fail the condition are passed over for the division above", 'fact = "rate"', before=OF_HOUSEHOLD, alone=True, gives=5,
          rows={"norm": [{"person": -1, "household": -1, "region_code": "370502", "amount": "4", "level": 2}, {"person": -1, "household": -1, "region_code": "370500", "amount": "5"}]}),
    value("a person's division", 'fact = "local_rate"', alone=True, people=(Person(), Person(0, 0, 1)), places=("370502001", "370503001"), about=1, gives=7,
          rows={"norm": [{"person": -1, "household": -1, "region_code": "370502", "amount": "4"}, {"person": -1, "household": -1, "region_code": "370503", "amount": "7"}]}),
]  # fmt: skip

CASES = [*FACTS, *VIA, *MEMBERS, *AMONG, *DIVISIONS]
