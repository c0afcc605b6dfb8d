"""`life_events.toml`: what happens in a family that is helped, what it opens, within how long, and which warnings tell of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jiuzhu.rules.faults import CatalogueFaults, clipped, nearest
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FILE = "life_events.toml"
DEATH = "death"
UNITS = {"working days": True, "days": False}


@dataclass(frozen=True)
class LifeEventKind:
    """days: to the review it opens, working ones or not. leaves, joins: a member does. indicators: warnings that ask whether it happened;
    nothing follows from them but a review by people."""

    code: str
    title: Title
    days: int
    working: bool
    leaves: bool
    joins: bool
    indicators: tuple[str, ...]
    basis: tuple[Mapping[str, str], ...]


def read_reviewing(
    folders: Iterable[Path], reading: Reading, indicators: Collection[str] | None = None
) -> Mapping[str, LifeEventKind]:
    """By code, in the order of the files. indicators: those there are, None where they were not read."""
    found: dict[str, LifeEventKind] = {}
    told: dict[str, str] = {}
    for folder in folders:
        if (folder / FILE).is_file():
            source = Source(folder / FILE, reading.faults)
            whole = Keys(source, (), source.data)
            for code, keys in whole.named("kinds", required=True):
                made = _kind(code, keys, reading, indicators, told)
                if reading.new("kind of life event", code, source):
                    found[code] = made
            whole.done()
    return MappingProxyType(found)


def load_reviewing(*folders: Path) -> Mapping[str, LifeEventKind]:
    """What casework needs of it, read without the rest. Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    found = read_reviewing(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def _kind(code: str, keys: Keys, reading: Reading, indicators: Collection[str] | None, told: dict[str, str]) -> LifeEventKind:
    within = keys.text("within", required=True)
    number, _, unit = within.partition(" ")
    if not number.isdigit() or unit not in UNITS or int(number) < 1:
        keys.fault("within", "duration", f"'{clipped(within)}' is no time to a review", 'write within = "20 working days"')
        number, unit = "1", "days"
    named = keys.words("indicators")
    for one in named:
        if indicators is not None and one not in indicators:
            keys.fault("indicators", "indicator", f"no indicator '{clipped(one)}'", nearest(one, indicators))
        if told.setdefault(one, code) != code:
            keys.fault("indicators", "indicator", f"'{clipped(one)}' tells of '{told[one]}' already", "name it once")
    made = LifeEventKind(
        code, titled(keys), int(number), UNITS[unit], keys.flag("leaves"), keys.flag("joins"), named,
        read_basis(keys, reading.laws, required=True),
    )  # fmt: skip
    keys.done()
    return made
