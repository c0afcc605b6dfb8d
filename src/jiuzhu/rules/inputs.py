"""Inputs of a declaration (`inputs.x = { … }`, `person.x = { … }`) to inputs of the tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from jiuzhu.rules import types
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.rows import RowReader, checked_unit
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import (
    Expression,
    FactInput,
    Input,
    MembersInput,
    Name,
    ParameterInput,
    Subject,
    Type,
)
from jiuzhu.rules.types import FLAG, FUNCTIONS, MOMENTS, Known, Scope


@dataclass
class Inputs:
    """The inputs of one indicator or fact while they are read, and what of them was used.

    columns: the `dataset.column` they read. faulty: inputs that could not be read; others stand in for them.
    doubtful: some expression could not be read, so it is not known what is used.
    """

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
    faulty: set[str] = field(default_factory=set)
    doubtful: bool = False

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
            self.source.fault(
                (at, name), "wrong_kind", f"input '{clipped(name)}' is not a table", f'write {at}.x = {{ dataset = "…", … }}'
            )
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
            self.faulty.add(name)
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
            raise Wrong(
                "input", f"[person] with {kinds[0]}", f"declare it as inputs.{name}; parameters are seen from [person] too"
            )
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
        checked_unit(keys, known.name.type, needed=False)
        return FactInput(name, code, known.name.type, via), known.codes

    def see_fact(self, code: str, level: Literal["subject", "person", "via"]) -> Known | None:
        """A fact as the subject, or one of its persons, sees it. Raises Wrong for a fact of the other that does not fit."""
        fact = self.reading.fact(code)
        if fact is None:
            return None
        if fact.of == "household" and self.group == "hukou":
            mend = 'leave out group = "hukou", or use a fact of persons'
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
        self._mark(scope)
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
        return MembersInput(name, how, checked_unit(keys, found, needed=of is not None), where, of, among)

    def _rows(self, keys: Keys, name: str, *, person: bool) -> tuple[Input, Mapping[str, str]]:
        """Earlier inputs are seen; a person's rows see of the subject's only the parameters, which are the same for all."""
        numbers = self.parameters()
        outer = {**numbers, **(self.person_known if person else self.known)}
        reader = RowReader(self.reading, keys, name, self.owner, self.of, outer, numbers)
        read, codes = reader.read()
        self.columns |= reader.columns
        for used in reader.used:
            (self.person_used if person and used in self.person_known else self.used).add(used)
        return read, codes

    # --- shared ---

    def _scope(self, known: Mapping[str, Known], level: Literal["subject", "person"]) -> Scope:
        """level: whose facts stand for themselves."""

        def fact(name: str) -> Known | None:
            return self.see_fact(name, level)

        return Scope(known, self.reading.tables, fact, self.reading.fact_names)

    def parameters(self) -> dict[str, Known]:
        """The parameters that may be named: the owner's own, and those declared among the inputs."""
        declared = {name: self.known[name] for name, item in self.inputs.items() if isinstance(item, ParameterInput)}
        return {**self.own, **declared}

    def rule_scope(self) -> Scope:
        """What `when`, `measure`, `base`, `also` and the value of a fact see."""
        mend = "it is said of each person: use an input with members = …"
        elsewhere = {name: mend for name in self.person_known if name not in self.known}
        scope = self._scope({**self.own, **self.known}, "subject")
        scope.elsewhere = elsewhere
        return scope

    def mark(self, scope: Scope) -> None:
        """The names an expression of the rule used."""
        self.used |= scope.used

    def _mark(self, scope: Scope) -> None:
        for name in scope.used:
            (self.person_used if name in self.person_known else self.used).add(name)

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
        if self.doubtful or self.faulty:
            return
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
