"""Ties candidates, records of people without a right id number, to known people: with certainty and evidence.

Pairs worth a look are found by equal keys, scored by Splink with the fixed weights of the catalogue, and decided here:
certain and alone in it, or left to a person.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from jiuzhu.registry.identity import spelling
from jiuzhu.registry.identity.comparisons import level_of, settings
from jiuzhu.registry.identity.known import SPELLINGS
from jiuzhu.registry.identity.weights import LEVELS, Weights

LINKS = pa.schema([("candidate", pa.int64()), ("person", pa.int64()), ("certainty", pa.float64()), ("evidence", pa.string())])
REVIEW = LINKS
_KINDS = ("name", "phone", "address")
# A detail that so many people share (the phone of a village office) finds nobody.
_SHARED = 200
# So many slips in a number are looked at; those of more are found by other keys or not at all.
_SLIPS = 2
# A number with one digit wrong keeps two of these three pieces: county, birth date, the rest.
_PIECES = (
    "(left(id_text, a) || '|' || substr(id_text, a + 1, b))",
    "(substr(id_text, a + 1, b) || '|' || substr(id_text, a + b + 1))",
    "(left(id_text, a) || '|' || substr(id_text, a + b + 1))",
)


def link(
    candidates: pa.Table, known: tuple[pa.Table, pa.Table], weights: Weights, *, one_to_one: bool = False
) -> tuple[pa.Table, pa.Table]:
    """Links, and what a person has to look at; both (candidate, person, certainty, evidence), one row a pair.

    candidates: candidate, id_text, name, birth_date, sex, phone, address. known: people and details as `known_people` gives
    them. A candidate is linked if the certainty reaches `certain` and nobody else comes near. one_to_one: a person takes
    one candidate at most, the likeliest; for lists in which each person stands once.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2; SET debug_enable_caching_operators = false")  # see `engines/sql/session.py`
        _show(connection, candidates, known)
        pairs = _pairs(connection)
        if not pairs.num_rows:
            return LINKS.empty_table(), REVIEW.empty_table()
        scored = _scored(connection, weights)
    return _decided(scored, weights, one_to_one=one_to_one)


def _show(connection: duckdb.DuckDBPyConnection, candidates: pa.Table, known: tuple[pa.Table, pa.Table]) -> None:
    """`candidate` (one row each), `person` and `detail` (what candidates say too), all in the spelling in which they are compared."""
    columns: dict[str, list[Any]] = {"candidate": candidates["candidate"].to_pylist()}
    columns["id_text"] = [spelling.id_number(text) if text else None for text in _cells(candidates, "id_text")]
    for kind in _KINDS:
        columns[kind] = SPELLINGS[kind](pa.array(_cells(candidates, kind), pa.string())).to_pylist()
    columns["birth"] = [day.strftime("%Y%m%d") if day else None for day in _cells(candidates, "birth_date")]
    columns["sex"] = [str(text) if text else None for text in _cells(candidates, "sex")]
    kinds = {"candidate": pa.int64()}
    connection.register(
        "candidate_rows", pa.table({name: pa.array(cells, kinds.get(name, pa.string())) for name, cells in columns.items()})
    )
    connection.register("person_rows", known[0])
    connection.register("detail_rows", known[1])
    # People and what is known of them are read where they lie: of a province only what candidates say too is kept.
    connection.execute(
        """CREATE TEMP TABLE candidate AS SELECT *, length(id_text) // 3 AS a, length(id_text) // 3 AS b FROM candidate_rows;
        UPDATE candidate SET a = 6, b = 8 WHERE length(id_text) BETWEEN 17 AND 19;
        CREATE TEMP TABLE told_birth AS SELECT person, min(text) AS birth FROM detail_rows WHERE kind = 'birth' AND text <> '' GROUP BY person;
        CREATE TEMP VIEW person AS SELECT p.person, p.id_text,
            coalesce(CASE WHEN length(p.id_text) = 18 THEN substr(p.id_text, 7, 8) END, b.birth) AS birth,
            CASE WHEN length(p.id_text) = 18 THEN CASE WHEN TRY_CAST(substr(p.id_text, 17, 1) AS INTEGER) % 2 = 1 THEN '1' ELSE '2' END END AS sex,
            CASE WHEN length(p.id_text) = 18 THEN 6 ELSE length(p.id_text) // 3 END AS a,
            CASE WHEN length(p.id_text) = 18 THEN 8 ELSE length(p.id_text) // 3 END AS b
        FROM person_rows p LEFT JOIN told_birth b USING (person);
        CREATE TEMP TABLE said AS
            SELECT 'name' AS kind, name AS text FROM candidate WHERE name <> '' UNION SELECT 'phone', phone FROM candidate WHERE phone <> ''
            UNION SELECT 'address', address FROM candidate WHERE address <> '';
        CREATE TEMP TABLE said_word AS SELECT DISTINCT unnest(string_split(name, ' ')) AS word FROM candidate WHERE name <> '';
        CREATE TEMP TABLE detail AS
            SELECT person, kind, text FROM detail_rows SEMI JOIN said USING (kind, text)
            UNION SELECT person, 'name', text FROM (
                SELECT person, text, unnest(string_split(text, ' ')) AS word FROM detail_rows WHERE kind = 'name'
            ) SEMI JOIN said_word USING (word)"""
    )


def _cells(table: pa.Table, name: str) -> Sequence[Any]:
    cells: list[Any] = table[name].to_pylist() if name in table.column_names else [None] * table.num_rows
    return cells


def _pairs(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """A table `pair` (candidate, person) of those that share a key."""
    keys = [
        f"SELECT c.candidate, p.person FROM (SELECT candidate, id_text, {piece} AS key FROM candidate WHERE id_text <> '') c "
        f"JOIN (SELECT person, id_text, {piece} AS key FROM person WHERE id_text <> '') p USING (key) "
        f"WHERE damerau_levenshtein(c.id_text, p.id_text) <= {_SLIPS}"
        for piece in _PIECES
    ]
    keys.append("SELECT c.candidate, p.person FROM candidate c JOIN person p ON c.birth = p.birth")
    for kind in _KINDS:
        keys.append(
            f"""SELECT c.candidate, d.person FROM candidate c JOIN detail d ON d.kind = '{kind}' AND d.text = c.{kind}
            WHERE d.text NOT IN (SELECT text FROM detail WHERE kind = '{kind}' GROUP BY text HAVING count(*) > {_SHARED})"""
        )
    # Words of names: enough where the letters of the other word are wrong; a Chinese name is one word.
    keys.append(
        """SELECT c.candidate, d.person
        FROM (SELECT candidate, unnest(string_split(name, ' ')) AS word, left(birth, 4) AS year, name FROM candidate) c
        JOIN (SELECT d.person, unnest(string_split(text, ' ')) AS word, left(p.birth, 4) AS year
            FROM detail d JOIN person p USING (person) WHERE kind = 'name') d
        ON c.word = d.word AND (c.year = d.year OR c.year IS NULL OR d.year IS NULL) AND length(c.word) > 2"""
    )
    connection.execute(f"CREATE TEMP TABLE pair AS SELECT DISTINCT candidate, person FROM ({' UNION ALL '.join(keys)})")
    return connection.sql("FROM pair").to_arrow_table()


def _scored(connection: duckdb.DuckDBPyConnection, weights: Weights) -> pa.Table:
    """candidate, person, certainty and the level of each comparison; of the variants of a person the likeliest."""
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    connection.execute(
        """CREATE TEMP TABLE variant AS
        WITH wanted AS (SELECT DISTINCT person FROM pair),
        known AS (SELECT DISTINCT person, kind, text FROM detail_rows SEMI JOIN wanted USING (person) WHERE text <> ''),
        names AS (SELECT person, text AS name FROM known WHERE kind = 'name'),
        phones AS (SELECT person, text AS phone FROM known WHERE kind = 'phone'),
        addresses AS (SELECT person, text AS address FROM known WHERE kind = 'address')
        SELECT p.person, p.id_text, p.birth, p.sex, n.name, t.phone, d.address
        FROM wanted JOIN person p USING (person) LEFT JOIN names n USING (person) LEFT JOIN phones t USING (person)
        LEFT JOIN addresses d USING (person)"""
    )
    left = _compared(
        connection.sql(
            "SELECT 'c' || candidate AS unique_id, id_text, birth, sex, name, phone, address FROM candidate "
            "WHERE candidate IN (SELECT candidate FROM pair) ORDER BY ALL"
        ).to_arrow_table()
    )
    right = connection.sql(
        "SELECT person, row_number() OVER (ORDER BY person, name, phone, address) AS number, id_text, birth, sex, name, phone, address FROM variant"
    ).to_arrow_table()
    unique = pa.array([f"p{number}" for number in right["number"].to_pylist()])
    connection.register("numbered", right)
    shown = _compared(right.drop_columns(["person", "number"]).append_column("unique_id", unique))
    api = DuckDBAPI(connection=connection)
    frames = [api.register(left, dataset_display_name="candidates"), api.register(shown, dataset_display_name="people")]
    linker = Linker(frames, settings(weights), log_level=logging.ERROR)
    blocked = connection.sql(
        """SELECT 'candidates-__-c' || q.candidate AS join_key_l, 'people-__-p' || n.number AS join_key_r, '0' AS match_key
        FROM pair q JOIN numbered n USING (person)"""
    ).to_arrow_table()
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    predictions = linker.inference.predict().as_pyarrow_table()
    connection.register("predicted", predictions)
    gammas = ", ".join(f"gamma_{name}" for name in LEVELS)
    return connection.sql(
        f"""SELECT CAST(substr(unique_id_l, 2) AS BIGINT) AS candidate, n.person, match_probability AS certainty, match_weight AS weight, {gammas}
        FROM predicted JOIN numbered n ON 'p' || n.number = unique_id_r
        QUALIFY row_number() OVER (PARTITION BY unique_id_l, n.person ORDER BY match_weight DESC, {gammas}) = 1
        ORDER BY candidate, match_weight DESC, n.person"""
    ).to_arrow_table()


def _compared(table: pa.Table) -> pa.Table:
    """The columns that the comparisons speak of."""
    names = [name or "" for name in table["name"].to_pylist()]
    more = {
        "name_sorted": [spelling.in_order(name) for name in names],
        "sound": [spelling.sound(name) for name in names],
        "first_word": [name.split(" ")[0] for name in names],
        "last_word": [name.split(" ")[-1] for name in names],
        "address_words": [spelling.in_order(address or "") for address in table["address"].to_pylist()],
    }
    for name, cells in more.items():
        table = table.append_column(name, pa.array(cells, pa.string()))
    return table.append_column("chinese", pa.array([spelling.is_chinese(name) for name in names], pa.bool_()))


def _decided(scored: pa.Table, weights: Weights, *, one_to_one: bool) -> tuple[pa.Table, pa.Table]:
    by_candidate: dict[int, list[Mapping[str, Any]]] = {}
    rows = scored.to_pylist()
    if one_to_one:
        rows = _assigned(rows)
    for row in rows:
        by_candidate.setdefault(row["candidate"], []).append(row)
    links: list[Mapping[str, Any]] = []
    review: list[Mapping[str, Any]] = []
    for found in by_candidate.values():
        best = found[0]
        near = [row for row in found[1:] if _odds(row) * weights.runner_up > _odds(best)]
        if best["certainty"] >= weights.certain and not near and _may_be_one(best):
            links.append(best)
        else:
            review += [row for row in found if row["certainty"] >= weights.review]
    return _table(links), _table(review)


def _assigned(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each candidate and each person in one pair at most: the likeliest pairs first."""
    taken_candidates: set[int] = set()
    taken_people: set[int] = set()
    kept = []
    for row in sorted(rows, key=lambda row: (-row["weight"], row["candidate"], row["person"])):
        if row["candidate"] not in taken_candidates and row["person"] not in taken_people:
            taken_candidates.add(row["candidate"])
            taken_people.add(row["person"])
            kept.append(row)
    return kept


def _may_be_one(row: Mapping[str, Any]) -> bool:
    """Another name is another person, however much else agrees: twins share birth date, address and the family's phone."""
    return level_of("name", row["gamma_name"]) != "other" or level_of("id_number", row["gamma_id_number"]) == "same"


def _odds(row: Mapping[str, Any]) -> float:
    return float(2.0 ** row["weight"])


def _table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    evidence = [" ".join(f"{name}:{level}" for name in LEVELS if (level := level_of(name, row[f"gamma_{name}"]))) for row in rows]
    return pa.table(
        {
            "candidate": pa.array([row["candidate"] for row in rows], pa.int64()),
            "person": pa.array([row["person"] for row in rows], pa.int64()),
            "certainty": pa.array([row["certainty"] for row in rows], pa.float64()),
            "evidence": pa.array(evidence, pa.string()),
        },
        schema=LINKS,
    )
