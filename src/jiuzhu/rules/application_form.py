"""`application_form.toml`: the one form for every item: what is asked, which fact it states, and who knows it already.

A family fills it once, for whatever it applies for. Asked and mandatory is only who they are, how they are reached, who lives
together, that they consent, and what no source can show (L02 art. 40; L05 art. 10); the rest is filled in from what departments
deliver, or answered by "see the records". A paper is asked for where the source that shows the same has nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.faults import Wrong, clipped, nearest
from jiuzhu.rules.forms import TYPES, YES_NO, Form, Group, Question, read_conditions, read_name, read_options
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.programmes.tree import HOUSEHOLD, LISTS, MEMBERS, Programmes, Stated
from jiuzhu.rules.programmes.tree import LEVELS as OF
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FILE = "application_form.toml"
ITEMS, UNSURE = "items", "unsure"
# What stands for all that is not on the form's own list, and the question that then names it; the library fills its options in.
OTHER, OTHERS = "other", "others"
HOW = "_how"  # the question that begins a section which may be left to the records
TELL, NONE, RECORDS = "tell", "none", "records"
HOWS = {
    RECORDS: Title("不用填，请看部门记录", "Nothing to fill in: see the records"),
    TELL: Title("我来填写", "I will fill it in"),
    NONE: Title("没有", "There is none"),
}
CHECKS = ("id_number", "phone", "division", "member", "account")  # what is held against more than its type
_TYPE = {"flag": "yes_no", "date": "date", "text": "text"}


@dataclass(frozen=True)
class Fill:
    """The column that fills a field in. means: its codes to answers, none where its text is the answer. only: rows with these codes."""

    dataset: str
    column: str
    means: Mapping[str, str]
    only: Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """A question with what it states. fact: the name in `application/<level>.toml`, "" for what no rule reads.

    known_from: datasets that show the same; none where no source can. check: one of CHECKS, "" for none.
    """

    question: Question
    section: str
    level: str
    fact: str
    known_from: tuple[str, ...]
    fill: Fill | None
    check: str


@dataclass(frozen=True)
class Section:
    """A page of the form. level: whose facts it states, "" for none. rows: how often it may be answered, 0 for once."""

    name: str
    title: Title
    tells: Title
    level: str
    rows: int
    items: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """A paper that is not asked for where one of `known_from` has a row. about: the question that makes it matter, "" for always."""

    code: str
    title: Title
    known_from: tuple[str, ...]
    about: str


@dataclass(frozen=True)
class Item:
    """What may be applied for. programmes: decided on their own roads. before: the papers that had to be brought."""

    code: str
    title: Title
    programmes: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True)
class ApplicationForm:
    form: Form = field(default_factory=lambda: Form("", "", Title("", ""), 1, False, False, 0, {}, {}, (), ""))
    sections: Mapping[str, Section] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)

    def programmes_of(self, items: Iterable[str]) -> tuple[str, ...]:
        """The programmes of these items, each once; of every item where somebody is not sure."""
        chosen = set(items)
        every = UNSURE in chosen
        told = (code for item in self.items.values() if every or item.code in chosen for code in item.programmes)
        return tuple(dict.fromkeys(told))


def read_application_form(folders: Iterable[Path], programmes: Programmes, reading: Reading) -> ApplicationForm:
    """The last of the folders that has the file decides."""
    found = ApplicationForm()
    for folder in folders:
        if (folder / FILE).is_file():
            found = _Reader(Source(folder / FILE, reading.faults), programmes, reading).read()
    return found


class _Reader:
    def __init__(self, source: Source, programmes: Programmes, reading: Reading) -> None:
        self.source, self.programmes, self.reading = source, programmes, reading
        self.whole = Keys(source, (), source.data)
        self.questions: dict[str, Question] = {}
        self.fields: dict[str, Field] = {}
        self.sections: dict[str, Section] = {}
        self.groups: dict[str, Group] = {}
        self.items: dict[str, Item] = {}

    def read(self) -> ApplicationForm:
        whole = self.whole
        papers = {code: self._paper(code, keys) for code, keys in whole.named("papers", required=True)}
        self.items = {code: self._item(code, keys, papers) for code, keys in whole.named("items", required=True)}
        for index, item in enumerate(whole.tables("sections", required=True)):
            self._section(Keys(self.source, ("sections", index), item))
        self._check_papers(papers)
        form = Form(
            whole.text("code", required=True), whole.text("version", required=True), whole.title("title"), 1, False, False, 0,
            self.groups, self.questions, read_basis(whole, self.reading.laws, required=True), self.source.name,
        )  # fmt: skip
        whole.done()
        return ApplicationForm(form, self.sections, self.fields, self.items, papers)

    # --- what may be applied for, and what had to be brought ---

    def _paper(self, code: str, keys: Keys) -> Paper:
        made = Paper(code, titled(keys), self._datasets(keys, "known_from", required=True), keys.text("about"))
        keys.done()
        return made

    def _check_papers(self, papers: Mapping[str, Paper]) -> None:
        for one in papers.values():
            if one.about and one.about not in self.questions:
                at = ("papers", one.code, "about")
                self.source.fault(
                    at, "question", f"no question '{clipped(one.about)}' in the form", nearest(one.about, self.questions)
                )

    def _item(self, code: str, keys: Keys, papers: Mapping[str, Paper]) -> Item:
        made = Item(code, titled(keys), keys.words("programmes"), keys.words("before"))
        for one in made.programmes:
            if one not in self.programmes.texts:
                keys.fault("programmes", "programme", f"no programme '{clipped(one)}'", nearest(one, self.programmes.texts))
        for one in made.before:
            if one not in papers:
                keys.fault("before", "paper", f"no paper '{clipped(one)}' in this file", nearest(one, papers))
        keys.done()
        return made

    def _known_item(self, keys: Keys, key: str, item: str) -> None:
        if item not in self.items:
            keys.fault(key, "item", f"no item '{clipped(item)}' in this file", nearest(item, self.items))

    # --- what is asked ---

    def _section(self, keys: Keys) -> None:
        name, title, level = read_name(keys, self.sections), keys.title("title"), keys.text("level", one_of=("", *OF))
        tells, rows, items = keys.title("tells", required=False), keys.whole("rows"), keys.words("items")
        for one in items:
            self._known_item(keys, "items", one)
        if rows:
            self.groups[name] = Group(name, title, rows)
        asked: list[str] = []
        if (hows := keys.words("how")) != ():
            asked.append(self._how(keys, name, title, hows, items))
        for index, told in enumerate(keys.tables("fields", required=True)):
            part = Keys(self.source, (*keys.at, "fields", index), told)
            made = self._field(part, name, level, rows, items, bool(hows))
            part.done()
            self.questions[made.question.name] = made.question
            self.fields[made.question.name] = made
            asked.append(made.question.name)
        keys.done()
        if level in (MEMBERS, *LISTS) and not rows:
            keys.fault("rows", "wrong_number", f"section '{clipped(name)}' lists {level} once", "write how many rows it has")
        self.sections[name] = Section(name, title, tells, level, rows, items, tuple(asked))

    def _how(self, keys: Keys, name: str, title: Title, hows: tuple[str, ...], items: tuple[str, ...]) -> str:
        for one in hows:
            if one not in HOWS:
                keys.fault("how", "option", f"'{clipped(one)}' is no way to answer", nearest(one, HOWS))
        options = {code: word for code, word in HOWS.items() if code in hows}
        made = Question(name + HOW, title, Title("", ""), "one", False, "personal", "", "", options, self._of_items(items))
        self.questions[made.name] = made
        self.fields[made.name] = Field(made, name, "", "", (), None, "")
        return made.name

    def _of_items(self, items: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        return {ITEMS: (*items, UNSURE)} if items else {}

    def _field(self, keys: Keys, section: str, level: str, rows: int, items: tuple[str, ...], left: bool) -> Field:
        name, stated = read_name(keys, {**self.questions, **self.groups}), self._stated(keys, level)
        kind = self._type(keys, stated)
        options: Mapping[str, Title] = stated.codes if stated is not None and stated.codes and kind in ("one", "many") else {}
        if kind == "yes_no":
            options = YES_NO
        elif not options or keys.has("options"):
            options = self._options(keys, name, kind)
        when = {**self._of_items(items), **read_conditions(keys, section if rows else "", self.questions)}
        if left:
            when |= {section + HOW: (TELL,)}
        asks = keys.title("asks", required=stated is None)
        question = Question(
            name, asks if asks.zh or stated is None else stated.title, keys.title("hint", required=False), kind, keys.flag("required"),
            keys.text("level", one_of=LEVELS, default="sensitive"), self._unit(keys, kind, stated), section if rows else "", options, when,
        )  # fmt: skip
        check = keys.text("check", one_of=("", *CHECKS))
        known = self._datasets(keys, "known_from")
        if question.required and known:
            keys.fault("required", "known", f"'{name}' is mandatory and {known[0]} shows it", "take one of the two out")
        return Field(question, section, level, stated.name if stated else "", known, self._fill(keys, question), check)

    def _stated(self, keys: Keys, level: str) -> Stated | None:
        word = keys.text("fact")
        if not word:
            return None
        found = self.programmes.vocabulary.find(level or HOUSEHOLD, word)
        if found is None or found.name != word:
            names = self.programmes.vocabulary.facts.get(level or HOUSEHOLD, {})
            keys.fault("fact", "fact", f"no application states '{clipped(word)}' of {level or HOUSEHOLD}", nearest(word, names))
        return found

    def _type(self, keys: Keys, stated: Stated | None) -> str:
        if stated is None or keys.has("type"):
            return keys.text("type", required=True, one_of=TYPES)
        if stated.several:
            return "many"
        if stated.codes:
            return "one"
        if stated.type.kind == "number":
            return "money" if stated.type.unit == "yuan" else "decimal" if stated.type.scale else "whole"
        return _TYPE[stated.type.kind]

    def _unit(self, keys: Keys, kind: str, stated: Stated | None) -> str:
        if kind == "money":
            return "yuan"
        return stated.type.unit if stated is not None and kind in ("whole", "decimal") else ""

    def _options(self, keys: Keys, name: str, kind: str) -> Mapping[str, Title]:
        if name == ITEMS:
            told: Mapping[str, Title] = {code: item.title for code, item in self.items.items()}
            return {UNSURE: Title("说不清，请帮我看看", "Not sure: please tell me"), **told}
        if name == OTHERS:
            return {}
        return read_options(keys, kind, {})

    # --- who knows it already ---

    def _datasets(self, keys: Keys, key: str, *, required: bool = False) -> tuple[str, ...]:
        found = keys.words(key, required=required)
        for one in found:
            if one not in self.reading.datasets:
                keys.fault(key, "dataset", f"dataset '{clipped(one)}' does not exist", nearest(one, self.reading.datasets))
        return found

    def _fill(self, keys: Keys, question: Question) -> Fill | None:
        dataset, _, column = keys.text("fills").partition(".")
        means, only = self._codes(keys, "means"), self._codes(keys, "only")
        if not dataset:
            return None
        try:
            self.reading.column(dataset, column)
            for one in only:
                self.reading.column(dataset, one)
            if self.reading.datasets[dataset].authorised_only:
                raise Wrong("authorised_only", f"{dataset} opens under an authorisation alone", "leave it to the verification")
        except Wrong as error:
            keys.wrong("fills", error)
        for answer in means.values():
            if question.options and answer not in question.options:
                keys.fault(
                    "means", "option", f"'{clipped(answer)}' is no answer to '{question.name}'", nearest(answer, question.options)
                )
        return Fill(dataset, column, means, only)

    def _codes(self, keys: Keys, key: str) -> Mapping[str, str]:
        table: Mapping[str, Any] = keys.table(key)
        if not all(isinstance(value, str) for value in table.values()):
            keys.fault(key, "wrong_kind", f"'{key}' has something that is no text", f'write {key} = {{ 1 = "text" }}')
            return {}
        return table
