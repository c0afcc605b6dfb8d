"""Every benefit in force judged again by its own frozen facts: many at once, column by column, and a sample of them by the judge of one.

Where the sample differs nothing goes on: a difference between engines is a fault, and no family is paid by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.actions import GRANTED, PAID, REFUSED
from jiuzhu.casework.decisions.hearings import SETS_AMOUNT
from jiuzhu.casework.decisions.models import Decision, Proposal, Rulebook
from jiuzhu.casework.decisions.refusals import EnginesDiffer, NoSuchAmount
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.engines.programmes import assess
from jiuzhu.engines.programmes.many import Brief, OneByOne, brief_of, judged_many
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.programmes.family import Family, FamilyRefused, family_of

RISES, SAME, FALLS, OPEN, CHANGED, APART = "rises", "same", "falls", "open", "changed", "apart"
AT_ONCE = 20_000  # families judged together: some hundred megabytes
SAMPLE = 60  # of each answer judged one by one as well, spread over all


class Benefit(NamedTuple):
    """An item in force, as far as judging it again needs it. member: key of whom it is for, "" for the household."""

    pk: int
    key: str
    case_id: int
    case_key: str
    household: str
    division_code: str
    walk_id: int
    workflow: str
    member: str

    @property
    def subject(self) -> Subject:
        return Subject("item", self.key, self.division_code, self.household, self.case_key)


COLUMNS = (
    "pk", "key", "case_id", "case__key", "case__household_key", "division_code", "walk_id", "walk__workflow", "member__key",
)  # fmt: skip


class Line(NamedTuple):
    """One benefit. becomes: rises, same, falls, open (the rules cannot say), changed (something was decided for a later month), apart
    (the family is near to whoever raises). fen: now; new: by the new numbers, None where not known; from_month: of the change.
    facts, brief: what it stands on where it rises.
    """

    item: Benefit
    becomes: str
    fen: int
    new: int | None
    from_month: str
    facts: bytes = b""
    brief: Brief | None = None

    def back_pay(self, month: str) -> int:
        """Fen that were paid too little for the months before that one, where it rises from an earlier month."""
        first, last = (int(one[:4]) * 12 + int(one[5:]) for one in (self.from_month, month))
        return max(0, last - first) * ((self.new or 0) - self.fen) if self.becomes == RISES else 0


_Answered = tuple[bytes, str, Brief | None]  # packed facts, member, what they came to


class _Said(NamedTuple):
    """The newest decision of an item that says an amount."""

    proposal: int
    fen: int
    from_month: str
    step: str


def lines(
    found: Sequence[Benefit], programme: str, book: Rulebook, *, from_month: str, near: frozenset[str] | set[str]
) -> list[Line]:
    """A line for each benefit whose facts can still be read, in their order. near: households near to whoever asks.

    Raises EnginesDiffer.
    """
    on, catalogue = date(int(from_month[:4]), int(from_month[5:]), 1), rulebooks.catalogue(book)
    said = _newest(found)
    told: list[Line] = []
    judged: dict[str, list[_Answered]] = defaultdict(list)
    for some in _portions((one for one in found if one.pk in said), AT_ONCE):
        facts = _facts(said[one.pk].proposal for one in some)
        kept = [one for one in some if facts.get(said[one.pk].proposal) is not None]
        packed = [facts[said[one.pk].proposal] or b"" for one in kept]
        families = [_family(one, on, catalogue) for one in packed]
        briefs = _judged(families, [one.member for one in kept], programme, catalogue)
        for one, content, brief in zip(kept, packed, briefs, strict=True):
            line = _line(one, said[one.pk], brief, from_month, content, apart=one.household in near, catalogue=catalogue)
            judged[line.becomes].append((content, one.member, brief))
            told.append(line)
    _check(judged, programme, on, catalogue)
    return told


def _judged(
    families: Sequence[Family | None], members: Sequence[str], programme: str, catalogue: Catalogue
) -> list[Brief | None]:
    """What each comes to, None where its facts are no more in the words of the catalogue or the programme has no text there."""
    known = [place for place, family in enumerate(families) if family is not None]
    some = [family for family in families if family is not None]
    answers: list[Brief | None] = [None] * len(families)
    try:
        judged = judged_many(catalogue, some, [programme]) if some else []
    except OneByOne:  # a text of a place may say what columns cannot; slower, and the same answers
        judged = [_alone(family, programme, catalogue) for family in some]
    for place, found in zip(known, judged, strict=True):
        answers[place] = next((one for one in found if one.member == members[place]), None)
    return answers


def _alone(family: Family, programme: str, catalogue: Catalogue) -> list[Brief]:
    """What the judge of one family says of it."""
    return [brief_of(one) for one in assess(catalogue, family, (programme,), classes=False).answers]


def _line(
    item: Benefit, said: _Said, brief: Brief | None, from_month: str, facts: bytes, *, apart: bool, catalogue: Catalogue
) -> Line:
    if said.from_month > from_month and said.step != "confirm":
        return Line(item, CHANGED, said.fen, None, from_month)
    first = max(from_month, said.from_month)
    new = _fen(brief, catalogue) if brief is not None and brief.outcome == GRANTED else None
    if apart:
        becomes = APART
    elif new is not None:
        becomes = RISES if new > said.fen else SAME if new == said.fen else FALLS
    else:
        becomes = FALLS if brief is not None and brief.outcome == REFUSED else OPEN
    if becomes != RISES:
        return Line(item, becomes, said.fen, new, first)
    return Line(item, RISES, said.fen, new, first, facts, brief)


def _fen(brief: Brief, catalogue: Catalogue) -> int | None:
    """What is paid, nought where a state is granted and no money; None where the amount is no whole number of fen."""
    if catalogue.programmes.texts[brief.code][0].pays not in PAID:
        return 0
    try:
        return freezing.fen_of(brief.amount)
    except NoSuchAmount:
        return None


def _check(judged: Mapping[str, Sequence[_Answered]], programme: str, on: date, catalogue: Catalogue) -> None:
    """Judge a sample of every answer, spread over all that have it, once more one by one. Raises EnginesDiffer."""
    for becomes, some in judged.items():
        sample = [some[place * len(some) // min(SAMPLE, len(some))] for place in range(min(SAMPLE, len(some)))]
        for packed, member, brief in sample:
            family = _family(packed, on, catalogue)
            told = _alone(family, programme, catalogue) if family is not None else []
            if next((one for one in told if one.member == member), None) != brief:
                raise EnginesDiffer(
                    f"{programme}: of {len(sample)} families judged both ways ('{becomes}') one came to something else; "
                    "nothing was decided. Decide one by one, and have the difference looked into"
                )


def _newest(found: Sequence[Benefit]) -> dict[int, _Said]:
    """The newest decision of each item that says an amount."""
    rows = Decision.objects.filter(item__among=[one.pk for one in found], step__in=SETS_AMOUNT).order_by("pk")
    columns = rows.values_list("item_id", "proposal_id", "fen", "from_month", "step")
    return {item: _Said(*rest) for item, *rest in columns.iterator(chunk_size=20_000)}


def _facts(proposals: Iterable[int]) -> dict[int, bytes | None]:
    """Facts of proposals by their numbers, packed; None where the case was erased."""
    here = Proposal.objects.filter(pk__among=list(proposals))
    rows = [(pk, key, facts, b"") for pk, key, facts in here.filter(facts__isnull=False).values_list("pk", "key", "facts")]
    rows += [(pk, key, None, content) for pk, key, content in here.filter(facts__isnull=True).values_list("pk", "key", "content")]
    opened = freezing.facts_opened([row[1:] for row in rows])
    return {pk: said for (pk, *_), said in zip(rows, opened, strict=True)}


def _family(packed: bytes, on: date, catalogue: Catalogue) -> Family | None:
    try:
        return family_of(freezing.facts_of(packed, on=on), catalogue.programmes)
    except FamilyRefused:
        return None


def _portions(found: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(found)
    while some := list(islice(rest, size)):
        yield some
