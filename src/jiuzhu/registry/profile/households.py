"""Who lives together: the low-income base first, the hukou household as fall-back, else alone; and how that changed."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from jiuzhu.registry.profile.wanted import LOW_HOUSEHOLDS, LOW_MEMBERS, PERMITS, POPULATION

# Where the number of a household comes from; also its order among equal numbers.
LOW, HUKOU, ALONE = 1, 2, 3

# Living or registered there, or until death: the dead stay in their last home, so that rules see whom they left. The
# register keeps who moved away (2) or was struck off otherwise (4) under the old number: their wages, homes and posts say
# nothing of those who stayed, so they are of no household of it, neither living nor hukou.
_AT_HOME = "(1, 3)"


@dataclass(frozen=True)
class HouseholdMaker:
    """Works in one connection on tables of rows in force; a dataset that was not delivered has "" for its table."""

    connection: duckdb.DuckDBPyConnection
    states: dict[str, str]

    def housed(self) -> str:
        """A table (person) of those whose home a household dataset tells; makes what `homes` reads."""
        self._low_members()
        self._registered()
        self._permits()
        self.connection.execute(
            """CREATE OR REPLACE TEMP TABLE housed AS
            SELECT person FROM low_member UNION SELECT person FROM registered WHERE at_home"""
        )
        return "housed"

    def homes(self, people: str) -> str:
        """A table (person, kind, number, region, hukou, hukou_region): one row for each person of the relation `people`.

        people: (person, region) of everybody, region the division of any row of theirs. The division of a household is
        that of its row in the low-income base, else the least among its members: a household never stands in two places.
        hukou: the number under which the register has them now, or had them until death.
        Call `housed` before.
        """
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE home AS
            WITH lived AS (
                SELECT p.person,
                    CASE WHEN m.number IS NOT NULL THEN {LOW} WHEN h.number IS NOT NULL AND h.at_home THEN {HUKOU} ELSE {ALONE} END AS kind,
                    CASE WHEN m.number IS NOT NULL THEN m.number WHEN h.at_home THEN coalesce(h.number, '') ELSE '' END AS number,
                    CASE WHEN m.number IS NOT NULL THEN m.region WHEN h.at_home THEN h.region ELSE coalesce(r.region, p.region) END AS own,
                    CASE WHEN h.at_home THEN h.number END AS hukou, h.region AS hukou_region
                FROM {people} p LEFT JOIN low_member m USING (person) LEFT JOIN registered h USING (person)
                LEFT JOIN permit r USING (person)
            ), placed AS (
                SELECT kind, number, min(own) AS region FROM lived WHERE kind <> {ALONE} GROUP BY kind, number
            ), sited AS (
                SELECT hukou, min(hukou_region) AS hukou_region FROM lived WHERE hukou IS NOT NULL GROUP BY hukou
            )
            SELECT l.person, l.kind, l.number, coalesce(b.region, p.region, l.own, '') AS region, l.hukou,
                coalesce(s.hukou_region, '') AS hukou_region
            FROM lived l LEFT JOIN placed p USING (kind, number) LEFT JOIN sited s USING (hukou)
            LEFT JOIN low_household b ON l.kind = {LOW} AND b.number = l.number"""
        )
        return "home"

    def _low_members(self) -> None:
        """Members in the books, each in one household: of two the newer row counts, then the greater record id."""
        self._make(
            "low_member",
            LOW_MEMBERS,
            "id_no AS person, household_id AS number, region_code AS region",
            f"member_status IN {_AT_HOME} AND household_id IS NOT NULL AND id_no IS NOT NULL",
            "id_no",
        )
        self._make(
            "low_household",
            LOW_HOUSEHOLDS,
            "household_id AS number, region_code AS region",
            "household_id IS NOT NULL",
            "household_id",
            "CAST(NULL AS VARCHAR) AS number, CAST(NULL AS VARCHAR) AS region",
        )

    def _registered(self) -> None:
        """One line of the register a person: a live one before a closed one, then the newer."""
        self._make(
            "registered",
            POPULATION,
            f"id_no AS person, hukou_household_no AS number, region_code AS region, hukou_status IN {_AT_HOME} AS at_home",
            "id_no IS NOT NULL AND hukou_household_no IS NOT NULL",
            "id_no",
            "CAST(NULL AS BIGINT) AS person, CAST(NULL AS VARCHAR) AS number, CAST(NULL AS VARCHAR) AS region, FALSE AS at_home",
            first="CASE WHEN hukou_status = 1 THEN 0 ELSE 1 END",
        )

    def _permits(self) -> None:
        """People without local hukou are looked after where their permit was given."""
        self._make(
            "permit",
            PERMITS,
            "id_no AS person, region_code AS region",
            "permit_status = 1 AND id_no IS NOT NULL",
            "id_no",
            "CAST(NULL AS BIGINT) AS person, CAST(NULL AS VARCHAR) AS region",
        )

    def _make(self, name: str, dataset: str, picked: str, kept: str, key: str, empty: str = "", first: str = "0") -> None:
        state = self.states.get(dataset, "")
        if not state:
            nothing = empty or "CAST(NULL AS BIGINT) AS person, CAST(NULL AS VARCHAR) AS number, CAST(NULL AS VARCHAR) AS region"
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {nothing} WHERE FALSE")
            return
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS SELECT {picked} FROM {state} WHERE {kept}
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {first}, data_date DESC, record_id DESC) = 1"""
        )

    def changes(self, members: str, register: str) -> str:
        """A table (person, kind, number, from, to): every stretch of those who did not always live where they do now.

        members, register: relations of every version seen of the two datasets, or "". `to` is empty while it lasts.
        """
        told = " UNION ALL ".join(f"SELECT id_no AS person, data_date AS day FROM {one}" for one in (members, register) if one)
        # Who was told of on one day only has lived in one place only: most people, and all that follows is dear.
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE told_again AS "
            + (
                f"SELECT person FROM ({told}) WHERE person IS NOT NULL GROUP BY person HAVING min(day) < max(day)"
                if told
                else "SELECT CAST(NULL AS BIGINT) AS person WHERE FALSE"
            )
        )
        low = _versions(members, f"member_status IN {_AT_HOME}", "household_id")
        hukou = _versions(register, f"hukou_status IN {_AT_HOME}", "hukou_household_no")
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE moved AS
            WITH low AS ({low}), hukou AS ({hukou}),
            day AS (SELECT person, day FROM low UNION SELECT person, day FROM hukou),
            stood AS (
                SELECT d.person, d.day, l.number AS low_number, h.number AS hukou_number
                FROM day d ASOF LEFT JOIN low l ON d.person = l.person AND d.day >= l.day
                ASOF LEFT JOIN hukou h ON d.person = h.person AND d.day >= h.day
            ), lived AS (
                SELECT person, day, CASE WHEN low_number IS NOT NULL THEN {LOW} WHEN hukou_number IS NOT NULL THEN {HUKOU}
                    ELSE {ALONE} END AS kind, coalesce(low_number, hukou_number, '') AS number FROM stood
            ), turned AS (
                SELECT *, lag(kind) OVER w AS kind_before, lag(number) OVER w AS number_before FROM lived
                WINDOW w AS (PARTITION BY person ORDER BY day)
            ), stretch AS (
                SELECT person, kind, number, day AS "from", lead(day) OVER (PARTITION BY person ORDER BY day) AS "to",
                    count(*) OVER (PARTITION BY person) AS stretches
                FROM turned WHERE kind_before IS NULL OR kind <> kind_before OR number <> number_before
            )
            SELECT person, kind, number, "from", "to" FROM stretch WHERE stretches > 1"""
        )
        return "moved"


def _versions(relation: str, holds: str, number: str) -> str:
    """SQL for (person, day, number) of `told_again`: what each day's newest row says; number is null where it says "not there"."""
    if not relation:
        return "SELECT CAST(NULL AS BIGINT) AS person, CAST(NULL AS DATE) AS day, CAST(NULL AS VARCHAR) AS number WHERE FALSE"
    return (
        f"SELECT id_no AS person, data_date AS day, CASE WHEN {holds} AND _change IS DISTINCT FROM 'D' THEN {number} END AS number "
        f"FROM {relation} WHERE id_no IN (FROM told_again) QUALIFY row_number() OVER "
        "(PARTITION BY id_no, data_date ORDER BY (_change IS DISTINCT FROM 'D') DESC, record_id DESC, _hash DESC) = 1"
    )
