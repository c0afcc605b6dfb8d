"""What may be asked of one thing: its parts, for whoever may see the application."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications import queries as applications
from jiuzhu.casework.applications import scopes
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles.models import Matter
from jiuzhu.casework.bundles.standing import Standing, standings


def parts(*, application: Application, viewer: Viewer, at: datetime) -> tuple[Matter | None, list[Standing]]:
    """The matter and its parts; nothing before the application is accepted, or for whom it is not there (A3)."""
    if scopes.granted(application, applications.READ, by=viewer, at=at) is None:
        return None, []
    matter = Matter.objects.select_related("application__walk", "answer", "late").filter(application=application).first()
    return matter, standings(matter, at=at) if matter is not None else []
