"""The four goals of a workspace on a day, each with what was measured, on what, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from jiuzhu.registry.calibration.evidence import Outcome, Share, checked
from jiuzhu.registry.goals.connection import ConnectionGoal, connection_goal
from jiuzhu.registry.goals.coverage import CoverageGoal, coverage_goal
from jiuzhu.registry.goals.precision import PrecisionGoal, precision_goal
from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.state import Moment
from jiuzhu.registry.profile.stored import stored_archive
from jiuzhu.registry.profile.wanted import wanted_columns
from jiuzhu.registry.release import make
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream.entries import Single
from jiuzhu.registry.stream.follow import followed
from jiuzhu.registry.stream.issued import Declarations, issued_warnings
from jiuzhu.registry.stream.latency import Latency, TakingLatency, latency, taking_latency
from jiuzhu.registry.stream.whole import with_areas

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class DelayGoal:
    """From acknowledged to in the stream. looks: of deliveries; records: of those that came alone. None: never measured."""

    looks: Latency | None
    records: TakingLatency | None


@dataclass(frozen=True)
class Goals:
    """As of a day. release: the one whose people and declarations are meant."""

    as_of: date
    release: str
    coverage: CoverageGoal
    connection: ConnectionGoal
    delay: DelayGoal
    precision: PrecisionGoal

    def as_json(self) -> dict[str, Any]:
        """With the shares that finds and visits make; where nobody recorded an outcome it is null."""
        told = asdict(self)
        precision = self.precision
        told["precision"]["whole"] = _share(precision.whole) if precision.whole is not None else None
        told["precision"]["by_indicator"] = {code: _share(one) for code, one in precision.by_indicator.items()}
        return told


def goals(release: Release, declarations: Declarations, moment: Moment, outcomes: Mapping[str, Outcome]) -> Goals:
    """release: the current one; declarations: by version. Raises OutcomeRefused, NoRelease."""
    workspace, as_of = release.workspace, moment.as_of
    ends = checked(outcomes, f"{as_of:%Y-%m}")
    catalogue = declarations(release.manifest.catalogue)
    passed, _ = make.judged(workspace, moment)
    counting = with_areas(stored_archive(workspace, passed).deliveries, make.divisions_of(catalogue), as_of)
    read = wanted_columns(catalogue, catalogue.indicators.values()).kept
    places = release.base.places["code"].to_pylist()
    return Goals(
        as_of=as_of,
        release=release.name,
        coverage=coverage_goal([catalogue.datasets[code] for code in sorted(read)], counting, places, as_of),
        connection=_connection(workspace, catalogue, {one.dataset for one in passed}),
        delay=DelayGoal(latency(workspace), taking_latency(workspace)),
        precision=precision_goal(issued_warnings(workspace, declarations) if ends else {}, ends),
    )


def _connection(workspace: Workspace, catalogue: Catalogue, passed: set[str]) -> ConnectionGoal:
    """What came alone and no delivery holds yet has come too; what of it waits for a look does not count yet."""
    archived, alone = deliveries(workspace), _alone(workspace)
    delivered = {one.dataset for one in archived} | {one.dataset for one in alone}
    in_force = passed | {one.dataset for one in alone if not one.waits}
    first = min((one.first_day for one in archived if one.first_day is not None), default=None)
    return connection_goal(catalogue, delivered, in_force, first)


def _alone(workspace: Workspace) -> list[Single]:
    stands = followed(workspace)
    return [] if stands is None else [single for batch in stands.unsettled for single in batch.singles]


def _share(one: Share) -> dict[str, Any]:
    return {"finds": one.finds, "visits": one.visits, "share": one.share, "interval": one.interval}
