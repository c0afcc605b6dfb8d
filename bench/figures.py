"""A figure as it is asked and reached, and the page and the file they are written to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.machine import ROOT

PAGE = ROOT / "docs" / "reference" / "performance.md"
PLAIN = ROOT / "var" / "bench.json"


@dataclass(frozen=True)
class Figure:
    """One figure of one group.

    asked, reached: in `unit`; asked None: nothing is asked, it is told beside the others. reached None: not measured, and
    `note` says why. at_least: the more the better. further: the next step that is asked, once this one is reached.
    """

    what: str
    unit: str
    asked: float | None
    reached: float | None
    note: str = ""
    at_least: bool = False
    further: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times what is asked was reached; below 1 is good, or above where the more the better."""
        return None if not self.asked or self.reached is None else self.reached / self.asked

    @property
    def met(self) -> bool | None:
        if self.ratio is None:
            return None
        return self.ratio >= 1 if self.at_least else self.ratio <= 1


def not_there(what: str, unit: str, asked: float, lacking: str) -> Figure:
    """A figure whose code does not exist yet."""
    return Figure(what, unit, asked, None, f"not there yet: {lacking}")


def not_here(what: str, unit: str, asked: float, why: str) -> Figure:
    """A figure that this run does not measure, at this scale or on this machine."""
    return Figure(what, unit, asked, None, f"not measured: {why}")


def page(about: Sequence[str], groups: Mapping[str, Sequence[Figure]], notes: Mapping[str, Sequence[str]]) -> str:
    """about: what was measured, on what. groups: title to figures. notes: title to lines printed under its table."""
    lines = ["# Performance", "", "Made by `make bench`; never by hand.", "", *(f"- {line}" for line in about), ""]
    lines += [
        "Ratio is reached to asked: at most 1.00 where less is better, at least 1.00 where the figure begins with ≥. CPU seconds are of all",
        "threads; what is told in milliseconds without them is time on the clock, and grows with whatever else the machine does.",
        "L is the CPU time to read once, from memory and in the narrowest types that hold them, the columns the rules under test read.",
        "",
    ]
    for title, figures in groups.items():
        lines += [f"## {title}", "", "| figure | asked | reached | ratio | |", "| --- | ---: | ---: | ---: | --- |"]
        lines += [_line(one) for one in figures]
        lines += ["", *notes.get(title, ()), ""] if notes.get(title) else [""]
    return "\n".join(lines).rstrip() + "\n"


def _line(one: Figure) -> str:
    sign = "≥" if one.at_least else "≤"
    asked = "–" if one.asked is None else f"{sign} {_number(one.asked)} {one.unit}"
    asked += "" if one.further is None else f", then {_number(one.further)}"
    reached = "–" if one.reached is None else f"{_number(one.reached)} {one.unit}"
    ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
    verdict = {None: "", True: "reached", False: "**missed**"}[one.met]
    return f"| {one.what} | {asked} | {reached} | {ratio} | {'; '.join(part for part in (verdict, one.note) if part)} |"


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def plain(about: Sequence[str], groups: Mapping[str, Sequence[Figure]]) -> str:
    told = {title: [{**asdict(one), "ratio": one.ratio, "met": one.met} for one in figures] for title, figures in groups.items()}
    return json.dumps({"about": list(about), "groups": told}, ensure_ascii=False, indent=1) + "\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
