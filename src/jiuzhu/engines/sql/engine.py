"""The sql engine: the tree of a rule as SQL, run on DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.engines.base import SIGNALS, UNKNOWN, Base, Known, Result, kind_of
from jiuzhu.engines.sql import facts
from jiuzhu.engines.sql import words as w
from jiuzhu.engines.sql.inputs import worked_out
from jiuzhu.engines.sql.query import Join, Source
from jiuzhu.engines.sql.rule import rule_query
from jiuzhu.engines.sql.run import Run
from jiuzhu.engines.sql.scope import Scope
from jiuzhu.engines.sql.session import DuckSession, Session
from jiuzhu.engines.sql.values import none_of, unknown_of
from jiuzhu.engines.sql.words import Sql
from jiuzhu.rules.tree import Indicator

Progress = Callable[[str, int, int], None]


class SqlEngine:
    """Runs rules as SQL. Lives as long as its catalogue; every run has a session of its own."""

    name = "sql"

    def __init__(self, catalogue: Known, open_session: Callable[[], Session] = DuckSession) -> None:
        self._catalogue = catalogue
        self._open = open_session

    def run(
        self,
        base: Base,
        indicators: Sequence[Indicator],
        *,
        households: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> Result:
        """All subjects, or those of these living households. progress: hears each indicator, how many are done, of how many."""
        signals: list[pa.Table] = []
        unknown: list[pa.Table] = []
        with closing(self._open()) as session:
            run = Run(base, self._catalogue, session)
            named = facts.named(run, [(item, kind_of(item)) for item in indicators])
            facts.work_out(run, facts.layered(run, named))
            allowed = None if households is None else _allowed(run, households)
            for done, indicator in enumerate(sorted(indicators, key=lambda item: item.code)):
                found = run.fetch(self.query(run, indicator, allowed))
                hits = found.filter(found["hit"]).drop_columns(["hit"])
                signals.append(_of(indicator.code, hits).select(SIGNALS.names).cast(SIGNALS))
                open_ones = found.filter(pc.is_null(found["hit"])).select(["subject"])
                unknown.append(_of(indicator.code, open_ones).select(UNKNOWN.names).cast(UNKNOWN))
                run.let_go()
                if progress is not None:
                    progress(indicator.code, done + 1, len(indicators))
        return Result(_together(signals, SIGNALS), _together(unknown, UNKNOWN))

    def query(self, run: Run, indicator: Indicator, allowed: Mapping[str, str] | None = None) -> Sql:
        """The query of one rule, after the facts it stands on. allowed: kind of subject to the table of those asked about."""
        kind = kind_of(indicator)
        scope = Scope(run, indicator, kind, worked_out)
        if allowed is None:
            return rule_query(indicator, scope)
        alias = "allowed"
        scope.source.joins.append(Join(allowed[kind], alias, w.compared("==", w.column("subject", alias), scope.key), inner=True))
        return rule_query(indicator, scope, w.is_given(w.column("subject", alias)))

    def facts(self, base: Base, codes: Sequence[str]) -> dict[str, pa.Table]:
        """Facts by code, of persons by person, of households by living household: position, value (null: none), unknown."""
        with closing(self._open()) as session:
            run = Run(base, self._catalogue, session)
            wanted = [(self._catalogue.facts[code].of, code) for code in codes]
            facts.work_out(run, facts.layered(run, wanted))
            return {code: _fact(run, kind, code) for kind, code in wanted}


def _allowed(run: Run, households: Sequence[int]) -> dict[str, str]:
    """Per kind of subject the table of those in, or of people in, these living households."""
    people = run.base.people
    chosen = pa.array(sorted(set(households)), pa.int32())
    inside = pc.is_in(people["household"], value_set=chosen)
    persons = pa.array(np.flatnonzero(inside.to_numpy()), pa.int32())
    hukou = pc.unique(people.filter(inside)["hukou"]).cast(pa.int32())
    by_kind = {"person": persons, "household": chosen, "hukou": hukou}
    return {kind: run.keep(f"allowed {kind}", pa.table({"subject": subjects})) for kind, subjects in by_kind.items()}


def _fact(run: Run, kind: str, code: str) -> pa.Table:
    value = run.facts[kind, code]("s")
    sql = w.case((none_of(value), w.NULL), otherwise=value.sql)
    columns = {"position": w.column("subject", "s"), "value": sql, "unknown": unknown_of(value)}
    table = run.fetch(Source(run.tables[kind], "s").select([w.named(part, name) for name, part in columns.items()]))
    return table.sort_by("position")


def _of(code: str, found: pa.Table) -> pa.Table:
    return found.append_column("indicator", pa.repeat(pa.scalar(code), found.num_rows))


def _together(tables: Sequence[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
