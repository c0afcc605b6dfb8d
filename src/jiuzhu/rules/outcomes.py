"""`outcomes.toml`: what a visit may end with, what that asks for next, and how the yield of an indicator counts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.faults import Fault, clipped, nearest
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FILE = "outcomes.toml"
SIDES = ("entry", "exit", "oversight")
NEXT = ("nothing", "second_visit", "application", "referral", "review", "discussion")
RESULTS = ("helped", "adjusted", "told", "known", "false", "open")
GRANTED = ("enrolled", "aided", "ended")


@dataclass(frozen=True)
class Outcome:
    """sides: of the warnings it may answer. next: what it asks for. result: for the yield. end: one of the four, "" for none."""

    code: str
    title: Title
    sides: tuple[str, ...]
    next: str
    result: str
    end: str


@dataclass
class Outcomes:
    """By code, in the order of the files. ends: the four of the opinion of 2023.

    granted: datasets in which a row that begins after a warning tells what became of the family: enrolled, aided, or ended.
    """

    by_code: dict[str, Outcome] = field(default_factory=dict)
    ends: dict[str, Title] = field(default_factory=dict)
    granted: dict[str, str] = field(default_factory=dict)

    def of(self, sides: Iterable[str]) -> Mapping[str, Outcome]:
        """Those that may answer warnings of all these sides at once; all, where there is no warning."""
        wanted = set(sides)
        return {code: one for code, one in self.by_code.items() if wanted <= set(one.sides)}


def read_outcomes(folders: Iterable[Path], reading: Reading) -> Outcomes:
    found = Outcomes()
    for folder in folders:
        if (folder / FILE).is_file():
            _read(Source(folder / FILE, reading.faults), found, reading)
    return found


def _read(source: Source, found: Outcomes, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("ends"):
        title = titled(keys)
        keys.done()
        if reading.new("end", code, source):
            found.ends[code] = title
    for code, keys in whole.named("outcomes", required=True):
        sides, end = keys.words("sides", required=True), keys.text("end")
        for side in sides:
            if side not in SIDES:
                keys.fault("sides", "wrong_word", f"'{clipped(side)}' is no side", nearest(side, SIDES))
        if end and end not in found.ends:
            keys.fault("end", "end", f"end '{clipped(end)}' is not among the ends", nearest(end, found.ends))
        one = Outcome(
            code,
            titled(keys),
            sides,
            keys.text("next", required=True, one_of=NEXT, default="nothing"),
            keys.text("result", required=True, one_of=RESULTS, default="open"),
            end,
        )
        keys.done()
        if reading.new("outcome", code, source):
            found.by_code[code] = one
    _read_granted(Keys(source, ("granted",), whole.table("granted")), found)
    whole.done()


def _read_granted(keys: Keys, found: Outcomes) -> None:
    for dataset in keys.values:
        found.granted[dataset] = keys.text(dataset, required=True, one_of=GRANTED, default="aided")


def check_granted(found: Outcomes, folders: Iterable[Path], reading: Reading) -> None:
    """Each dataset exists, is of people or households, and says by its `at` when a row begins."""
    for folder in folders:
        if not (folder / FILE).is_file():
            continue
        source = Source(folder / FILE, [])
        for code in source.data.get("granted", {}):
            known = reading.datasets.get(code)
            if known is None or not known.at or known.keyed not in ("person", "household"):
                problem = f"'{clipped(code)}' is no dataset of people or households whose rows say when they begin"
                reading.faults.append(
                    Fault(source.name, source.line_of("granted", code), "dataset", problem, nearest(code, reading.datasets))
                )


def titled(keys: Keys) -> Title:
    """The two words `zh` and `en` of a line."""
    return Title(keys.text("zh", required=True), keys.text("en", required=True))
