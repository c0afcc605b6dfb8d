"""`payments.toml`: what stops a list of payments for a person, and what holds one line of it back for one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.faults import CatalogueFaults, clipped, nearest
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

PAYMENTS = "payments.toml"
FOUND = ("no_account", "shared_account", "amount", "twice")  # what a list itself finds; each needs its words


@dataclass(frozen=True)
class Hold:
    """Why a line is held. scenarios: of open warnings about the family; none where the list itself finds it."""

    code: str
    title: Title
    scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Paying:
    """change_percent: a list may differ by so much from the last one. line_times: a line may be so many times that of the month before."""

    change_percent: int = 1
    line_times: int = 2
    holds: Mapping[str, Hold] = field(default_factory=dict)

    def hold_of(self, scenario: str) -> str:
        """The code of the hold an open warning of that scenario makes, "" for none."""
        return next((one.code for one in self.holds.values() if scenario in one.scenarios), "")


def read_paying(folders: Iterable[Path], reading: Reading) -> Paying:
    """The last of the folders that has the file decides; without one there is nothing to stop or hold."""
    found = Paying()
    for folder in folders:
        if (folder / PAYMENTS).is_file():
            found = _read(Source(folder / PAYMENTS, reading.faults), reading)
    return found


def load_paying(*folders: Path) -> Paying:
    """Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    found = read_paying(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def _read(source: Source, reading: Reading) -> Paying:
    whole = Keys(source, (), source.data)
    gates = Keys(source, ("gates",), whole.table("gates", required=True))
    found = Paying(
        gates.whole("change_percent", required=True, default=1, least=1),
        gates.whole("line_times", required=True, default=2, least=2),
        {code: _hold(code, keys, reading) for code, keys in whole.named("holds", required=True)},
    )
    gates.done()
    for code in FOUND:
        if code not in found.holds:
            source.fault(("holds",), "hold", f"'{code}' has no words", f"add [holds.{code}] with zh and en")
    whole.done()
    return found


def _hold(code: str, keys: Keys, reading: Reading) -> Hold:
    title, scenarios = titled(keys), keys.words("scenarios", required=code not in FOUND)
    for one in scenarios:
        if one not in reading.scenarios:
            keys.fault(
                "scenarios", "scenario", f"scenario '{clipped(one)}' is not in scenarios.toml", nearest(one, reading.scenarios)
            )
    keys.done()
    return Hold(code, title, scenarios)
