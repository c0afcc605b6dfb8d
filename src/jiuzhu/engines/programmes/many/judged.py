"""Programmes judged for many families at once: outcome, amount, tests and lines, as the reference gives them, without the words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from jiuzhu.engines.programmes.answers import Assessment, ProgrammeAnswer
from jiuzhu.engines.programmes.assess import TOPUPS
from jiuzhu.engines.programmes.assess import decimal_of as one_decimal
from jiuzhu.engines.programmes.many import columns
from jiuzhu.engines.programmes.many.columns import Column, Mask
from jiuzhu.engines.programmes.many.expressions import evaluate, holds
from jiuzhu.engines.programmes.many.world import Below, Families, Seen
from jiuzhu.engines.programmes.world import COUNTED
from jiuzhu.rules.parameters import ancestors
from jiuzhu.rules.programmes.family import Family
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS, Programme, ProgrammeInput, Rounding

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Brief:
    """An answer without its words. member: its name, "" for the household; would_be: the amount where it were granted; tests: by kind
    and name, None where not known; lines: yuan, or what the line counts."""

    code: str
    member: str
    outcome: str
    would_be: Decimal | None
    tests: Mapping[str, bool | None]
    lines: Mapping[str, Decimal | None]

    @property
    def amount(self) -> Decimal | None:
        return self.would_be if self.outcome == "granted" else None


def brief_of(answer: ProgrammeAnswer) -> Brief:
    """The same of an answer of the reference."""
    tests = {f"{test.kind} {test.name}": test.holds for test in answer.tests}
    lines = {line.name: line.value for line in answer.lines}
    return Brief(answer.code, answer.called, answer.outcome, answer.would_be, tests, lines)


def judged_many(catalogue: Catalogue, families: Sequence[Family], codes: Iterable[str]) -> list[list[Brief]]:
    """For each family its answers: household programmes once, personal ones for each member, in the order of the codes.

    Families are taken together as far as the same texts are in force for them. Raises OneByOne where a text says what columns cannot.
    """
    wanted = tuple(codes)
    answers: list[list[Brief]] = [[] for _ in families]
    for rows in _alike(catalogue, families):
        judge = _Judge(catalogue, [families[row] for row in rows])
        for code in wanted:
            judge.told(code, [answers[row] for row in rows])
    return answers


def _alike(catalogue: Catalogue, families: Sequence[Family]) -> Iterable[list[int]]:
    """Families of one day for whom every programme has the same text."""
    programmes = catalogue.programmes
    texts: dict[Any, Any] = {}
    found: dict[Any, list[int]] = defaultdict(list)
    for row, family in enumerate(families):
        key = (family.on, *(family.places[place] for place in sorted(family.places)))
        if key not in texts:
            nearest = {place: ancestors(division) for place, division in family.places.items()}
            of = [(code, nearest[kept[0].numbers_of]) for code, kept in programmes.texts.items()]
            texts[key] = (family.on, *(id(programmes.of(code, places, family.on)) for code, places in of))
        found[texts[key]].append(row)
    return found.values()


class _Judge:
    def __init__(self, catalogue: Catalogue, families: Sequence[Family]) -> None:
        self.programmes, self.families = catalogue.programmes, families
        self.world = Families(catalogue, families, self.outcome)
        self._judged: dict[str, _Judged] = {}

    def text(self, code: str) -> Programme | None:
        one = self.families[0]
        places = ancestors(one.places[self.programmes.texts[code][0].numbers_of])
        return self.programmes.of(code, places, one.on)

    def judged(self, code: str, text: Programme) -> _Judged:
        if code not in self._judged:
            self._judged[code] = _Judged(self, text)
        return self._judged[code]

    def outcome(self, item: ProgrammeInput, seen: Seen) -> Column:
        """What another programme says of each subject: of that member, of the household, or of any member."""
        text = self.text(item.programme)
        if text is None:
            return columns.flags(np.zeros(seen.count, bool)) if item.gives == "holds" else columns.blank(seen.count)
        found = self.judged(item.programme, text)
        of_each = seen.level == MEMBERS and text.of == "person"
        if item.gives == "holds":
            everybody = np.ones(len(found.holds), bool)
            if of_each:
                judged = found.holds
            elif text.of == "person":
                judged = seen.of_any(found.holds, everybody)
            else:
                judged = found.holds.take(seen.rows.family)
            said, stated = self._stated(text, seen, of_each)
            return columns.picked(said, columns.flags(stated), judged)
        if of_each:
            return found.paid
        if text.of == "person":
            members = self.world.levels[MEMBERS].family
            return columns.summed(found.paid, members, len(self.families)).take(seen.rows.family)
        return found.paid.take(seen.rows.family)

    def _stated(self, text: Programme, seen: Seen, of_each: bool) -> tuple[Mask, Mask]:
        """Where the file says of a recognition made already whether it is so, and what. Of a household a personal one says only that
        somebody has it."""
        if not text.recognised_by:
            return np.zeros(seen.count, bool), np.zeros(seen.count, bool)
        level = MEMBERS if text.of == "person" else HOUSEHOLD
        _, rows, values = self.world.said(level, text.recognised_by)
        said, true = (np.zeros(len(self.world.levels[level]), bool) for _ in range(2))
        for row, value in zip(rows, values, strict=True):
            said[row], true[row] = isinstance(value, bool), value is True
        if of_each:
            return said, true
        if level == MEMBERS:
            any_one = seen.of_any(columns.flags(true), np.ones(len(true), bool)).true
            return any_one, any_one
        return said[seen.rows.family], true[seen.rows.family]

    def told(self, code: str, answers: Sequence[list[Brief]]) -> None:
        """Put the answers of one programme behind those of each family."""
        text = self.text(code)
        if text is None:
            return
        found = self.judged(code, text)
        members = self.world.levels[MEMBERS]
        for row, brief in enumerate(found.briefs()):
            if text.of == "household":
                answers[row].append(brief(""))
                continue
            family = int(members.family[row])
            answers[family].append(brief(self.families[family].name_of(row - int(members.first[family]))))


class _Judged:
    """One programme for all subjects."""

    def __init__(self, judge: _Judge, text: Programme) -> None:
        self.judge, self.text = judge, text
        level = HOUSEHOLD if text.of == "household" else MEMBERS
        self.seen = judge.world.seen(level, text.inputs, text.numbers_of)
        count = self.seen.count
        kinds = (("need", text.needs), ("test", text.tests), ("exclusion", text.exclusions))
        self.truths = {(kind, test.name): holds(test.holds, self.seen) for kind, tests in kinds for test in tests}
        met = [judge.world.fact(MEMBERS, COUNTED)] if level == MEMBERS else []
        for (kind, _), truth in self.truths.items():
            if kind == "need":
                # A need that is not met refuses nothing: there is no proposal until it is.
                met.append(columns.flags(truth.true, ~truth.true))
            else:
                met.append(columns.negation(truth) if kind == "exclusion" else truth)
        self.holds = columns.both(met, count)
        self.values = self._amount()

    def _amount(self) -> dict[str, Column]:
        if not self.text.amount:
            return {}
        self.seen.lines[TOPUPS] = self._topups()
        for line in self.text.amount:
            self.seen.lines[line.name] = evaluate(line.value, self.seen)
        last = self.seen.lines[self.text.amount[-1].name]
        return {**self.seen.lines, "amount": last if self.text.rounding is None else self._rounded(last, self.text.rounding)}

    @property
    def paid(self) -> Column:
        """What is given: nothing where the programme does not hold."""
        nothing = columns.whole(np.zeros(self.seen.count, np.int64))
        return columns.picked(self.holds.true, self.values.get("amount", nothing), nothing).unknown_at(self.holds.unknown)

    def _rounded(self, value: Column, rounding: Rounding) -> Column:
        to, how = self.seen.number(rounding.to), self.seen.number(rounding.how)
        answer = value
        for word in np.unique(how.values[how.known & value.known]):
            here = how.known & to.known & value.known & (how.values == word) & (to.values != 0)
            steps = columns.whole_part(value, to, self.seen.words.texts[int(word)])
            answer = columns.picked(here, columns.multiplied(columns.whole(np.where(here, steps, 0)), to), answer)
        return answer.unknown_at(value.known & ~(to.known & how.known))

    # --- top-ups ---

    def _topups(self) -> Column:
        """For each insured member: the highest of each group and the groups together, or as the place stacks them."""
        nothing = columns.whole(np.zeros(self.seen.count, np.int64))
        how = columns.blank(self.seen.count) if self.text.stacking is None else self.seen.number(self.text.stacking)
        below = self.seen.below(MEMBERS)
        insured = columns.both([below.belongs, below.holds(self.text.insured)], below.count)
        pays = [(one.group, self._pays(place, below)) for place, one in enumerate(self.text.topups)]
        answer = nothing
        words = {"groups": how.none} | {
            self.seen.words.texts[int(word)]: how.known & (how.values == word) for word in np.unique(how.values[how.known])
        }
        for word, here in words.items():
            if here.any():
                here = here | how.none if word == "groups" else here
                answer = columns.picked(here, self._stacked(pays, insured, below, word), answer)
        return answer.unknown_at(how.unknown)

    def _stacked(self, pays: Sequence[tuple[str, Column]], insured: Column, below: Below, how: str) -> Column:
        nothing = columns.whole(np.zeros(below.count, np.int64))
        groups: dict[str, list[Column]] = {}
        for group, value in pays:
            groups.setdefault(group if how == "groups" else "", []).append(columns.picked(value.none, nothing, value))
        total = nothing
        for values in groups.values():
            # Nothing is paid below nought, so where no top-up of a group applies the highest is nothing.
            total = columns.added(total, reduce(columns.added, values) if how == "sum" else columns.extreme("greatest", values))
        total = columns.picked(insured.false, nothing, total.unknown_at(insured.unknown))
        return columns.summed(total, below.subject, self.seen.count)

    def _pays(self, place: int, below: Below) -> Column:
        """Yuan; a share is of the standard. None where it does not apply or the place has no such top-up."""
        one = self.text.topups[place]
        pays = self.seen.number(one.pays)
        value = columns.multiplied(pays, self.seen.input("standard")) if one.pays.type.unit == "ratio" else pays
        truth, value, none = below.holds(one.when), value.take(below.subject), pays.none[below.subject]
        value = value.unknown_at(truth.unknown)
        return columns.picked(truth.false | none, columns.blank(below.count), value)

    # --- the answers ---

    def briefs(self) -> Iterable[_Row]:
        open_amount = self.values["amount"].unknown if self.values else np.zeros(self.seen.count, bool)
        outcomes = np.where(self.holds.unknown | (self.holds.true & open_amount), 0, np.where(self.holds.true, 1, 2)).tolist()
        tests = [(f"{kind} {name}", truth.true.tolist(), truth.unknown.tolist()) for (kind, name), truth in self.truths.items()]
        names = [*([TOPUPS] if self.text.topups and self.text.amount else []), *(line.name for line in self.text.amount)]
        lines = [(name, _decimals(self.values[name])) for name in names]
        worth = _decimals(self.values["amount"]) if self.values else [None] * self.seen.count
        for row in range(self.seen.count):
            yield _Row(
                self.text.code, ("unknown", "granted", "refused")[outcomes[row]], worth[row],
                {name: None if unknown[row] else true[row] for name, true, unknown in tests},
                {name: values[row] for name, values in lines},
            )  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """An answer before it is known whom it is of."""

    code: str
    outcome: str
    worth: Decimal | None
    tests: Mapping[str, bool | None]
    lines: Mapping[str, Decimal | None]

    def __call__(self, member: str) -> Brief:
        return Brief(self.code, member, self.outcome, self.worth, self.tests, self.lines)


def _decimals(of: Column) -> list[Decimal | None]:
    """As the reference shows a value, each different one worked out once."""
    known, values, over = of.known.tolist(), of.values.tolist(), of.over
    divisors = [over] * len(known) if isinstance(over, int) else over.tolist()
    seen: dict[tuple[int, int], Decimal | None] = {}
    told: list[Decimal | None] = []
    for row, (here, value, divisor) in enumerate(zip(known, values, divisors, strict=True)):
        if not here:
            told.append(None)
            continue
        if (value, divisor) not in seen:
            seen[value, divisor] = one_decimal(columns.fraction(of, row))
        told.append(seen[value, divisor])
    return told


def briefs_of(told: Assessment) -> list[Brief]:
    """An assessment of the reference in the same form."""
    return [brief_of(answer) for answer in told.answers]
