"""What a run may do: read the tables it was shown, and nothing else; what a rule says can never become SQL (F1)."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp, parse

from jiuzhu.engines.sql import SqlEngine
from jiuzhu.engines.sql.session import MEMORY, DuckSession
from tests.support.small_base import Delivered, Person, SmallBase
from tests.support.small_catalogue import looking_for, small_catalogue

HOSTILE = (
    "x'; DROP TABLE person; --",
    'x"; DROP TABLE person; --',
    "x' OR 'a' = 'a",
    "x\\' OR 1 = 1 --",
    "'; ATTACH 'stolen.db'; SELECT '",
    "$1",
    "x/* */",
    "{{ x }}",
    "x\n;SELECT 1;",
    "甲'乙\u2028丙",
)


def run_text(session: DuckSession, text: str) -> Any:
    """A statement as text, which no part of the engine can hand over: only this test reaches for the connection."""
    return session._connection.execute(text)


@pytest.mark.requirement("F1")
@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('pyproject.toml')",
        "SELECT * FROM 'pyproject.toml'",
        "COPY (SELECT 1) TO 'taken.csv'",
        "ATTACH 'taken.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET threads = 64",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "SELECT * FROM hidden_in_python",
    ],
)
def test_a_session_reaches_nothing_outside_and_keeps_its_limits(text: str) -> None:
    hidden_in_python = pa.table({"a": [1]})
    assert hidden_in_python.num_rows == 1
    session = DuckSession()
    with pytest.raises(duckdb.Error):
        run_text(session, text)
    session.close()


@pytest.mark.requirement("F1")
def test_a_session_has_little_memory() -> None:
    session = DuckSession()
    told = run_text(session, "SELECT current_setting('memory_limit'), current_setting('threads')").fetchone()
    session.close()
    assert MEMORY == "2GB"
    assert told == ("1.8 GiB", 2)


@pytest.mark.requirement("F1")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_a_rule_is_only_ever_compared(text: str) -> None:
    """Two people have a bill, one with exactly this text in it: that one is found, and every statement is one of ours."""
    shelf = small_catalogue()
    base = SmallBase(shelf.catalogue)
    base.people.extend([Person(household=0), Person(household=1)])
    base.places.append("370502001001")
    base.rows["bill"] = [{"person": person, "region_code": cell} for person, cell in enumerate(("x", text))]
    base.delivered["bill", 0] = Delivered()
    statements: list[str] = []
    engine = SqlEngine(shelf.catalogue, lambda: DuckSession(statements.append))
    result = engine.run(base.made(), [looking_for(text, shelf)])
    assert result.signals["subject"].to_pylist() == [1]
    assert result.unknown.num_rows == 0
    for statement in statements:
        (parsed,) = parse(statement, read="duckdb")
        assert isinstance(parsed, exp.Set | exp.Create | exp.Select | exp.Drop)
