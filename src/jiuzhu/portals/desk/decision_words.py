"""What a decision page says of an assessment: its sentences with names in them, two sums side by side, what else there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuzhu.casework.decisions.queries import Basis
from jiuzhu.rules.tree import Title

WAITS = Title("待办理", "Waiting")
STATES = {
    "examined": Title("待提出意见", "to be proposed"),
    "proposed": Title("已提出意见", "proposed"),
    "noticed": Title("公示中", "public notice"),
    "disputed": Title("公示有异议", "notice disputed"),
    "reported": Title("待确认", "to be confirmed"),
    "in_force": Title("享受中", "in force"),
    "heard": Title("已听取意见", "heard"),
    "given": Title("已给予", "given"),
    "refused": Title("不予确认", "refused"),
    "ended": Title("已停发", "ended"),
    "closed": Title("已办结", "closed"),
}
SOURCES = {
    "report": Title("核对报告", "report"),
    "visit": Title("入户调查", "visit"),
    "declaration": Title("申报", "declared"),
    "entered": Title("变动登记", "entered by an officer"),
    "": Title("未注明", "not said"),
}
OUTCOMES = {
    "granted": ("ok", Title("符合", "holds")),
    "refused": ("mut", Title("不符合", "does not hold")),
    "unknown": ("warn", Title("不能判断", "cannot be said yet")),
}
MISSING = {
    "when:notice_over or not grants": Title("公示期未满", "the notice is not over"),
    "when:grants": Title("拟不同意的不公示", "what is not granted is not put up"),
    "work:resurvey": Title("二次调查未完成", "the second survey is not done"),
    "paper:hearing_record": Title("须先听取意见", "the family is heard first"),
    "paper:death_record": Title("须有死亡证明", "a record of the death is needed"),
    "paper:county_visit": Title("近亲属备案或被举报的须县级入户", "near to staff or complained of: the county visits"),
}
LADDER = ("tekun", "dibao", "single_person_dibao", "near_dibao", "rigid", "temporary_assistance")


@dataclass(frozen=True)
class Sum:
    """One line of an amount. then, now: in yuan, "" where not known; moved: they differ."""

    title: Title
    says: Title
    then: str
    now: str
    moved: bool


@dataclass(frozen=True)
class Rung:
    """One programme that was judged. why: tests that fail, or what is missing."""

    title: Title
    mark: str
    word: Title
    amount: str
    why: Sequence[Title]
    here: bool


@dataclass(frozen=True)
class FactLine:
    title: Title
    whose: Title
    value: Title
    source: Title
    on: date | None
    others: Sequence[tuple[Title, Title]]


@dataclass(frozen=True)
class Told:
    """One assessment as its page shows it. moved: today's outcome or amount is another."""

    facts: Sequence[FactLine]
    tests: Sequence[tuple[Title, Title, bool | None]]
    sums: Sequence[Sum]
    ladder: Sequence[Rung]
    missing: Sequence[Title]
    notes: Sequence[Title]
    numbers: Sequence[tuple[Title, str, str]]
    advised: tuple[str, Title]
    amount: str
    now: str
    moved: bool
    rulebook: str


Rename = Callable[[Mapping[str, str]], Title]


def replaced(names: Mapping[str, str], basis: Basis) -> Rename:
    """A title with the names of people in place of their keys; where a name is not to be shown, their number."""
    keys = list(dict.fromkeys(fact.whose for fact in basis.facts if fact.path.startswith("members/")))
    called = {key: names.get(key) or str(place) for place, key in enumerate(keys, start=1)}

    def title(both: Mapping[str, str]) -> Title:
        zh, en = both["zh"], both["en"]
        for key, name in called.items():
            zh, en = zh.replace(key, name), en.replace(key, name)
        return Title(zh, en)

    return title


def answered(basis: Basis, title: Rename, now: Mapping[str, Any] | None) -> Told:
    answer = basis.answer
    today = {line["name"]: line["value"] for line in now["lines"]} if now else {}
    sums = [
        Sum(
            title(line["title"]), title(line["says"]), line["value"] or "", today.get(line["name"]) or "",
            bool(now) and today.get(line["name"]) != line["value"],
        )
        for line in answer["lines"]
    ]  # fmt: skip
    return Told(
        facts=[_fact(one, title) for one in basis.facts],
        tests=[(title(one["title"]), title(one["says"]), _fits(one)) for one in answer["tests"]],
        sums=sums,
        ladder=_ladder(basis, title),
        missing=[_gap(gap, title) for gap in answer["missing"]],
        notes=[title(note) for note in answer["notes"]],
        numbers=[(title(one["title"]), _word(one["value"]), str(one["from"] or "")) for one in basis.numbers],
        advised=OUTCOMES[answer["outcome"]],
        amount=answer["amount"] or "",
        now=(now["amount"] or "") if now else "",
        moved=bool(now) and (now["outcome"], now["amount"]) != (answer["outcome"], answer["amount"]),
        rulebook=basis.rulebook,
    )  # fmt: skip


def _gap(gap: Mapping[str, Any], title: Rename) -> Title:
    named = title(gap["title"])
    return Title(f"{named.zh}：{gap['says']['zh']}", f"{named.en}: {gap['says']['en']}")


def _fits(test: Mapping[str, Any]) -> bool | None:
    """Whether it speaks for the family: an exclusion does where it does not hold."""
    holds: bool | None = test["holds"]
    return None if holds is None else holds is (test["kind"] != "exclusion")


def _fact(one: Any, title: Rename) -> FactLine:
    others = [(SOURCES.get(source, SOURCES[""]), words) for source, words in one.others.items()]
    name = title({"zh": one.whose, "en": one.whose}).zh if one.whose else ""
    whose = Title(f"成员 {name}", f"member {name}") if name.isdigit() else Title(name, name)
    return FactLine(one.title, whose, one.words, SOURCES.get(one.source, SOURCES[""]), one.on, others)


def _ladder(basis: Basis, title: Rename) -> list[Rung]:
    """Programmes in the order of their rank; of one for persons the best answer of any."""
    best = ("granted", "unknown", "refused")
    found: dict[str, Mapping[str, Any]] = {}
    for one in [basis.answer, *basis.alternatives]:
        held = found.get(one["code"])
        if held is None or best.index(one["outcome"]) < best.index(held["outcome"]):
            found[one["code"]] = one
    told = []
    for code in sorted(found, key=lambda code: LADDER.index(code) if code in LADDER else len(LADDER)):
        one = found[code]
        mark, word = OUTCOMES[one["outcome"]]
        fails = [title(test["title"]) for test in one["tests"] if _fits(test) is False]
        gaps = [title(gap["title"]) for gap in one["missing"]]
        why = fails if one["outcome"] == "refused" else gaps
        told.append(Rung(title(one["title"]), mark, word, one["amount"] or "", list(dict.fromkeys(why))[:4], one is basis.answer))
    return told


def _word(value: Any) -> str:
    return str(value)
