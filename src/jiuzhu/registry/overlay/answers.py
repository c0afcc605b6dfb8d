"""What stands on the subjects of a release now, and what new answers change of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jiuzhu.engines.base import Result, kind_of
from jiuzhu.registry.stream.entries import UNDECIDED
from jiuzhu.rules.tree import Indicator

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

    def changes(self, result: Result, indicators: Sequence[Indicator], subjects: Mapping[str, Whole]) -> list[Changed]:
        """What a result about these subjects changes, by indicator and position; nothing is laid down yet.

        subjects: person, living and hukou positions that were asked about, ascending.
        """
        now = _by_indicator(result.signals)
        open_now = _by_indicator(result.unknown)
        answer: list[Changed] = []
        for indicator in sorted(indicators, key=lambda one: one.code):
            kind = KINDS[kind_of(indicator)]
            asked = subjects[kind]
            old = self._of(indicator.code, asked)
            new = _read(now.get(indicator.code), open_now.get(indicator.code), None)
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
        changed = np.fromiter(since, np.int64, len(since))
        for position in changed[np.isin(changed, asked)].tolist():
            after = since[position]
            old.pop(position, None)
            if after is not None:
                old[position] = after
        return old


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


def _read(
    found: tuple[Whole, pa.Table] | None, undecided: tuple[Whole, pa.Table] | None, asked: Whole | None
) -> dict[int, Answer]:
    """The answers of the subjects asked about; of all where `asked` is None."""
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


def _places(subjects: Whole, asked: Whole | None) -> Whole:
    if asked is None:
        return np.arange(len(subjects))
    place = np.searchsorted(subjects, asked)
    inside = place < len(subjects)
    inside[inside] = subjects[place[inside]] == asked[inside]
    return place[inside]
