"""`catalogue pages`: the reference pages, written from the catalogue so that they never say anything else than it does."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from jiuzhu.portals.cli import programme_pages
from jiuzhu.portals.cli.answers import say
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.cited import Law
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.dependencies import columns_of_fact, expressions_of, facts_of
from jiuzhu.rules.explain import NATION, explain, explain_fact
from jiuzhu.rules.parameters import Parameters, ParameterValue
from jiuzhu.rules.permissions import PermissionRow, Permissions
from jiuzhu.rules.tree import Column, Dataset, Derived, Fact, GradeLine, Indicator, Title

MADE = "Made from the catalogue by `make docs`; never by hand."
ROWS = {
    "event": "one row for each thing that happened",
    "state": "the newest row of each thing is in force",
    "month": "one row a thing and month",
}
KEYED = {"person": "a person", "household": "a household", "division": "a division", "none": "nobody"}
DELIVERED = {"full": "each delivery replaces its period", "changes": "each delivery adds and corrects rows"}


def add_commands(acts: Any, common: argparse.ArgumentParser) -> None:
    pages = acts.add_parser(
        "pages",
        parents=[common],
        help="write the reference pages of datasets, facts, indicators, parameters, permissions, programmes",
    )
    pages.add_argument("--out", type=Path, required=True, metavar="DIR")
    pages.set_defaults(act=_pages, operation="catalogue.check")


def _pages(asked: argparse.Namespace) -> int:
    written = reference_pages(public.catalogue(*asked.catalogue))
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, text in written.items():
        (asked.out / name).write_text(text, encoding="utf-8")
    say(f"{', '.join(written)} in {asked.out}")
    return 0


def reference_pages(catalogue: Catalogue) -> dict[str, str]:
    """Name of the file to its text. The same catalogue gives the same bytes."""
    return {
        "datasets.md": _joined(_datasets(catalogue)),
        "facts.md": _joined(_facts(catalogue)),
        "indicators.md": _joined(_indicators(catalogue)),
        "parameters.md": _joined(_parameters(catalogue)),
        "permissions.md": _joined(_permissions(catalogue.permissions)),
        "programmes.md": _joined(programme_pages.programmes(catalogue)),
        "application.md": _joined(programme_pages.application(catalogue)),
    }


# --- datasets: the register of processing ----------------------------------------------------------------------------


def _datasets(catalogue: Catalogue) -> Iterable[str]:
    fields = sum(len(dataset.columns) for dataset in catalogue.datasets.values())
    readers = _readers(catalogue)
    yield f"# Datasets 数据集\n\n{MADE} This is the register of processing: of each dataset and field"
    yield "the purpose, the legal basis, the level, the office that answers for it, and how long it is kept."
    yield f"{len(catalogue.datasets)} datasets, {fields} fields.\n"
    yield "*empty* says what an empty cell means: nothing (`none`) or not known (`unknown`); `–`: it may not be empty. *vault*:"
    yield "the value is kept encrypted, rules see a number that stands for it. *rules*: how many indicators read the column.\n"
    yield from _table(("dataset", "title", "department", "rows", "rules"), _dataset_lines(catalogue, readers))
    for code in sorted(catalogue.datasets):
        yield from _dataset(catalogue.datasets[code], catalogue, readers.get(code, {}))
    yield "\n## Code lists 代码表\n"
    for code in sorted(catalogue.codes):
        words = catalogue.codes[code]
        yield f"### {code} {_both(words.title)}\n\n{_codes(words.words, catalogue)}\n"


def _dataset_lines(catalogue: Catalogue, readers: Mapping[str, Mapping[str, set[str]]]) -> Iterable[tuple[str, ...]]:
    for code in sorted(catalogue.datasets):
        dataset = catalogue.datasets[code]
        reading = set().union(*readers.get(code, {}).values())
        yield f"[`{code}`](#{code})", _both(dataset.title), dataset.department, dataset.rows, str(len(reading) or "")


def _dataset(dataset: Dataset, catalogue: Catalogue, readers: Mapping[str, set[str]]) -> Iterable[str]:
    yield f"\n## {dataset.code}\n\n{_both(dataset.title)}\n"
    yield f"- department {dataset.department} ({dataset.level}), sent {dataset.refresh}; {DELIVERED[dataset.delivered]}"
    at = f", dated by `{dataset.at}`" if dataset.at else ""
    thing = f"; a thing is told by {_named(dataset.thing)}" if dataset.thing else ""
    yield f"- {dataset.rows}: {ROWS[dataset.rows]}{at}{thing}; rows are about {KEYED[dataset.keyed]}"
    yield f"- stale after {dataset.stale_after} days without a delivery"
    if dataset.authorised_only:
        yield "- **read only for people with a live authorisation**"
    yield f"- purpose {_both(dataset.purpose)}; basis {_laws(dataset.legal_basis.split(', '), catalogue)}"
    yield f"- owner {dataset.owner}; kept {dataset.keep}"
    reading = set().union(*readers.values())
    yield f"- read by {_by_scenario(reading)}\n" if reading else "- read by no indicator\n"
    lines = [_field(column, catalogue, readers) for column in dataset.columns.values()]
    yield from _table(("field", "title", "holds", "level", "empty", "rules"), lines)
    derived = catalogue.derived.get(dataset.code, {})
    if derived:
        yield "\nWorked out from other rows:\n"
        lines = [
            (f"`{one.code}`", _both(one.title), _derived(one), str(len(readers.get(one.code, ())) or ""))
            for one in derived.values()
        ]
        yield from _table(("column", "title", "from", "rules"), lines)


def _field(column: Column, catalogue: Catalogue, readers: Mapping[str, set[str]]) -> tuple[str, ...]:
    holds = f"{column.holds} ({column.unit})" if column.unit else column.holds
    holds += ", may be below zero" if column.negative else ""
    if column.codes in catalogue.codes:
        holds += f": [{column.codes}](#code-lists-代码表)"
    elif column.codes:
        holds += f": {_codes(catalogue.words(column), catalogue)}"
    level = f"{column.level}, vault" if column.identity else column.level
    empty = "–" if column.required else column.empty
    return f"`{column.name}`", _both(column.title), holds, level, empty, str(len(readers.get(column.name, ())) or "")


def _derived(one: Derived) -> str:
    if not one.source:
        return "its own columns"
    how = f"{one.aggregate} of " if one.aggregate else ""
    return f"{how}`{one.source}` by " + ", ".join(f"`{own}` = `{theirs}`" for own, theirs in one.match.items())


def _readers(catalogue: Catalogue) -> dict[str, dict[str, set[str]]]:
    """Dataset to column to the indicators that read it."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for indicator in catalogue.indicators.values():
        for dataset, columns in catalogue.columns_read(indicator).items():
            for column in columns:
                found[dataset][column].add(indicator.code)
    return found


# --- facts -----------------------------------------------------------------------------------------------------------


def _facts(catalogue: Catalogue) -> Iterable[str]:
    yield f"# Facts 事实\n\n{MADE} A fact says what is, of one person or household; an indicator says what follows from it."
    yield f"{len(catalogue.facts)} facts, {len(catalogue.relations)} relations between people, {len(catalogue.tables)} tables.\n"
    used = _users_of_facts(catalogue)
    for code in sorted(catalogue.facts):
        fact = catalogue.facts[code]
        kind = f"{fact.type.kind} in {fact.type.unit}" if fact.type.unit else fact.type.kind
        yield f"## {code}\n\n{_both(fact.title)}: of a {fact.of}, {kind}\n"
        yield f"- {explain_fact(fact, catalogue, 'zh')}\n- {explain_fact(fact, catalogue, 'en')}"
        yield f"- basis {_basis(fact.basis, catalogue)}"
        yield f"- reads {_named(columns_of_fact(fact, catalogue, catalogue.facts)) or 'other facts only'}"
        facts, indicators = used[code]
        told = [*([_named(sorted(facts))] if facts else []), *([_by_scenario(indicators)] if indicators else [])]
        yield f"- used by {'; '.join(told)}\n" if told else "- used by none\n"
    yield "## Relations 人员关系\n"
    lines = [
        (f"`{one.code}`", _both(one.title), f"`{one.dataset}`", f"`{one.subject}` → `{one.to}`", "many" if one.many else "one")
        for one in catalogue.relations.values()
    ]
    yield from _table(("relation", "title", "dataset", "from → to", "to"), lines)
    for table in catalogue.tables.values():
        yield f"\n## {table.code}\n\n{table.title} ({table.unit}; {table.source})\n"
        yield from _table(("from", "number"), [(str(key), f"{value:f}") for key, value in table.rows.items()])


def _users_of_facts(catalogue: Catalogue) -> dict[str, tuple[set[str], set[str]]]:
    """Fact to the facts and the indicators that name it."""
    found: dict[str, tuple[set[str], set[str]]] = {code: (set(), set()) for code in catalogue.facts}

    def note(item: Fact | Indicator, expressions: Iterable[Any], place: int) -> None:
        for fact in facts_of([*item.inputs.values(), *item.person_inputs.values()], expressions):
            found[fact][place].add(item.code)

    for fact in catalogue.facts.values():
        note(fact, [fact.value], 0)
    for indicator in catalogue.indicators.values():
        note(indicator, expressions_of(indicator.rule), 1)
    return found


# --- indicators ------------------------------------------------------------------------------------------------------


def _indicators(catalogue: Catalogue) -> Iterable[str]:
    yield f"# Indicators 指标\n\n{MADE} The sentences are told from the same tree that the engines run."
    yield f"{len(catalogue.indicators)} indicators in {len(catalogue.scenarios)} scenarios. Numbers are the newest national ones;"
    yield "a place may have its own, see [parameters](parameters.md).\n"
    members: dict[str, list[Indicator]] = defaultdict(list)
    for code in sorted(catalogue.indicators):
        members[catalogue.indicators[code].scenario].append(catalogue.indicators[code])
    lines = [
        (f"[{code}](#{code.lower()})", _both(one.title), one.owner, str(len(members[code])))
        for code, one in sorted(catalogue.scenarios.items())
    ]
    yield from _table(("scenario", "title", "owner", "indicators"), lines)
    for code, scenario in sorted(catalogue.scenarios.items()):
        yield f"\n## {code}\n\n{_both(scenario.title)}: {scenario.owner}, {scenario.dimension}"
        for indicator in members[code]:
            yield from _indicator(indicator, catalogue)
    yield "\n## Laws cited 引用的法规\n"
    yield from _table(("key", "title", "number", "issued", "in force"), [_law(law) for law in catalogue.laws.values()])


def _indicator(item: Indicator, catalogue: Catalogue) -> Iterable[str]:
    group = " (hukou)" if item.of == "household" and item.group == "hukou" else ""
    yield f"\n### {item.code}\n\n{_both(item.title)}: {item.side} {item.kind} about a {item.of}{group}\n"
    yield f"- {explain(item, catalogue, 'zh')}\n- {explain(item, catalogue, 'en')}"
    yield f"- grades: {', '.join(map(_grade, item.rule.grades))}{_limit(item, catalogue)}"
    yield f"- to {', '.join(item.route)} within {item.days} working days: {_both(item.action)}"
    yield f"- basis {_basis(item.basis, catalogue)}"
    if item.note:
        yield f"- note: {item.note}"
    reviewed = f"reviewed by {item.reviewed['by']} on {item.reviewed['date']}, again by {item.reviewed['again']}"
    expected = ", ".join(example.expect for example in item.examples)
    yield f"- {len(item.examples)} examples: {expected}; {reviewed}"
    yield f"- reads {_named(catalogue.datasets_read(item))}"


def _limit(item: Indicator, catalogue: Catalogue) -> str:
    limit = item.inputs.get(item.rule.limit)
    if limit is None:
        return ""
    rows = catalogue.parameters.of(getattr(limit, "owner", item.code), getattr(limit, "parameter", item.rule.limit))
    newest = max((row for row in rows if row.division == NATION), key=lambda row: row.since, default=None)
    told = _value(newest, catalogue.parameters) if newest else "set by place only"
    others = len(rows) - (newest is not None)
    return f"; `{item.rule.limit}` {told} ({item.rule.way})" + (f", {others} more rows by place or date" if others else "")


def _grade(line: GradeLine) -> str:
    said = {"times": f"{line.number.normalize():f} × limit", "number": f"{line.number.normalize():f}", "hit": "always"}
    return f"{line.grade} {said.get(line.how, 'by condition')}"


def _law(law: Law) -> tuple[str, ...]:
    return law.code, f"《{law.title}》", law.number, str(law.issued or ""), str(law.in_force or "")


# --- parameters ------------------------------------------------------------------------------------------------------


def _parameters(catalogue: Catalogue) -> Iterable[str]:
    rows = catalogue.parameters.rows
    count = sum(len(some) for some in rows.values())
    yield f"# Parameters 参数\n\n{MADE} {count} dated numbers. The nearest division above a family wins, within it the newest"
    yield "row that has begun. A number that was not found is empty, hides those above it, and is never guessed. *bounds*: between"
    yield "which a number may be moved; where they are empty no bound in law or policy is known, and the system proposes no change.\n"
    yield "## Of one indicator or fact 指标自有\n"
    owned = [row for key in sorted(rows) if key[0] for row in rows[key]]
    head = ("number", "division", "from", "to", "value", "bounds", "source", "confidence")
    name = partial(_parameter, catalogue)
    yield from _table(("owner", *head), [(row.owner, *name(row)) for row in owned])
    families: dict[str, list[ParameterValue]] = defaultdict(list)
    for key in sorted(rows):
        if not key[0]:
            families[Path(rows[key][0].path).stem].extend(rows[key])
    yield "\n## Shared 共用\n"
    for family in sorted(families):
        yield f"\n### {family}\n"
        yield from _table(head, [name(row) for row in families[family]])


def _parameter(catalogue: Catalogue, row: ParameterValue) -> tuple[str, ...]:
    since = "" if row.since.year == 1 else row.since.isoformat()
    until = row.until.isoformat() if row.until else ""
    place = "nation" if row.division == NATION else f"{row.division} {public.division_name(row.division)}"
    source = _both(Title(catalogue.source(row.source, "zh"), catalogue.source(row.source, "en")))
    bounds = "" if row.least is None and row.most is None else f"{_bound(row.least)} … {_bound(row.most)}"
    return f"`{row.name}`", place, since, until, _value(row, catalogue.parameters), bounds, source, row.confidence


def _bound(number: Decimal | None) -> str:
    return f"{number:f}" if number is not None else ""


def _value(row: ParameterValue, of: Parameters) -> str:
    if row.like:
        return f"as `{row.like}`"
    number = f"{row.value:f}" if row.value is not None else row.text
    return f"{number} {row.unit}".strip() if number else "not found"


# --- permissions -----------------------------------------------------------------------------------------------------


def _permissions(told: Permissions) -> Iterable[str]:
    rows = told.all_rows()
    yield f"# Permissions 权限\n\n{MADE} {len(rows)} rows. A row grants; what no row grants is refused."
    yield "*relation*: how the division a thing stands in is related to that of the role: `own`, `child` (anywhere below), `sibling`"
    yield "(beside it, or below one beside it), `parent` (any above), `elsewhere`; or `assigned` (a task on it), `self`, `mandate`;"
    yield "`linked` (one's own kin) beats all others. *state*, *purpose*: empty is any. *level*: the highest of the fields it opens:"
    yield f"{', '.join(LEVELS)}. *at most*: people or households in one act, empty is any number.\n"
    yield "## Roles 角色\n"
    lines = [(f"`{one.code}`", _both(one.title), one.duty, ", ".join(one.tiers) or "no account") for one in told.roles.values()]
    yield from _table(("role", "title", "duty", "held in"), lines)
    yield "\nNobody holds roles of two duties, under any account: see [why](../decisions/0018-how-a-permission-is-found.md).\n"
    yield "## Purposes 目的\n"
    yield from _table(("purpose", "title"), [(f"`{code}`", _both(title)) for code, title in told.purposes.items()])
    yield "\n## Operations 操作"
    for operation in told.operations.values():
        states = f"; states {_named(operation.states)}" if operation.states else ""
        yield f"\n### {operation.code}\n\n{_both(operation.title)}{states}\n"
        own = [row for row in rows if row.operation == operation.code]
        yield from _table(("role", "relation", "state", "purpose", "level", "at most"), [_granted(row, told) for row in own])


def _granted(row: PermissionRow, told: Permissions) -> tuple[str, ...]:
    most = f"{row.at_most:,}" if row.at_most else ""
    return _both(told.roles[row.role].title), row.relation, row.state, row.purpose, row.level, most


# --- words -----------------------------------------------------------------------------------------------------------


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts).rstrip("\n") + "\n"


def _table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterable[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for line in lines:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |"


def _both(title: Title) -> str:
    return f"{title.zh} · {title.en}" if title.en and title.en != title.zh else title.zh


def _named(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _codes(words: Mapping[str, str], catalogue: Catalogue) -> str:
    return "; ".join(f"{code}={_both(Title(word, catalogue.english(word)))}" for code, word in words.items())


def _laws(keys: Iterable[str], catalogue: Catalogue) -> str:
    return ", ".join(f"《{catalogue.laws[key].title}》" if key in catalogue.laws else key for key in keys)


def _basis(entries: Iterable[Mapping[str, str]], catalogue: Catalogue) -> str:
    return "; ".join(f"{_laws([entry['law']], catalogue)} {entry.get('says', '')}".strip() for entry in entries)


def _by_scenario(codes: Iterable[str]) -> str:
    """`S01-E01 E02, S24-R02`: many codes in little room."""
    found: dict[str, list[str]] = defaultdict(list)
    for code in sorted(codes):
        scenario, _, number = code.partition("-")
        found[scenario].append(number)
    return ", ".join(f"{scenario}-{' '.join(numbers)}" for scenario, numbers in found.items())
