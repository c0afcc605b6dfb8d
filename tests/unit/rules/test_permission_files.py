"""`permissions.toml` and `permissions.csv`: read whole, every fault by file, line, rule and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import CatalogueFaults, load_catalogue, read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.granting import load_granted
from jiuzhu.rules.permissions import ADMINISTRATORS, COLUMNS, FILE, WORDS, PermissionRow, load_permissions
from tests.unit.rules.one_file import Wrong, faults_told

WORDS_TEXT = """\
[purposes]
casework = { zh = "办理救助", en = "casework" }
policy   = { zh = "政策研究", en = "policy" }

[roles]
clerk  = { zh = "经办", en = "Clerk", duty = "casework", tiers = ["township", "grid"] }
keeper = { zh = "管理员", en = "Keeper", duty = "system_administrator", tiers = ["county"] }

[operations]
"file.read" = { zh = "看档案", en = "read the file", states = ["open", "closed"] }
"desk.open" = { zh = "打开工作台", en = "open the desk" }
"""
TEXT = """\
operation,role,relation,state,purpose,level,at_most
file.read,clerk,own,open,casework,sensitive,1
file.read,clerk,own,closed,casework,personal,
file.read,clerk,own,open,policy,internal,50
desk.open,clerk,own,,,internal,
desk.open,keeper,own,,,internal,
"""

WRONG: dict[str, Wrong] = {
    "an operation that is not known": (("file.read,clerk,own,closed", "file.reed,clerk,own,closed"), "operation", "'file.reed'", "'file.read'", 3),
    "a role that is not known": (("desk.open,keeper", "desk.open,keepers"), "role", "'keepers'", "'keeper'", 6),
    "a relation that is none": (("clerk,own,closed", "clerk,owned,closed"), "relation", "'owned'", "'own'", 3),
    "a state the operation has not": (("desk.open,clerk,own,,", "desk.open,clerk,own,open,"), "state", "'open'", "there are none", 5),
    "a purpose that is not known": ((",policy,", ",politics,"), "purpose", "'politics'", "'policy'", 4),
    "a level that is none": (("casework,personal", "casework,secret"), "level", "'secret'", "personal", 3),
    "no level": (("casework,personal", "casework,"), "level", "''", "personal", 3),
    "a number below one": (("sensitive,1", "sensitive,0"), "number", "'0'", "from 1 on", 2),
    "a number that is none": (("internal,50", "internal,5O"), "number", "'5O'", "whole number", 4),
    "an administrator who reads families": (("keeper,own,,,internal", "keeper,own,,,personal"), "administrator", "keeper", "no administrator", 6),
    "a row too short": (("own,closed,casework,personal,", "own,closed,casework"), "columns", "another number", "all seven", 3),
    "another column": (("level,at_most", "level,most"), "columns", "others", "at_most", 1),
    "the same row twice": (("own,closed,casework", "own,open,casework"), "twice", "first in", "keep one row", 3),
    "a row for any state beside one": (("own,closed,casework", "own,,casework"), "twice", "first in", "another state", 3),
    "a row for any purpose beside one": (("own,closed,casework", "own,open,"), "twice", "first in", "another state", 3),
}  # fmt: skip


@pytest.fixture
def table(folder: Path) -> Path:
    (folder / WORDS).write_text(WORDS_TEXT, encoding="utf-8")
    (folder / FILE).write_text(TEXT, encoding="utf-8")
    return folder


def test_a_table_is_read_whole(table: Path):
    assert check_folder(table) == []
    told = load_permissions(table)
    assert told == load_catalogue(table).permissions
    assert told.of("file.read", "clerk")[0] == PermissionRow("file.read", "clerk", "own", "open", "casework", "sensitive", 1)
    assert [row.at_most for row in told.of("file.read", "clerk")] == [1, None, 50]
    assert told.of("file.read", "keeper") == ()
    assert (told.roles["clerk"].duty, told.roles["clerk"].tiers) == ("casework", ("township", "grid"))
    assert told.operations["file.read"].states == ("open", "closed")


@pytest.mark.parametrize("what", WRONG)
def test_a_fault_names_the_line_and_the_mend(what: str, table: Path):
    assert faults_told(table, FILE, TEXT, WRONG[what])


def test_one_fault_stops_the_start(table: Path):
    (table / FILE).write_text(TEXT + TEXT.splitlines()[1] + "\n", encoding="utf-8")
    with pytest.raises(CatalogueFaults, match=r"permissions\.csv:7: twice: file\.read by clerk on own"):
        load_permissions(table)


def test_a_place_adds_rows_and_cannot_replace_one(table: Path, tmp_path: Path):
    place = tmp_path / "place"
    place.mkdir()
    (place / FILE).write_text(f"{','.join(COLUMNS)}\nfile.read,clerk,child,open,casework,sensitive,1\n", encoding="utf-8")
    assert len(load_permissions(table, place).of("file.read", "clerk")) == 4
    (place / FILE).write_text(f"{','.join(COLUMNS)}\nfile.read,clerk,own,open,casework,sealed,\n", encoding="utf-8")
    (fault,) = read_catalogue(table, place)[1]
    assert fault.rule == "twice"
    assert str(table / FILE) in fault.problem


def test_a_changed_cell_is_another_version_of_the_catalogue(table: Path):
    before = load_catalogue(table).version
    (table / FILE).write_text(TEXT.replace("sensitive,1", "sensitive,2"), encoding="utf-8")
    assert load_catalogue(table).version != before


def test_nobody_who_runs_guards_or_audits_the_system_reads_a_family_nationally():
    told = load_permissions(public.NATIONAL)
    rows = [row for row in told.all_rows() if row.role in ADMINISTRATORS]
    assert {row.role for row in rows} == set(ADMINISTRATORS)
    assert {row.level for row in rows} == {"internal"}
    assert {told.roles[role].duty for role in ADMINISTRATORS} == set(ADMINISTRATORS)


def test_every_operation_is_somebody_s_and_every_role_may_do_something_nationally():
    told = load_granted(public.NATIONAL)
    rows = told.all_rows()
    assert {row.operation for row in rows} == set(told.operations)
    assert {row.role for row in rows} == set(told.roles)
