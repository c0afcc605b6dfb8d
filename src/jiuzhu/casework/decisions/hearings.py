"""Before a benefit is cut or ended the family is heard (law of 2026, article 48); then it is kept, cut or ended, at once or by degrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.actions import AS_ADVISED, Choice, decided, month_after, newest, proposed
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.models import Decision, Hearing, Item
from jiuzhu.casework.decisions.refusals import NoSuchAmount, Unheard
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.roads import actions as roads

RECORD = "hearing_record"
GRADUAL, MOST_MONTHS = "gradual_exit", 60
SETS_AMOUNT = ("confirm", "raise", "increase", "cut")
ENDS = ("end", "lapse")


@dataclass(frozen=True)
class Heard:
    """What the record of a hearing says. plans: `cut` or `end`; fen: what is meant to be paid; how: of Hearing.How."""

    plans: str
    how: str
    held_on: date
    who: str
    told: str
    said: str
    fen: int = 0


@dataclass(frozen=True)
class Tail:
    """How a benefit runs out. fen: a month meanwhile; ends: the first month without it."""

    fen: int
    ends: str


@transaction.atomic
def hear(*, item: Item, heard: Heard, by: Viewer, at: datetime, seen: int = 0) -> Hearing:
    """Write down what the family was told and what it said; the benefit runs on. Raises Unheard, NoSuchAmount, and what the road refuses."""
    texts = {name: getattr(heard, name).strip() for name in ("who", "told", "said")}
    if not all(texts.values()) or heard.held_on > local_day(at):
        raise Unheard(f"{item.key}: say who was heard, what they were told and what they said, on a day that has come")
    if heard.plans == Hearing.Plans.CUT and not 0 < heard.fen < amount_now(item):
        raise NoSuchAmount(f"{item.key}: {heard.fen} fen is no cut of {amount_now(item)}")
    key = new_key("H")
    kept = {name: sealed(text, column=f"decisions_hearing.{name}", row=key, of=item.case.key) for name, text in texts.items()}
    made = Hearing.objects.create(
        key=key, item=item, plans=heard.plans, fen=heard.fen, how=heard.how, held_on=heard.held_on, by=key_of(by), at=at, **kept
    )
    roads.take(item.walk, "hear", by=by, at=at, seen=seen, papers=(RECORD,))
    return made


@transaction.atomic
def keep(*, item: Item, because: str, by: Viewer, at: datetime, seen: int = 0) -> Decision:
    """After the hearing nothing changes. Raises what the road refuses."""
    made = decided(item, newest(item), "keep", fen=amount_now(item), because=because, by=by, at=at)
    roads.take(item.walk, "keep", by=by, at=at, because=because, seen=seen)
    return made


@transaction.atomic
def cut(
    *, item: Item, gathered: Gathered, because: str, by: Viewer, at: datetime, choice: Choice = AS_ADVISED, seen: int = 0
) -> Decision:
    """Pay less from the month after, by the facts as they are now, or as the officer says why.

    Raises NoSuchAmount where it comes to nothing or to no less, Blocked, Differs, and what the road refuses.
    """
    proposal = proposed(item, gathered, choice, by=by, at=at)
    if not 0 < proposal.fen < amount_now(item):
        raise NoSuchAmount(f"{item.key}: {proposal.fen} fen is no cut of {amount_now(item)}; end it, or keep it")
    made = decided(item, proposal, "cut", fen=proposal.fen, from_month=month_after(local_day(at)), because=because, by=by, at=at)
    roads.take(item.walk, "cut", by=by, at=at, because=because, seen=seen)
    return made


@transaction.atomic
def end(
    *, item: Item, because: str, by: Viewer, at: datetime, gathered: Gathered | None = None, gradual: str = "", seen: int = 0
) -> Decision:
    """Pay nothing from the month after, or at the end of the months a place grants to whoever's income rose by work.

    gathered: the facts as they are now; None where those the benefit stands on are not in question. gradual: a code of exit_reason,
    "" for at once. Raises NoSuchAmount where no such months are granted, and what the road refuses.
    """
    known = gathered or _facts_of(item)
    proposal = proposed(item, known, Choice(grants=False, because=because), by=by, at=at)
    first = month_after(local_day(at))
    if gradual:
        tail = tail_of(item, known, gradual, at=at)
        if tail.fen < amount_now(item):
            decided(item, proposal, "cut", fen=tail.fen, from_month=first, because=because, by=by, at=at)
        first = tail.ends
    made = decided(item, proposal, "end", from_month=first, because=because, by=by, at=at)
    roads.take(item.walk, "end", by=by, at=at, because=because, seen=seen)
    return made


def tail_of(item: Item, gathered: Gathered, reason: str, *, at: datetime) -> Tail:
    """How the benefit runs out by the text of gradual exit in force: month by month for as long as it says. Raises NoSuchAmount."""
    first = _later(local_day(at), 1)
    said = {
        "receiving_dibao": True,
        "exit_reason": reason,
        "exit_from": first.isoformat(),
        "former_amount": _yuan(amount_now(item)),
    }
    book, fen, months = rulebooks.in_force(at=at), 0, 0
    for months in range(MOST_MONTHS + 1):
        facts = {**gathered.facts, **said, "on": _later(first, months).isoformat()}
        answer = freezing.freeze(Gathered(facts), GRADUAL, book).answer(GRADUAL)
        if answer["outcome"] != "granted":
            break
        fen = fen or freezing.fen_of(answer["amount"]) or 0
    if not fen:
        raise NoSuchAmount(f"{item.key}: no gradual exit is granted for '{reason}'; end it at once, or keep it")
    return Tail(fen, f"{_later(first, months):%Y-%m}")


def amount_now(item: Item) -> int:
    """Fen a month by the newest decision that says an amount, 0 before the first and after the end."""
    last = item.decisions.filter(step__in=(*SETS_AMOUNT, *ENDS)).order_by("-pk").first()
    return last.fen if last else 0


def _later(day: date, months: int) -> date:
    """The first day of the month so many later."""
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def _facts_of(item: Item) -> Gathered:
    frozen = freezing.opened(newest(item))
    assert frozen is not None  # the case is open, so its key is there
    return frozen.gathered()


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
