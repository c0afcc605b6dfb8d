"""The report and the survey side by side: of each fact what either says, where they differ, and which of them stands (SF122)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jiuzhu.casework.decisions.facts import DECLARATION, FOUND, LEFT_OUT, ORDER, REPORT, SEEN, SUMMED, TOTAL, VISIT, Gathered
from jiuzhu.casework.decisions.queries import Fact, facts_in_words, in_words
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.tree import HOUSEHOLD
from jiuzhu.rules.tree import Title

NOT_THEIRS = Title("不是这家的", "not theirs")


@dataclass(frozen=True)
class Line:
    """One fact. path: by which a choice names it. whose: key of a member's party, "" for the household. said: source to its words.

    stands: the source whose words are judged, LEFT_OUT for a thing that does not count. differs: two sources say two things.
    choices: sources that may stand; none where there is nothing to choose. because: why another stands than the first of the order.
    """

    path: str
    whose: str
    title: Title
    said: Mapping[str, Title]
    stands: str
    differs: bool
    choices: Sequence[str]
    because: str

    @property
    def by_order(self) -> str:
        """What stands unless somebody says otherwise."""
        return self.choices[0] if self.choices else self.stands


def beside(known: Gathered, catalogue: Catalogue) -> list[Line]:
    """What report or survey say, those that differ first; what was declared alone is no comparison."""
    facts = facts_in_words(known, catalogue)
    by_path = {one.path: one for one in facts}
    lines = [_line(one, known, by_path) for one in facts if not _is_amount_beside_found(one.path, by_path)]
    lines += [_left_out(path, said, known, catalogue) for path, said in known.others.items() if f"/{SEEN}/" in path]
    lines += _total(known, catalogue) if TOTAL not in by_path else []
    return sorted((one for one in lines if {REPORT, VISIT} & set(one.said)), key=lambda one: not (one.differs or one.choices))


def _line(fact: Fact, known: Gathered, by_path: Mapping[str, Fact]) -> Line:
    said = {fact.source: fact.words, **dict.fromkeys(known.agreed.get(fact.path, ()), fact.words), **fact.others}
    path, level = fact.path, fact.path.partition("/")[0]
    if level in FOUND and path.endswith("/found") and (declared := by_path.get(_amount(path))) is not None:
        said[declared.source] = declared.words
    elif level in FOUND and path.endswith("/amount") and REPORT in fact.others:
        path = path.removesuffix("amount") + "found"  # as it was chosen
    differs = len({one.zh for one in said.values()}) > 1
    choices: Sequence[str] = [one for one in ORDER if one in said] if differs else ()
    thing = path.rpartition("/")[0]
    if thing in known.alone and path.endswith("/kind"):
        path, choices = known.alone[thing], (VISIT, LEFT_OUT)
    because = known.believed.get(path, {}).get("because", "")
    return Line(path, fact.whose, fact.title, said, fact.source, differs, choices, because)


def _left_out(path: str, said: Mapping[str, object], known: Gathered, catalogue: Catalogue) -> Line:
    stated = catalogue.programmes.vocabulary.find(path.partition("/")[0], "kind")
    assert stated is not None  # only things of a kind are seen
    words = {source: in_words(stated, value) for source, value in said.items()}
    return Line(
        path, "", stated.title, words, LEFT_OUT, False, (VISIT, LEFT_OUT), known.believed.get(path, {}).get("because", "")
    )


def _total(known: Gathered, catalogue: Catalogue) -> list[Line]:
    """The year's income as it was heard at home beside the sum of what is listed; the same to a tenth is the same."""
    heard, stated = known.others.get(TOTAL, {}).get(VISIT), catalogue.programmes.vocabulary.find(HOUSEHOLD, TOTAL)
    if heard is None or stated is None:
        return []
    listed = sum((Decimal(str(one.get("found", one.get("amount", 0)) or 0)) for one in known.facts.get(SUMMED, ())), Decimal(0))
    sources = {str(one.get("source", DECLARATION)) for one in known.facts.get(SUMMED, ())}
    source = REPORT if REPORT in sources or not sources else DECLARATION
    differs = abs(Decimal(str(heard)) - listed) > max(listed, Decimal(str(heard))) / 10
    said = {source: in_words(stated, f"{listed:f}"), VISIT: in_words(stated, heard)}
    return [Line(TOTAL, "", stated.title, said, source, differs, (source, VISIT) if differs else (), "")]


def _is_amount_beside_found(path: str, by_path: Mapping[str, Fact]) -> bool:
    return path.endswith("/amount") and path.removesuffix("amount") + "found" in by_path


def _amount(path: str) -> str:
    return path.removesuffix("found") + "amount"
