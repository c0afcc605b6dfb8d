"""The catalogue as a whole: what officials may change, read once, checked wholly, and handed on as frozen trees."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu.rules import dependencies
from jiuzhu.rules.application_form import ApplicationForm, read_application_form
from jiuzhu.rules.bodies import Body, Schedule, read_bodies, read_schedules
from jiuzhu.rules.cited import CodeList, Law, Scenario
from jiuzhu.rules.comparisons import Comparisons, read_comparisons
from jiuzhu.rules.datasets import read_datasets
from jiuzhu.rules.duties import Duties, check_cards
from jiuzhu.rules.facts import FactShelf
from jiuzhu.rules.family import FamilyFile, read_family_file
from jiuzhu.rules.faults import CatalogueFaults, Fault, nearest
from jiuzhu.rules.forms import Form
from jiuzhu.rules.granting import with_steps
from jiuzhu.rules.grieving import GrievanceKind, read_grieving
from jiuzhu.rules.indicators import read_indicator, read_indicators
from jiuzhu.rules.library import Library, read_library, with_others
from jiuzhu.rules.noticing import Noticing, check_steps, read_noticing
from jiuzhu.rules.outcomes import Outcomes, check_granted
from jiuzhu.rules.outreach import check_outreach
from jiuzhu.rules.parameters import Parameters, read_parameters
from jiuzhu.rules.paying import Paying, read_paying
from jiuzhu.rules.permissions import Permissions, read_permissions
from jiuzhu.rules.phrases import Language
from jiuzhu.rules.programmes.reading import read_programmes
from jiuzhu.rules.programmes.tree import Programmes
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.references import read_references
from jiuzhu.rules.relations import read_derived, read_relations
from jiuzhu.rules.reviewing import LifeEventKind, read_reviewing
from jiuzhu.rules.source import Source
from jiuzhu.rules.strands import Strands, read_strands
from jiuzhu.rules.tree import Column, Dataset, Derived, Fact, Indicator, Relation, Table
from jiuzhu.rules.verifying import Verifying, read_verifying
from jiuzhu.rules.visiting import read_visiting
from jiuzhu.rules.words import check_words, phrases_of, read_words
from jiuzhu.rules.workflows import Workflow, read_workflows

__all__ = ["Catalogue", "CatalogueFaults", "Fault", "from_text", "load_catalogue", "load_kept", "read_catalogue"]

NEWER = ("word", "notice", "term")  # rules of checks that came after catalogues were kept, about what is told and never computed
# Files and folders by which officers and residents act today, whatever they said when a catalogue was kept: nothing in a release or a
# decision is computed of them.
ACTED_BY = frozenset((
    "application_form.toml", "bundles.toml", "case_tags.toml", "events.toml", "forms", "grievances.toml", "items", "keeping.toml",
    "life_events.toml", "needs.toml", "notices.toml", "outcomes.toml", "outreach.toml", "payments.toml", "permissions.csv",
    "permissions.toml", "policies.toml", "sharing.toml", "verification", "workflows", "working_rules.toml",
))  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """All declarations by code. derived: dataset to its derived columns. version: content hash of every file read."""

    datasets: Mapping[str, Dataset]
    facts: Mapping[str, Fact]
    relations: Mapping[str, Relation]
    derived: Mapping[str, Mapping[str, Derived]]
    tables: Mapping[str, Table]
    indicators: Mapping[str, Indicator]
    parameters: Parameters
    scenarios: Mapping[str, Scenario]
    laws: Mapping[str, Law]
    codes: Mapping[str, CodeList]
    folders: tuple[Path, ...]
    version: str
    reading: Reading = field(repr=False, compare=False)
    bodies: Mapping[str, Body] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    comparisons: Comparisons = field(default_factory=Comparisons)
    strands: Strands = field(default_factory=Strands)
    permissions: Permissions = field(default_factory=Permissions)
    family_file: FamilyFile = field(default_factory=FamilyFile)
    outcomes: Outcomes = field(default_factory=Outcomes)
    duties: Duties = field(default_factory=Duties)
    forms: Mapping[str, Form] = field(default_factory=dict)
    paying: Paying = field(default_factory=Paying)
    noticing: Noticing = field(default_factory=Noticing)
    grieving: Mapping[str, GrievanceKind] = field(default_factory=dict)
    reviewing: Mapping[str, LifeEventKind] = field(default_factory=dict)
    workflows: Mapping[str, Workflow] = field(default_factory=dict)
    programmes: Programmes = field(default_factory=Programmes)
    verifying: Verifying = field(default_factory=Verifying)
    application_form: ApplicationForm = field(default_factory=ApplicationForm)
    library: Library = field(default_factory=Library)

    def columns(self, dataset: str) -> Mapping[str, Column]:
        """Delivered and derived columns of a dataset by name."""
        return self.reading.columns(dataset)

    def words(self, column: Column) -> Mapping[str, str]:
        """The codes of a column with their words; empty where it has no list."""
        return words_of(column.codes, self.codes)

    def english(self, word: str) -> str:
        """The English of the word of a code; the word itself where its folder has none."""
        return self.reading.english.get(word, word)

    def source(self, row_source: str, lang: Language) -> str:
        """Where a number comes from, in words; a phrase stays as it is where its folder does not translate it."""
        phrases = phrases_of(row_source)
        return "；".join(self.reading.chinese.get(one, one) for one in phrases) if lang == "zh" else "; ".join(phrases)

    def columns_read(self, indicator: Indicator) -> Mapping[str, frozenset[str]]:
        """Dataset to the columns this indicator depends on, through facts, relations and derived columns."""
        return dependencies.columns_of_indicator(indicator, self, self.facts)

    def datasets_read(self, indicator: Indicator) -> tuple[str, ...]:
        return tuple(self.columns_read(indicator))


def read_catalogue(*folders: Path) -> tuple[Catalogue, tuple[Fault, ...]]:
    """What could be read of these folders, and all that is wrong. Later folders add; a known code is a fault.

    For `jiuzhu catalogue check` and tests; whoever runs rules takes `load_catalogue`.
    """
    reading = Reading()
    for folder in folders:
        if not folder.is_dir():
            reading.faults.append(Fault(folder.as_posix(), 0, "folder", "this folder does not exist", "name a catalogue folder"))
    read_references(folders, reading)
    read_words(folders, reading)
    read_datasets(folders, reading)
    read_derived(folders, reading)
    read_relations(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    shelf = FactShelf(folders, reading)
    facts = shelf.read_all()
    indicators = read_indicators(folders, reading)
    bodies = read_bodies(folders, reading)
    schedules = read_schedules(folders, indicators, reading)
    _check_owners(reading, {**facts, **indicators})
    catalogue = Catalogue(
        datasets=reading.datasets,
        facts=facts,
        relations=reading.relations,
        derived=reading.derived,
        tables=reading.tables,
        indicators=indicators,
        parameters=reading.parameters,
        scenarios=reading.scenarios,
        laws=reading.laws,
        codes=reading.codes,
        folders=tuple(folders),
        version=_version(folders),
        reading=reading,
        bodies=bodies,
        schedules=schedules,
        comparisons=read_comparisons(folders, reading),
        strands=read_strands(folders, reading),
        family_file=read_family_file(folders, facts, reading),
        **_of_casework(folders, reading, facts, indicators, bodies),
    )
    return catalogue, tuple(sorted(set(reading.faults)))


def _of_casework(
    folders: tuple[Path, ...],
    reading: Reading,
    facts: Mapping[str, Fact],
    indicators: Mapping[str, Indicator],
    bodies: Mapping[str, Body],
) -> dict[str, Any]:
    """The parts of a catalogue that officers and residents act by, each checked against the others; by field of Catalogue."""
    visiting = read_visiting(folders, reading)
    check_granted(visiting.outcomes, folders, reading)
    permissions = read_permissions(folders, reading)
    workflows = read_workflows(folders, reading, permissions)
    with_steps(permissions, workflows, reading.parameters)
    check_outreach(visiting.outreach, folders, indicators, permissions.roles, reading)
    noticing = read_noticing(folders, reading)
    check_steps(noticing, workflows, reading)
    programmes = read_programmes(folders, reading)
    check_words(folders, reading, facts, programmes)
    check_cards(visiting.duties, folders, programmes.texts, reading)
    form = read_application_form(folders, programmes, reading)
    library = read_library(folders, visiting.duties, programmes, form, reading)
    return {
        "permissions": permissions,
        "workflows": workflows,
        "outcomes": visiting.outcomes,
        "duties": visiting.duties,
        "forms": visiting.forms,
        "paying": read_paying(folders, reading),
        "noticing": noticing,
        "programmes": programmes,
        "verifying": read_verifying(folders, reading, bodies),
        "application_form": with_others(form, library),
        "library": library,
        "grieving": read_grieving(folders, reading, noticing),
        "reviewing": read_reviewing(folders, reading, indicators),
    }


def load_catalogue(*folders: Path) -> Catalogue:
    """The catalogue of these folders; raises CatalogueFaults with every fault if there is one."""
    catalogue, faults = read_catalogue(*folders)
    if faults:
        raise CatalogueFaults(faults)
    return catalogue


def load_kept(*folders: Path) -> Catalogue:
    """A catalogue that was in force once, read by what the platform asks of one today.

    What newer checks want of words and letters, or of what officers act by, of which nothing is computed, is no fault of it; anything
    else stops, so that no rule of it is read otherwise than it was. Raises CatalogueFaults.
    """
    catalogue, faults = read_catalogue(*folders)
    if wrong := [fault for fault in faults if fault.rule not in NEWER and not ACTED_BY & set(Path(fault.path).parts)]:
        raise CatalogueFaults(wrong)
    return catalogue


def from_text(text: str, catalogue: Catalogue, path: Path = Path("indicators/new.toml")) -> Indicator:
    """An indicator from the text of its file, read beside a catalogue and not put into it.

    The parameters it names must be there. Raises CatalogueFaults.
    """
    reading = catalogue.reading
    before, reading.faults = reading.faults, []
    try:
        source = Source(path, reading.faults, text)
        code = source.data.get("code")
        if path.name == "new.toml" and isinstance(code, str):
            source.path = path.with_name(f"{code}.toml")
        indicator = read_indicator(source, reading)
        if reading.faults:
            raise CatalogueFaults(reading.faults)
    finally:
        reading.faults = before
    return indicator


def _check_owners(reading: Reading, owners: Mapping[str, object]) -> None:
    for owner, name in reading.parameters.rows:
        if owner and owner not in owners:
            row = reading.parameters.of(owner, name)[0]
            problem = f"parameter '{name}' belongs to '{owner}', which is no indicator and no fact"
            reading.faults.append(Fault(row.path, row.line, "parameter", problem, nearest(owner, owners)))


def _version(folders: Sequence[Path]) -> str:
    """A hash over names and bytes of all files of the folders, in order."""
    digest = hashlib.sha256()
    for index, folder in enumerate(folders):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"{index}/{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
                digest.update(content)
    return digest.hexdigest()[:32]
