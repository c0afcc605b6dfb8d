"""Whether a record that came alone leaves what is known of its place as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from jiuzhu.engines.base import Coverage
from jiuzhu.registry.archived import Delivered
from jiuzhu.registry.ingest.archive import Manifest
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.profile.coverage import coverage_of
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.stored import stored_archive
from jiuzhu.registry.profile.today import codes_on
from jiuzhu.registry.stream.whole import with_areas
from jiuzhu.rules.tree import Dataset
from jiuzhu.vocabulary.divisions import Divisions
from jiuzhu.vocabulary.period import month_first


@dataclass(frozen=True)
class Stretch:
    """What of a record decides what is known after it: its county, the month it was sent in, and those it speaks of."""

    county: str
    sent: int
    at: tuple[int, ...]

    @property
    def text(self) -> str:
        return " ".join([self.county, str(self.sent), *map(str, self.at)])


@dataclass
class Covered:
    """passed: the deliveries that count. Whether a stretch changes anything is worked out once."""

    workspace: Workspace
    passed: Sequence[Manifest]
    datasets: Mapping[str, Dataset]
    divisions: Divisions | None
    as_of: date
    _delivered: dict[str, Sequence[Delivered]] = field(default_factory=dict, init=False)
    _same: dict[tuple[str, Stretch], bool] = field(default_factory=dict, init=False)

    def stays(self, dataset: str, stretch: Stretch) -> bool:
        """Whether a record of such a stretch leaves coverage as it was. Where each of many does, all together do:

        what they say is told already, or only moves an end that is in force anyway.
        """
        key = dataset, stretch
        if key not in self._same:
            self._same[key] = bool(stretch.county) and self._stays(dataset, stretch)
        return self._same[key]

    def full_until(self, dataset: str) -> date | None:
        """The last day a full delivery speaks for."""
        days = [one.newest or one.last or date.max for one in self.delivered(dataset) if one.full]
        return max(days, default=None)

    def delivered(self, dataset: str) -> Sequence[Delivered]:
        if dataset not in self._delivered:
            archive = stored_archive(self.workspace, [one for one in self.passed if one.dataset == dataset])
            with duckdb.connect(":memory:") as connection:
                found = measured(connection, archive, self.datasets, self.as_of)
            self._delivered[dataset] = with_areas(found, self.divisions, self.as_of)
        return self._delivered[dataset]

    def _stays(self, dataset: str, stretch: Stretch) -> bool:
        if self.divisions is not None and codes_on([stretch.county], self.divisions, self.as_of):
            return False  # a county that was merged or split since
        known = self.delivered(dataset)
        day = month_first(stretch.sent)
        months = tuple(month for month in stretch.at if month <= stretch.sent)  # as `profile/measured.py` counts them
        one = Delivered(-1, "", dataset, division=stretch.county, oldest=day, newest=day, months=months, areas=())
        before, after = (self._of(dataset, deliveries, stretch.county) for deliveries in (known, [*known, one]))
        return before == after

    def _of(self, dataset: str, deliveries: Sequence[Delivered], county: str) -> tuple[object, ...]:
        told: Coverage = coverage_of([self.datasets[dataset]], deliveries, [county], as_of=self.as_of)
        key = dataset, 0
        return tuple(part.get(key) for part in (told.fresh, told.first_day, told.gaps, told.months, told.quarters))
