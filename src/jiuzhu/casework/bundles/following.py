"""What one thing hears of roads: an accepted application opens its parts, a decided class lets those go that waited for it."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles import actions
from jiuzhu.casework.bundles.declared import decides_class
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.rules.workflows import EXAMINED


@ears.follows(EXAMINED, "accept", name="bundles")
def accepted(walk: Walk, _taken: Taken, by: Viewer, at: datetime) -> None:
    application = Application.objects.select_related("case", "walk").filter(walk=walk).first()
    if application is not None and application.number:
        actions.begin(application=application, by=by, at=at)


@ears.follows(ears.EVERY, "confirm", name="bundles")
@ears.follows(ears.EVERY, "refuse", name="bundles")
def decided(walk: Walk, _taken: Taken, by: Viewer, at: datetime) -> None:
    item = Item.objects.filter(walk=walk).first()
    if walk.parent_id is None or item is None or not decides_class(item.programme):
        return
    application = Application.objects.select_related("case", "walk").filter(walk=walk.parent_id).first()
    if application is not None:
        actions.class_decided(application=application, by=by, at=at)
