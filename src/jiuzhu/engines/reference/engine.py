"""The reference engine: one subject after the other, slow and plain; what it says is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from jiuzhu.engines.base import LEVELS, SIGNALS, UNKNOWN, Base, Known, Result
from jiuzhu.engines.reference.answers import Answer, Subject
from jiuzhu.engines.reference.judge import Judgement, judged
from jiuzhu.engines.reference.scopes import SubjectScope
from jiuzhu.engines.reference.values import Reason, Unknown, Value
from jiuzhu.engines.reference.world import OfPlaces, World
from jiuzhu.rules.tree import Indicator

# From so many subjects on, columns are read whole: before that, the few rows are cheaper looked for one by one.
_MANY = 50


@dataclass(frozen=True)
class TracedRow:
    """A row that decided. row: its index in the table of `Base.rows`. certain: its condition is known to hold."""

    dataset: str
    row: int
    record_id: str
    certain: bool


@dataclass(frozen=True)
class Trace:
    """One input, or a fact that stands for itself: its value as the rule saw it (an `Unknown` says why, and its floor)."""

    name: str
    answer: Answer
    rows: tuple[TracedRow, ...]

    @property
    def value(self) -> Value:
        return self.answer.value

    @property
    def because(self) -> tuple[Reason, ...]:
        return self.answer.value.because if isinstance(self.answer.value, Unknown) else ()


@dataclass(frozen=True)
class Verdict:
    """What one indicator says of one subject, with everything it rests on.

    judgement: state, grade, whole value and threshold, the parameter row (division, since, source), and why it is unknown.
    inputs: every declared input, also those the rule did not come to, then the facts that were asked for by name.
    """

    indicator: str
    subject: Subject
    judgement: Judgement
    inputs: tuple[Trace, ...]


class ReferenceEngine:
    """Runs rules by the letter of the tree. Lives as long as its catalogue."""

    name = "reference"

    def __init__(self, catalogue: Known) -> None:
        self._catalogue = catalogue
        self._of_places: OfPlaces | None = None  # of the base last asked about one by one

    def run(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Result:
        """All subjects, or those of these living households. progress: hears each indicator, how many are done, of how many."""
        many = households is None or len(households) > _MANY
        world = World(self._catalogue, base, many=many)
        signals: list[tuple[str, int, int, int | None, int | None]] = []
        unknown: list[tuple[str, int]] = []
        for done, indicator in enumerate(sorted(indicators, key=lambda item: item.code)):
            for subject in subjects(world, indicator, households):
                found = judged(indicator, SubjectScope(world, indicator, subject))
                if found.state == "unknown":
                    unknown.append((indicator.code, subject.position))
                elif found.grade is not None:
                    signals.append((indicator.code, subject.position, LEVELS[found.grade], found.value, found.threshold))
            if progress is not None:
                progress(indicator.code, done + 1, len(indicators))
        return Result(_table(signals, SIGNALS), _table(unknown, UNKNOWN))

    def evaluate(self, base: Base, indicator: Indicator, subject: int) -> Verdict:
        """One subject, by the position of the indicator's kind, with the whole trace."""
        if self._of_places is None or self._of_places.base is not base:
            self._of_places = OfPlaces(base, self._catalogue)
        world = World(self._catalogue, base, many=False, of_places=self._of_places)
        kind = subject_kind(indicator)
        scope = SubjectScope(world, indicator, Subject(kind, subject))
        judgement = judged(indicator, scope)
        answers = {name: scope.answer(name) for name in indicator.inputs} | scope.facts_asked
        traces = tuple(Trace(name, answer, _traced(world, answer)) for name, answer in answers.items())
        return Verdict(indicator.code, scope.subject, judgement, traces)

    def facts(self, base: Base, codes: Sequence[str], positions: Sequence[int]) -> Mapping[str, Mapping[int, Value]]:
        """Facts by code and position: of persons by person, of households by living household."""
        world = World(self._catalogue, base, many=len(positions) > _MANY)
        answer: dict[str, dict[int, Value]] = {}
        for code in codes:
            fact = self._catalogue.facts[code]
            answer[code] = {
                position: world.fact(code, Subject("person" if fact.of == "person" else "living", position)).value
                for position in positions
            }
        return answer


def subject_kind(indicator: Indicator) -> Literal["person", "living", "hukou"]:
    return "person" if indicator.of == "person" else indicator.group


def subjects(world: World, indicator: Indicator, households: Sequence[int] | None) -> list[Subject]:
    """Whom an indicator speaks of, in the order of positions; of a hukou household, anyone in one of the living `households`."""
    kind = subject_kind(indicator)
    table = {"person": "people", "living": "households", "hukou": "hukou"}[kind]
    if households is None:
        return [Subject(kind, position) for position in range(world.reader.size(table))]
    if kind == "living":
        return [Subject(kind, household) for household in sorted(set(households))]
    people = sorted({person for household in households for person in world.members(Subject("living", household))})
    if kind == "person":
        return [Subject(kind, person) for person in people]
    hukou = {world.reader.cell("people", person, "hukou") for person in people}
    return [Subject(kind, position) for position in sorted(p for p in hukou if isinstance(p, int) and p >= 0)]


def _traced(world: World, answer: Answer) -> tuple[TracedRow, ...]:
    return tuple(
        TracedRow(used.dataset, used.row, str(world.reader.cell(f"rows {used.dataset}", used.row, "record_id")), used.certain)
        for used in answer.rows
    )


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    """Rows in the order the indicators and subjects were gone through, which is sorted."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)
