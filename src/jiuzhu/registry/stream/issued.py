"""How many warnings were ever issued: from the first release of the stream and the entries after it, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import pyarrow.parquet as pq

from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.divisions import COUNTY, prefix_of
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import MANIFEST, NoRelease, Release
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.registry.stream.entries import UNDECIDED, Batch, Entry
from jiuzhu.registry.stream.log import Log
from jiuzhu.rules.catalogue import Catalogue

TOWNSHIP = 9
Word = Literal["warnings", "hints", "repaired"]
Declarations = Callable[[str], Catalogue]  # of a version


@dataclass(frozen=True)
class Count:
    """Person-times: what was closed and issued again counts twice.

    repaired: warnings and hints issued by entries that mend the stream; in neither of the other two.
    """

    warnings: int = 0
    hints: int = 0
    repaired: int = 0


@dataclass(frozen=True)
class Issued:
    """What was ever issued. since, until: the days of the first and of the last release of the stream. last: its last entry.

    different: warnings and hints of one indicator and subject counted once. by_subject: person, living, hukou.
    by_county, by_township: where the subject lived when it was issued, by codes of six and nine digits; "" where that is
    not known so closely. by_month: 2026-11, of the day of the release it was issued in or added to.
    """

    since: date
    until: date
    last: int
    total: Count
    different: int
    by_subject: Mapping[str, Count]
    by_indicator: Mapping[str, Count]
    by_county: Mapping[str, Count]
    by_township: Mapping[str, Count]
    by_month: Mapping[str, Count]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class _Issue:
    indicator: str
    subject: str
    division: str
    month: str
    word: Word
    times: int


def issues(entry: Entry) -> bool:
    """Whether a warning stands after the entry where none did before."""
    return entry.change == "new"


def issued(workspace: Workspace, declarations: Declarations) -> Issued:
    """Raises NoRelease where there is no stream yet, or a release it names is gone; StreamBroken."""
    batches = Log(workspace).batches()
    if not batches:
        raise NoRelease(f"{workspace.folder}: nothing was issued yet; `jiuzhu run` makes the first release")
    releases = {batch.release: _release(workspace, batch) for batch in batches}
    told = {name: _Told.of(release, declarations) for name, release in releases.items()}
    standing = list(told[batches[0].release].standing())
    entries = [entry for batch in batches for entry in batch.entries if issues(entry)]
    every = [*standing, *(told[entry.release].issue(entry) for entry in entries)]
    return Issued(
        since=releases[batches[0].release].manifest.as_of,
        until=releases[batches[-1].release].manifest.as_of,
        last=batches[-1].last,
        total=_counted(every, lambda one: "").get("", Count()),
        different=sum(one.times for one in standing) + _others(batches),
        by_subject=_counted(every, lambda one: one.subject),
        by_indicator=_counted(every, lambda one: one.indicator),
        by_county=_counted(every, lambda one: _within(one.division, COUNTY)),
        by_township=_counted(every, lambda one: _within(one.division, TOWNSHIP)),
        by_month=_counted(every, lambda one: one.month),
    )


@dataclass(frozen=True)
class _Told:
    """A release, and its own declarations: what was issued as a warning stays one, whatever they say later."""

    release: Release
    catalogue: Catalogue

    @classmethod
    def of(cls, release: Release, declarations: Declarations) -> _Told:
        return cls(release, declarations(release.manifest.catalogue))

    @property
    def month(self) -> str:
        return f"{self.release.manifest.as_of:%Y-%m}"

    def word(self, indicator: str) -> Word:
        return "warnings" if self.catalogue.indicators[indicator].kind == "warning" else "hints"

    def issue(self, entry: Entry) -> _Issue:
        """One that an entry added to this release issues."""
        assert entry.after is not None, "what is issued stands"
        word: Word = "repaired" if entry.marked else self.word(entry.indicator)
        return _Issue(entry.indicator, entry.kind, entry.after.division, self.month, word, 1)

    def standing(self) -> Iterator[_Issue]:
        """All that stands in it, as its counts say."""
        for row in pq.read_table(self.release.folder / "counts.parquet").to_pylist():
            if row["level"] != UNDECIDED:
                code = row["indicator"]
                kind, where = kind_of(self.catalogue, code), row["division"] or ""
                yield _Issue(code, kind, where, self.month, self.word(code), row["count"])


def _others(batches: Sequence[Batch]) -> int:
    """Warnings that entries issued and that did not stand in the first release, each once."""
    met: dict[str, bool] = {}  # by warning: whether it was counted
    found = 0
    for entry in (entry for batch in batches for entry in batch.entries):
        stood = entry.before is not None and entry.before.level != UNDECIDED
        counted = met.setdefault(entry.warning_id, stood)
        if issues(entry) and not entry.marked and not counted:
            met[entry.warning_id] = True
            found += 1
    return found


def _counted(every: Iterable[_Issue], by: Callable[[_Issue], str]) -> dict[str, Count]:
    sums: dict[str, Counter[str]] = {}
    for one in every:
        sums.setdefault(by(one), Counter())[one.word] += one.times
    return {key: Count(**sums[key]) for key in sorted(sums)}


def _within(division: str, digits: int) -> str:
    code = prefix_of(division)[:digits] if division else ""
    return code if len(code) == digits else ""


def issued_warnings(workspace: Workspace, declarations: Declarations) -> Mapping[str, str]:
    """The indicator of every warning and hint ever issued, by its number. Raises as `issued`."""
    batches = Log(workspace).batches()
    if not batches:
        return {}
    first = _release(workspace, batches[0])
    told, who = declarations(first.manifest.catalogue), Subjects(first)
    answer = {
        who.warning_id(row["indicator"], kind_of(told, row["indicator"]), row["subject"]): row["indicator"]
        for row in first.signals.select(["indicator", "subject"]).to_pylist()
    }
    return answer | {entry.warning_id: entry.indicator for batch in batches for entry in batch.entries if issues(entry)}


def _release(workspace: Workspace, batch: Batch) -> Release:
    release = Release(workspace, batch.release)
    if not (release.folder / MANIFEST).exists():
        raise NoRelease(
            f"release {batch.release}, to which the stream added, is gone; without it nobody can say how many warnings were "
            "issued: put its folder back from the backup"
        )
    return release
