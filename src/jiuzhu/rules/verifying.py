"""`verification/`: what may be verified, of whom it is asked, who may ask for what, and what an authorisation names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jiuzhu.rules.bodies import Body, read_bodies
from jiuzhu.rules.datasets import read_datasets
from jiuzhu.rules.faults import CatalogueFaults, Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title
from jiuzhu.rules.words import read_words

FOLDER = "verification"
SOURCES, TEMPLATES = "sources.toml", "templates.toml"
LEVELS = ("ministry", "city", "extended")
ABOUT = ("identity", "income", "property", "expenditure", "benefit")
ASKS = ("amount", "count", "list", "boolean")
TELLS = ("incomes", "assets", "homes", "vehicles", "businesses", "expenses")


@dataclass(frozen=True)
class Tells:
    """Which list of an application an answer speaks of. kind: of every row, or by the code of column `kind_by`, through `kinds`.

    each: fact of an entry to the column of a row that says it. rank: of items that tell the same thing the lowest leads.
    """

    of: str
    kind: str = ""
    kind_by: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, str] = field(default_factory=dict)
    rank: int = 1


@dataclass(frozen=True)
class Item:
    """One thing that is verified. source: code of the body that states its dataset, "" where no body does.

    sum: columns added up, in yuan or whole. monthly: of a state that says an amount a month. where: column to the codes that count.
    events: rows happen in time, so those of the last twelve months count; at: the column that says when. limit: `<class>.asset.<limit>`.
    """

    code: str
    title: Title
    level: str
    about: str
    dataset: str
    asks: str
    columns: tuple[str, ...]
    sum: tuple[str, ...]
    monthly: bool
    where: Mapping[str, tuple[str, ...]]
    tells: Tells | None
    limit: str
    since: date
    until: date | None
    source: str = ""
    events: bool = False
    at: str = ""
    authorised_only: bool = False
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """per_minute: questions to one source. seconds: what one question may take."""

    per_minute: int = 60
    seconds: int = 5


@dataclass(frozen=True)
class Consent:
    """What is consented to apart. datasets: those named; rest: everything nobody else names."""

    code: str
    title: Title
    told: Title
    datasets: frozenset[str]
    rest: bool


@dataclass(frozen=True)
class Template:
    """A business and the items it may ask for. client: the department whose system may ask, "" for social assistance itself.

    when_any: a row of any of these items fits; the three sentences say what came of it.
    """

    code: str
    title: Title
    levels: tuple[str, ...]
    items: tuple[str, ...]
    is_kind: bool
    client: str = ""
    when_any: tuple[str, ...] = ()
    sentences: Mapping[str, Title] = field(default_factory=dict)


@dataclass(frozen=True)
class Verifying:
    """All of the folder. paces: by source; without one, `pace`. Hours, months and working days hold where a place names none."""

    items: Mapping[str, Item] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    pace: Pace = Pace()
    within_hours: int = 48
    valid_months: int = 6
    recheck_wd: int = 10
    percent: int = 0
    yuan: int = 0
    bodies: Mapping[str, Body] = field(default_factory=dict)

    def columns(self) -> dict[str, set[str]]:
        """Dataset to the columns that items read."""
        answer: dict[str, set[str]] = {}
        for item in self.items.values():
            answer.setdefault(item.dataset, set()).update(item.columns)
        return answer

    def pace_of(self, source: str) -> Pace:
        return self.paces.get(source, self.pace)

    def consent_of(self, dataset: str) -> str:
        """The consent that opens a dataset."""
        named = (one.code for one in self.consents.values() if dataset in one.datasets)
        return next(named, next((one.code for one in self.consents.values() if one.rest), ""))

    def asked(self, template: str, on: date, chosen: Iterable[str] = ()) -> tuple[Item, ...]:
        """The items of a business that stand on a day, in the order of the catalogue; of them those chosen, all if none is.

        Raises KeyError for a business that is not there.
        """
        told, wanted = self.templates[template], set(chosen)
        return tuple(
            one
            for one in self.items.values()
            if (one.code in told.items or one.level in told.levels)
            and one.since <= on
            and (one.until is None or on < one.until)
            and (not wanted or one.code in wanted)
        )


def read_verifying(folders: Iterable[Path], reading: Reading, bodies: Mapping[str, Body]) -> Verifying:
    """Items and templates of all folders, and how sources are asked by the last folder that says it. A known code is a fault."""
    items: dict[str, Item] = {}
    templates: dict[str, Template] = {}
    told = Verifying()
    later: list[Source] = []
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*.toml")):
            source = Source(path, reading.faults)
            if path.name == SOURCES:
                told = _asking(source, reading, bodies)
            elif path.name == TEMPLATES:
                later.append(source)
            else:
                items |= _items(source, reading, bodies)
    for source in later:
        for code, keys in _tables(source):
            if reading.new("template of verification", code, source):
                templates[code] = _template(code, keys, items)
    ordered = dict(sorted(items.items(), key=lambda one: (LEVELS.index(one[1].level), one[0])))
    return Verifying(
        ordered, templates, told.consents, told.paces, told.pace, told.within_hours, told.valid_months, told.recheck_wd,
        told.percent, told.yuan, bodies,
    )  # fmt: skip


def load_verifying(*folders: Path) -> Verifying:
    """Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    read_words(folders, reading)
    read_datasets(folders, reading)
    found = read_verifying(folders, reading, read_bodies(folders, reading))
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def _tables(source: Source) -> list[tuple[str, Keys]]:
    whole = Keys(source, (), {"here": source.data})
    return [(code, Keys(source, (code,), keys.values)) for code, keys in whole.named("here")]


def _items(source: Source, reading: Reading, bodies: Mapping[str, Body]) -> dict[str, Item]:
    found = {}
    for code, keys in _tables(source):
        if reading.new("item of verification", code, source):
            try:
                found[code] = _item(code, keys, reading, bodies)
            except Wrong as error:
                keys.wrong("", error)
    return found


def _item(code: str, keys: Keys, reading: Reading, bodies: Mapping[str, Body]) -> Item:
    """Raises Wrong for what cannot be read at all."""
    dataset = reading.dataset(keys.text("dataset", required=True))
    if dataset.keyed != "person":
        raise Wrong("dataset", f"the rows of {dataset.code} are of no person", "name a dataset of persons")
    columns = keys.words("columns", required=True)
    asks, summed = keys.text("asks", required=True, one_of=ASKS), keys.words("sum")
    where = {column: _codes(keys, column, codes) for column, codes in keys.table("where").items()}
    tells = _tells(Keys(keys.source, (*keys.at, "tells"), keys.table("tells"))) if keys.has("tells") else None
    named = {*columns, *summed, *where, *((tells.kind_by, *tells.each.values()) if tells else ())} - {""}
    for name in sorted(named):
        if reading.column(dataset.code, name).identity:
            raise Wrong("column", f"'{name}' says who somebody is, and leaves no register", "name another column")
        if name not in columns:
            raise Wrong("column", f"'{name}' is read but not among the columns", "add it to columns: nothing else is asked for")
    if asks == "amount" and not summed:
        raise Wrong("sum", "an amount without columns to add up", 'write sum = ["column"]')
    events = dataset.rows in ("event", "month")
    if events and dataset.at not in columns:
        raise Wrong("column", f"'{dataset.at}' says when, and is not among the columns", "add it to columns")
    read = {name: words_of(reading.column(dataset.code, name).codes, reading.codes) for name in columns}
    since = keys.day("since", required=True)
    item = Item(
        code, keys.title("title"), keys.text("level", required=True, one_of=LEVELS), keys.text("about", required=True, one_of=ABOUT),
        dataset.code, asks, columns, summed, keys.flag("monthly"), where, tells, keys.text("limit"), since or date.min,
        keys.day("until"), next((one.code for one in bodies.values() if one.states(dataset)), ""), events,
        dataset.at, dataset.authorised_only, {name: words for name, words in read.items() if words},
    )  # fmt: skip
    keys.done()
    return item


def _codes(keys: Keys, column: str, codes: object) -> tuple[str, ...]:
    if not isinstance(codes, list) or not codes or not all(isinstance(one, str) for one in codes):
        keys.fault("where", "wrong_kind", f"'{clipped(column)}' names no codes", f'write where = {{ {clipped(column)} = ["1"] }}')
        return ()
    return tuple(codes)


def _tells(keys: Keys) -> Tells:
    found = Tells(
        keys.text("of", required=True, one_of=TELLS), keys.text("kind"), keys.text("kind_by"), keys.table("kinds"),
        keys.table("each"), keys.whole("rank", default=1, least=1),
    )  # fmt: skip
    if bool(found.kind) == bool(found.kind_by):
        keys.fault("kind", "kind", "one of `kind` and `kind_by` says the kind", 'write kind = "…", or kind_by with kinds')
    keys.done()
    return found


def _asking(source: Source, reading: Reading, bodies: Mapping[str, Body]) -> Verifying:
    whole = Keys(source, (), source.data)
    asking, report, tolerance = (
        Keys(source, (name,), whole.table(name, required=True)) for name in ("asking", "report", "tolerance")
    )
    pace = _pace(asking, Pace())
    paces = {}
    for code, keys in whole.named("sources"):
        if code not in bodies:
            keys.fault("", "source", f"'{clipped(code)}' is no source", nearest(code, bodies))
        paces[code] = _pace(keys, pace)
    consents = {code: _consent(code, keys, reading) for code, keys in whole.named("consents", required=True)}
    if sum(one.rest for one in consents.values()) != 1:
        source.fault(("consents",), "consents", "exactly one consent takes the rest", "write rest = true in one of them")
    hours, months, days = (
        report.whole(name, required=True, default=1, least=1) for name in ("within_hours", "valid_months", "recheck_wd")
    )
    percent, yuan = (tolerance.whole(name, required=True) for name in ("percent", "yuan"))
    for keys in (whole, report, tolerance):
        keys.done()
    return Verifying(
        consents=consents,
        paces=paces,
        pace=pace,
        within_hours=hours,
        valid_months=months,
        recheck_wd=days,
        percent=percent,
        yuan=yuan,
    )


def _pace(keys: Keys, default: Pace) -> Pace:
    found = Pace(
        keys.whole("per_minute", default=default.per_minute, least=1), keys.whole("seconds", default=default.seconds, least=1)
    )
    keys.done()
    return found


def _consent(code: str, keys: Keys, reading: Reading) -> Consent:
    datasets = keys.words("datasets")
    for one in datasets:
        if one not in reading.datasets:
            keys.fault("datasets", "dataset", f"dataset '{clipped(one)}' does not exist", nearest(one, reading.datasets))
    found = Consent(code, keys.title("title"), keys.title("told"), frozenset(datasets), keys.flag("rest"))
    keys.done()
    return found


def _template(code: str, keys: Keys, items: Mapping[str, Item]) -> Template:
    chosen, decisive = keys.words("items"), keys.words("when_any")
    for one in (*chosen, *decisive):
        if one not in items:
            keys.fault("items", "item", f"item '{clipped(one)}' is not there", nearest(one, items))
    levels = keys.words("levels")
    for level in levels:
        if level not in LEVELS:
            keys.fault("levels", "level", f"level '{clipped(level)}'", nearest(level, LEVELS))
    if not chosen and not levels:
        keys.fault("items", "missing_key", "a template that chooses nothing", "write levels = […] or items = […]")
    if set(decisive) - set(chosen):
        keys.fault("when_any", "item", "an item decides that is not asked for", "add it to items")
    sentences = {name: keys.title(name) for name in ("fits", "fits_not", "unknown") if decisive}
    found = Template(
        code, keys.title("title"), levels, chosen, keys.flag("kind", default=True), keys.text("client"), decisive, sentences
    )
    keys.done()
    return found
