"""Which columns of which datasets the catalogue reads, so that the base carries these and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jiuzhu.registry.profile.cells import OWNERS
from jiuzhu.rules.reading import names_in
from jiuzhu.rules.tree import Dataset, Derived, Expression, Fact, Indicator, Input, MembersInput, Relation, RowInput

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

LOW_MEMBERS = "civil_lowincome_member"
LOW_HOUSEHOLDS = "civil_lowincome_household"
POPULATION = "police_population"
PERMITS = "police_residence_permit"
AUTHORISATIONS = "civil_verification_authorisation"

# What the profile itself reads, whatever the rules ask: who lives with whom, and who has signed.
_ALWAYS: dict[str, tuple[str, ...]] = {
    LOW_MEMBERS: ("id_no", "household_id", "member_status"),
    LOW_HOUSEHOLDS: ("household_id", "head_id_no"),
    POPULATION: ("id_no", "hukou_household_no", "hukou_status"),
    PERMITS: ("id_no", "permit_status"),
    AUTHORISATIONS: ("id_no", "sign_date", "valid_to", "revoked"),
}
CORE = tuple(_ALWAYS)


@dataclass(frozen=True)
class Wanted:
    """columns: dataset to the delivered columns read. kept: dataset to all columns rules read, which the base carries.
    derived: those read, each after the ones it needs. since: dataset to the columns a rule asks `since` of."""

    columns: Mapping[str, frozenset[str]]
    kept: Mapping[str, frozenset[str]]
    derived: tuple[Derived, ...]
    since: Mapping[str, frozenset[str]]
    relations: tuple[Relation, ...]


@dataclass
class _Gathered:
    names: dict[str, set[str]] = field(default_factory=dict)
    since: dict[str, set[str]] = field(default_factory=dict)
    relations: set[str] = field(default_factory=set)

    def add(self, dataset: str, columns: Iterable[str]) -> None:
        self.names.setdefault(dataset, set()).update(column for column in columns if column)


def columns_in(expression: Expression | None) -> set[str]:
    """The columns of rows an expression reads."""
    return {name.name for name in names_in(expression) if name.source == "column"}


def wanted_columns(catalogue: Catalogue, indicators: Iterable[Indicator] | None = None) -> Wanted:
    """What the given indicators and every fact read of the delivered rows.

    If none are given: all, and comparisons, strands, the file of a family and verification.
    """
    gathered = _Gathered()
    for dataset, always in _ALWAYS.items():
        if dataset in catalogue.datasets:
            gathered.add(dataset, always)
    owners: list[Indicator | Fact] = [
        *(catalogue.indicators.values() if indicators is None else indicators),
        *catalogue.facts.values(),
    ]
    for owner in owners:
        for one in (*owner.inputs.values(), *owner.person_inputs.values()):
            _gather_input(gathered, catalogue, one)
    if indicators is None:
        told = (catalogue.comparisons, catalogue.strands, catalogue.family_file, catalogue.verifying)
        for followed in (one.columns() for one in told):
            for dataset, names in followed.items():
                gathered.add(dataset, names)
    relations = tuple(catalogue.relations[code] for code in sorted(catalogue.relations))
    for relation in relations:
        gathered.add(relation.dataset, {relation.subject, relation.to, *relation.columns, *columns_in(relation.where)})
    asked = {dataset: set(names) for dataset, names in gathered.names.items()}
    derived = _derived_in_order(gathered, catalogue)
    columns: dict[str, frozenset[str]] = {}
    kept: dict[str, frozenset[str]] = {}
    for dataset in sorted(gathered.names):
        if dataset in catalogue.datasets:
            own = catalogue.datasets[dataset]
            columns[dataset] = frozenset(name for name in gathered.names[dataset] | _fixed(own) if name in own.columns)
            kept[dataset] = frozenset(asked.get(dataset, set()) | _shown(own))
    since = {key: frozenset(value) for key, value in gathered.since.items()}
    return Wanted(columns, kept, derived, since, relations)


def _fixed(dataset: Dataset) -> set[str]:
    return {dataset.at, *dataset.thing, *({"id_no", "household_id", "region_code"} & set(dataset.columns))}


def _shown(dataset: Dataset) -> set[str]:
    """What the base carries of every dataset: when a row happened, when it was sent, for places where it holds, of a state what
    tells one thing from another, so that a new record is put in the place of the right one at once; and the household a row
    names, by which the next base finds it again."""
    places = ["region_code"] if dataset.keyed == "division" else []
    things = [name for name in dataset.thing if dataset.rows == "state" and not dataset.columns[name].identity]
    return {dataset.at, "data_date", "household_id", *places, *things} & set(dataset.columns)


def _gather_input(gathered: _Gathered, catalogue: Catalogue, one: Input) -> None:
    if isinstance(one, RowInput):
        names = columns_in(one.value) | columns_in(one.where) | {*one.columns, *one.each, one.until, one.by, one.at}
        gathered.add(one.dataset, names)
        if one.aggregate == "since":
            gathered.since.setdefault(one.dataset, set()).update(columns_in(one.value))
    elif isinstance(one, MembersInput) and one.among in catalogue.relations:
        relation = catalogue.relations[one.among]
        gathered.add(relation.dataset, (columns_in(one.where) | columns_in(one.of)) & set(relation.columns))


def _derived_in_order(gathered: _Gathered, catalogue: Catalogue) -> tuple[Derived, ...]:
    """The derived columns that are read, also by one another; adds the delivered columns they need to what is gathered."""
    answer: list[Derived] = []
    done: set[tuple[str, str]] = set()

    def visit(dataset: str, code: str) -> None:
        found = derived_columns(catalogue, dataset).get(code)
        if found is None or (dataset, code) in done:
            return
        done.add((dataset, code))
        own, theirs = derived_reads(found)
        gathered.add(dataset, own)
        if found.source:
            gathered.add(found.source, theirs)
        for name in sorted(own):
            visit(dataset, name)
        for name in sorted(theirs):
            visit(found.source, name)
        answer.append(found)

    for dataset in sorted(gathered.names):
        for code in sorted(gathered.names[dataset]):
            visit(dataset, code)
    return tuple(answer)


def derived_reads(derived: Derived) -> tuple[set[str], set[str]]:
    """The columns of the row's own dataset and of the source that a derived column reads."""
    named = columns_in(derived.where) | columns_in(derived.value)
    if not derived.source:
        return named - OWNERS.keys(), set()
    own = {name.removeprefix("own_") for name in named if name.startswith("own_")} | set(derived.match)
    theirs = {name for name in named if not name.startswith("own_")} | set(derived.match.values())
    return own - OWNERS.keys(), theirs - OWNERS.keys()


def derived_columns(catalogue: Catalogue, dataset: str) -> dict[str, Derived]:
    """The derived columns of a dataset by their name."""
    return dict(catalogue.derived.get(dataset, {}))
