"""One file of a catalogue, whole, broken in one place, or given twice; for the tests of each kind of file."""

from __future__ import annotations

from pathlib import Path

from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.faults import Fault

# What is changed, the rule broken, a piece of the problem, a piece of the mend, the line (0: not looked at).
Wrong = tuple[tuple[str, str], str, str, str, int]


def tells_the_fault(folder: Path, file: str, text: str, wrong: Wrong) -> None:
    """The file, broken so, gives a fault that names its path, the line, the rule and the mend."""
    (old, new), rule, problem, mend, line = wrong
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = [fault for fault in read_catalogue(folder)[1] if fault.rule == rule]
    assert any(problem in fault.problem and mend in fault.mend for fault in faults), read_catalogue(folder)[1]
    assert all(fault.path.endswith(file) for fault in faults)
    if line:
        assert line in {fault.line for fault in faults}, faults


def given_twice(folder: Path, other: Path, file: str, text: str) -> list[Fault]:
    """The faults of one file that lies in two folders, each of which names the other folder."""
    other.mkdir()
    for place in (folder, other):
        (place / file).write_text(text, encoding="utf-8")
    twice = [fault for fault in read_catalogue(folder, other)[1] if fault.rule == "twice"]
    assert all(other.name in fault.mend for fault in twice)
    return twice
