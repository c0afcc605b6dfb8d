"""The plan of a family by versions (一户一策): all that were written, and what one changed against another. Part of this step's queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.casework.cases.models import Case, PlanItem
from jiuzhu.casework.cases.queries import goal

Same = Literal["new", "gone", "changed", "same"]
TOLD = ("who", "until", "state")  # what of a measure may change while it stays the same measure


@dataclass(frozen=True)
class Version:
    """One version as it was written. goal: "" too where the reader's level does not open it. by: the name of who wrote it."""

    number: int
    goal: str
    by: str
    at: datetime
    items: tuple[PlanItem, ...]


@dataclass(frozen=True)
class Change:
    """One measure in two versions. before: None if it is new, after: None if it is gone. what: which of `TOLD` differ."""

    how: Same
    before: PlanItem | None
    after: PlanItem | None
    what: tuple[str, ...] = ()

    @property
    def item(self) -> PlanItem:
        one = self.after or self.before
        assert one is not None
        return one


def versions(case: Case, *, grant: Grant) -> tuple[Version, ...]:
    """Every version of the plan, the newest first. grant: of `cases.read`; measures are personal, the goal is sensitive."""
    plans = list(case.plans.order_by("-number").prefetch_related("items"))
    named = dict(Officer.objects.filter(account__in={one.written_by for one in plans}).values_list("account", "display_name"))
    return tuple(
        Version(
            number=one.number,
            goal=goal(one) if grant.opens("sensitive") else "",
            by=named.get(one.written_by, one.written_by),
            at=one.written_at,
            items=tuple(sorted(one.items.all(), key=lambda item: item.position)) if grant.opens("personal") else (),
        )
        for one in plans
    )


def changes(older: Version | None, newer: Version) -> tuple[Change, ...]:
    """Measure by measure in the order of the newer version, those that are gone last. older: None before the first version.

    A measure done by the same as before is that measure; else the first of the same kind that is still without a partner.
    """
    left = list(older.items) if older is not None else []
    partner: dict[int, PlanItem] = {}
    for alike in (("measure", "who"), ("measure",)):
        for item in newer.items:
            before = next((one for one in left if all(getattr(one, name) == getattr(item, name) for name in alike)), None)
            if item.pk not in partner and before is not None:
                partner[item.pk] = before
                left.remove(before)
    return (*(_change(partner.get(item.pk), item) for item in newer.items), *(Change("gone", one, None) for one in left))


def _change(before: PlanItem | None, after: PlanItem) -> Change:
    if before is None:
        return Change("new", None, after)
    what = tuple(name for name in TOLD if getattr(before, name) != getattr(after, name))
    return Change("changed" if what else "same", before, after, what)
