"""What letters and publications about a decision say: the words each of them takes, in the words a family can read (F5).

The texts themselves, and how they are served, are those of notices; a step of a road names which letter it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jiuzhu.casework.decisions import queries
from jiuzhu.casework.decisions.models import Decision, Item, Proposal
from jiuzhu.rules.tree import Title

PUBLIC, CONFIRMED, REFUSED, CHANGED, ENDED = "N07", "N08", "N09", "N10", "N11"
OF_STEP = {"confirm": CONFIRMED, "refuse": REFUSED, "raise": CHANGED, "cut": CHANGED, "end": ENDED}
ZH, EN = "zh", "en"


@dataclass(frozen=True)
class Words:
    """kind: the letter; words: what stands in its braces, by language."""

    kind: str
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Public:
    """One line of a public notice. Nothing of illness, children or numbers is among it; names are masked by whoever puts it up."""

    applicant: str
    division_code: str
    members: int
    fen: int


def letter(decision: Decision) -> Words | None:
    """The words of the letter this decision is told by; None where it changes nothing for the family, or its case was erased."""
    kind, basis = OF_STEP.get(decision.step), queries.basis(decision.proposal)
    if kind is None or basis is None:
        return None
    told = {tongue: _words(kind, decision, basis, tongue) for tongue in (ZH, EN)}
    return Words(kind, told)


def public_line(proposal: Proposal) -> Public:
    """What is put up in the village: who applied, where, for how many, how much."""
    item, basis = proposal.item, queries.basis(proposal)
    assert basis is not None  # the case is open, so its key is there
    return Public(item.party.key, item.division_code, _members(basis), proposal.fen)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}" if fen % 100 else f"{fen // 100}"


def unmet(answer: Mapping[str, object], tongue: str) -> Sequence[str]:
    """The tests that do not hold, and the exclusions that do, as sentences."""
    tests: Sequence[Mapping[str, object]] = answer["tests"]  # type: ignore[assignment]
    return [
        f"{_of(one['title'], tongue)}：{_of(one['says'], tongue)}"
        for one in tests
        if one["holds"] is (one["kind"] == "exclusion")
    ]


def _words(kind: str, decision: Decision, basis: queries.Basis, tongue: str) -> Mapping[str, str]:
    item = decision.item
    matter = _of(basis.answer["title"], tongue)
    why = queries.reason(decision) or _reason(basis, tongue)
    if kind == CONFIRMED:
        return {
            "matter": matter, "members": str(_members(basis)), "amount": yuan(decision.fen), "from_month": decision.from_month,
            "review_on": _review(basis, decision),
        }  # fmt: skip
    if kind == REFUSED:
        facts = "；".join(unmet(basis.answer, tongue)) or _reason(basis, tongue)
        return {"matter": matter, "facts": facts, "reason": why, "alternatives": _alternatives(basis, tongue)}
    if kind == CHANGED:
        return {
            "matter": matter, "from_month": decision.from_month, "old_amount": yuan(_before(item, decision)),
            "new_amount": yuan(decision.fen), "reason": why,
        }  # fmt: skip
    heard = item.hearings.order_by("-pk").first()
    return {
        "matter": matter, "last_month": _month_before(decision.from_month), "reason": why,
        "heard_on": f"{heard.held_on:%Y-%m-%d}" if heard else "",
    }  # fmt: skip


def _reason(basis: queries.Basis, tongue: str) -> str:
    """The sentence of every test that speaks of what was judged."""
    return "；".join(f"{_of(one['title'], tongue)}：{_of(one['says'], tongue)}" for one in basis.answer["tests"])


def _alternatives(basis: queries.Basis, tongue: str) -> str:
    none = Title("暂无，情况变化后可再申请", "none at present; apply again whenever things change")
    granted = [_of(one["title"], tongue) for one in basis.alternatives if one["outcome"] == "granted"]
    return ("、" if tongue == ZH else ", ").join(dict.fromkeys(granted)) or (none.zh if tongue == ZH else none.en)


def _members(basis: queries.Basis) -> int:
    return len({fact.whose for fact in basis.facts if fact.path.startswith("members/")})


def _before(item: Item, decision: Decision) -> int:
    last = item.decisions.filter(step__in=("confirm", "raise", "cut"), pk__lt=decision.pk).order_by("-pk").first()
    return last.fen if last else 0


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
    return str(dict(title)[tongue])  # type: ignore[call-overload]
