"""`notices.toml`: every letter, message and publication a person may get: its text in both languages, and what it must and may never say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from jiuzhu.rules.faults import CatalogueFaults, clipped, nearest
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.parameters import read_parameters
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

if TYPE_CHECKING:
    from jiuzhu.rules.workflows import Workflow

FILE = "notices.toml"
WAYS = ("portal", "hand", "sms", "post", "published")  # how something is served
PROVES_TEXT = ("portal", "hand", "post", "published")  # ways by which the whole text arrives, not only word of it
VILLAGE, PHONE = "village", "phone"
RECEIVERS = ("applicant", "person", "each_adult", "payee", VILLAGE, PHONE)
STANDING = ("name", "number", "day", "office")  # words every text may use without declaring them
IN_A_MESSAGE = frozenset({"benefit", "amount", "month", "office", "letter"})  # all a text message may say (SF030)
LONGEST_MESSAGE = 140  # characters of its text before the words are put in
BOTH_REMEDIES = frozenset({"reconsideration", "litigation"})
# What is found by its shape; what is found by words stands in the file.
SHAPES: Mapping[str, re.Pattern[str]] = {
    "id_number": re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])|(?<![0-9])[0-9]{15}(?![0-9])"),
    "phone": re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])"),
    "account": re.compile(r"(?<![0-9])[0-9]{16,19}(?![0-9Xx])"),
}
_SERVE = re.compile(r"(?P<amount>[0-9]+) (?P<unit>working days|days)")
_UNITS = ("days", "months")


@dataclass(frozen=True)
class Remedy:
    """What somebody may do against a decision. says: the sentence, with {amount}, {body} and {court} in it. item: of the parameter
    that says how long, counted from the day of service; "" for one without a term. unit: days or months."""

    code: str
    title: Title
    says: Title
    item: str
    unit: str
    basis: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Way:
    """One way to serve. proof: what is written down as its proof. after: so many days later it counts as served."""

    code: str
    title: Title
    proof: Title
    after: int


@dataclass(frozen=True)
class Kind:
    """One kind of letter, message or publication.

    to: who gets it. serve, unit: within how many days or working days of the act, 0 where nobody proves its arrival. words: what the
    act hands in, with what each is. never: codes of what its text may not hold. harms: it takes or refuses something.
    """

    code: str
    title: Title
    to: str
    text: Title
    words: Mapping[str, Title]
    serve: int = 0
    unit: str = "working_days"
    ways: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    harms: bool = False
    basis: tuple[Mapping[str, str], ...] = ()

    @property
    def is_letter(self) -> bool:
        return self.to not in (VILLAGE, PHONE)


@dataclass(frozen=True)
class Noticing:
    """guardian_below: a person under so many years is never addressed themselves. unnamed_below: nor named in a publication.

    never: code to the words by which it is found, none for what is found by its shape.
    """

    guardian_below: int = 14
    unnamed_below: int = 18
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    remedies: Mapping[str, Remedy] = field(default_factory=dict)
    ways: Mapping[str, Way] = field(default_factory=dict)
    never: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def found(self, text: str, never: Iterable[str]) -> str:
        """The code of the first thing that stands in a text and may not; "" for none."""
        for code in never:
            shape = SHAPES.get(code)
            if (shape is not None and shape.search(text)) or any(word in text for word in self.never.get(code, ())):
                return code
        return ""


def placeholders(text: str) -> frozenset[str]:
    """Names in braces. Raises ValueError where the braces do not fit or do more than name a word."""
    names = set()
    for _, name, shape, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not re.fullmatch(r"[a-z_]+", name) or shape or conversion:
            raise ValueError(f"'{{{clipped(name)}}}' is no word in braces")
        names.add(name)
    return frozenset(names)


def read_noticing(folders: Iterable[Path], reading: Reading) -> Noticing:
    """reading: with laws and parameters already read. A later folder adds kinds; without a file nothing can be given."""
    found = Noticing()
    for folder in folders:
        if (folder / FILE).is_file():
            found = _read(Source(folder / FILE, reading.faults), found, reading)
    return found


def load_noticing(*folders: Path) -> Noticing:
    """What casework needs of it, read without the rest. Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    found = read_noticing(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def check_steps(noticing: Noticing, workflows: Mapping[str, Workflow], reading: Reading) -> None:
    """Every notice that a step names is there, and where the step refuses it says why and what to do."""
    for workflow in workflows.values():
        source = Source(Path(workflow.path), reading.faults)
        for step in workflow.steps.values():
            kind = noticing.kinds.get(step.notice)
            if step.notice and kind is None:
                mend = nearest(step.notice, noticing.kinds)
                source.fault(("steps", step.code, "notice"), "notice", f"no notice '{clipped(step.notice)}' in {FILE}", mend)
            elif kind is not None and step.harms and not kind.harms:
                told = f"the step is adverse, and {kind.code} names no remedies"
                source.fault(("steps", step.code, "notice"), "notice", told, f"write harms = true for {kind.code} in {FILE}")


def _read(source: Source, before: Noticing, reading: Reading) -> Noticing:
    whole = Keys(source, (), source.data)
    contact = Keys(source, ("contact",), whole.table("contact"))
    ways = {**before.ways, **{code: _way(code, keys) for code, keys in whole.named("ways")}}
    remedies = {**before.remedies, **{code: _remedy(code, keys, reading) for code, keys in whole.named("remedies")}}
    never = {**before.never, **{code: _never(keys, code) for code, keys in whole.named("never")}}
    found = Noticing(
        contact.whole("guardian_below", default=before.guardian_below, least=1),
        contact.whole("unnamed_below", default=before.unnamed_below, least=1),
        before.kinds,
        remedies,
        ways,
        never,
    )
    contact.done()
    kinds = dict(before.kinds)
    for code, keys in whole.named("kinds", required=True):
        kind = _kind(code, keys, reading)
        _check(kind, keys, found)
        if reading.new("notice", code, source):
            kinds[code] = kind
    whole.done()
    return Noticing(found.guardian_below, found.unnamed_below, kinds, remedies, ways, never)


def _way(code: str, keys: Keys) -> Way:
    if code not in WAYS:
        keys.fault("", "way", f"'{clipped(code)}' is no way to serve", nearest(code, WAYS))
    made = Way(code, titled(keys), keys.title("proof"), keys.whole("after"))
    keys.done()
    return made


def _never(keys: Keys, code: str) -> tuple[str, ...]:
    words = keys.words("words", required=code not in SHAPES)
    keys.done()
    return words


def _remedy(code: str, keys: Keys, reading: Reading) -> Remedy:
    item = keys.text("term")
    made = Remedy(
        code, titled(keys), keys.title("says"), item, keys.text("unit", one_of=("", *_UNITS)),
        read_basis(keys, reading.laws, required=True),
    )  # fmt: skip
    keys.done()
    if item and item not in reading.parameters.names(""):
        keys.fault("term", "parameter", f"no parameter '{clipped(item)}'", nearest(item, reading.parameters.names("")))
    if bool(item) != bool(made.unit):
        keys.fault("unit", "unit", "a term has a unit, and what has no term has none", 'write unit = "days" or "months"')
    return made


def _kind(code: str, keys: Keys, reading: Reading) -> Kind:
    serve = keys.text("serve")
    match = _SERVE.fullmatch(serve)
    if serve and match is None:
        keys.fault("serve", "duration", f"'{clipped(serve)}' is no time to serve", 'write serve = "3 working days"')
    words = {}
    for name, item in keys.table("words").items():
        part = Keys(keys.source, (*keys.at, "words", name), item if isinstance(item, dict) else {})
        words[name] = titled(part)
        part.done()
    made = Kind(
        code=code,
        title=keys.title("title"),
        to=keys.text("to", required=True, one_of=RECEIVERS),
        text=Title(keys.text("zh", required=True), keys.text("en", required=True)),
        words=words,
        serve=int(match["amount"]) if match else 0,
        unit=match["unit"].replace(" ", "_") if match else "working_days",
        ways=keys.words("ways"),
        remedies=keys.words("remedies"),
        never=keys.words("never"),
        harms=keys.flag("harms"),
        basis=read_basis(keys, reading.laws, required=False),
    )
    keys.done()
    return made


def _check(kind: Kind, keys: Keys, of: Noticing) -> None:
    """What holds of every kind: the two texts say the same words, and what takes from a family says why and what to do."""
    _texts(kind, keys)
    for key, names, known in (
        ("ways", kind.ways, of.ways),
        ("remedies", kind.remedies, of.remedies),
        ("never", kind.never, of.never),
    ):
        for name in names:
            if name not in known:
                keys.fault(key, key, f"'{clipped(name)}' is not among [{key}]", nearest(name, known))
    if forbidden := of.found(kind.text.zh + kind.text.en, kind.never):
        keys.fault("zh", "never", f"its own text holds what it may never say: {forbidden}", "say it without")
    if kind.to == VILLAGE and set(of.never) - set(kind.never):
        keys.fault("never", "never", "what a village reads holds none of [never]", f"write never = {sorted(of.never)}")
    if kind.is_letter and not (kind.ways and kind.serve):
        keys.fault(
            "ways", "serve", "a letter says how and within how long it is served", 'write serve = "…" and ways = ["portal", …]'
        )
    if kind.harms and not set(kind.remedies) >= BOTH_REMEDIES:
        keys.fault("remedies", "remedies", "what harms names both remedies", f"write remedies = {sorted(BOTH_REMEDIES)}")
    if kind.harms and "reason" not in kind.words:
        keys.fault("words", "reason", "what harms says why", "use {reason} in both texts, and declare it in words")
    if kind.harms and set(kind.ways) - set(PROVES_TEXT):
        keys.fault(
            "ways", "ways", "word of a decision is no decision: a short message does not serve what harms", "leave out sms"
        )


def _texts(kind: Kind, keys: Keys) -> None:
    used: dict[str, frozenset[str]] = {}
    for language, text in (("zh", kind.text.zh), ("en", kind.text.en)):
        try:
            used[language] = placeholders(text)
        except ValueError as wrong:
            keys.fault(language, "placeholder", str(wrong), "write {word} for a word that is put in, {{ for a brace")
            return
    if used["zh"] != used["en"]:
        apart = sorted(used["zh"] ^ used["en"])
        keys.fault("en", "placeholder", f"only one of the two texts has {', '.join(apart)}", "both say the same words")
    for name in sorted(used["zh"] - set(kind.words) - set(STANDING)):
        keys.fault("zh", "placeholder", f"'{name}' is not declared", nearest(name, [*kind.words, *STANDING]))
    for name in sorted(set(kind.words) - used["zh"]):
        keys.fault("words", "placeholder", f"'{clipped(name)}' stands in no text", "use it or leave it out")
    if kind.to == PHONE:
        for name in sorted((set(kind.words) | used["zh"]) - IN_A_MESSAGE):
            keys.fault("words", "message", f"a short message may not say '{name}'", f"only {', '.join(sorted(IN_A_MESSAGE))}")
        if max(len(kind.text.zh), len(kind.text.en)) > LONGEST_MESSAGE:
            keys.fault("zh", "message", f"a short message has at most {LONGEST_MESSAGE} characters", "say less")
