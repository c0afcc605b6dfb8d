"""One file of a catalogue, whole, broken in one place, or given twice; for the tests of each kind of file."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.faults import Fault

# What is changed, the rule broken, a piece of the problem, a piece of the mend, the line (0: not looked at).
Wrong = tuple[tuple[str, str], str, str, str, int]


def faults_told(folder: Path, file: str, text: str, wrong: Wrong) -> list[Fault]:
    """What is told of the file, broken so, by the rule that was broken, in these words and of that line; all else is left out."""
    (old, new), rule, problem, mend, line = wrong
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return [
        fault
        for fault in read_catalogue(folder)[1]
        if fault.rule == rule
        and problem in fault.problem
        and mend in fault.mend
        and fault.path.endswith(file)
        and line in (0, fault.line)
    ]


def given_twice(folder: Path, other: Path, file: str, text: str) -> list[Fault]:
    """The faults of one file that lies in two folders, each of which names the other folder."""
    other.mkdir()
    for place in (folder, other):
        (place / file).write_text(text, encoding="utf-8")
    twice = [fault for fault in read_catalogue(folder, other)[1] if fault.rule == "twice"]
    assert all(other.name in fault.mend for fault in twice)
    return twice
