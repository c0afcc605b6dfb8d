"""Families whose benefit runs and is looked at again, for tests of reviews and of what happens in families."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jiuzhu.casework.cases import events
from jiuzhu.casework.cases.models import Member, Task
from jiuzhu.casework.decisions.facts import Gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.reviews import actions
from jiuzhu.casework.reviews.models import Review
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.verification import reporting
from jiuzhu.casework.verification.authorising import authorise
from jiuzhu.casework.verification.models import Request
from tests.support.deciding import AT, Room

DAY = timedelta(days=1)
NOW = AT + 20 * DAY  # 22 November 2026
CONSENTS = ("register", "finance", "medical")


@dataclass
class Helped(Room):
    """A room, and families in it whose dibao runs. said: what is known of them now, as `told_of` takes it, for `known`."""

    said: dict[str, object] = field(default_factory=dict)

    def known(self, item: Item, _at: datetime, _chosen: object = None, _because: object = None) -> Gathered:
        """In place of what sources know: no application of a room was typed by anybody."""
        return self.facts(item, **self.said)

    def family(self, *, size: int = 3, household: str = "", **said: object) -> Item:
        """Dibao in force since 11 November; its people belong to the case, the first stands for them."""
        item = self.confirmed(self.item(size=size), **said).item
        for place, party in enumerate(self.people(item.case)):
            Member.objects.create(case=item.case, party=party, relation="1" if not place else "", since=AT.date())
        item.case.household_key = household
        item.case.save()
        return self.again(item)

    def signed(self, item: Item) -> None:
        for party in self.people(item.case):
            authorise(
                case=item.case, party=party, consents=CONSENTS, until=(NOW + 300 * DAY).date(), how="paper", by=self.clerk, at=NOW
            )

    def checked(self, review: Review, *, at: datetime = NOW) -> Review:
        """Verified again: everybody signed, whatever the sources did not say is marked late in the report."""
        self.signed(review.item)
        actions.check(review=review, by=self.clerk, at=at)
        request = Request.objects.get(about_key=review.key)
        reporting.issue(request=request, by=self.clerk, at=at + timedelta(hours=60))
        events.hear(at=at + timedelta(hours=60))
        return Review.objects.select_related("item__case", "item__walk", "item__party", "case", "walk").get(pk=review.pk)

    @staticmethod
    def again(item: Item) -> Item:
        return Item.objects.select_related("case", "walk", "party").get(pk=item.pk)

    @staticmethod
    def state(item: Item) -> str:
        return Walk.objects.get(pk=item.walk_id).state


def tasks(item: Item) -> list[str]:
    """Kinds of the open tasks of its family."""
    return sorted(Task.objects.filter(case=item.case_id, state="open").values_list("kind", flat=True))
