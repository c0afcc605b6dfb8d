"""Stories told once for each class that a person may stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jiuzhu.synthetic.story import Person, Row, Story

GRADES = {"dibao": "red", "tekun": "red", "edge": "orange", "rigid": "orange", "monitored": "yellow"}


def by_class(
    title: str, indicator: str, rows: Sequence[Row], *, outsiders: str | None = "blue", people: Mapping[str, Person] | None = None
) -> Iterator[Story]:
    """The same rows in a family of each class, graded as most indicators grade; outsiders: the grade of a family of none."""
    for kind, grade in {**GRADES, "general": outsiders}.items():
        yield Story(
            f"{title}, {kind}",
            {indicator: grade},
            low=kind == "monitored",
            dibao=kind == "dibao",
            tekun=kind == "tekun",
            edge=kind == "edge",
            rigid=kind == "rigid",
            people=people or {},
            rows=rows,
        )
