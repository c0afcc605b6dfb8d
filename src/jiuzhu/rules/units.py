"""Units of numbers: which there are, which add and compare, and what a product of them is."""

from __future__ import annotations

from jiuzhu.rules.faults import Wrong, nearest

# What is counted, not measured: they fall out of a product with a measured unit (yuan per month times months is yuan).
_COUNTED = """
    persons months years days hours minutes quarters weeks times ratio level grade points records vehicles homes units households
    trips visits payments kinds regions enterprises pieces head heads factors stays accounts policies notices calls seats items
    cards premises plots licences certificates members children standards degrees
"""
COUNTING = frozenset(_COUNTED.split())
MEASURED = frozenset({"yuan", "m2", "m3", "m", "km", "kwh", "kw", "mu", "tonnes", "kg", "litres"})
UNITS = COUNTING | MEASURED
# What a rate may be of, besides the plural itself: yuan/month, m2/person.
_SINGULAR = {
    "person": "persons",
    "month": "months",
    "year": "years",
    "day": "days",
    "hour": "hours",
    "minute": "minutes",
    "quarter": "quarters",
    "household": "households",
    "time": "times",
    "record": "records",
}
_NEUTRAL = frozenset({"ratio", "times", ""})


def check_unit(unit: str) -> None:
    """Raises Wrong for a unit that is not known: a word, or words by `/` as in `yuan/month`."""
    top, *bottom = unit.split("/")
    if unit and top not in UNITS:
        raise Wrong("unit", f"unit '{unit}' is not known", nearest(_SINGULAR.get(top, top), UNITS))
    for word in bottom:
        if _SINGULAR.get(word, word) not in COUNTING:
            raise Wrong("unit", f"unit '{unit}': '{word}' is not something counted", nearest(word, [*_SINGULAR, *COUNTING]))


def _factors(unit: str) -> tuple[str, ...]:
    """The measured factors of a unit, or, where it has none, the counted ones; what a rate is per falls out."""
    words = [factor.split("/")[0] for factor in unit.split("*")]
    measured = tuple(sorted(word for word in words if word in MEASURED))
    return measured or tuple(sorted(word for word in words if word not in _NEUTRAL))


def alike(one: str, other: str) -> bool:
    """Whether two numbers add and compare. A plain number ("") fits any unit: codes and written numbers have none."""
    return not one or not other or one == other or _factors(one) == _factors(other)


def product(one: str, other: str) -> str:
    if one in _NEUTRAL or other in _NEUTRAL:
        return one if other in _NEUTRAL and one not in _NEUTRAL else other
    return "*".join(_factors(f"{one}*{other}"))


def quotient(top: str, bottom: str) -> str:
    """The unit of so much for each: what is counted falls out, equal units leave a ratio. Raises Wrong for anything else."""
    if top and bottom and _factors(top) == _factors(bottom):
        return "ratio"
    if any(word in MEASURED for word in _factors(bottom)):
        raise Wrong(
            "unit", f"per of {top or 'a plain number'} and {bottom}", "divide by a number that is counted, or in the same unit"
        )
    return top


def balanced(measure: str, right: str) -> bool:
    """Whether a measure may be held against base times limit: the measured factors are the same."""

    def measured(unit: str) -> tuple[str, ...]:
        return tuple(word for word in _factors(unit) if word in MEASURED)

    return measured(measure) == measured(right)


def scale_of(unit: str, decimals: int = 0) -> int:
    """How many decimals the whole number of a value in this unit carries: money 2, counts 0, other numbers 4.

    decimals: how many the written values need; a count with decimals is held like any other number.
    """
    factors = [word.split("/")[0] for word in unit.split("*")]
    if "yuan" in factors:
        return 2
    if unit in COUNTING - {"ratio"} and not decimals:
        return 0
    return 4
