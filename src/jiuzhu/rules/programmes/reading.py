"""Programme files into trees: read once, checked wholly, with the amendments of every place that has some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from jiuzhu.rules import types
from jiuzhu.rules.expression import parse, parse_flag
from jiuzhu.rules.faults import Wrong, clipped, nearest, shown
from jiuzhu.rules.programmes.amending import Merged, amended_texts, find_files, national_texts
from jiuzhu.rules.programmes.inputs import Sight, read_inputs, read_number
from jiuzhu.rules.programmes.tree import (
    HOUSEHOLD,
    MEMBERS,
    Line,
    Note,
    NumberName,
    Programme,
    Programmes,
    Rounding,
    Test,
    TopUp,
)
from jiuzhu.rules.programmes.vocabulary import read_numbers, read_vocabulary
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Expression, MembersInput, Name, Title, Type
from jiuzhu.rules.types import Known

_PAYS = ("monthly", "yearly", "once", "service", "status")
INSURED, STANDARD, TOPUPS = "insured", "standard", "topups"


def read_programmes(folders: Iterable[Path], reading: Reading) -> Programmes:
    """All programmes of the folders; their faults go to `reading`."""
    folders = tuple(folders)
    files = find_files(folders, reading.faults)
    numbers = read_numbers(folders, reading)
    vocabulary = read_vocabulary(folders, numbers, tuple(files.texts), reading)
    national = national_texts(files)
    texts: dict[str, list[Programme]] = {code: [] for code in national}
    for code, merged in (
        *((code, one) for code, ones in national.items() for one in ones),
        *amended_texts(files, national, reading.faults),
    ):
        sight = Sight("", vocabulary.facts, numbers, reading.tables, tuple(files.texts))
        read = _Text(merged, sight, reading).read()
        if read is not None:
            texts[code].append(read)
    unread = frozenset(reading.parameters.names("")) - set(numbers)
    return Programmes({code: tuple(ones) for code, ones in texts.items()}, vocabulary, numbers, unread)


def read_rule(source: Source, programmes: Programmes, reading: Reading) -> Programme | None:
    """Tests that are no programme's, in the words of an application, as one text; their faults go to the source's."""
    sight = Sight("", programmes.vocabulary.facts, programmes.numbers, reading.tables, tuple(programmes.texts))
    return _Text(Merged(source, "", ()), sight, reading).read()


class _Text:
    """Reads one text."""

    def __init__(self, merged: Merged, sight: Sight, reading: Reading) -> None:
        self.merged, self.sight, self.reading = merged, sight, reading
        self.source: Source = merged.source
        self.keys = Keys(self.source, (), self.source.data)

    def read(self) -> Programme | None:
        """None where the amendments of a place begin only after the text has ended."""
        keys = self.keys
        code, title = keys.text("code", required=True), keys.title("title")
        of: Any = keys.text("of", required=True, one_of=("person", "household"), default="household")
        self.sight.level = MEMBERS if of == "person" else HOUSEHOLD
        since, until = self._in_force()
        pays: Any = keys.text("pays", required=True, one_of=_PAYS, default="status")
        numbers_of: Any = keys.text("numbers_of", one_of=("registration", "residence", "emergency"), default="registration")
        read_inputs(self.source, "inputs", keys.table("inputs"), self.sight)
        # What a place adds may stand on what the national text declares, so topups are read before the lines that name them.
        topups, stacking = self._topups()
        amount, rounding = self._amount()
        programme = Programme(
            code, title, of, keys.whole("rank"), since, until, self._basis(keys, required=True), numbers_of, pays,
            keys.text("department"), self.sight.inputs, self.sight.titles, self._tests("needs"), self._tests("tests"), self._tests("exclusions"),
            amount, topups, self._insured(), stacking, rounding, self._review(), self._number_name("validity"),
            keys.words("evidence", required=True), keys.text("workflow"), self._notes(), keys.words("also"), self._recognised(),
            keys.words("open"), self.source.name,
            self.merged.place, tuple(shown(path) for path in self.merged.amended_by),
        )  # fmt: skip
        keys.text("note")
        keys.done()
        return None if until is not None and since >= until else programme

    def _in_force(self) -> tuple[date, date | None]:
        part = Keys(self.source, ("in_force",), self.keys.table("in_force", required=True))
        since, until = part.day("from", required=True) or date.min, part.day("to")
        part.done()
        return max(since, self.merged.since or date.min), until

    def _basis(self, keys: Keys, *, required: bool) -> tuple[Mapping[str, str], ...]:
        lines = []
        for index, line in enumerate(keys.tables("basis", required=required)):
            part = Keys(self.source, (*keys.at, "basis", index), line)
            law, article = part.text("law", required=True), part.text("article", required=True)
            if law and law not in self.reading.laws:
                part.fault("law", "law", f"law '{clipped(law)}' is not in laws.toml", nearest(law, self.reading.laws))
            says = part.text("says")
            part.done()
            lines.append({"law": law, "article": article, **({"says": says} if says else {})})
        return tuple(lines)

    def _tests(self, key: str) -> tuple[Test, ...]:
        answer = []
        for name, item in self.keys.table(key, required=key == "tests").items():
            part = Keys(self.source, (key, name), item if isinstance(item, dict) else {"holds": item})
            try:
                holds = parse_flag(part.text("holds", required=True), self.sight.scope(), f"'{name}'")
            except Wrong as error:
                self.source.wrong((key, name), error)
                continue
            title = part.title("title") if part.has("title") else Title(name, name)
            answer.append(Test(name, holds, title, self._basis(part, required=False)))
            part.done()
        return tuple(answer)

    def _amount(self) -> tuple[tuple[Line, ...], Rounding | None]:
        """Lines in the order of the file, each seeing those above; `total` is the last, whoever wrote it."""
        table = dict(self.keys.table("amount"))
        rounding = self._rounding(table.pop("round", None))
        if "total" in table:
            table["total"] = table.pop("total")
        lines = []
        if TOPUPS in self.keys.values or table:
            self.sight.known[TOPUPS] = Known(Name(TOPUPS, "input", Type("number", "yuan", 2)))
        for name, item in table.items():
            part = Keys(self.source, ("amount", name), item if isinstance(item, dict) else {"value": item})
            try:
                value = parse(part.text("value", required=True), self.sight.scope())
                if types.type_of(value).kind != "number":
                    raise Wrong("type", f"'{name}' is a {types.called(types.type_of(value))}", "a line of an amount is a number")
            except Wrong as error:
                self.source.wrong(("amount", name), error)
                continue
            self.sight.known[name] = Known(Name(name, "input", types.type_of(value)))
            lines.append(Line(name, value, part.title("title") if part.has("title") else Title(name, name)))
            part.done()
        return tuple(lines), rounding

    def _rounding(self, item: Any) -> Rounding | None:
        if item is None:
            return None
        part = Keys(self.source, ("amount", "round"), item if isinstance(item, dict) else {})
        try:
            to = read_number(Keys(self.source, part.at, {}), "round_to", part.text("to", required=True), self.sight)
            how = read_number(Keys(self.source, part.at, {}), "round_how", part.text("how", required=True), self.sight)
        except Wrong as error:
            self.source.wrong(("amount", "round"), error)
            return None
        part.done()
        return Rounding(to, how)

    def _topups(self) -> tuple[tuple[TopUp, ...], Any]:
        answer = []
        stacking = None
        try:
            if self.keys.has("stacking"):
                name = self.keys.text("stacking")
                stacking = read_number(Keys(self.source, ("stacking",), {"optional": True}), "stacking", name, self.sight)
        except Wrong as error:
            self.source.wrong(("stacking",), error)
        for index, line in enumerate(self.keys.tables("topups")):
            part = Keys(self.source, ("topups", index), line)
            try:
                when = parse_flag(part.text("when", required=True), self.sight.scope(MEMBERS), "'when'")
                pays = read_number(
                    Keys(self.source, part.at, {"optional": True}), "pays", part.text("pays", required=True), self.sight
                )
            except Wrong as error:
                self.source.wrong(("topups", index), error)
                continue
            answer.append(TopUp(part.text("group", required=True), when, pays))
            part.done()
        if answer and STANDARD not in self.sight.inputs:
            self.keys.fault("topups", "input", "top-ups without an input 'standard'", "a top-up may be a share of the standard")
        return tuple(answer), stacking

    def _insured(self) -> Expression | None:
        """Who of the members top-ups are paid for: those the input `insured` counts."""
        item = self.sight.inputs.get(INSURED)
        return item.where if isinstance(item, MembersInput) else None

    def _review(self) -> tuple[str, ...]:
        names = self.keys.words("review")
        for name in names:
            self._check_number(name, "review")
        return names

    def _number_name(self, key: str) -> str:
        name = self.keys.text(key)
        if name:
            self._check_number(name, key)
        return name

    def _check_number(self, name: str, key: str) -> None:
        known: Mapping[str, NumberName] = self.sight.numbers
        if name not in known:
            self.keys.fault(key, "parameter", f"'{clipped(name)}' is not in application/numbers.toml", nearest(name, known))

    def _recognised(self) -> str:
        """The yes/no fact of its subject that says so."""
        name = self.keys.text("recognised_by")
        flags = [each for each, one in self.sight.facts.get(self.sight.level, {}).items() if one.type.kind == "flag"]
        if name and name not in flags:
            problem = f"'{clipped(name)}' is no yes/no fact of {self.sight.level}"
            self.keys.fault("recognised_by", "fact", problem, nearest(name, flags))
        return name

    def _notes(self) -> tuple[Note, ...]:
        answer = []
        for index, line in enumerate(self.keys.tables("notes")):
            part = Keys(self.source, ("notes", index), line)
            title = Title(part.text("zh", required=True), part.text("en", required=True))
            try:
                answer.append(Note(parse_flag(part.text("when", required=True), self.sight.scope(), "'when'"), title))
            except Wrong as error:
                self.source.wrong(("notes", index), error)
            part.done()
        return tuple(answer)
