"""What letters and publications about a decision say: the words each of them takes, in the words a family can read (F5).

The texts themselves, and how they are served, are those of notices; a step of a road names which letter it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions import queries
from jiuzhu.casework.decisions.actions import month_after
from jiuzhu.casework.decisions.hearings import SETS_AMOUNT
from jiuzhu.casework.decisions.models import Decision, Item, Proposal
from jiuzhu.casework.notices.publications import Line
from jiuzhu.casework.roads.declared import road_of
from jiuzhu.rules.tree import Title

PUBLIC, CONFIRMED, REFUSED, CHANGED, ENDED, GRADUAL, RECOGNISED, ONCE = "N07", "N08", "N09", "N10", "N11", "N12", "N26", "N27"
ZH, EN = "zh", "en"
FOUND = "{0}：{1}"
UNMET = {ZH: "不符合“{0}”这一条，它要求：{1}", EN: "“{0}” is not met, which asks: {1}"}
LATER = Title("另行通知", "you will be told")
FROM, TO, YUAN, SEPARATOR = Title("由", " from "), Title("调整为", " to "), Title("元", " yuan"), Title("；", "; ")
NOTHING_ELSE = Title("暂无，情况变化后可再申请", "none at present; apply again whenever things change")


def letter(decision: Decision) -> tuple[str, Mapping[str, Title]] | None:
    """Which letter tells of this decision, and its words in both languages; None where it changes nothing for the family, or where
    its case was erased. The step of the road names the letter; a benefit that runs out by degrees has one of its own.
    """
    declared = road_of(decision.item.walk).steps.get(decision.step)
    basis = queries.basis(decision.proposal)
    if declared is None or not declared.notice or basis is None:
        return None
    kind = GRADUAL if declared.notice == ENDED and _months_left(decision) else declared.notice
    told = {tongue: _words(kind, decision, basis, tongue) for tongue in (ZH, EN)}
    return kind, {name: Title(zh, told[EN][name]) for name, zh in told[ZH].items()}


def public_line(proposal: Proposal) -> Line:
    """What is put up in the village: who applied, for how many, what, how much. Names are masked by whoever puts it up."""
    item, basis = proposal.item, queries.basis(proposal)
    assert basis is not None  # the case is open, so its key is there
    title = Title(basis.answer["title"]["zh"], basis.answer["title"]["en"])
    return Line(item.party, _members(basis), title, proposal.fen or None)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}" if fen % 100 else f"{fen // 100}"


def unmet(answer: Mapping[str, object], tongue: str) -> Sequence[str]:
    """The tests that do not hold, each as what it asks for and that it is not so, and the exclusions that do, as sentences."""
    tests: Sequence[Mapping[str, object]] = answer["tests"]  # type: ignore[assignment]
    asks = UNMET[tongue]
    return [
        (FOUND if one["kind"] == "exclusion" else asks).format(_of(one["title"], tongue), _of(one["says"], tongue))
        for one in tests
        if one["holds"] is (one["kind"] == "exclusion")
    ]


def _words(kind: str, decision: Decision, basis: queries.Basis, tongue: str) -> Mapping[str, str]:
    item, matter, month = decision.item, _of(basis.answer["title"], tongue), decision.from_month
    before = _before(item, decision)
    moved = _moved(basis, before, tongue) if decision.batch_id and before else ""
    why = queries.reason(decision) or moved or _reason(basis, tongue)
    old = before.fen if before else 0
    heard = item.hearings.order_by("-pk").first()
    facts = "；".join(unmet(basis.answer, tongue)) or _reason(basis, tongue)
    everything = {
        "matter": matter, "members": str(_members(basis)), "reason": why, "facts": facts, "from_month": month,
        "alternatives": _alternatives(basis, tongue), "review_on": _review(basis, decision) or _of(LATER, tongue),
        "old_amount": yuan(old), "new_amount": yuan(decision.fen), "amount": yuan(decision.fen),
        "last_month": _month_before(month) if month else "", "heard_on": f"{heard.held_on:%Y-%m-%d}" if heard else "",
    }  # fmt: skip
    if kind == GRADUAL:
        everything |= {
            "months": str(_months_left(decision)),
            "amount": yuan(old),
            "from_month": month_after(local_day(decision.at)),
        }
    return {name: everything[name] for name in WORDS[kind]}


WORDS: Mapping[str, tuple[str, ...]] = {
    CONFIRMED: ("matter", "members", "amount", "from_month", "review_on"),
    REFUSED: ("matter", "facts", "reason", "alternatives"),
    CHANGED: ("matter", "from_month", "old_amount", "new_amount", "reason"),
    ENDED: ("matter", "last_month", "reason", "heard_on"),
    GRADUAL: ("matter", "from_month", "months", "amount"),
    RECOGNISED: ("matter", "members", "review_on"),
    ONCE: ("matter", "amount", "from_month"),
}


def _months_left(decision: Decision) -> int:
    """How many months are still paid after the one in which it is decided; 0 where it ends at once, or nothing is paid."""
    if decision.step != "end" or not decision.from_month:
        return 0
    first = month_after(local_day(decision.at))
    return sum(int(part) * weight for part, weight in zip(decision.from_month.split("-"), (12, 1), strict=True)) - sum(
        int(part) * weight for part, weight in zip(first.split("-"), (12, 1), strict=True)
    )


def _reason(basis: queries.Basis, tongue: str) -> str:
    """The sentence of every test that speaks of what was judged."""
    return "；".join(f"{_of(one['title'], tongue)}：{_of(one['says'], tongue)}" for one in basis.answer["tests"])


def _alternatives(basis: queries.Basis, tongue: str) -> str:
    granted = [_of(one["title"], tongue) for one in basis.alternatives if one["outcome"] == "granted"]
    return ("、" if tongue == ZH else ", ").join(dict.fromkeys(granted)) or _of(NOTHING_ELSE, tongue)


def _members(basis: queries.Basis) -> int:
    return len({fact.whose for fact in basis.facts if fact.path.startswith("members/")})


def _before(item: Item, decision: Decision) -> Decision | None:
    """The decision that said the amount until then."""
    said = item.decisions.filter(step__in=SETS_AMOUNT, pk__lt=decision.pk).select_related("proposal")
    return said.order_by("-pk").first()


def _moved(basis: queries.Basis, before: Decision, tongue: str) -> str:
    """The local numbers that are no more what they were: the new standard, in words; "" where none is."""
    old = queries.basis(before.proposal)
    known = {one["name"]: one["value"] for one in old.numbers} if old else {}
    moved = [one for one in basis.numbers if known.get(one["name"], one["value"]) != one["value"]]
    said = []
    for one in moved:
        unit = _of(YUAN, tongue) if one["unit"] == "yuan" else ""
        title, old_value = _of(one["title"], tongue), known[one["name"]]
        said.append(f"{title}{_of(FROM, tongue)}{old_value}{unit}{_of(TO, tongue)}{one['value']}{unit}")
    return _of(SEPARATOR, tongue).join(said)


def _review(basis: queries.Basis, decision: Decision) -> str:
    """The first month in which it is looked at again, by the shortest rhythm the programme names; "" where none is set."""
    months = [int(float(value)) for value in basis.answer["review_months"].values() if value is not None]
    if not months or not decision.from_month:
        return ""
    year, month = map(int, decision.from_month.split("-"))
    whole = year * 12 + month - 1 + min(months)
    return f"{whole // 12:04}-{whole % 12 + 1:02}"


def _month_before(month: str) -> str:
    day = date(int(month[:4]), int(month[5:]), 1)
    return f"{day.year - (day.month == 1):04}-{(day.month - 2) % 12 + 1:02}"


def _of(title: object, tongue: str) -> str:
    if isinstance(title, Title):
        return title.zh if tongue == ZH else title.en
    return str(dict(title)[tongue])  # type: ignore[call-overload]
