"""Inputs of a declaration (`inputs.x = { … }`, `person.x = { … }`) to inputs of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from jiuzhu.rules import types, units
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import (
    AggregateKind,
    Arithmetic,
    Column,
    Constant,
    Expression,
    FactInput,
    Input,
    MembersInput,
    Name,
    ParameterInput,
    RowInput,
    Subject,
    Type,
)
from jiuzhu.rules.types import FLAG, FUNCTIONS, MOMENTS, Known, Scope
from jiuzhu.rules.windows import read_window

AGGREGATES: tuple[AggregateKind, ...] = ("exists", "count", "sum", "min", "max", "latest", "first", "distinct", "run", "since")
_AT_KINDS = frozenset({"date", "month", "quarter", "instant"})


@dataclass
class Inputs:
    """The inputs of one indicator or fact while they are read, and what of them was used."""

    reading: Reading
    source: Source
    owner: str
    of: Subject
    group: Literal["living", "hukou"] = "living"
    inputs: dict[str, Input] = field(default_factory=dict)
    person: dict[str, Input] = field(default_factory=dict)
    known: dict[str, Known] = field(default_factory=dict)
    person_known: dict[str, Known] = field(default_factory=dict)
    own: dict[str, Known] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    person_used: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)

    def read(self, declared: Mapping[str, Any], persons: Mapping[str, Any]) -> None:
        """Parameters first, then what is said of persons, then the rest, each in the order of the file."""
        for name in self.reading.parameters.names(self.owner):
            try:
                self.own[name] = Known(Name(name, "input", self._parameter_type(self.owner, name)))
            except Wrong:
                continue  # a row that follows a missing shared number is a fault of its file already
        parameters = {name: item for name, item in declared.items() if isinstance(item, dict) and "parameter" in item}
        rest = {name: item for name, item in declared.items() if name not in parameters}
        for at, part in (("inputs", parameters), ("person", persons), ("inputs", rest)):
            for name, item in part.items():
                self._read_one(at, name, item)

    def _read_one(self, at: str, name: str, item: Any) -> None:
        if not isinstance(item, dict):
            self.source.fault((at, name), "wrong_kind", f"input '{clipped(name)}' is not a table", f'write {at}.x = {{ dataset = "…", … }}')
            return
        keys = Keys(self.source, (at, name), item)
        try:
            check_name(name)
            read, codes = self._input(keys, name, person=at == "person")
        except Wrong as error:
            self.source.wrong((at, name), error)
            # Stand in for it, so that one wrong input is one fault and not one more wherever it is named.
            known = Known(Name(name, "person_input" if at == "person" else "input", _promised(item)))
            (self.person_known if at == "person" else self.known)[name] = known
            (self.person_used if at == "person" else self.used).add(name)
            return
        keys.done()
        if at == "person":
            self.person[name] = read
            self.person_known[name] = Known(Name(name, "person_input", read.type), codes)
        else:
            self.inputs[name] = read
            self.known[name] = Known(Name(name, "input", read.type), codes)

    def _input(self, keys: Keys, name: str, *, person: bool) -> tuple[Input, Mapping[str, str]]:
        kinds = [kind for kind in ("dataset", "fact", "members", "parameter") if keys.has(kind)]
        if len(kinds) != 1:
            said = " and ".join(kinds) or "none"
            raise Wrong("input", f"input '{name}' has {said} of its four kinds", "give one of dataset, fact, members, parameter")
        if person and kinds[0] in ("members", "parameter"):
            raise Wrong("input", f"[person] with {kinds[0]}", f"declare it as inputs.{name}; parameters are seen from [person] too")
        if kinds[0] == "dataset":
            return self._rows(keys, name, person=person)
        if kinds[0] == "fact":
            return self._fact(keys, name, person=person)
        if kinds[0] == "members":
            return self._members(keys, name), {}
        owner, parameter = self.owner, keys.text("parameter", required=True)
        like = keys.text("like")
        if like:
            owner, parameter = "", like
        else:
            self.used.add(f"parameter {parameter}")
        return ParameterInput(name, owner, parameter, self._parameter_type(owner, parameter)), {}

    def _parameter_type(self, owner: str, name: str) -> Type:
        parameters = self.reading.parameters
        return Type("number", parameters.unit(owner, name), parameters.scale(owner, name))

    # --- facts and members ---

    def _fact(self, keys: Keys, name: str, *, person: bool) -> tuple[Input, Mapping[str, str]]:
        code, via = keys.text("fact", required=True), keys.text("via")
        if via:
            relation = self.reading.relations.get(via)
            if relation is None:
                raise Wrong("relation", f"relation '{clipped(via)}' does not exist", nearest(via, self.reading.relations))
            if relation.many:
                raise Wrong("relation", f"via = '{via}' is a relation of many", f'use members = "any", among = "{via}"')
        level: Literal["subject", "person", "via"] = "via" if via else "person" if person else "subject"
        if via and relation and not person and self.of == "household" and relation.subject != "household_id":
            raise Wrong("relation", f"via = '{via}' speaks of a person, the rule of a household", f"declare it as person.{name}")
        known = self.see_fact(code, level)
        if known is None:
            raise Wrong("fact", f"fact '{clipped(code)}' does not exist", nearest(code, self.reading.fact_names))
        self._check_unit(keys, known.name.type, needed=False)
        return FactInput(name, code, known.name.type, via), known.codes

    def see_fact(self, code: str, level: Literal["subject", "person", "via"]) -> Known | None:
        """A fact as the subject, or one of its persons, sees it. Raises Wrong for a fact of the other that does not fit."""
        fact = self.reading.fact(code)
        if fact is None:
            return None
        if fact.of == "household" and self.group == "hukou":
            mend = "leave out group = \"hukou\", or use a fact of persons"
            raise Wrong("fact", f"'{code}' is a fact of living households, the rule of hukou households", mend)
        if level == "subject" and self.of == "household" and fact.of == "person" and fact.type.kind != "flag":
            mend = f'over its members: inputs.x = {{ members = "max", of = "{code}" }}'
            raise Wrong("fact", f"'{code}' is a {types.called(fact.type)} of one person, the rule of a household", mend)
        return Known(Name(code, "fact", fact.type), words_of(fact.codes, self.reading.codes))

    def _members(self, keys: Keys, name: str) -> MembersInput:
        how: Any = keys.text("members", required=True, one_of=("any", "all", "count", "sum", "min", "max"), default="any")
        among = keys.text("among", default="household")
        relation = self.reading.relations.get(among)
        if among != "household" and (relation is None or not relation.many):
            many = ["household", *(code for code, item in self.reading.relations.items() if item.many)]
            raise Wrong("relation", f"among = '{clipped(among)}' is no relation of many", nearest(among, many))
        known = dict(self.person_known)
        if relation is not None:
            columns = self.reading.known_columns(relation.dataset)
            known = {**{column: columns[column] for column in relation.columns if column in columns}, **known}
        scope = self._scope({**self.own, **self.known, **known}, "person")
        where = self._flag(keys, "where", scope)
        of = self._expression(keys, "of", scope)
        self._mark(scope, known)
        if (how in ("any", "all")) and (where is None or of is not None):
            raise Wrong("input", f'members = "{how}" needs `where`, and no `of`', 'write where = "…", a condition on one person')
        if how == "count" and of is not None:
            raise Wrong("input", 'members = "count" with `of`', 'leave out `of`, or use members = "sum"')
        if how in ("sum", "min", "max") and of is None:
            raise Wrong("input", f'members = "{how}" needs `of`', 'write of = "…", a number of one person')
        if how in ("any", "all"):
            return MembersInput(name, how, FLAG, where, None, among)
        found = Type("number", "persons") if of is None else types.type_of(of)
        if of is not None and (found.kind != "number" if how == "sum" else found.kind not in ("number", "date", "month")):
            raise Wrong("type", f'members = "{how}" of {types.called(found)}', "give a number")
        return MembersInput(name, how, self._check_unit(keys, found, needed=of is not None), where, of, among)

    # --- rows ---

    def _rows(self, keys: Keys, name: str, *, person: bool) -> tuple[Input, Mapping[str, str]]:
        dataset = self.reading.dataset(keys.text("dataset", required=True))
        chosen = [kind for kind in AGGREGATES if keys.has(kind)]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "no aggregate"
            raise Wrong("input", f"input '{name}' has {said}", f"give one of {', '.join(AGGREGATES)}")
        aggregate = chosen[0]
        if self.of == "person" and dataset.keyed == "household" and not keys.has("by"):
            mend = 'read it in a fact of the household, or by = "…" names the person column'
            if not any(column.identity == "id" for column in dataset.columns.values()):
                raise Wrong("keyed", f"{dataset.code} has rows of households, the rule speaks of persons", mend)
        columns = self.reading.known_columns(dataset.code)
        outer = {**self.own, **(self.person_known if person else {}), **self._visible(person)}
        clash = set(columns) & set(outer)
        scope = self._scope({**outer, **columns}, None)
        where = self._flag(keys, "where", scope)
        value, found, names = self._aggregated(keys, dataset.code, aggregate, scope)
        self._mark(scope, outer, columns=set(columns), dataset=dataset.code)
        for both in sorted(clash & scope.used):
            raise Wrong("name", f"'{both}' is a column of {dataset.code} and an input", "rename the input")
        at = keys.text("at")
        at_column = self._at_column(dataset.code, at or dataset.at) if at or dataset.at else None
        window = read_window(keys.text("over"), keys.text("ahead"), keys.text("shift"), self._check_number)
        after = self._after(keys, outer, at_column, person=person)
        until, each, keep = self._column(keys, "until", dataset.code), self._columns(keys, "each", dataset.code), self._keep(keys)
        by = self._by(keys, dataset.code)
        newest = keys.whole("newest", least=1)
        self._check_parts(aggregate, at_column, window is not None, bool(after), newest, until, bool(each), keep, dataset.rows)
        self._check_window(window.measure if window else "", at_column)
        found = self._check_unit(keys, found, needed=aggregate in ("count", "distinct") or (aggregate != "run" and bool(found.unit)))
        run: Any = keys.values["run"] if aggregate == "run" else ""
        read = RowInput(
            name, dataset.code, aggregate, found, value, names, run, until, where, window, after, by, each, keep, newest, at,
            non_negative=aggregate in ("sum", "max") and _non_negative(value, self.reading.columns(dataset.code)),
        )  # fmt: skip
        codes = columns[value.name].codes if isinstance(value, Name) and value.name in columns else {}
        self.columns.update(f"{dataset.code}.{column}" for column in (*names, *each, until) if column)
        return read, codes

    def _visible(self, person: bool) -> Mapping[str, Known]:
        """Earlier inputs; a person's rows see of the subject's only the parameters, which are the same for all."""
        if not person:
            return self.known
        return {name: known for name, known in self.known.items() if isinstance(self.inputs.get(name), ParameterInput)}

    def _aggregated(
        self, keys: Keys, dataset: str, aggregate: AggregateKind, scope: Scope
    ) -> tuple[Expression | None, Type, tuple[str, ...]]:
        if aggregate in ("exists", "count"):
            if keys.values[aggregate] is not True:
                raise Wrong("input", f"{aggregate} = {clipped(repr(keys.values[aggregate]))}", f"write {aggregate} = true")
            return None, FLAG if aggregate == "exists" else Type("number"), ()
        if aggregate == "run":
            measure = keys.text("run", required=True, one_of=("days", "months"), default="days")
            return None, Type("number", measure), ()
        if aggregate == "distinct":
            names = keys.words("distinct", required=True)
            for column in names:
                self.reading.column(dataset, column)
            return None, Type("number"), names
        value = self._expression(keys, aggregate, scope)
        if value is None:
            raise Wrong("input", f"{aggregate} without a column", f'write {aggregate} = "column"')
        found = types.type_of(value)
        if aggregate == "since":
            if not isinstance(value, Name) or value.source != "column":
                raise Wrong("input", "since of an expression", 'write since = "column"')
            return value, Type("date"), (value.name,)
        if aggregate == "sum" and found.kind != "number":
            raise Wrong("type", f"sum of {types.called(found)}", "sum a number, or count with count = true")
        if aggregate in ("min", "max") and found.kind not in ("number", *_AT_KINDS):
            raise Wrong("type", f"{aggregate} of {types.called(found)}", "only numbers and dates have a least and a greatest")
        return value, found, ()

    def _at_column(self, dataset: str, at: str) -> Column:
        column = self.reading.column(dataset, at)
        if column.holds not in (*_AT_KINDS, "school_year"):
            dates = [name for name, other in self.reading.columns(dataset).items() if other.holds in _AT_KINDS]
            raise Wrong("column", f"at = '{at}' holds {column.holds}, no day", nearest(at, dates))
        return column

    def _check_parts(
        self, aggregate: str, at: Column | None, window: bool, after: bool, newest: int, until: str, each: bool, keep: str, rows: str
    ) -> None:
        if at is None and (window or after or newest or aggregate in ("latest", "first", "run")):
            raise Wrong("column", "the dataset has no `at`, and a day is needed here", 'write at = "date_column"')
        if aggregate == "run" and at is not None and at.holds not in ("date", "month"):
            raise Wrong("column", f"run over '{at.name}', which holds {at.holds}", "run counts days of a date, or months")
        if until and aggregate != "run":
            raise Wrong("input", "`until` without `run`", "only a run fills a stretch")
        if aggregate == "since" and rows != "state":
            raise Wrong("input", f"since in a dataset of {rows} rows", "only states hold since a day; use latest or first")
        if each != bool(keep):
            raise Wrong("input", "`each` and `keep` go together", 'write each = ["column"], keep = "max"')

    def _check_window(self, measure: str, at: Column | None) -> None:
        if at is None or not measure:
            return
        fits = {
            "hours": ("instant",),
            "closed months": ("date", "month"),
            "closed quarters": ("date", "month", "quarter"),
            "school year": ("date", "month", "school_year"),
            "days": ("date", "instant", "month"),
        }.get(measure, ("date", "instant", "month", "quarter"))
        if at.holds not in fits:
            raise Wrong("window", f"a window of {measure} over '{at.name}', which holds {at.holds}", f"it needs {' or '.join(fits)}")

    def _check_number(self, name: str, measure: str) -> None:
        """A parameter that stands for the number of a window."""
        known = self.own.get(name)
        if name in self.inputs and isinstance(self.inputs[name], ParameterInput):
            known = self.known[name]
        if known is None:
            raise Wrong("parameter", f"'{clipped(name)}' in a window is no parameter of {self.owner}", nearest(name, self.own))
        self.used.add(name)
        if known.name.type.unit != measure:
            raise Wrong("unit", f"a window of {measure} with '{name}' in {known.name.type.unit}", f"write \"{name} {known.name.type.unit}\"")

    def _after(self, keys: Keys, outer: Mapping[str, Known], at: Column | None, *, person: bool) -> str:
        name = keys.text("after")
        if not name:
            return ""
        if name not in outer:
            raise Wrong("name", f"after = '{clipped(name)}' is no earlier input", nearest(name, [n for n in outer if n not in self.own]))
        kind = outer[name].name.type.kind
        fits = {"date": ("date", "month", "instant"), "month": ("month",), "instant": ("instant",), "quarter": ("quarter",)}
        if kind not in fits or (at is not None and at.holds not in fits[kind]):
            holds = at.holds if at is not None else "no day"
            raise Wrong("type", f"after = '{name}', a {kind}, against {holds}", "give an input that holds a date like `at`")
        (self.person_used if person and name in self.person_known else self.used).add(name)
        return name

    def _by(self, keys: Keys, dataset: str) -> str:
        by = keys.text("by")
        if by and self.reading.column(dataset, by).type.kind != "person":
            people = [name for name, column in self.reading.columns(dataset).items() if column.type.kind == "person"]
            raise Wrong("column", f"by = '{by}' names no person", nearest(by, people))
        return by

    def _column(self, keys: Keys, key: str, dataset: str) -> str:
        name = keys.text(key)
        if name and self.reading.column(dataset, name).holds not in ("date", "month"):
            raise Wrong("column", f"{key} = '{name}' holds no day", "name a date column")
        return name

    def _columns(self, keys: Keys, key: str, dataset: str) -> tuple[str, ...]:
        names = keys.words(key)
        for name in names:
            self.reading.column(dataset, name)
        return names

    def _keep(self, keys: Keys) -> Any:
        return keys.text("keep", one_of=("max", "min", "sum", ""))

    # --- shared ---

    def _check_unit(self, keys: Keys, found: Type, *, needed: bool) -> Type:
        """The unit written beside an input against the one its columns have. Raises Wrong."""
        unit = keys.text("unit")
        if not unit:
            if needed and found.kind == "number":
                example = found.unit or "persons, times, records …"
                raise Wrong("unit", "a number without `unit`", f'write unit = "{example}"')
            return found
        units.check_unit(unit)
        if found.kind != "number":
            raise Wrong("unit", f"unit = '{unit}' beside a {types.called(found)}", "leave it out")
        if not units.alike(unit, found.unit):
            raise Wrong("unit", f"unit = '{unit}', but the columns give {found.unit}", f'write unit = "{found.unit}"')
        return Type("number", unit, found.scale)

    def _scope(self, known: Mapping[str, Known], level: Literal["subject", "person"] | None) -> Scope:
        """level: whose facts stand for themselves; None: none do, as in a `where` over rows."""
        if level is None:
            names = {code: f'declare it: inputs.{code} = {{ fact = "{code}" }}' for code in self.reading.fact_names if code not in known}
            return Scope(known, self.reading.tables, elsewhere=names)
        chosen = level

        def fact(name: str) -> Known | None:
            return self.see_fact(name, chosen)

        return Scope(known, self.reading.tables, fact, self.reading.fact_names)

    def rule_scope(self) -> Scope:
        """What `when`, `measure`, `base`, `also` and the value of a fact see."""
        elsewhere = {
            name: "it is said of each person: use an input with members = …" for name in self.person_known if name not in self.known
        }
        scope = self._scope({**self.own, **self.known}, "subject")
        scope.elsewhere = elsewhere
        return scope

    def mark(self, scope: Scope) -> None:
        self._mark(scope, {**self.own, **self.known})

    def _mark(
        self, scope: Scope, outer: Mapping[str, Known], *, columns: set[str] | None = None, dataset: str = ""
    ) -> None:
        for name in scope.used:
            if columns and name in columns:
                self.columns.add(f"{dataset}.{name}")
            elif name in self.person_known and name in outer:
                self.person_used.add(name)
            else:
                self.used.add(name)

    def _flag(self, keys: Keys, key: str, scope: Scope) -> Expression | None:
        text = keys.text(key)
        return parse_flag(text, scope, f"'{key}'") if keys.has(key) else None

    def _expression(self, keys: Keys, key: str, scope: Scope) -> Expression | None:
        text = keys.text(key)
        return parse(text, scope) if keys.has(key) else None

    def finish(self) -> None:
        """Puts the parameters that were only named among the inputs, and tells of inputs nobody uses."""
        named = {
            name: ParameterInput(name, self.owner, name, known.name.type)
            for name, known in self.own.items()
            if name in self.used and name not in self.known
        }
        self.inputs = {**named, **self.inputs}
        for at, there, used in (("inputs", self.known, self.used), ("person", self.person_known, self.person_used)):
            for name in there:
                if name not in used:
                    self.source.fault((at, name), "unused_input", f"input '{name}' is not used", "use it or leave it out")
        for name in self.own:
            if name not in self.used and f"parameter {name}" not in self.used:
                row = self.reading.parameters.of(self.owner, name)[0]
                problem = f"parameter '{name}' of {self.owner} is not used by its rule"
                self.reading.faults.append(Fault(row.path, row.line, "unused_input", problem, "use it or leave it out"))


def check_name(name: str) -> None:
    """Raises Wrong for a name that is not a plain word, or one the language has."""
    if not (name.isidentifier() and name.isascii() and name == name.lower() and not name.startswith("_") and len(name) <= 64):
        raise Wrong("name", f"the name '{clipped(name)}'", "write small letters, digits and _, a letter first, at most 64")
    if name in FUNCTIONS or name in MOMENTS or name in ("and", "or", "not", "in"):
        raise Wrong("name", f"'{name}' is a word of the language", "call the input something else")


def _promised(item: Mapping[str, Any]) -> Type:
    """What a faulty input would have been, as far as its file says."""
    if "exists" in item or item.get("members") in ("any", "all"):
        return FLAG
    return Type("number")


def _non_negative(value: Expression | None, columns: Mapping[str, Column]) -> bool:
    """Whether no row can make this value negative."""
    if isinstance(value, Constant):
        return isinstance(value.value, Decimal) and value.value >= 0
    if isinstance(value, Name):
        return value.source == "column" and value.type.kind == "number" and not columns[value.name].negative
    if isinstance(value, Arithmetic):
        return value.operator != "-" and _non_negative(value.left, columns) and _non_negative(value.right, columns)
    return False
