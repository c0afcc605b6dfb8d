"""Judge one family: each programme by its text in force there and then, the main class by rank, the amount to the fen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from jiuzhu.engines.programmes.answers import Assessment, LineAnswer, Outcome, ProgrammeAnswer, TestAnswer, UsedNumber
from jiuzhu.engines.programmes.told import Voice, value_words
from jiuzhu.engines.programmes.world import COUNTED, Seen, Taken, World
from jiuzhu.engines.reference.expressions import evaluate, holds
from jiuzhu.engines.reference.values import (
    NONE,
    Number,
    Reason,
    Unknown,
    Value,
    added,
    both,
    either,
    is_known,
    multiplied,
    negation,
    number,
    unknown_of,
)
from jiuzhu.rules.parameters import ancestors
from jiuzhu.rules.phrases import lowered
from jiuzhu.rules.programmes.family import Family
from jiuzhu.rules.programmes.tree import HOUSEHOLD, MEMBERS, Programme, ProgrammeInput, TopUp
from jiuzhu.rules.tree import Title

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

TOPUPS = "topups"
_TOPUPS = Title("分类施保增发", "Top-ups")


def assess(catalogue: Catalogue, family: Family, codes: Sequence[str] = (), *, classes: bool = True) -> Assessment:
    """The answers of these programmes (all in force, if none is named), household ones once, personal ones for each member.

    A family judged twice gives the same answer: nothing but the catalogue, the family and its two days goes in. classes: whether
    its class is worked out besides; without, the class is not known and none is named.
    """
    judge = _Judge(catalogue, family)
    wanted = tuple(codes) or catalogue.programmes.codes(family.on)
    answers = tuple(judge.answer(code, member) for code in wanted for member in judge.subjects(code))
    people = range(len(family.things[MEMBERS]))
    household_class = judge.household_class() if classes else None
    ranked = judge.classes() if classes else ()
    members = tuple((family.name_of(index), judge.class_of(index)) for index in people) if classes else ()
    numbers = tuple(_used(taken, catalogue) for taken in judge.world.taken.values() if taken.row or taken.brought)
    return Assessment(
        family.on, family.applied_on, family.places["registration"], household_class, ranked, members, answers, numbers,
        catalogue.version,
    )  # fmt: skip


class _Judge:
    def __init__(self, catalogue: Catalogue, family: Family) -> None:
        self.catalogue, self.family = catalogue, family
        self.programmes = catalogue.programmes
        self.world = World(catalogue, family, self.outcome)
        self._judged: dict[tuple[str, int | None], _Judged] = {}
        self._texts: dict[str, Programme | None] = {}

    def text(self, code: str) -> Programme | None:
        if code not in self._texts:
            national = self.programmes.texts[code][0]
            places = ancestors(self.family.places[national.numbers_of])
            self._texts[code] = self.programmes.of(code, places, self.family.on)
        return self._texts[code]

    def subjects(self, code: str) -> tuple[int | None, ...]:
        """The household, or each member who belongs to it."""
        text = self.text(code)
        if text is None:
            return ()
        members = range(len(self.family.things[MEMBERS]))
        return tuple(members) if text.of == "person" else (None,)

    def judged(self, code: str, member: int | None) -> _Judged | None:
        text = self.text(code)
        if text is None:
            return None
        key = (code, member if text.of == "person" else None)
        if key not in self._judged:
            self._judged[key] = _Judged(self, text, key[1])
        return self._judged[key]

    def outcome(self, item: ProgrammeInput, member: int | None) -> Value:
        """What another programme says: of this member, of the household, or of any member where it is about persons."""
        text = self.text(item.programme)
        if text is None:
            return False if item.gives == "holds" else NONE
        members: Iterable[int | None] = (
            range(len(self.family.things[MEMBERS])) if member is None and text.of == "person" else [member]
        )
        found = [one for one in (self.judged(item.programme, each) for each in members) if one is not None]
        if item.gives == "holds":
            stated = self.stated(text, member)
            return stated if stated is not None else either([one.holds for one in found])
        total: Value = 0
        for one in found:
            total = added(total, one.paid)
        return total

    def stated(self, text: Programme, member: int | None) -> bool | None:
        """What the file says of a recognition made already: it is shared, and not examined again (L02 art. 42)."""
        if not text.recognised_by:
            return None
        if text.of == "household":
            said = self.family.household.get(text.recognised_by)
        elif member is not None:
            said = self.family.things[MEMBERS][member].get(text.recognised_by)
        else:
            flags = [one.get(text.recognised_by) for one in self.family.things[MEMBERS]]
            said = True if True in flags else None
        return said if isinstance(said, bool) else None

    def household_class(self) -> str | None:
        """The first class by rank that holds; not known where one before it is not. A class of persons is a class of theirs,
        and of the household only where all its members have it.
        """
        return self._first(self._of_household, None)

    def class_of(self, member: int) -> str | None:
        return self._first(lambda text: self._holds(text.code, member), member)

    def classes(self) -> tuple[tuple[str, bool | None], ...]:
        """Whether each class holds of the household; None where that is not known."""
        found = [(text.code, self._of_household(text)) for text in self._ranked()]
        return tuple((code, None if isinstance(truth, Unknown) else truth) for code, truth in found)

    def _ranked(self) -> list[Programme]:
        texts = [text for text in map(self.text, self.programmes.codes(self.family.on)) if text is not None and text.rank]
        return sorted(texts, key=lambda text: text.rank)

    def _of_household(self, text: Programme) -> bool | Unknown:
        return self._of_all(text) if text.of == "person" else self._holds(text.code, None)

    def _first(self, truth_of: Callable[[Programme], bool | Unknown], member: int | None) -> str | None:
        # Whoever has been recognised is of that class, whatever else could not be judged from this file.
        for text in self._ranked():
            if self.stated(text, member) is True and (text.of == "household" or member is not None or truth_of(text) is True):
                return text.code
        for text in self._ranked():
            truth = truth_of(text)
            if isinstance(truth, Unknown):
                return None
            if truth:
                return text.code
        return "none"

    def _of_all(self, text: Programme) -> bool | Unknown:
        members = [
            index for index in range(len(self.family.things[MEMBERS])) if self.world.fact(MEMBERS, index, COUNTED) is not False
        ]
        return both([self._holds(text.code, index) for index in members]) if members else False

    def _holds(self, code: str, member: int | None) -> bool | Unknown:
        found = self.judged(code, member)
        if found is None:
            return False
        stated = self.stated(found.text, found.member)
        return found.holds if stated is None else stated

    def answer(self, code: str, member: int | None) -> ProgrammeAnswer:
        found = self.judged(code, member)
        assert found is not None  # `subjects` names only programmes that have a text in force
        return found.answer()


class _Judged:
    """One programme for one subject, worked out once."""

    def __init__(self, judge: _Judge, text: Programme, member: int | None) -> None:
        self.judge, self.text, self.member = judge, text, member
        family = judge.family
        level, index = (HOUSEHOLD, 0) if member is None else (MEMBERS, member)
        self.seen: Seen = judge.world.seen(level, index, text.inputs, family.places[text.numbers_of])
        self.seen.titles = {**text.titles, TOPUPS: _TOPUPS, **{line.name: line.title for line in text.amount}}
        self.seen.needs = text.needs
        self.voice = Voice(judge.catalogue, self.seen)
        self.truths = {
            (kind, test.name): holds(test.holds, self.seen)
            for kind, tests in (("need", text.needs), ("test", text.tests), ("exclusion", text.exclusions))
            for test in tests
        }
        belongs = True if member is None else judge.world.fact(MEMBERS, member, COUNTED)
        met: list[Value] = [belongs]
        for (kind, name), truth in self.truths.items():
            if kind == "need":
                # A need that is not met refuses nothing: there is no proposal until it is.
                met.append(
                    truth if truth is True or isinstance(truth, Unknown) else Unknown(because=(Reason("not in order", name),))
                )
            else:
                met.append(negation(truth) if kind == "exclusion" else truth)
        self.holds = both(met)
        self.given: list[tuple[int, TopUp, Number]] = []  # the top-ups that count: member, top-up, yuan
        self.values = self._amount()

    def _amount(self) -> dict[str, Value]:
        """Each line, and `amount`, the last one rounded. Lines that name top-ups find them under their name."""
        if not self.text.amount:
            return {}
        self.seen.lines[TOPUPS] = self._topups()
        for line in self.text.amount:
            self.seen.lines[line.name] = evaluate(line.value, self.seen)
        last = self.seen.lines[self.text.amount[-1].name]
        return {**self.seen.lines, "amount": self._rounded(last)}

    @property
    def paid(self) -> Value:
        """What is given: nothing where the programme does not hold."""
        if isinstance(self.holds, Unknown):
            return Unknown(because=self.holds.because)
        return self.values.get("amount", 0) if self.holds else 0

    def _rounded(self, value: Value) -> Value:
        rounding = self.text.rounding
        if rounding is None or not is_known(value):
            return value
        to, how = self.seen.number(rounding.to), self.seen.number(rounding.how)
        if not (is_known(to) and is_known(how)):
            return unknown_of([to, how])
        return rounded(Fraction(value), Fraction(to), str(how))  # type: ignore[arg-type]

    # --- top-ups ---

    def _topups(self) -> Value:
        """For each insured member: the highest of each group and the groups together, or as the place stacks them."""
        how = self.seen.number(self.text.stacking) if self.text.stacking is not None else NONE
        if isinstance(how, Unknown):
            return how
        total: Value = 0
        for index in range(len(self.judge.family.things[MEMBERS])):
            total = added(total, self._of_member(index, "groups" if how is NONE else str(how)))
        return total

    def _of_member(self, index: int, how: str) -> Value:
        below = self.seen.below(MEMBERS, index)
        insured = both([self.judge.world.fact(MEMBERS, index, COUNTED), holds(self.text.insured, below)])
        if insured is False:
            return 0
        groups: dict[str, list[tuple[TopUp, Value]]] = {}
        for one in self.text.topups:
            groups.setdefault(one.group if how == "groups" else "", []).append((one, self._pays(one, below)))
        amounts = [value for values in groups.values() for _, value in values]
        if isinstance(insured, Unknown) or any(isinstance(value, Unknown) for value in amounts):
            return unknown_of([insured, *amounts])
        chosen = []
        for values in groups.values():
            given = [(one, number(value)) for one, value in values if value is not NONE]
            chosen += given if how == "sum" else [max(given, key=lambda pair: pair[1])] if given else []
        self.given += [(index, one, value) for one, value in chosen]
        return sum(value for _, value in chosen)

    def _pays(self, one: TopUp, below: object) -> Value:
        """Yuan; a share is of the standard. None where it does not apply or the place has no such top-up."""
        pays = self.seen.number(one.pays)
        truth = False if pays is NONE else holds(one.when, below)  # type: ignore[arg-type]
        if truth is False:
            return NONE
        value = multiplied(pays, self.seen.input("standard")) if one.pays.type.unit == "ratio" else pays
        return unknown_of([truth, value]) if isinstance(truth, Unknown) or isinstance(value, Unknown) else value

    # --- the answer ---

    def answer(self) -> ProgrammeAnswer:
        text, voice = self.text, self.voice
        outcome: Outcome = "unknown" if isinstance(self.holds, Unknown) else "granted" if self.holds else "refused"
        worth = self.values.get("amount", NONE)
        would_be = decimal_of(worth)
        open_ones = [self.holds, *([worth] if outcome != "refused" else [])]
        if outcome == "granted" and isinstance(worth, Unknown):
            outcome = "unknown"
        return ProgrammeAnswer(
            text.code, text.title, text.of, self.member, "" if self.member is None else self.judge.family.name_of(self.member),
            text.rank, text.pays, outcome, would_be if outcome == "granted" else None, would_be,
            tuple(self._tests(voice)), tuple(self._lines(voice)), tuple(voice.missing(open_ones)), self._notes(), text.basis,
            text.evidence, {name: self._number(name) for name in text.review},
            self._number(text.validity) if text.validity else None, text.department, text.path, text.amended_by,
        )  # fmt: skip

    def _notes(self) -> tuple[Title, ...]:
        return tuple(note.title for note in self.text.notes if holds(note.when, self.seen) is True)

    def _tests(self, voice: Voice) -> Iterable[TestAnswer]:
        for kind, tests in (("need", self.text.needs), ("test", self.text.tests), ("exclusion", self.text.exclusions)):
            for test in tests:
                truth = self.truths[(kind, test.name)]
                found = None if isinstance(truth, Unknown) else truth
                yield TestAnswer(test.name, kind, test.title, found, voice.sentence(test.holds), test.basis)  # type: ignore[arg-type]

    def _lines(self, voice: Voice) -> Iterable[LineAnswer]:
        if not self.text.amount:
            return
        if self.text.topups:
            yield LineAnswer(TOPUPS, _TOPUPS, decimal_of(self.values[TOPUPS]), self._given_told())
        for line in self.text.amount:
            yield LineAnswer(line.name, line.title, decimal_of(self.values[line.name]), voice.sentence(line.value))

    def _given_told(self) -> Title:
        """Who is paid what besides, in words."""
        numbers, family = self.judge.programmes.numbers, self.judge.family
        zh, en = [], []
        for index, one, value in self.given:
            title, who = numbers[one.pays.parameter].title, family.name_of(index)
            zh.append(f"成员{who}{title.zh} {value_words(value, 'yuan', 'zh')}")
            en.append(f"member {who}: {lowered(title.en)} {value_words(value, 'yuan', 'en')}")
        return Title("、".join(zh), ", ".join(en))

    def _number(self, name: str) -> Decimal | None:
        found = self.judge.world.number(name, self.seen.division, self.judge.family.on, optional=True)
        return decimal_of(found)


def rounded(value: Fraction, to: Fraction, how: str) -> Fraction:
    """A number in whole steps of `to`: up, down, or to the nearest with a half going up. A step of nought says: not rounded."""
    if not to:
        return value
    steps = value / to
    whole = -(-steps.numerator // steps.denominator) if how == "up" else steps.numerator // steps.denominator
    if how == "half_up":
        whole = (2 * steps.numerator + steps.denominator) // (2 * steps.denominator)
    return whole * to


def decimal_of(value: Value | None) -> Decimal | None:
    """With four decimals at most, and none that are noughts; a line is shown so, the amount itself has been rounded before."""
    if not isinstance(value, (int, Fraction)) or isinstance(value, bool):
        return None
    return (Decimal(Fraction(value).numerator) / Decimal(Fraction(value).denominator)).quantize(Decimal("0.0001")).normalize() + 0


def _used(taken: Taken, catalogue: Catalogue) -> UsedNumber:
    known = catalogue.programmes.numbers[taken.name]
    row, brought = taken.row, taken.brought
    kept = None if row is None else row.text if known.words else row.value
    if brought is not None:
        value = brought.text or brought.value
        other = kept if kept is not None and kept != value else None
        return UsedNumber(taken.name, known.title, taken.division, taken.on, value, known.unit, None, "brought along", "", other)
    assert row is not None
    return UsedNumber(taken.name, known.title, row.division, taken.on, kept, known.unit, row.since, row.source, row.confidence)


__all__ = ["assess", "decimal_of", "rounded"]
