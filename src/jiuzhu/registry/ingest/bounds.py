"""What a known source may state (E4): its own datasets, for its own divisions, of days that had come when it sent them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.ingest.cells import BEIJING
from jiuzhu.registry.ingest.faults import Fault, FileRefused
from jiuzhu.vocabulary.division import DivisionFault, stem, within

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue
    from jiuzhu.rules.tree import Dataset

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bounds:
    """divisions: rows lie in one of them; empty for the whole country. sent: no row is of a later day; None to take any."""

    divisions: tuple[str, ...] = ()
    sent: date | None = None

    def outside(self, regions: pa.Array) -> Marks:
        """Which rows lie in no division of the source; one without a division, a retraction too, lies in none."""
        if not self.divisions:
            return np.zeros(len(regions), dtype=bool)
        dictionary = regions.dictionary_encode()
        wrong = [not self._holds(code) for code in dictionary.dictionary.to_pylist()]
        marks: Marks = np.array([*wrong, True])
        found: Marks = marks[np.asarray(dictionary.indices.fill_null(len(wrong)))]
        return found

    def later(self, values: pa.Array) -> Marks:
        """Which days or instants (whole seconds) had not come at the end of the day on which they were sent."""
        if self.sent is None:
            return np.zeros(len(values), dtype=bool)
        if pa.types.is_date32(values.type):
            late = pc.greater(values, pa.scalar(self.sent, pa.date32()))
        else:
            end = datetime.combine(self.sent + timedelta(days=1), time(), BEIJING)
            late = pc.greater(values, int(end.timestamp()))
        return np.asarray(pc.fill_null(late, False))

    def _holds(self, code: str) -> bool:
        try:
            return bool(stem(code)) and any(within(code, of) for of in self.divisions)
        except DivisionFault:
            return False


def check_states(source: str, dataset: Dataset, catalogue: Catalogue, file: str) -> None:
    """Raises FileRefused where a known source sends another's dataset. An unknown name of a source is only a name."""
    body = catalogue.bodies.get(source) if source else None
    if body is None or body.states(dataset):
        return
    rule = f"{source} states the datasets of {', '.join(body.departments)}; {dataset.code} is stated by {dataset.department}"
    raise FileRefused(Fault("not_its_dataset", file, rule, "let the body whose dataset it is send it", value=dataset.code))
