"""What is wrong in a catalogue, said so that an official can mend it: file, line, rule, problem, mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `line` counts from 1, 0 where the file as a whole is meant; `rule` is a stable code of what was broken."""

    path: str
    line: int
    rule: str
    problem: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.rule}: {self.problem}; {self.mend}"


class CatalogueFaults(Exception):
    """A catalogue that may not be used; every fault at once, so that one round of mending is enough."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__(f"{len(self.faults)} faults in the catalogue:\n" + "\n".join(str(fault) for fault in self.faults))


class Wrong(Exception):
    """A fault found deep inside one value; the reader that knows the file and line turns it into a `Fault`."""

    def __init__(self, rule: str, problem: str, mend: str) -> None:
        self.rule, self.problem, self.mend = rule, problem, mend
        super().__init__(f"{problem}; {mend}")


def shown(path: Path) -> str:
    """A path as an official knows it: from the catalogue folder on."""
    return path.as_posix()


def nearest(word: str, words: Iterable[str]) -> str:
    """The end of a mend: the known words nearest to a wrong one, or else what there is (at most 30 of them)."""
    known = sorted(words)
    close = get_close_matches(word, known, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(repr(item) for item in close)}?"
    listed = ", ".join(known[:30]) + (f" … ({len(known)} in all)" if len(known) > 30 else "")
    return f"there are: {listed}" if known else "there are none"


def clipped(text: str, length: int = 40) -> str:
    """Text for a message: control characters out, and not longer than it helps."""
    clean = "".join(letter if letter.isprintable() else "?" for letter in text)
    return clean if len(clean) <= length else clean[:length] + "…"
