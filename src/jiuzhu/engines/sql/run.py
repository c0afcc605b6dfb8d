"""What one run knows: the base as tables, the places, the facts worked out so far, and queries already made."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from jiuzhu.engines.base import Base, Known
from jiuzhu.engines.sql import places
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.cells import ARROW, cell
from jiuzhu.engines.sql.places import Places
from jiuzhu.engines.sql.session import Session, duck_text
from jiuzhu.engines.sql.values import Compiled
from jiuzhu.engines.windows import Moment
from jiuzhu.rules.tree import Column

CELLS_KEPT = 40_000_000  # of the answers to queries: about half a gigabyte


class Run:
    """tables: the table of persons, of living and of hukou households, with a column for every fact worked out so far.

    facts: (kind of subject, fact, or "any " and fact) to what reads it from such a table, given the table's alias.
    """

    def __init__(self, base: Base, catalogue: Known, session: Session) -> None:
        self.base = base
        self.catalogue = catalogue
        self.session = session
        self.moment = Moment(base.as_of, base.now)
        self.places = Places(base, catalogue)
        self.tables: dict[str, str] = {}
        self.facts: dict[tuple[str, str], Callable[[str], Compiled]] = {}
        self._kept: dict[str, tuple[str, int]] = {}
        self._shown: set[str] = set()
        self._may_be_empty: dict[tuple[str, str], bool] = {}
        self._count = 0
        self._subjects()

    def _subjects(self) -> None:
        """The three tables of subjects; a household may be read where all of its members authorised it."""
        people = self.base.people
        numbered = people.append_column("subject", _positions(people))
        self.tables["person"] = self.keep("person", numbered)
        for kind, table, column in (("household", self.base.households, "household"), ("hukou", self.base.hukou, "hukou")):
            refused = people.filter(pc.invert(people["authorised"]))[column]
            allowed = pc.invert(pc.is_in(_positions(table), value_set=pc.unique(refused).cast(pa.int32())))
            columns = {"subject": _positions(table), "place": table["place"], "authorised": allowed}
            self.tables[kind] = self.keep(kind, pa.table(columns))
        homes = pc.min(people["household"]).as_py()
        self.all_housed = homes is None or homes >= 0

    def keep(self, name: str, table: pa.Table) -> str:
        """Copies a small Arrow table into the session; scans of its own tables are the fastest."""
        self.session.show(f"given {name}", table)
        self.session.make(name, exp.select("*").from_(w.table(f"given {name}")))
        return name

    def new_name(self, word: str) -> str:
        self._count += 1
        return f"{word} {self._count}"

    def kept(self, query: exp.Select, word: str = "rows of input") -> str:
        """The table that holds the answer of a query; the same query is run once."""
        text = duck_text(query)
        if text in self._kept:
            self._kept[text] = self._kept.pop(text)  # used last, let go of last
        else:
            name = self.new_name(word)
            self._kept[text] = name, self.make(name, query) * len(query.selects)
        return self._kept[text][0]

    def let_go(self) -> None:
        """Drops the answers used longest ago when too many are kept; only between two rules, as one uses what it asked for."""
        cells = sum(size for _, size in self._kept.values())
        for text, (name, size) in list(self._kept.items()):
            if cells <= CELLS_KEPT:
                break
            self.session.drop(name)
            del self._kept[text]
            cells -= size

    def make(self, name: str, query: exp.Select) -> int:
        self._show_places()
        return self.session.make(name, query)

    def fetch(self, query: exp.Expression) -> pa.Table:
        self._show_places()
        return self.session.fetch(query)

    def _show_places(self) -> None:
        if self.places.changed:
            self.session.show(places.TABLE, self.places.table())
            self.places.changed = False

    def shown(self, name: str, make: Callable[[], pa.Table]) -> str:
        """An Arrow table that SQL sees under this name, made when first asked for."""
        if name not in self._shown:
            self.session.show(name, make())
            self._shown.add(name)
        return name

    def rows(self, dataset: str) -> str:
        """The table of a dataset."""
        return self.shown(f"dataset {dataset}", lambda: self.row_table(dataset))

    def row_table(self, dataset: str) -> pa.Table:
        """The rows of a dataset; an empty table where it was never delivered."""
        table = self.base.rows.get(dataset)
        if table is not None:
            return table
        fields = {"person": pa.int32(), "household": pa.int32(), "hukou": pa.int32()}
        known = self.catalogue.datasets[dataset].columns
        derived = {name: item.column for name, item in self.catalogue.derived.get(dataset, {}).items()}
        for name, column in {**known, **derived}.items():
            fields[name] = ARROW[column.type.kind]
            fields[f"{name}__since"] = pa.date32()
        return pa.schema(list(fields.items())).empty_table()

    def column_of(self, dataset: str, name: str) -> Column:
        """A delivered or derived column."""
        own = self.catalogue.datasets[dataset].columns
        return own[name] if name in own else self.catalogue.derived[dataset][name].column

    def column(self, dataset: str, name: str, alias: str) -> Compiled:
        """A cell of a row of the dataset, joined as `alias`."""
        key = (dataset, name)
        if key not in self._may_be_empty:
            self._may_be_empty[key] = self.row_table(dataset)[name].null_count > 0
        return cell(self.column_of(dataset, name), w.column(name, alias), may_be_empty=self._may_be_empty[key])


def _positions(table: pa.Table) -> pa.Array:
    return pa.array(range(table.num_rows), pa.int32())
