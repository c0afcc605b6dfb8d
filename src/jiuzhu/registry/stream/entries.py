"""What the stream says: one entry a change of what stands on a subject, and the batches that carry entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Change = Literal["new", "raised", "lowered", "closed", "value", "moved", "undecided", "decided"]
Key = tuple[str, str]  # what names a subject in every release alike: see `Subjects.key`
UNDECIDED = 0
ALONE = "alone"  # in place of a small base: the rows lie in the stream itself


@dataclass(frozen=True)
class State:
    """What stands of one indicator on one subject. level: 4 red to 1 blue, 0 could not be decided.

    value, threshold: whole numbers, as engines give them. household_id, division: where the subject lives.
    """

    level: int
    value: int | None
    threshold: int | None
    household_id: str
    division: str


@dataclass(frozen=True)
class Entry:
    """One change. It names no person; `key`, which leads to one, stays behind the door of the registry.

    number: its place in the stream, from 1 without a gap. release: the one it is added to. position: how many deliveries
    had been accepted. before, after: what stood and what stands; None: nothing. rows: dataset and record_id of the rows
    behind it, of warnings; none where one taking of records changed a great many: then only an explanation tells them. base:
    the small base that explains it, ALONE where records that came alone changed it, "" for the release itself. marked: it
    mends the stream after a fault was found, and no delivery caused it.
    """

    number: int
    release: str
    position: int
    warning_id: str
    indicator: str
    kind: str
    key: Key
    before: State | None
    after: State | None
    rows: tuple[tuple[str, str], ...] = ()
    base: str = ""
    marked: bool = False

    @property
    def change(self) -> Change:
        return change_of(self.before, self.after)


@dataclass(frozen=True)
class Single:
    """A record that came alone, as it came; the stream keeps it until a delivery of the archive holds it.

    source: who sent it, "" if not said. group: what may stand in one delivery with it (county and months). waits: why it was
    not answered at once and is left to the next look, else "". line: one JSON object.
    """

    dataset: str
    source: str
    group: str
    waits: str
    line: str


@dataclass(frozen=True)
class Singles:
    """Records of one dataset and source that came together, kept as one text: a million objects would not fit into memory.

    groups: the different ones; of: which of them is each record's, by its place among them. waits: why some were left to the next
    look, by the place of the record. lines: one JSON object a line, in the order in which they came, without a last line end.
    """

    dataset: str = ""
    source: str = ""
    groups: tuple[str, ...] = ()
    of: Sequence[int] = ()
    waits: Mapping[int, str] = field(default_factory=dict)
    lines: bytes = b""

    def __len__(self) -> int:
        return len(self.of)

    def __iter__(self) -> Iterator[Single]:
        lines = self.lines.decode().split("\n") if self.of else ()
        for place, (of, line) in enumerate(zip(self.of, lines, strict=True)):
            yield Single(self.dataset, self.source, self.groups[of], self.waits.get(place, ""), line)

    def as_plain(self) -> dict[str, Any]:
        """For JSON, the lines apart."""
        one = len(self.groups) == 1
        waits = {str(place): why for place, why in self.waits.items()}
        return {**vars(self), "of": len(self.of) if one else list(self.of), "waits": waits, "lines": None}

    @classmethod
    def from_plain(cls, told: Mapping[str, Any], lines: bytes) -> Singles:
        of = [0] * told["of"] if isinstance(told["of"], int) else told["of"]
        waits = {int(place): why for place, why in told["waits"].items()}
        return cls(told["dataset"], told["source"], tuple(told["groups"]), of, waits, lines)


NO_SINGLES = Singles()


@dataclass(frozen=True)
class Batch:
    """What one look, one release, or some records that came alone add: all of it or nothing.

    release, state: the release the entries are added to, and the name a release of exactly this state would have: while
    the two are equal, the release says everything. deliveries: hashes of those it took in. base: the folder of its small
    base, ALONE where records came alone, "" where the release itself was made anew. cause: look, run, repair, live (records
    came alone) or settled (these became deliveries). singles: the records.
    """

    number: int
    release: str
    state: str
    position: int
    cause: str
    deliveries: tuple[str, ...] = ()
    base: str = ""
    entries: tuple[Entry, ...] = ()
    singles: Singles = NO_SINGLES

    @property
    def last(self) -> int:
        """The number of the last entry so far."""
        return self.number + len(self.entries) - 1

    def as_bytes(self) -> bytes:
        """One line of JSON; below it the records that came alone, as they came."""
        told = {
            **vars(self),
            "entries": [_plain_entry(one) for one in self.entries],  # written out: `asdict` copies every value of thousands
            "singles": self.singles.as_plain() if self.singles else None,
        }
        head = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        return head + b"\n" + self.singles.lines if self.singles else head

    @classmethod
    def from_bytes(cls, content: bytes) -> Batch:
        head, _, lines = content.partition(b"\n")
        told = json.loads(head)
        entries = tuple(_entry(one) for one in told["entries"])
        singles = Singles.from_plain(told["singles"], lines) if told["singles"] else NO_SINGLES
        return cls(**{**told, "entries": entries, "deliveries": tuple(told["deliveries"]), "singles": singles})


def change_of(before: State | None, after: State | None) -> Change:
    """What to call the way from one to the other; they differ."""
    if after is None:
        return "decided" if before is not None and before.level == UNDECIDED else "closed"
    if after.level == UNDECIDED:
        return "moved" if before is not None and before.level == UNDECIDED else "undecided"
    if before is None or before.level == UNDECIDED:
        return "new"
    if after.level != before.level:
        return "raised" if after.level > before.level else "lowered"
    return "value" if (after.value, after.threshold) != (before.value, before.threshold) else "moved"


def _plain_entry(one: Entry) -> dict[str, Any]:
    return {**vars(one), "before": one.before and vars(one.before), "after": one.after and vars(one.after)}


def _entry(told: Mapping[str, Any]) -> Entry:
    rows = tuple((dataset, record) for dataset, record in told["rows"])
    states = {name: State(**told[name]) if told[name] else None for name in ("before", "after")}
    return Entry(**{**told, **states, "key": tuple(told["key"]), "rows": rows})
