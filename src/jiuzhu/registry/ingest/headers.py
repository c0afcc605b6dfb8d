"""Which column of a file is which column of the dataset: by code, by Chinese title or by English title."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.rules.tree import Dataset

CHANGE = "_change"
_BRACKETS = re.compile(r"[(\[【（].*?[)\]】）]")
_BETWEEN = re.compile(r"[\s_*:：\-]+")


def spelled(title: str) -> str:
    """A title without what people add to it: blanks, a star for required, a unit in brackets, capitals."""
    title = unicodedata.normalize("NFKC", title).strip().strip("'\"")
    bare = _BETWEEN.sub("", _BRACKETS.sub("", title)).lower()
    return bare or title.lower()


@dataclass(frozen=True)
class Header:
    """columns: dataset column to its place in the file. unknown: titles of the file that the dataset does not have."""

    columns: Mapping[str, int]
    unknown: tuple[str, ...]


class Titles:
    """The titles under which a dataset's columns may be delivered. A title that two columns share stands for neither."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        spellings = [
            (spelled(title), name) for name, column in dataset.columns.items() for title in (column.title.zh, column.title.en)
        ]
        shared = Counter(spelling for spelling, _ in set(spellings))
        self._names = {spelling: name for spelling, name in spellings if spelling and shared[spelling] == 1}
        self._names.update({spelled(name): name for name in dataset.columns})
        self._names[spelled(CHANGE)] = CHANGE

    def known(self, titles: Sequence[str]) -> int:
        """How many of these are titles of the dataset."""
        return sum(spelled(title) in self._names for title in titles if title)

    def header(self, titles: Sequence[str], *, file: str, row: int) -> Header:
        """Raises FileRefused where a required column is missing or one stands there twice."""
        columns: dict[str, int] = {}
        unknown = []
        for place, title in enumerate(titles):
            name = self._names.get(spelled(title)) if title else None
            if name is None:
                unknown.append(title)
            elif name in columns:
                rule = f"each column stands in a file once, and {name} is there twice"
                raise FileRefused(Fault("column_twice", file, rule, "remove or rename one of the two", row=row, column=title))
            else:
                columns[name] = place
        self._check(columns, unknown, file=file, row=row)
        return Header(columns, tuple(title for title in unknown if title))

    def _check(self, columns: Mapping[str, int], unknown: Sequence[str], *, file: str, row: int) -> None:
        needed = ["record_id", "data_date"] if CHANGE in columns else [n for n, c in self.dataset.columns.items() if c.required]
        missing = [name for name in needed if name not in columns]
        if not missing:
            return
        named = ", ".join(f"{name} ({self.dataset.columns[name].title.zh})" for name in missing[:8])
        rule = f"{self.dataset.code} needs the columns {named}" + (" …" if len(missing) > 8 else "")
        found = ", ".join(title[:30] for title in unknown[:8] if title)
        raise FileRefused(
            Fault("missing_columns", file, rule, "name the columns by code or title as in the catalogue", row=row, value=found)
        )
