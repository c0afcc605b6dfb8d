"""Invent a county, or a province: people, two years of deliveries of every department, and the truth about planted families."""

from __future__ import annotations

import csv
import importlib
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

import jiuzhu.synthetic.departments  # noqa: F401 - makes every dataset known
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic import blemishes, numbers
from jiuzhu.synthetic.assistance import assist
from jiuzhu.synthetic.blemishes import Blemishes
from jiuzhu.synthetic.formats import Deliveries
from jiuzhu.synthetic.people import people_of
from jiuzhu.synthetic.places import County, Village, villages_of
from jiuzhu.synthetic.planting import Census, Expected, all_rows, expected
from jiuzhu.synthetic.rows import Rows, shape
from jiuzhu.synthetic.shelves import RECORDS_A_BLOCK, Shelf
from jiuzhu.synthetic.sowing import Sower
from jiuzhu.synthetic.span import Span, months_of_days
from jiuzhu.synthetic.story import Days, Story
from jiuzhu.synthetic.streams import Numbers, stream
from jiuzhu.synthetic.town import MAKERS, Firms, Town
from jiuzhu.vocabulary.divisions import Divisions

BLOCK = 100_000  # residents invented at a time: what bounds the memory
LONG_AFTER = 14  # days after a death in which something may still be on record
PLANTED_VILLAGES = 4  # the first for the quiet families
QUIET_MODULE = "s00"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Summary:
    """What was made. unknown: indicators that stories name and the catalogue does not have, with how many lines of truth."""

    residents: int
    records: int
    files: int
    planted: int
    truth: int
    unknown: Mapping[str, int]


def synthesise(
    *,
    out: Path,
    catalogue: Catalogue,
    division: str = "370502",
    residents: int = 300_000,
    months: int = 24,
    as_of: date = date(2026, 11, 20),
    seed: int = 7,
    progress: Progress | None = None,
) -> Summary:
    """Write `out/deliveries/…` and `out/truth/warnings.csv`, `links.csv`. The same arguments give the same bytes.

    division: a county, prefecture or province of the catalogue, 2 to 6 digits. Raises ValueError for one without villages,
    StoryFault for a story that names what is not there.
    """
    span = Span(as_of, months)
    villages = villages_of(Divisions.load(catalogue.folders[0] / "divisions"), division, as_of)
    home, planted = _planted_apart(villages)
    deliveries = Deliveries(out / "deliveries")
    shelves = {code: Shelf.of(dataset, span, deliveries, residents) for code, dataset in catalogue.datasets.items()}
    work = _Work(shelves, span, seed, residents, Blemishes())
    blocks = _blocks(home, residents, seed)
    if len(blocks) > numbers.SEQUENCES:
        raise ValueError(
            f"{residents:,} residents of {division}: identity numbers run out; invent at most one province of 30 million"
        )
    first: Town | None = None
    steps = len(blocks) + 1
    for number, (places, homes, offset) in enumerate(blocks):
        if progress:
            progress("people", number, steps)
        town = work.town(number, places, homes, offset, len(blocks))
        work.deliver(town)
        first = first or town
    if progress:
        progress("stories", len(blocks), steps)
    truth, families, unknown = _plant(catalogue, shelves, span, planted, seed)
    if first is not None:
        work.fill_gaps(first)
    deliveries.close()
    list(blemishes.send_twice(deliveries))  # what is still being written cannot be copied
    _write_truth(out / "truth", truth, work.blemishes.links, as_of)
    if progress:
        progress("stories", steps, steps)
    records = sum(shelf.records for shelf in shelves.values())
    return Summary(residents, records, len(list((out / "deliveries").iterdir())), families, len(truth), unknown)


def _planted_apart(villages: Sequence[Village]) -> tuple[list[Village], list[Village]]:
    """The last villages of the first county are for planted families: half of what there is, in a very small place."""
    county = [village for village in villages if village.county.code == villages[0].county.code]
    apart = county[max(1, len(county) // 2) :]
    return [village for village in villages if village not in apart[-len(county) // 4 :]], apart[-max(1, len(county) // 4) :]


def _blocks(villages: Sequence[Village], residents: int, seed: int) -> list[tuple[list[Village], Numbers, int]]:
    """The villages of one county with, for each resident of a block, the position of their village; and the people before."""
    weights = np.exp(0.6 * stream(seed, "villages").standard_normal(len(villages)))
    ends = np.round(np.cumsum(weights) / weights.sum() * residents).astype(np.int64)
    counts = np.diff(np.r_[0, ends])
    answer, offset = [], 0
    for county in dict.fromkeys(village.county.code for village in villages):
        at = [i for i, village in enumerate(villages) if village.county.code == county]
        homes = np.repeat(np.arange(len(at)), counts[at])
        places = [villages[i] for i in at]
        for part in np.array_split(homes, -(-len(homes) // BLOCK) or 1):
            if len(part):
                answer.append((places, part, offset))
                offset += len(part)
    return answer


@dataclass
class _Work:
    shelves: Mapping[str, Shelf]
    span: Span
    seed: int
    residents: int
    blemishes: Blemishes
    _firms: dict[str, Firms] = field(default_factory=dict)

    def town(self, number: int, places: list[Village], homes: Numbers, offset: int, blocks: int) -> Town:
        room = numbers.SEQUENCES // blocks
        orders = (number * room, room)
        block = people_of(number, self.seed, self.span, places, homes, offset, orders)
        assist(block)
        return Town(block, self.span, self.firms(places[0].county, len(homes)))

    def firms(self, county: County, residents: int) -> Firms:
        if county.code not in self._firms:
            self._firms = {county.code: Firms.of(county, self.seed, residents)}  # blocks come county by county
        return self._firms[county.code]

    def deliver(self, town: Town) -> None:
        """Every dataset of one block, two at a time: each has streams and files of its own, so their order does not matter."""
        prepare(town)
        with ThreadPoolExecutor(2) as pool:
            for done in pool.map(lambda code: self._dataset(code, town), self.shelves):
                assert done is None

    def _dataset(self, code: str, town: Town) -> None:
        if code in MAKERS:
            self._put(self.shelves[code], town, MAKERS[code](town))

    def _put(self, shelf: Shelf, town: Town, rows: Rows, *, filler: bool = False) -> None:
        dataset = shelf.dataset
        period = shelf.periods.of(np.full(len(rows), self.span.last) if rows.when is None else rows.when)
        at = _in_order(rows, period, town)
        if not len(at):
            return
        if len(at) < len(rows) or np.any(np.diff(at) < 0):
            rows, period = rows.take(at), period[at]
        first = town.block.number * RECORDS_A_BLOCK + (shelf.records if filler else 0)
        table = shape(dataset, rows, town.identity, self.span, first)
        if not filler:
            table = self.blemishes.mistyped(dataset, table)
            period = self.blemishes.late(dataset, period, len(shelf.periods))
            if town.block.number == 0 and dataset.code == blemishes.CORRECTED:
                table = blemishes.correct(shelf, table, period)
            if town.block.number == 0 and dataset.code == blemishes.RETRACTED:
                blemishes.retract(shelf, table, period)
        shelf.add(table, period)

    def fill_gaps(self, town: Town) -> None:
        """A delivery that would have no row gets one that raises no question, so that the labels leave no month out."""
        for code, shelf in self.shelves.items():
            empty = np.flatnonzero(shelf.filled == 0)
            if shelf.whole:  # one file speaks for all months between its first and its last
                empty = empty[np.isin(empty, (0, len(shelf.periods) - 1))]
            if len(empty) and shelf.dataset.keyed != "division" and MAKERS.get(code):
                self._put(shelf, town, _filler(shelf, town, empty), filler=True)


def prepare(town: Town) -> None:
    """Work out what all departments share, before two of them ask for it at once."""
    for name in (
        "identity",
        "living_numbers",
        "low",
        "dibao",
        "tekun",
        "ability",
        "severe",
        "ill",
        "age",
        "grown",
        "heads",
        "members",
    ):
        getattr(town, name)


def _in_order(rows: Rows, period: Numbers, town: Town) -> Numbers:
    """The positions of rows by delivery; without those of days after the span, before a birth or long after a death."""
    if rows.when is None or rows.person is None:
        return np.arange(len(rows))
    block, day = town.block, rows.when
    lived = (day <= town.span.last) & (day >= block.birth[rows.person]) & (day <= block.death[rows.person] + LONG_AFTER)
    at = np.flatnonzero(lived)
    return at if np.all(np.diff(period[at]) >= 0) else at[np.argsort(period[at], kind="stable")]


def _filler(shelf: Shelf, town: Town, empty: Numbers) -> Rows:
    """One quiet row of a grown, healthy person outside the base in each of these deliveries."""
    dataset, periods = shelf.dataset, shelf.periods
    people = np.flatnonzero(town.grown & ~town.low & (town.age < 55) & town.block.local & (town.block.disability == 0))
    person = people[np.arange(len(empty)) * 37 % len(people)]
    when = periods.last[empty]
    at = dataset.columns.get(dataset.at)
    columns: dict[str, Any] = {}
    if at is not None and at.name != "data_date" and dataset.rows != "state":
        if at.holds == "date":
            columns[at.name] = when
        elif at.holds == "instant":
            columns[at.name] = when * 86_400 + 3600
        elif at.holds == "month":
            columns[at.name] = np.minimum(months_of_days(when), town.span.month - 1)
        elif at.holds == "quarter":
            columns[at.name] = np.minimum(months_of_days(when) // 3, town.span.month // 3 - 1)
    return Rows(None if dataset.keyed == "none" else person, when, columns)


# --- stories ---------------------------------------------------------------------------------------------------


def modules() -> Iterator[tuple[str, Callable[[Days], Iterable[Story]]]]:
    """The story modules of this room by name."""
    package = importlib.import_module("jiuzhu.synthetic.stories")
    for name in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        yield name, importlib.import_module(f"{package.__name__}.{name}").stories


def _plant(
    catalogue: Catalogue, shelves: Mapping[str, Shelf], span: Span, villages: Sequence[Village], seed: int
) -> tuple[list[Expected], int, Mapping[str, int]]:
    """Sow every story; the truth about them, how many families, and the indicators the catalogue does not have."""
    day = Days(span.as_of)
    census, sower = Census(seed, span, villages), Sower(catalogue, shelves, span)
    lots = _Lots(villages, catalogue)
    truth: list[Expected] = []
    unknown: Counter[str] = Counter()
    families = 0
    for name, stories in modules():
        for story in stories(day):
            family = census.family(story, name, lots.village(name, story))
            sower.sow(family, all_rows(family, day, catalogue))
            truth.extend(expected(family, catalogue))
            unknown.update(code for code in story.expect if code != "*" and code not in catalogue.indicators)
            families += 1
    sower.write()
    return truth, families, dict(unknown)


@dataclass
class _Lots:
    """Which planted village a family gets: the quiet ones the first, those with standards of their own one each."""

    villages: Sequence[Village]
    catalogue: Catalogue
    _own: dict[tuple[str, ...], Village] = field(default_factory=dict)
    _turn: int = 0

    def village(self, module: str, story: Story) -> Village:
        shared = min(PLANTED_VILLAGES, len(self.villages))
        if module == QUIET_MODULE:
            return self.villages[0]
        standards = tuple(repr(row) for row in story.rows if self.catalogue.datasets[row.dataset].keyed == "division")
        if standards:
            if standards not in self._own:
                self._own[standards] = self.villages[shared + len(self._own)]
            return self._own[standards]
        self._turn += 1
        return self.villages[1 + self._turn % max(shared - 1, 1)] if shared > 1 else self.villages[0]


def _write_truth(folder: Path, truth: Sequence[Expected], links: Sequence[tuple[str, str, str]], as_of: date) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "warnings.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["indicator_id", "subject_kind", "subject", "household_id", "grade", "as_of", "story"])
        for line in sorted(truth, key=lambda item: (item.indicator, item.subject)):
            lines.writerow([line.indicator, line.kind, line.subject, line.household, line.grade, as_of.isoformat(), line.story])
    with (folder / "links.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["dataset", "record_id", "id_no"])
        lines.writerows(sorted(links))
