"""`items/*.toml`, `bundles.toml`: every kind of help there is, whose it is and by which rule, and what is asked for as one thing.

Nothing is written twice: what the form of application, a programme, a need or a card says already is taken from there. An item that
is no programme of ours may have tests of its own, in the words of an application; then it can be judged like one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jiuzhu.rules.application_form import OTHERS, ApplicationForm
from jiuzhu.rules.duties import Duties
from jiuzhu.rules.faults import clipped, nearest
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.programmes.reading import read_rule
from jiuzhu.rules.programmes.tree import Programme, Programmes
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

ITEMS, BUNDLES = "items", "bundles.toml"
PAYS = ("monthly", "yearly", "once", "service", "status")
CLASS = "class"


@dataclass(frozen=True)
class LibraryItem:
    """One kind of help. owner: who answers for it; department: the office a request goes to. tells: for whom it is, in plain words.

    programmes: those it is decided by. rule: the code in `Library.rules` of its own tests, "" for none. need: of needs.toml, by which
    it is asked of its department; "" where it is only decided on a road. where: how and where to ask. brings: what to bring, "" where
    programmes say it. on_form: it is an item of the form of application. after_class: it rests on a class and is asked for once
    that is decided.
    """

    code: str
    title: Title
    owner: Title
    department: str
    tells: Title
    programmes: tuple[str, ...]
    rule: str
    need: str
    where: Title
    brings: Title
    pays: str
    on_form: bool
    after_class: bool
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Bundle:
    """Items asked for as one thing (一件事)."""

    code: str
    title: Title
    tells: Title
    items: tuple[str, ...]
    basis: tuple[Mapping[str, str], ...]


@dataclass
class Library:
    """rules: texts of items that are no programme, by item."""

    items: dict[str, LibraryItem] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)
    rules: dict[str, Programme] = field(default_factory=dict)

    def asked(self, ticked: Collection[str], others: Collection[str]) -> tuple[LibraryItem, ...]:
        """What one application asks for. ticked: items of its form; others: items of other departments."""
        return tuple(one for one in self.items.values() if one.code in (ticked if one.on_form else others))

    def judging(self, programmes: Programmes) -> Programmes:
        """The same programmes, and the tests of items beside them."""
        return replace(programmes, texts={**programmes.texts, **{code: (one,) for code, one in self.rules.items()}})


def read_library(
    folders: Sequence[Path], duties: Duties, programmes: Programmes, form: ApplicationForm, reading: Reading
) -> Library:
    found = Library()
    for folder in folders:
        for path in sorted((folder / ITEMS).glob("*.toml")):
            _File(Source(path, reading.faults), duties, programmes, form, reading).read(found)
    for folder in folders:
        if (folder / BUNDLES).is_file():
            _read_bundles(Source(folder / BUNDLES, reading.faults), found, reading)
    return found


def with_others(form: ApplicationForm, library: Library) -> ApplicationForm:
    """The form with every item of another department to be ticked where it asks for them; without that question as it is."""
    if OTHERS not in form.fields:
        return form
    options = {one.code: one.title for one in library.items.values() if one.need and not one.on_form}
    held = form.fields[OTHERS]
    question = replace(held.question, options=options)
    questions = {**form.form.questions, OTHERS: question}
    fields = {**form.fields, OTHERS: replace(held, question=question)}
    return replace(form, form=replace(form.form, questions=questions), fields=fields)


class _File:
    """The items of one owner."""

    def __init__(
        self, source: Source, duties: Duties, programmes: Programmes, form: ApplicationForm, reading: Reading
    ) -> None:  # fmt: skip
        self.source, self.duties, self.programmes, self.form, self.reading = source, duties, programmes, form, reading
        self.whole = Keys(source, (), source.data)

    def read(self, found: Library) -> None:
        department, owner, where = (
            self.whole.text("department", required=True),
            self.whole.title("owner"),
            self.whole.title("where"),
        )
        for code, keys in self.whole.named("items", required=True):
            rule = self._rule(code, keys)
            one = self._item(code, keys, department, owner, where, rule is not None)
            keys.done()
            if self.reading.new("item", code, self.source):
                found.items[code] = one
                if rule is not None:
                    found.rules[code] = rule
        self.whole.done()

    def _item(self, code: str, keys: Keys, department: str, owner: Title, where: Title, judged: bool) -> LibraryItem:
        asked = self.form.items.get(code)
        programmes = asked.programmes if asked is not None else keys.words("programmes")
        for one in programmes:
            if one not in self.programmes.texts:
                keys.fault("programmes", "programme", f"no programme '{clipped(one)}'", nearest(one, self.programmes.texts))
        if judged and (programmes or code in self.programmes.texts):
            keys.fault("tests", "twice", f"'{clipped(code)}' is decided by a programme already", "take the tests out")
        first = next((self.programmes.texts[one][0] for one in programmes if one in self.programmes.texts), None)
        pays = first.pays if first is not None else keys.text("pays", required=True, one_of=PAYS, default="service")
        return LibraryItem(
            code=code,
            title=asked.title if asked is not None else titled(keys),
            owner=owner,
            department=department,
            tells=self._tells(keys),
            programmes=programmes,
            rule=code if judged else "",
            need=self._need(keys, department),
            where=keys.title("where") if keys.has("where") else where,
            brings=keys.title("brings", required=first is None),
            pays=pays,
            on_form=asked is not None,
            after_class=keys.text("after", one_of=("", CLASS)) == CLASS,
            basis=read_basis(keys, self.reading.laws, required=first is None),
        )

    def _tells(self, keys: Keys) -> Title:
        """For whom it is: the words of a card, or its own."""
        if not keys.has("policy"):
            return Title(keys.text("tells_zh", required=True), keys.text("tells_en", required=True))
        card = keys.text("policy")
        if card not in self.duties.cards:
            keys.fault("policy", "policy", f"policy '{clipped(card)}' is not in policies.toml", nearest(card, self.duties.cards))
            return Title("", "")
        return self.duties.cards[card].tells

    def _need(self, keys: Keys, department: str) -> str:
        code = keys.text("need")
        need = self.duties.needs.get(code)
        if code and need is None:
            keys.fault("need", "need", f"need '{clipped(code)}' is not in needs.toml", nearest(code, self.duties.needs))
        if need is not None and need.department != department:
            keys.fault(
                "need", "department", f"{need.department} answers for '{code}', not {department}", "name a need of its own"
            )
        return code

    def _rule(self, code: str, keys: Keys) -> Programme | None:
        """The tests of an item that is no programme, as a text that can be judged; its law is that of the item."""
        of, tests = keys.text("of", one_of=("", "household", "person")), keys.table("tests")
        if not tests:
            return None
        basis = [{"law": one.get("law", ""), "article": one.get("article", "") or "—"} for one in keys.values.get("basis", ())]
        told = {
            "code": code, "title": {"zh": keys.values.get("zh", code), "en": keys.values.get("en", code)}, "of": of or "household",
            "in_force": {"from": date.min}, "basis": basis, "pays": "service",
            "evidence": [code], "tests": tests,
        }  # fmt: skip
        return read_rule(_Part(self.source, keys.at, told), self.programmes, self.reading)


class _Part(Source):
    """One table of a file read as if it were a file; its faults stand on the lines of that file."""

    def __init__(self, whole: Source, at: tuple[str | int, ...], data: dict[str, Any]) -> None:
        self.path, self.name, self.faults, self.text, self.data = whole.path, whole.name, whole.faults, whole.text, data
        self._whole, self._at = whole, at

    def line_of(self, *keys: str | int) -> int:
        return self._whole.line_of(*self._at, *keys)


def _read_bundles(source: Source, found: Library, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("bundles", required=True):
        items = keys.words("items", required=True)
        for one in items:
            if one not in found.items:
                keys.fault("items", "item", f"no item '{clipped(one)}' in {ITEMS}/", nearest(one, found.items))
        tells = Title(keys.text("tells_zh", required=True), keys.text("tells_en", required=True))
        made = Bundle(code, titled(keys), tells, items, read_basis(keys, reading.laws, required=True))
        keys.done()
        if reading.new("bundle", code, source):
            found.bundles[code] = made
    whole.done()
