"""Whose answers new deliveries can change, and whose rows must be read to give these answers.

Why nobody is missed, by the ways in which a row can reach an answer (all sets are taken over every version of every row,
so both sides of a correction, a retraction or a move are in them):

1. A row counts or no longer counts. Those are the rows that came; rows that a new `.full` file takes the place of; rows
   whose person, known only by likeness, is now somebody else; all versions of their records; and rows of a state that
   tell of the same thing. They are the *changed* rows.
2. A rule reads rows of its subject: the persons named in any column of a changed row (`by` may ask for any column), and
   the households whose number stands in it, are *dirty*.
3. A changed row moves somebody, or says where a household lives: the person is named in it. Whoever shared a household
   with a dirty person, before or after, is dirty too (`mates`), for rules of a living or hukou household read all
   members, a member's facts may be those of the household, and the division (coverage, local numbers) is shared. And where the
   first member comes to a household of the low-income base, or the last one leaves it, rows with its number change hands: they
   are of the household of their person as long as nobody lives under it. So whoever such rows name is dirty.
4. A derived column looks at rows of another dataset: own rows that match a changed row are changed rows as well, and what
   depends on the household of the row looked at, follows the rows of everybody dirty. In the order in which derived
   columns need each other.
5. A fact is asked of another person (spouse, parent, guardian, carer, obligor, head): who names a dirty person in a relation
   is dirty, with the mates; as often as relations can follow one another in the catalogue (`depth`).
6. What is known for everybody (coverage, rows of divisions) is not followed: then a whole run is made (`whole.py`).

What is asked: the persons so found, and every household any of them was ever in. What is read for that: all rows of these
and their mates, of those they name in relations (as often as above) and theirs, and the rows their derived columns match.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from jiuzhu.registry.archived import UNLINKED, Delivered, TablesArchive, quoted
from jiuzhu.registry.profile.cells import OWNERS
from jiuzhu.registry.profile.households import HUKOU, LOW
from jiuzhu.registry.profile.state import replaced_by
from jiuzhu.registry.profile.wanted import LOW_MEMBERS, columns_in, wanted_columns
from jiuzhu.registry.stream.parts import Parts, numbers_in, of_deliveries, person_columns
from jiuzhu.registry.stream.reach import depth_of, relations_used
from jiuzhu.registry.stream.standing import Asked
from jiuzhu.rules.tree import Derived

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Touched:
    """asked: whose answers may have changed. archive: the rows to answer from. people: how many are read of."""

    asked: Asked
    archive: TablesArchive
    people: int


@dataclass
class Toucher:
    """parts: opened. delivered: all deliveries that count, measured; new: dataset and number of those that came.

    relinked: candidate numbers whose person is another now; alone: record of each person below zero; gone: persons and
    records that such candidates stood for before.
    """

    parts: Parts
    delivered: Sequence[Delivered]
    new: Collection[tuple[str, int]]
    relinked: Sequence[int]
    alone: Mapping[int, str]
    gone: tuple[Collection[int], Collection[str]] = ((), ())
    catalogue: Catalogue = field(init=False)
    changed: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.catalogue = self.parts.catalogue

    def touched(self, as_of: date) -> Touched:
        """Works the whole closure out, see above."""
        run = self.parts.connection.execute
        run("CREATE TEMP TABLE dirty (person BIGINT); CREATE TEMP TABLE dirty_number (kind TINYINT, number VARCHAR)")
        run("CREATE TEMP TABLE relinked (candidate BIGINT)")
        if self.relinked:
            run(f"INSERT INTO relinked VALUES {', '.join(f'({one})' for one in self.relinked)}")
        for code in self.parts.views:
            self._change(code, self._changed_rows(code))
        for person in self.gone[0]:
            run("INSERT INTO dirty VALUES (?)", [person])
        self._fall_back()
        derived = [one for one in wanted_columns(self.catalogue).derived if one.source]
        for one in derived:
            self._follow(one)
        relations, depth = relations_used(self.catalogue), depth_of(self.catalogue)
        self._keep("asked", self.parts.mates("dirty", "dirty_number"))
        for _ in range(depth):
            self._keep("reached", f"SELECT person FROM asked UNION {self.parts.who_name('asked', relations)}")
            self._keep("asked", self.parts.mates("reached"))
        self._keep("asked_number", f"{self.parts.numbers_of('asked')} UNION FROM dirty_number")
        more = self._context(relations, depth, derived)
        return Touched(self._asked(), self.parts.about("read", "read_number", more), self.parts.count("read"))

    def _keep(self, name: str, query: str) -> None:
        """A table of what the query gives; it may read the table of that name as it was."""
        self.parts.connection.execute(f"CREATE TEMP TABLE next_{name} AS SELECT DISTINCT * FROM ({query})")
        self.parts.connection.execute(f"DROP TABLE IF EXISTS {name}; ALTER TABLE next_{name} RENAME TO {name}")

    # --- what changed -----------------------------------------------------------------------------------------------

    def _changed_rows(self, code: str) -> list[str]:
        """Conditions on the rows `a` of a dataset, any of which makes a row count or no longer count."""
        view = self.parts.views[code]
        came = [one for one in self.delivered if one.dataset == code and (code, one.number) in self.new]
        answer = []
        if came:
            answer.append(of_deliveries([one.number for one in came]))
        same = [one for one in self.delivered if one.dataset == code]
        answer += [f"({replaced_by(one, same)})" for one in came if one.full]
        if self.relinked:
            marks = sorted(name for name in self.parts.columns_of(view) if name.startswith(UNLINKED))
            answer += [f"{quoted(mark)} IN (SELECT candidate FROM relinked)" for mark in marks]
        return answer

    def _change(self, code: str, conditions: Sequence[str]) -> None:
        """Note the rows of a dataset that meet a condition, with all that may count instead of them, as changed."""
        if not conditions:
            return
        name = f"changed_{code}"
        records = self.parts.records(code, " OR ".join(conditions))
        before = f" UNION SELECT record_id FROM {name}" if code in self.changed else ""
        self._keep(name, f"FROM {self.parts.views[code]} WHERE record_id IN ({records}{before})")
        self.changed[code] = name
        for query in self.parts.people_named(code, name):
            self.parts.connection.execute(f"INSERT INTO dirty {query}")
        for query in self.parts.numbers_named(code, name):
            self.parts.connection.execute(f"INSERT INTO dirty_number {query}")

    def _fall_back(self) -> None:
        """Whoever is named in a row with the number of a household whose members changed: where nobody lives under it, the row is
        of the household of its person."""
        if LOW_MEMBERS not in self.changed:
            return
        moved = f"household_id IN (SELECT household_id FROM {self.changed[LOW_MEMBERS]})"
        for code, view in self.parts.views.items():
            if "household_id" in self.catalogue.datasets[code].columns:
                self._add("dirty", self.parts.people_named(code, f"(FROM {view} WHERE {moved})"))

    def _follow(self, derived: Derived) -> None:
        """Own rows of a derived column that meet a changed row of its source are changed."""
        if derived.dataset not in self.parts.views or derived.source not in self.parts.views:
            return
        looked = [f"FROM {self.changed[derived.source]}"] if derived.source in self.changed else []
        if reads_household(derived):
            self._keep("near", self.parts.mates("dirty", "dirty_number"))
            self._keep("near_number", f"{self.parts.numbers_of('near')} UNION FROM dirty_number")
            whose = self._naming(derived.source, "near", "near_number")
            looked.append(f"FROM {self.parts.views[derived.source]} WHERE {' OR '.join(whose)}")
        on = matched(derived)
        if not looked or not on:
            return  # matched by household alone: the rows are those of mates, who are asked anyway
        self._keep("looked", " UNION ALL BY NAME ".join(f"SELECT {', '.join(sorted(set(on.values())))} {one}" for one in looked))
        joined = " AND ".join(f"a.{quoted(mine)} = t.{quoted(other)}" for mine, other in on.items())
        self._change(derived.dataset, [f"EXISTS (SELECT 1 FROM looked t WHERE {joined})"])

    def _naming(self, code: str, people: str, numbers: str) -> list[str]:
        """Conditions: a row names one of these people or households."""
        dataset = self.catalogue.datasets[code]
        answer = [f"{quoted(name)} IN (SELECT person FROM {people})" for name in person_columns(dataset)]
        answer += [f"{name} IN (SELECT number FROM {numbers} WHERE kind = {kind})" for name, kind in numbers_in(dataset).items()]
        return answer or ["FALSE"]

    # --- what is read -----------------------------------------------------------------------------------------------

    def _context(self, relations: Sequence[str], depth: int, derived: Sequence[Derived]) -> Mapping[str, str]:
        """Make `read` and `read_number`: whose rows are needed; gives dataset to a table of records needed besides."""
        self._keep("inside", self.parts.mates("asked", "asked_number"))
        self._keep("read", self.parts.mates("inside"))
        for _ in range(depth):
            self._keep("inside", f"SELECT person FROM read UNION {self.parts.named_by('read', relations)}")
            self._keep("read", self.parts.mates("inside"))
        self._keep("read_number", f"{self.parts.numbers_of('read')} UNION FROM asked_number")
        more: dict[str, str] = {}
        for one in reversed(derived):
            self._look(one, more)
        self._keep("read", self.parts.mates("read", "read_number"))
        self._keep("read_number", f"{self.parts.numbers_of('read')} UNION FROM read_number")
        return more

    def _look(self, derived: Derived, more: dict[str, str]) -> None:
        """Add to what is read the rows of the source that the derived column of rows already read looks at."""
        on = matched(derived)
        if not on or derived.dataset not in self.parts.views or derived.source not in self.parts.views:
            return
        whose = self._naming(derived.dataset, "read", "read_number")
        if derived.dataset in more:
            whose.append(f"record_id IN (SELECT record_id FROM {more[derived.dataset]})")
        self._keep(
            "own", f"SELECT {', '.join(map(quoted, on))} FROM {self.parts.views[derived.dataset]} WHERE {' OR '.join(whose)}"
        )
        joined = " AND ".join(f"r.{quoted(other)} = t.{quoted(mine)}" for mine, other in on.items())
        rows = f"(SELECT * FROM {self.parts.views[derived.source]} r WHERE EXISTS (SELECT 1 FROM own t WHERE {joined}))"
        name = f"more_{derived.source}"
        before = f" UNION FROM {name}" if derived.source in more else ""
        self._keep(name, f"SELECT record_id FROM {rows}{before}")
        more[derived.source] = name
        self._add("read", self.parts.people_named(derived.source, rows))
        self._add("read_number", self.parts.numbers_named(derived.source, rows))

    def _add(self, table: str, queries: Iterable[str]) -> None:
        for query in queries:
            self.parts.connection.execute(f"INSERT INTO {table} {query}")

    def _asked(self) -> Asked:
        fetch = self.parts.connection.execute
        people = [row[0] for row in fetch("SELECT person FROM asked WHERE person IS NOT NULL").fetchall()]
        numbers = fetch("SELECT kind, number FROM asked_number").fetchall()
        return Asked(
            persons={person for person in people if person > 0},
            records={self.alone[person] for person in people if person in self.alone} | set(self.gone[1]),
            low={number for kind, number in numbers if kind == LOW},
            hukou={number for kind, number in numbers if kind == HUKOU},
        )


def matched(derived: Derived) -> dict[str, str]:
    """The columns by which own rows and rows looked at find each other, without the household."""
    pairs = {OWNERS.get(mine, mine): OWNERS.get(other, other) for mine, other in derived.match.items()}
    return {mine: other for mine, other in pairs.items() if "household" not in (mine, other)}


def reads_household(derived: Derived) -> bool:
    """Whether what a derived column says depends on the household of a row looked at."""
    return "household" in columns_in(derived.where) | columns_in(derived.value) or "household" in derived.match.values()
