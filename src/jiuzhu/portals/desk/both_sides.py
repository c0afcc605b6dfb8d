"""What the decision page shows of report and survey side by side, and what was chosen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.decisions import freezing, rulebooks, sources
from jiuzhu.casework.decisions.beside import NOT_THEIRS, Line, beside
from jiuzhu.casework.decisions.facts import DECLARATION, LEFT_OUT, REPORT, VISIT, Gathered
from jiuzhu.casework.decisions.models import Item, Proposal
from jiuzhu.casework.decisions.seen import Said, said_next_door, surveyed_by
from jiuzhu.casework.parties import queries as of_parties
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.refusals import NotYet
from jiuzhu.portals.desk.decision_words import SOURCES
from jiuzhu.rules.tree import Title

LONGEST = 300


@dataclass(frozen=True)
class Row:
    """One line of the table. cells: report, survey, declared. choices: source, its word, whether it stands unless somebody changes it."""

    title: Title
    whose: Title
    cells: Sequence[Title | None]
    differs: bool
    choices: Sequence[tuple[str, Title, bool]]
    stands: Title
    because: str


@dataclass(frozen=True)
class Both:
    """survey: key of the visit, "" where nobody was there yet."""

    lines: Sequence[Row]
    neighbours: Sequence[Said]
    survey: str
    digest: str

    @property
    def differing(self) -> int:
        return sum(1 for one in self.lines if one.differs)


def both_sides(item: Item, proposal: Proposal | None, grant: Grant, *, proposes: bool, at: datetime) -> Both | None:
    """What is known now while somebody proposes, else what the proposal stands on; None where neither side says anything."""
    known = _known(item, None if proposes else proposal, at)
    if known is None:
        return None
    book = proposal.rulebook if proposal and not proposes else rulebooks.in_force(at=at)
    lines = beside(known, rulebooks.catalogue(book))
    names = of_parties.names(Party.objects.filter(key__in={one.whose for one in lines if one.whose}), grant=grant)
    keys = list(dict.fromkeys(one.whose for one in lines if one.whose))
    called = {key: names.get(key) or str(place) for place, key in enumerate(keys, start=1)}
    since = item.walk.parent.begun_at if item.walk.parent else item.opened_at
    told = Both(
        [_row(one, called) for one in lines], said_next_door(item.case, since=since), surveyed_by(item.case, since=since), known.digest
    )  # fmt: skip
    return told if told.lines or told.neighbours or told.survey else None


def chosen(request: HttpRequest, known: Gathered, *, at: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """Paths to the source that stands where it is not the first of the order, and to the reason; lines are named by their place."""
    stands, why = {}, {}
    for place, line in enumerate(beside(known, rulebooks.catalogue(rulebooks.in_force(at=at))), start=1):
        source = request.POST.get(f"stands-{place}", line.by_order)
        if source in line.choices and source != line.by_order:
            stands[line.path], why[line.path] = source, request.POST.get(f"why-{place}", "").strip()[:LONGEST]
    return stands, why


def _known(item: Item, proposal: Proposal | None, at: datetime) -> Gathered | None:
    if proposal is not None:
        frozen = freezing.opened(proposal)
        return frozen.gathered() if frozen is not None else None
    try:
        return sources.facts_of(item, at=at)
    except NotYet:
        return None


def _row(line: Line, called: dict[str, str]) -> Row:
    name = called.get(line.whose, "")
    whose = Title(f"成员 {name}", f"member {name}") if name.isdigit() else Title(name, name)
    return Row(
        line.title, whose, [line.said.get(source) for source in (REPORT, VISIT, DECLARATION)], line.differs,
        [(one, _word(one), one == line.by_order) for one in line.choices], _word(line.stands), line.because,
    )  # fmt: skip


def _word(source: str) -> Title:
    return NOT_THEIRS if source == LEFT_OUT else SOURCES.get(source, SOURCES[""])
