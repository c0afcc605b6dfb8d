"""The base: from the archive and a day to the tables the engines read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from jiuzhu.engines.base import Base, Coverage
from jiuzhu.registry.archived import CASE, DELIVERY, Archive, Delivered, literal, quoted
from jiuzhu.registry.profile.authorised import make_authorised
from jiuzhu.registry.profile.cells import Sight
from jiuzhu.registry.profile.coverage import coverage_of
from jiuzhu.registry.profile.derive import COVERED, DerivedMaker
from jiuzhu.registry.profile.households import LOW, HouseholdMaker
from jiuzhu.registry.profile.kept import RELATION, ROWS, InMemory, Keeper, Layer
from jiuzhu.registry.profile.measured import measured
from jiuzhu.registry.profile.merged import Last, Merge, Standing
from jiuzhu.registry.profile.named import add_by_files, add_by_sql, everyone
from jiuzhu.registry.profile.positions import Positions, give_positions, plain
from jiuzhu.registry.profile.recipe import Recipe
from jiuzhu.registry.profile.relate import RelationMaker, empty_relation
from jiuzhu.registry.profile.state import SINCE, Moment, StateMaker
from jiuzhu.registry.profile.stored import StoredArchive
from jiuzhu.registry.profile.things import ThingNumbers
from jiuzhu.registry.profile.today import codes_on
from jiuzhu.registry.profile.types import archive_type, arrow_type, sql_type
from jiuzhu.registry.profile.wanted import AUTHORISATIONS, CORE, LOW_MEMBERS, POPULATION, Wanted, derived_columns, wanted_columns
from jiuzhu.rules.tree import Column, Dataset, Indicator, Relation
from jiuzhu.vocabulary.divisions import Divisions

if TYPE_CHECKING:
    from jiuzhu.registry.profile.narrow import Narrow
    from jiuzhu.registry.profile.straight import Homes, Straight
    from jiuzhu.rules.catalogue import Catalogue

THREADS = 2
# What DuckDB may hold: a county needs less than the first; of a province it cannot put everything aside on the disk.
MEMORY = 1_000_000_000
MEMORY_A_RECORD = 15


@dataclass(frozen=True)
class Built:
    """A base, and what of it never goes to an engine.

    people: person id by position (below zero: a row without a person of its own). numbers, hukou_numbers: what the
    households are called, by position. changes: (person, kind, number, from, to), person a position.
    """

    base: Base
    people: pa.Table
    numbers: pa.Table
    hukou_numbers: pa.Table
    changes: pa.Table
    deliveries: Sequence[Delivered]


@dataclass
class BaseBuilder:
    """Builds one base; use once.

    order: relation (person, id_number, otherwise) of everybody the archive names. links: (candidate, person) of people known
    by likeness, or of themselves alone. divisions: by which codes of merged and split ones are read. delivered: the
    deliveries as `measured` gives them, where the archive holds only a part of their rows. layer: the keeper, where it takes
    columns that are narrow already; then plain datasets of an archive of files go the straight road. last, recipes: the base
    that this one follows, and what the rows of each dataset follow from now; only with a layer.
    apart, homes, coverage, signed: only for bases of examples; signed: (person) of those with a live authorisation beside
    those whose rows say so.
    """

    archive: Archive
    catalogue: Catalogue
    moment: Moment
    order: pa.Table
    links: pa.Table | None = None
    indicators: Sequence[Indicator] | None = None
    keeper: Keeper = field(default_factory=InMemory)
    layer: Layer | None = None
    apart: bool = False
    homes: Callable[[duckdb.DuckDBPyConnection], str] | None = None
    coverage: Callable[[Sequence[str]], Coverage] | None = None
    signed: pa.Table | None = None
    divisions: Divisions | None = None
    delivered: Sequence[Delivered] | None = None
    scratch: str = ""
    last: Last | None = None
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    connection: duckdb.DuckDBPyConnection = field(init=False)
    wanted: Wanted = field(init=False)
    road: Straight = field(init=False)
    states: dict[str, str] = field(default_factory=dict, init=False)
    placed: dict[str, str] = field(default_factory=dict, init=False)
    seen: dict[str, str] = field(default_factory=dict, init=False)
    heavy: dict[str, list[str]] = field(default_factory=dict, init=False)
    things: ThingNumbers = field(init=False)
    named: Sequence[str] = field(default=(), init=False)
    merge: Merge | None = field(default=None, init=False)
    plain: frozenset[str] = field(default=frozenset(), init=False)

    def build(self, progress: Callable[[str, int, int], None] | None = None) -> Built:
        self.connection = duckdb.connect(":memory:")
        try:
            return self._build(progress or (lambda what, done, of: None))
        finally:
            self.connection.close()

    def _build(self, progress: Callable[[str, int, int], None]) -> Built:
        limits = {
            "threads": THREADS,
            "memory_limit": f"{MEMORY + MEMORY_A_RECORD * sum(one.accepted for one in self.archive.deliveries)}B",
            "temp_directory": self.scratch,
            "preserve_insertion_order": False,
            "debug_enable_caching_operators": False,  # see `engines/sql/session.py`: a fault of DuckDB 2.0.0
        }
        for name, value in limits.items():
            self.connection.execute(f"SET {name} = {literal(value) if isinstance(value, str) else value}")
        self.connection.register("id_order", self.order)
        if self.links is not None:
            self.connection.register("links", self.links)
        self.wanted = wanted_columns(self.catalogue, self.indicators)
        deliveries = self.delivered
        if deliveries is None:
            deliveries = measured(self.connection, self.archive, self.catalogue.datasets, self.moment.as_of)
        self._open_road(deliveries)
        self.maker = StateMaker(self.connection, self.moment, deliveries, self.apart, "links" if self.links is not None else "")
        self._see()
        home = self._home()
        deliveries = self._today(home, deliveries)
        positions = give_positions(self.connection, home, "id_order")
        coverage = self._coverage(deliveries, positions)
        self.things = ThingNumbers(self.connection)
        homes = self._homes() if self.named else None
        if self.merge is not None and homes is not None:
            self._stand(self.merge, positions, coverage, homes)
        self._derive(coverage, positions)
        self._keep_people(positions)
        names = sorted(self.wanted.kept)
        for done, code in enumerate(names):
            self._keep_rows(code, homes)
            for one in self.wanted.relations:
                if one.dataset == code:
                    self._keep_relation(one)
            self._forget(code)
            progress("base", done + 1, len(names))
        kept = self.keeper.tables()
        return Built(
            base=kept.base(as_of=self.moment.as_of, now=self.moment.now, coverage=coverage),
            people=self._table("SELECT person FROM position ORDER BY position"),
            numbers=positions.numbers,
            hukou_numbers=positions.hukou_numbers,
            changes=self._changes(),
            deliveries=deliveries,
        )

    def _stand(self, merge: Merge, positions: Positions, coverage: Coverage, homes: Homes) -> None:
        """Tells the merge who stands where."""
        found = self.road.known.find(merge.last.persons)
        people = np.where(found >= 0, homes.position[found], -1).astype(np.int32)
        merge.stand(Standing(positions, coverage, people, homes.authorised))

    def _keep_rows(self, code: str, homes: Homes | None) -> None:
        kept = self.merge.rows(code) if self.merge is not None else None
        if kept is not None and self.layer is not None:
            self.layer.keep(ROWS + code, kept)
        elif code in self.plain and homes is not None and self.layer is not None:
            self.layer.lay(ROWS + code, self._straight_rows(code, homes))
        else:
            self.keeper.store(ROWS + code, self._rows(self.catalogue.datasets[code]))

    def _keep_relation(self, one: Relation) -> None:
        kept = self.merge.relation(one) if self.merge is not None else None
        if kept is not None and self.layer is not None:
            self.layer.keep(RELATION + one.code, kept)
        else:
            self.keeper.store(RELATION + one.code, self._relation(one))

    def _keep_people(self, positions: Positions) -> None:
        authorised = self._table(
            "SELECT a.person IS NOT NULL AS authorised FROM position p LEFT JOIN authorised a USING (person) ORDER BY p.position"
        )
        self.keeper.store("people", positions.people.append_column("authorised", authorised["authorised"]))
        self.keeper.store("households", positions.households)
        self.keeper.store("hukou", positions.hukou)
        self.keeper.store("places", positions.places)

    def _today(self, home: str, deliveries: Sequence[Delivered]) -> Sequence[Delivered]:
        """Reads merged and split divisions by what they are on the day: a table `today` (code, today), homes, deliveries."""
        by_division = [code for code in self.seen if self.catalogue.datasets[code].keyed == "division"]
        sources = [f"SELECT region FROM {home}", f"SELECT hukou_region FROM {home}"]
        sources += [f"SELECT region_code FROM {self.seen[code]}" for code in by_division]
        rows = self.connection.execute(" UNION ".join(sources)).fetchall()
        codes = {row[0] for row in rows if row[0]} | {one.division for one in deliveries}
        found = codes_on(codes, self.divisions, self.moment.as_of) if self.divisions is not None else {}
        table = pa.table(
            {"code": pa.array(list(found), pa.string()), "today": pa.array([to[0] for to in found.values()], pa.string())}
        )
        self.connection.register("today", table)
        for column in ("region", "hukou_region"):
            self.connection.execute(f"UPDATE {home} SET {column} = t.today FROM today t WHERE t.code = {home}.{column}")
        return [replace(one, areas=tuple(found[one.division])) if one.division in found else one for one in deliveries]

    def _open_road(self, deliveries: Sequence[Delivered]) -> None:
        """Finds the datasets that go the straight road, see there: all to tell whom they name, the plain ones whole."""
        if self.layer is None or not isinstance(self.archive, StoredArchive):
            return
        # Loaded here: what it has compiled takes a second to load, which examples and small bases need not spend.
        from jiuzhu.registry.profile.straight import Straight, is_plain

        everybody = np.asarray(self.order["person"])
        self.road = Straight(self.archive.files, self.moment, deliveries, everybody, self.links)
        self.named = [code for code in sorted(self.archive.files) if code in self.catalogue.datasets]
        datasets = [self.catalogue.datasets[code] for code in sorted(self.wanted.kept) if code in self.archive.files]
        self.plain = frozenset(one.code for one in datasets if one.code not in CORE and is_plain(one, self.wanted))
        if self.last is not None:
            self.merge = Merge(self.last, self.recipes, self.catalogue, self.wanted, self.moment)

    def _homes(self) -> Homes:
        """Where everybody the archive names stands, for the straight road."""
        from jiuzhu.registry.profile.straight import Homes

        known = self.road.known
        told = self._table(
            "SELECT p.person, p.position, a.person IS NOT NULL AS signed FROM position p LEFT JOIN authorised a USING (person) ORDER BY p.position"
        )
        position = np.full(len(known.everybody), -1, np.int32)
        position[known.find(np.asarray(told["person"]))] = np.asarray(told["position"])
        return Homes(position, np.asarray(told["signed"]))

    def _straight_rows(self, code: str, homes: Homes) -> Sequence[Narrow]:
        """The rows of a plain dataset; with a last base only what came is read, where that is enough."""
        from jiuzhu.registry.profile.appended import appended

        dataset = self.catalogue.datasets[code]
        kept = [name for name in sorted(self.wanted.kept[code]) if name in dataset.columns and name != "record_id"]
        grown = self.merge.grown(code) if self.merge is not None else None
        if self.merge is not None and grown is not None:
            columns, why = appended(self.road, dataset, kept, homes, *grown)
            if not why:
                self.merge.appended.add(code)
                return columns
            self.merge.rebuilt[code] = why
        return self.road.rows(dataset, kept, homes)

    def _see(self) -> None:
        """Views of what may count, and the states that say who lives where."""
        for code, dataset in sorted(self.catalogue.datasets.items()):
            # With a last base most are never looked at.
            if self.merge is None or code in CORE or dataset.keyed == "division":
                self._look_at(code)
        for code in CORE:
            if code in self.seen:
                self.states[code] = self.maker.in_force(self.catalogue.datasets[code], self.seen[code])
        make_authorised(self.connection, self.states.get(AUTHORISATIONS, ""), self.moment)
        if self.signed is not None:
            self.connection.register("signed", self.signed)
            self.connection.execute("INSERT INTO authorised SELECT person FROM signed WHERE person NOT IN (FROM authorised)")

    def _look_at(self, code: str) -> None:
        """Makes the view of what may count of a dataset, if anything was delivered."""
        dataset = self.catalogue.datasets[code]
        view = self.archive.view(self.connection, code) if code not in self.plain else ""
        if view:
            people = {name for name, column in dataset.columns.items() if column.type.kind == "person"}
            given = {one.code for one in derived_columns(self.catalogue, code).values()} if self.apart else set()
            self.seen[code] = self.maker.seen(dataset, view, set(self.wanted.columns.get(code, ())) | people, given)

    def _home(self) -> str:
        """The table of who lives where."""
        if self.homes is not None:
            return self.homes(self.connection)
        maker = HouseholdMaker(self.connection, self.states)
        housed = maker.housed()
        if self.named:
            add_by_files(self.connection, self.road, [self.catalogue.datasets[code] for code in self.named], housed)
        else:
            add_by_sql(self.connection, [(self.catalogue.datasets[code], seen) for code, seen in self.seen.items()], housed)
        return maker.homes(everyone(self.connection, housed))

    def _coverage(self, deliveries: Sequence[Delivered], positions: Positions) -> Coverage:
        codes = positions.places["code"].to_pylist()
        if self.coverage is not None:
            return self.coverage(codes)
        datasets = [self.catalogue.datasets[code] for code in sorted(self.wanted.kept)]
        return coverage_of(datasets, deliveries, codes, as_of=self.moment.as_of)

    def state(self, code: str) -> str:
        """The rows in force of a dataset, made once; "" if nothing was delivered."""
        if code not in self.seen:
            self._look_at(code)
        if code not in self.states and code in self.seen:
            self.states[code] = self.maker.in_force(self.catalogue.datasets[code], self.seen[code])
        return self.states.get(code, "")

    def _place(self, code: str) -> str:
        """The rows in force with row_id, position, household, hukou and place."""
        if code in self.placed:
            return self.placed[code]
        state, dataset = self.state(code), self.catalogue.datasets[code]
        if not state:
            return ""
        since = self.wanted.since.get(code, frozenset()) & self.wanted.columns.get(code, frozenset())
        if since:
            state = self.maker.since(dataset, self.seen[code], state, since)
        people = [name for name, column in dataset.columns.items() if column.type.kind == "person"]
        owner = "id_no" if "id_no" in people else people[0] if people and dataset.keyed == "household" else ""
        joined = f"LEFT JOIN position p ON p.person = s.{quoted(owner)}" if owner else "LEFT JOIN position p ON FALSE"
        household = "p.household"
        if "household_id" in dataset.columns:
            joined += f" LEFT JOIN household_position h ON h.kind = {LOW} AND h.number = s.household_id"
            household = "coalesce(h.household, p.household)"
        kept = "WHERE s.id_no IN (SELECT person FROM authorised)" if dataset.authorised_only else ""
        whose = "p.position" if owner == "id_no" else "CAST(NULL AS INTEGER)"
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW owned_{code} AS
            SELECT s.*, {whose} AS position, CAST({household} AS INTEGER) AS household, p.hukou AS hukou FROM {state} s {joined} {kept}"""
        )
        self.placed[code] = f"placed_{code}"
        # What is looked up for a row is joined to it by a number, which only a table keeps the same.
        needed = any(code == one.dataset and one.source for one in self.wanted.derived)
        number = "row_number() OVER () AS row_id, " if needed else ""
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP {"TABLE" if needed else "VIEW"} placed_{code} AS
            SELECT {number}o.*, q.place AS place FROM owned_{code} o LEFT JOIN household_position q USING (household)"""
        )
        if needed:
            self.heavy.setdefault(code, []).append(f"placed_{code}")
        return self.placed[code]

    def _derive(self, coverage: Coverage, positions: Positions) -> None:
        for one in self.wanted.derived if self.merge is None else self.merge.derived(self.wanted.relations):
            own = self._place(one.dataset)
            if not own:
                continue
            source = self._place(one.source) if one.source else ""
            at = ""
            if one.source:
                at = self.catalogue.datasets[one.source].at
                known = [number for number in range(positions.places.num_rows) if coverage.known(one.source, number, None, None)]
                self.connection.register(COVERED, pa.table({"place": pa.array(known, pa.int32())}))
            theirs = self._columns(one.source or one.dataset)
            sight = Sight(theirs, self._columns(one.dataset), self.moment, self.catalogue.tables)
            if not one.source:
                sight = Sight({}, self._columns(one.dataset), self.moment, self.catalogue.tables)
            self.placed[one.dataset] = DerivedMaker(self.connection, sight, self.apart).add(one, own, source, at)
            if one.source:
                self.heavy.setdefault(one.dataset, []).append(f"looked_{self.placed[one.dataset]}")

    def _columns(self, code: str) -> dict[str, Column]:
        """Delivered and derived columns of a dataset."""
        derived = {one.code: one.column for one in derived_columns(self.catalogue, code).values()}
        return {**self.catalogue.datasets[code].columns, **derived}

    def _rows(self, dataset: Dataset) -> pa.Table:
        """The rows of one dataset as the base keeps them, sorted by person, household and record id."""
        columns = self._columns(dataset.code)
        kept = [name for name in sorted(self.wanted.kept[dataset.code]) if name in columns]
        since = sorted(self.wanted.since.get(dataset.code, frozenset()) & set(dataset.columns))
        placed = self._place(dataset.code)
        if not placed:
            return _no_rows({name: arrow_type(columns[name]) for name in kept}, since)
        names = [name for name in kept if name not in ("record_id",)]
        picked, joined = [], []
        things = [name for name in names if columns[name].identity and columns[name].type.kind == "thing"]
        for number, name in enumerate(names):
            column = columns[name]
            if column.type.kind == "person":
                joined.append(f"LEFT JOIN position p{number} ON p{number}.person = t.{quoted(name)}")
                picked.append(f"p{number}.position AS {quoted(name)}")
            elif name in things:
                picked.append(f"t.{quoted(name)}")
            elif name == "region_code" and dataset.keyed == "division":
                joined.append("LEFT JOIN today d ON d.code = t.region_code")
                picked.append("coalesce(d.today, t.region_code) AS region_code")
            else:
                picked.append(f"CAST(t.{quoted(name)} AS {sql_type(arrow_type(column))}) AS {quoted(name)}")
        picked += [f"t.{quoted(name + SINCE)}" for name in since]
        fixed = "coalesce(t.position, -1) AS person, coalesce(t.household, -1) AS household, coalesce(t.hukou, -1) AS hukou, t.record_id"
        query = (
            f"SELECT {', '.join([fixed, f't.{DELIVERY}', *picked])} FROM {placed} t {' '.join(joined)} "
            "ORDER BY person, household, t.record_id"
        )
        return self._table(self.things.numbered(query, things) if things else query)

    def _forget(self, code: str) -> None:
        """Frees the tables of a dataset that nothing else will look at: derived columns of others are there already."""
        for name in self.heavy.pop(code, ()):
            self.connection.execute(f"DROP TABLE {quoted(name)}")

    def _relation(self, relation: Relation) -> pa.Table:
        dataset = self.catalogue.datasets[relation.dataset]
        columns = self._columns(relation.dataset)
        arrow = {name: arrow_type(column) for name, column in columns.items()}
        placed = self._place(relation.dataset)
        if not placed:
            return empty_relation(relation, columns, arrow)
        sight = Sight(columns, {}, self.moment, self.catalogue.tables)
        kept = {name: f"CAST(t.{quoted(name)} AS {sql_type(arrow[name])})" for name in relation.columns}
        return RelationMaker(self.connection, sight).table(relation, placed, dataset.at, kept)

    def _changes(self) -> pa.Table:
        moved = HouseholdMaker(self.connection, self.states).changes(
            self.seen.get(LOW_MEMBERS, ""), self.seen.get(POPULATION, "")
        )
        return self._table(
            f"""SELECT p.position AS person, CAST(m.kind AS TINYINT) AS kind, m.number, m."from", m."to"
            FROM {moved} m JOIN position p USING (person) ORDER BY p.position, m."from" """
        )

    def _table(self, query: str) -> pa.Table:
        return plain(self.connection.sql(query).to_arrow_table())


def _no_rows(columns: dict[str, pa.DataType], since: Sequence[str]) -> pa.Table:
    fields = {"person": pa.int32(), "household": pa.int32(), "hukou": pa.int32(), "record_id": pa.string(), DELIVERY: pa.int32()}
    fields |= columns | {name + SINCE: pa.date32() for name in since}
    return pa.table({name: pa.array([], kind) for name, kind in fields.items()})


__all__ = ["CASE", "BaseBuilder", "Built", "archive_type"]
