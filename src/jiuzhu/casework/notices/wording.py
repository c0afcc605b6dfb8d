"""How a letter comes to its words: the catalogue's text with what the act hands in, the same in both languages, nothing forbidden."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.notices.declared import noticing
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.registry import public
from jiuzhu.rules.noticing import Kind, Remedy
from jiuzhu.rules.tree import Title

ALWAYS_NEVER = ("id_number", "account")  # no letter shows these in full, to nobody
CIVIL_AFFAIRS = "民政"
SOMEBODY = Title("您", "To you")
Words = Mapping[str, str | Title]


class NotSaid(ValueError):
    """A word that the text needs was not handed in, or one that it does not have."""


class NotToBeSaid(ValueError):
    """The words hold what a text of this kind may never show."""


class NotWhatWasGiven(Exception):
    """What is kept is not what was signed."""


@dataclass(frozen=True)
class Letter:
    """A letter in clear, as it was given. remedies: a sentence each. day: the day it bears."""

    kind: str
    number: str
    title: Title
    to: Title
    text: Title
    remedies: tuple[Title, ...]
    ask: Title
    office: Title
    day: date


def filled(kind: Kind, words: Words, standing: Mapping[str, Title]) -> Title:
    """The text of a kind with its words. Raises NotSaid, NotToBeSaid."""
    missing, more = sorted(set(kind.words) - set(words)), sorted(set(words) - set(kind.words))
    if missing or more or not all(_both(word).zh.strip() for word in words.values()):
        told = f"lacks {', '.join(missing)}" if missing else f"does not say {', '.join(more)}" if more else "has an empty word"
        raise NotSaid(f"{kind.code} {told}; it says {', '.join(kind.words)}")
    check(kind, *(part for word in words.values() for part in (_both(word).zh, _both(word).en)))
    put = {name: _both(word) for name, word in {**standing, **words}.items()}
    return Title(
        kind.text.zh.format_map({name: word.zh for name, word in put.items()}),
        kind.text.en.format_map({name: word.en for name, word in put.items()}),
    )


def check(kind: Kind, *texts: str) -> None:
    """Raises NotToBeSaid, naming what it is and never the text."""
    for text in texts:
        if found := noticing().found(text, (*kind.never, *ALWAYS_NEVER)):
            raise NotToBeSaid(f"{kind.code} may never show {found}; say it without")


def letter(kind: Kind, *, number: str, to: str, words: Words, office: str, division: str, day: date) -> Letter:
    """Everything that is printed. office: the division whose office gives it. Raises NotSaid, NotToBeSaid."""
    giver, name = office_name(office), Title(to, to) if to else SOMEBODY
    standing = {"name": name, "number": Title(number, number), "day": Title(day.isoformat(), day.isoformat()), "office": giver}
    ask = Title(f"有不清楚的，请问：{giver.zh}社会救助窗口。", f"Questions: the assistance window of {giver.en}.")
    remedies = tuple(_remedy(noticing().remedies[code], division, day) for code in kind.remedies)
    return Letter(kind.code, number, kind.title, name, filled(kind, words, standing), remedies, ask, giver, day)


def office_name(division: str) -> Title:
    """The name of the civil affairs office of a division, or of the government of a township that has none of that name."""
    office = Office.objects.filter(department=CIVIL_AFFAIRS, division_code=division).first()
    if office is not None:
        return Title(office.name, office.name)
    place = public.division_name(division)
    if len(division) < 9:
        name = f"{place}民政局"
    else:
        name = f"{place.removesuffix('办事处')}办事处" if place.removesuffix("办事处").endswith("街道") else f"{place}人民政府"
    return Title(name, name)


def packed(one: Letter) -> tuple[bytes, str]:
    """The bytes that are kept, and the platform's signature of them."""
    content = json.dumps(
        {
            "kind": one.kind, "number": one.number, "title": _pair(one.title), "to": _pair(one.to), "text": _pair(one.text),
            "remedies": [_pair(remedy) for remedy in one.remedies], "ask": _pair(one.ask), "office": _pair(one.office),
            "day": one.day.isoformat(),
        },
        ensure_ascii=False, sort_keys=True, separators=(",", ":"),
    ).encode()  # fmt: skip
    return content, signed(content)


def unpacked(content: bytes, signature: str) -> Letter:
    """Raises NotWhatWasGiven where the signature is not ours for these bytes."""
    told = verified(content, signature)
    return Letter(
        told["kind"], told["number"], Title(*told["title"]), Title(*told["to"]), Title(*told["text"]),
        tuple(Title(*remedy) for remedy in told["remedies"]), Title(*told["ask"]), Title(*told["office"]), date.fromisoformat(told["day"]),
    )  # fmt: skip


def signed(content: bytes) -> str:
    return base64.b64encode(signing_key().sign(content)).decode("ascii")


def verified(content: bytes, signature: str) -> Any:
    """What the bytes say. Raises NotWhatWasGiven."""
    if not signing_key().public.verifies(content, base64.b64decode(signature)):
        raise NotWhatWasGiven("the signature does not hold for these words; show nobody, and tell the auditor")
    return json.loads(content)


def _remedy(one: Remedy, division: str, day: date) -> Title:
    """Raises NotSaid where how long the remedy lasts is not known there: it is never guessed."""
    county = public.division_name(division[:6])
    row = visiting().parameters.value("", one.item, division, day) if one.item else None
    if one.item and (row is None or row.value is None):
        raise NotSaid(f"how long '{one.item}' is, is not known for {division} on {day}; write the row in parameters/")
    amount = f"{row.value:f}" if row is not None else ""
    return Title(
        one.says.zh.format(amount=amount, body=f"{county}人民政府", court=f"{county}人民法院"),
        one.says.en.format(amount=amount, body=f"the people's government of {county}", court=f"the people's court of {county}"),
    )


def _both(word: str | Title) -> Title:
    return word if isinstance(word, Title) else Title(word, word)


def _pair(title: Title) -> list[str]:
    return [title.zh, title.en]
