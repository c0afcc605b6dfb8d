"""The goals: what is covered and connected, how late it is felt, and how often a warning finds somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from jiuzhu.registry.calibration.evidence import Outcome
from jiuzhu.registry.goals.measured import Goals
from jiuzhu.registry.goals.measured import goals as _goals
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.public.opened import declarations, release_of


def goals(workspace: Path, as_of: date, *, outcomes: Mapping[str, Outcome] | None = None) -> Goals:
    """The four goals, measured on the current release and all that was delivered, as of a day.

    outcomes: warning id to how its visit ended; without any, precision is not known. Raises NoRelease, OutcomeRefused,
    StreamBroken.
    """
    moment = Moment(as_of, datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC))
    home = str(workspace.absolute())
    return _goals(release_of(workspace, None), lambda version: declarations(home, version), moment, outcomes or {})
