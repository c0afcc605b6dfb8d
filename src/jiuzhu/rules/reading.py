"""What has been read of a catalogue so far: each reader finds here what the ones before it made, and leaves its faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.cited import CodeList, Law, Scenario
from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest, shown
from jiuzhu.rules.parameters import Parameters
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Column, Dataset, Derived, Expression, Fact, Name, Relation, Table, Type
from jiuzhu.rules.types import Known

# Traits by which nobody may be sorted unless a law says so (F3); a basis line names the trait it answers for.
SENSITIVE_TRAITS = frozenset(
    {"sex", "gender", "ethnicity", "religion", "faith", "birthplace", "birth_place", "native_place", "political_status"}
)


@dataclass
class Reading:
    """english: the words of codes, Chinese to English. chinese: phrases of sources, English to Chinese.

    fact: finds a fact by code, reading its file the first time; None if there is none."""

    faults: list[Fault] = field(default_factory=list)
    laws: dict[str, Law] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)
    chinese: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    derived_columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    derived: dict[str, dict[str, Derived]] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=Parameters)
    fact: Callable[[str], Fact | None] = lambda _: None
    fact_names: tuple[str, ...] = ()
    first_seen: dict[tuple[str, str], Path] = field(default_factory=dict)

    def new(self, kind: str, code: str, source: Source) -> bool:
        """Whether this code is the first of its kind; the second is a fault that names both files."""
        if not code:
            return False
        other = self.first_seen.setdefault((kind, code), source.path)
        if other is not source.path:
            mend = f"a known code is never replaced: rename one of {shown(other)} and {source.name}"
            source.fault(("code",), "twice", f"{kind} '{code}' is there twice, first in {shown(other)}", mend)
            return False
        return True

    def dataset(self, code: str) -> Dataset:
        """Raises Wrong where there is none."""
        if code not in self.datasets:
            raise Wrong("dataset", f"dataset '{code}' does not exist", nearest(code, self.datasets))
        return self.datasets[code]

    def columns(self, dataset: str) -> dict[str, Column]:
        """Delivered and derived columns of a dataset by name."""
        return {**self.datasets[dataset].columns, **self.derived_columns.get(dataset, {})}

    def column(self, dataset: str, name: str) -> Column:
        """Raises Wrong where there is none."""
        columns = self.columns(dataset)
        if name not in columns:
            raise Wrong("column", f"'{name}' is not a column of {dataset}", nearest(name, columns))
        return columns[name]

    def known_columns(self, dataset: str, prefix: str = "") -> dict[str, Known]:
        """The columns as an expression sees them. A free text may have a list for its words; only codes are bound to it."""
        answer = {}
        for name, column in self.columns(dataset).items():
            words = words_of(column.codes, self.codes) if column.holds == "code" else {}
            answer[prefix + name] = Known(Name(prefix + name, "column", column.type), words)
        return answer


def words_of(codes: str, lists: Mapping[str, CodeList]) -> Mapping[str, str]:
    """The codes of a column with their words: a list of the catalogue, or `1:有|2:…` written in place."""
    if ":" not in codes:
        return lists[codes].words if codes in lists else {}
    words: dict[str, str] = {}
    for entry in codes.split("|"):
        code, _, word = entry.partition(":")
        words[code.strip()] = word.strip()
    return words


def type_of_codes(words: Mapping[str, str]) -> Type:
    """Codes whose list is numeric are numbers; a leading nought makes a text of all."""
    numeric = all(re.fullmatch(r"0|[1-9][0-9]{0,8}", code) for code in words)
    return Type("number") if words and numeric else Type("text")


def check_file_name(source: Source, code: str) -> None:
    """A thing is found by its name: the file of `low` is low.toml."""
    name = source.path.name
    if code and name != f"{code}.toml":
        source.fault(("code",), "file_name", f"the file of '{clipped(code)}' is called {name}", f"call it {clipped(code)}.toml")


def read_basis(keys: Keys, laws: Mapping[str, Law], *, required: bool) -> tuple[Mapping[str, str], ...]:
    """The `basis` lines of a file: each cites a law by key and says what for."""
    lines = []
    for index, line in enumerate(keys.tables("basis", required=required)):
        part = Keys(keys.source, (*keys.at, "basis", index), line)
        law = part.text("law", required=True)
        if law and law not in laws:
            part.fault("law", "law", f"law '{law}' is not in laws.toml", nearest(law, laws))
        entry = {
            "law": law,
            "says": part.text("says", required=True),
            "article": part.text("article"),
            "trait": part.text("trait"),
        }
        part.done()
        lines.append({key: value for key, value in entry.items() if value})
    return tuple(lines)


def check_traits(keys: Keys, columns: frozenset[str], basis: tuple[Mapping[str, str], ...]) -> None:
    """Each sensitive trait read needs a basis line that names it (F3)."""
    answered = {line.get("trait", "") for line in basis}
    for column in sorted(columns):
        trait = column.rsplit(".", 1)[-1]
        if trait in SENSITIVE_TRAITS and trait not in answered:
            mend = f'leave it out, or cite the law: basis = [{{ law = "L..", says = "…", trait = "{trait}" }}]'
            keys.fault("basis", "sensitive_trait", f"reads {column}, a sensitive trait, without a law for it", mend)


def expression_columns(node: Expression | None) -> frozenset[str]:
    """Names of the columns an expression reads."""
    return frozenset(name.name for name in names_in(node) if name.source == "column")


def names_in(node: object) -> list[Name]:
    """All names in an expression, left to right."""
    if isinstance(node, Name):
        return [node]
    if isinstance(node, tuple):
        return [name for item in node for name in names_in(item)]
    found: list[Name] = []
    for key in ("of", "left", "right", "options", "arguments", "cases", "otherwise"):
        if hasattr(node, key):
            found.extend(names_in(getattr(node, key)))
    return found
