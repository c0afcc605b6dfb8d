"""The form of an application as screens of a telephone: a section each, or in large type a question each. Pure: typed in, screens out.

On the way are only the sections that must be filled; what may be left to the records stands behind the review, for whoever wants to.
What signing in has shown already is not asked again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from jiuzhu.casework.applications.form import Asked, Step
from jiuzhu.rules.tree import Title

CONSENT = "consent"  # stands on the review: handing in is signing
KNOWN = ("applicant_name", "id_kind", "id_number", "agent")
OF_THE_FIRST = ("member_name", "member_relation", "member_id_kind", "member_id_number")
FIRST_OF_A_LINE = "member_name"
FEW = 5  # choices that are read faster as buttons than as a wheel


@dataclass(frozen=True)
class Line:
    """One line of a list on a screen, or what is asked once. who: whom or what it is of, "" for nobody yet. said: what is known, short.

    known: whether everything that must be there is there, so that it is shown and not asked.
    """

    row: int | None
    asked: Sequence[Asked]
    more: Sequence[Asked]
    who: str
    said: Sequence[Title]
    known: bool

    @property
    def empty(self) -> bool:
        return not any(any(one.typed) for one in (*self.asked, *self.more))


@dataclass(frozen=True)
class Screen:
    """key: of its address. asked: what must be answered; more: what may be. number, of: its place on the way, 0 beside it."""

    key: str
    section: str
    title: Title
    tells: Title
    asked: tuple[Asked, ...]
    more: tuple[Asked, ...]
    number: int = 0
    of: int = 0

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(one.field for one in (*self.asked, *self.more))

    @property
    def bars(self) -> list[bool]:
        """One for each screen of the way, true up to this one."""
        return [place < self.number for place in range(self.of)]


def way(pages: Sequence[Step], *, one_each: bool) -> list[Screen]:
    """The screens that lead to the review, in order."""
    found: list[Screen] = []
    for page in pages:
        whole = _screen(page)
        if page.section.name == CONSENT or not whole.asked:
            continue
        if not one_each:
            found.append(whole)
            continue
        for one in whole.asked:
            if _opens_a_line(one) or not _waits_for_its_line(one, whole.asked):
                found.append(replace(whole, key=one.field, asked=(one,), more=()))
    return [replace(one, number=number, of=len(found)) for number, one in enumerate(found, start=1)]


def beside(pages: Sequence[Step]) -> list[Screen]:
    """Sections nobody has to fill in."""
    return [whole for page in pages if page.section.name != CONSENT and not (whole := _screen(page)).asked and whole.more]


def at(screens: Sequence[Screen], key: str) -> Screen | None:
    """The screen of an address: by its own key, its section, or a field on it; in either type."""
    return (
        next((one for one in screens if one.key == key), None)
        or next((one for one in screens if one.section == key), None)
        or next((one for one in screens if key in one.fields), None)
    )


def after(screens: Sequence[Screen], key: str) -> str:
    """The key of the next one, "" after the last."""
    here = next((place for place, one in enumerate(screens) if one.key == key), len(screens))
    return screens[here + 1].key if here + 1 < len(screens) else ""


def before(screens: Sequence[Screen], key: str) -> str:
    here = next((place for place, one in enumerate(screens) if one.key == key), 0)
    return screens[here - 1].key if here else ""


def lines(screen: Screen, *, wrong: Collection[str] = ()) -> list[Line]:
    """What a screen asks, line by line of a list. wrong: fields that must be shown because something is to be mended there."""
    rows = dict.fromkeys(one.row for one in (*screen.asked, *screen.more))
    return [_line(screen, row, wrong) for row in sorted(rows, key=lambda row: -1 if row is None else row)]


def _line(screen: Screen, row: int | None, wrong: Collection[str]) -> Line:
    asked, more = ([one for one in several if one.row == row] for several in (screen.asked, screen.more))
    who = "".join(text for one in asked if one.question.name == FIRST_OF_A_LINE for text in one.typed)
    said = [title for one in asked for text in one.typed if (title := _short(one, text)) is not None]
    there = all(any(one.typed) for one in asked) and not any(one.field in wrong for one in asked)
    return Line(row, asked, more, who, said, row is not None and bool(asked) and there and bool(who))


def _short(one: Asked, text: str) -> Title | None:
    """A relation in words and the end of a number; a name stands above, and the kind of a paper says nothing beside its number."""
    if one.question.name == "member_relation":
        return one.question.options.get(text)
    return Title(f"证件尾号 {text[-4:]}", f"number ends in {text[-4:]}") if one.question.name == "member_id_number" else None


def _screen(page: Step) -> Screen:
    shown = [one for one in page.asked if not _is_known(one)]
    asked = tuple(one for one in shown if one.question.required)
    more = tuple(one for one in shown if not one.question.required)
    return Screen(page.section.name, page.section.name, page.section.title, page.section.tells, asked, more)


def _is_known(one: Asked) -> bool:
    return one.question.name in KNOWN or (one.row == 0 and one.question.name in OF_THE_FIRST)


def _opens_a_line(one: Asked) -> bool:
    return one.question.name == FIRST_OF_A_LINE


def _waits_for_its_line(one: Asked, others: Sequence[Asked]) -> bool:
    """Of an empty line of people only the name is asked, so that nobody meets ten questions about nobody."""
    if one.row is None:
        return False
    opening = next((other for other in others if other.row == one.row and _opens_a_line(other)), None)
    return opening is not None and not any(opening.typed)
