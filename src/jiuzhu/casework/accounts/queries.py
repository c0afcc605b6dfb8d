"""What may be asked of those who work here."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts.permissions import Power, Viewer, powers


def posting(viewer: Viewer, *, at: datetime) -> Power | None:
    """The role and division a page names beside the viewer: the oldest live role of their own, else what was handed down."""
    held = [power for power in powers(viewer, at=at) if power.role != "anyone"]
    return min(held, key=lambda power: bool(power.delegated_by), default=None)
