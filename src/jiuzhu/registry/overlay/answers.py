"""What stands on the subjects of a release now, and what new answers change of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.base import kind_of
from jiuzhu.registry.stream.entries import UNDECIDED
from jiuzhu.rules.tree import Indicator

if TYPE_CHECKING:
    from jiuzhu.engines.columnar.judge import Judged

Whole = npt.NDArray[Any]
KINDS = {"person": "person", "household": "living", "hukou": "hukou"}


@dataclass(frozen=True)
class Answer:
    """level: 4 red to 1 blue, 0 could not be decided. value, threshold: whole numbers, as engines give them."""

    level: int
    value: int | None
    threshold: int | None


@dataclass(frozen=True)
class Changed:
    """What of one indicator is another answer now. kind: person, living or hukou; position: of the subject in the release."""

    indicator: str
    kind: str
    position: int
    before: Answer | None
    after: Answer | None


@dataclass
class Answers:
    """The answers of a release, by indicator and position, with those that changed since laid over them.

    signals, unknown: as engines give them, sorted by indicator and subject.
    """

    signals: pa.Table
    unknown: pa.Table
    since: dict[str, dict[int, Answer | None]] = field(default_factory=dict)
    _found: dict[str, tuple[Whole, pa.Table]] = field(default_factory=dict, init=False)
    _undecided: dict[str, tuple[Whole, pa.Table]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._found = _by_indicator(self.signals)
        self._undecided = _by_indicator(self.unknown)

    def changes(
        self, now: Mapping[str, Mapping[int, Answer]], indicators: Sequence[Indicator], subjects: Mapping[str, Whole]
    ) -> list[Changed]:
        """What new answers about these subjects change, by indicator and position; nothing is laid down yet.

        now: by indicator and position. subjects: person, living and hukou positions that were asked about, ascending.
        """
        answer: list[Changed] = []
        for indicator in sorted(indicators, key=lambda one: one.code):
            kind = KINDS[kind_of(indicator)]
            asked = subjects[kind]
            old = self._of(indicator.code, asked)
            new = now.get(indicator.code, {})
            for position in sorted(old.keys() | new.keys()):
                if old.get(position) != new.get(position):
                    answer.append(Changed(indicator.code, kind, position, old.get(position), new.get(position)))
        return answer

    def follow(self, changes: Sequence[Changed]) -> None:
        """Let these changes count."""
        for one in changes:
            self.put(one.indicator, one.position, one.after)

    def put(self, indicator: str, position: int, answer: Answer | None) -> None:
        self.since.setdefault(indicator, {})[position] = answer

    def _of(self, indicator: str, asked: Whole) -> dict[int, Answer]:
        old = _read(self._found.get(indicator), self._undecided.get(indicator), asked)
        since = self.since.get(indicator, {})
        for position in since.keys() & asked.tolist() if since else ():
            after = since[position]
            old.pop(position, None)
            if after is not None:
                old[position] = after
        return old


def answers_of(found: Mapping[str, Sequence[tuple[Whole, Judged]]]) -> dict[str, dict[int, Answer]]:
    """What the columnar engine found, by indicator and position."""
    return {code: dict(pair for part in parts for pair in _told(*part)) for code, parts in found.items()}


def _told(positions: Whole, found: Judged) -> Iterator[tuple[int, Answer]]:
    for position in positions[found.unknown].tolist():
        yield position, Answer(UNDECIDED, None, None)
    if not len(found.hits):
        return
    wholes = (found.level, found.value, found.no_value, found.threshold, found.no_threshold)
    for position, level, value, no_value, threshold, no_threshold in zip(
        positions[found.hits].tolist(), *(one.tolist() for one in wholes), strict=True
    ):
        yield position, Answer(level, None if no_value else value, None if no_threshold else threshold)


def _by_indicator(table: pa.Table) -> dict[str, tuple[Whole, pa.Table]]:
    """The subjects of each indicator, and its rows; they stand together, as results are sorted."""
    if not table.num_rows:
        return {}
    codes = table["indicator"].combine_chunks().dictionary_encode()
    at = np.asarray(codes.indices)
    starts = np.flatnonzero(np.diff(at, prepend=-1))
    ends = np.append(starts, len(at))[1:]
    names = codes.dictionary.to_pylist()
    subjects = table["subject"].to_numpy()
    return {
        names[at[start]]: (subjects[start:end], table.slice(start, end - start)) for start, end in zip(starts, ends, strict=True)
    }


def _read(found: tuple[Whole, pa.Table] | None, undecided: tuple[Whole, pa.Table] | None, asked: Whole) -> dict[int, Answer]:
    """The answers of the subjects asked about."""
    answer: dict[int, Answer] = {}
    if undecided is not None:
        for place in _places(undecided[0], asked):
            answer[int(undecided[0][place])] = Answer(UNDECIDED, None, None)
    if found is not None:
        subjects, rows = found
        places = _places(subjects, asked)
        if len(places):
            chosen = rows.take(pa.array(places))
            columns = (chosen[name].to_pylist() for name in ("level", "value", "threshold"))
            answer.update((position, Answer(*told)) for position, *told in zip(subjects[places].tolist(), *columns, strict=True))
    return answer


def _places(subjects: Whole, asked: Whole) -> Whole:
    asked = asked.astype(subjects.dtype)  # else the whole column is copied to another type
    place = np.searchsorted(subjects, asked)
    inside = place < len(subjects)
    inside[inside] = subjects[place[inside]] == asked[inside]
    return place[inside]
