"""A base that follows the last one is that of a new start, byte for byte, whatever came in between."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from jiuzhu.registry import public
from jiuzhu.registry.public import RunReport
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, content, deliver, few, files, instant, number, person, run, write
from tests.support.histories import DATASETS, History, narrowed

SEED = int(os.environ.get("JIUZHU_SEED", "20261122"))
RULES = ("S01-E01", "S01-E02", "S01-E04")
STEPS = 5


def from_nothing(workspace: Path, aside: Path) -> Path:
    """A workspace of the same deliveries without any release."""
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(workspace, aside, ignore=shutil.ignore_patterns("releases", "subjects", "stream", "staging"))
    return aside


def differing(workspace: Path, other: Path, release: str) -> list[str]:
    one, two = content(workspace, release), content(other, release)
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))


def ways(report: RunReport) -> Counter[str]:
    return Counter(how if how in ("taken on", "renumbered", "merged") else "made again" for how in report.tables.values())


@pytest.mark.requirement("E2")
def test_a_base_that_follows_the_last_is_that_of_a_new_start(tmp_path: Path, national: Catalogue):
    """Days pass; rows come, are corrected, retracted, replaced by full files; people move, are mistyped and appear."""
    catalogue, workspace = narrowed(national), tmp_path / "workspace"
    history = History(catalogue, tmp_path / "in", SEED, clusters=12, size=6, mistyped=0.1)
    chooser, seen = random.Random(SEED), Counter[str]()
    paths = history.first()
    for step in range(STEPS):
        day = date(2026, 11, 4 + 3 * step)
        reports = public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=day)
        assert [one.state for one in reports if one.state not in ("accepted", "held")] == []
        made = public.run(workspace, as_of=day, now=instant(day), catalogue=catalogue)
        anew = from_nothing(workspace, tmp_path / "anew")
        assert public.run(anew, as_of=day, now=instant(day), catalogue=catalogue).release == made.release
        assert differing(workspace, anew, made.release) == [], f"seed {SEED}, step {step}"
        seen.update(ways(made))
        clusters = sorted(chooser.sample(range(12), 3))
        paths = history.step(day.day + chooser.choice((0, 2, 5)), clusters)  # some of it only counts days later
        paths += history.moves(day.day + 1, clusters) if step % 2 == 0 else []
        paths += history.whole(day.day + 1, chooser.choice(DATASETS), clusters) if step % 2 == 1 else []
    assert min(seen[way] for way in ("taken on", "renumbered", "made again")) > 0, f"seed {SEED}: {seen}"


@pytest.fixture
def rules(national: Catalogue) -> Catalogue:
    return few(national, *RULES)


@pytest.fixture
def workspace(tmp_path: Path, rules: Catalogue) -> Path:
    deliver(tmp_path / "workspace", rules, files(tmp_path / "in"))
    run(tmp_path / "workspace", rules)
    return tmp_path / "workspace"


def folder(workspace: Path, release: str) -> Path:
    return workspace / "releases" / release / "base"


def test_a_table_nothing_came_for_is_the_file_of_the_last_release(workspace: Path, tmp_path: Path, rules: Catalogue):
    """And stays when that release is let go."""
    last = public.current(workspace)
    assert last is not None
    deliver(workspace, rules, [write(tmp_path / "in", "medins_settlement-2026-11-b.csv", [bill("b", 1, "90000", "2026-11-12")])])
    made = run(workspace, rules)
    name = "rows-civil_lowincome_member.arrow"
    assert made.tables["rows-civil_lowincome_member"] == "taken on"
    assert made.tables["rows-medins_settlement"] == "the new record ids are of another form"
    assert os.path.samefile(folder(workspace, last) / name, folder(workspace, made.release) / name)
    before = content(workspace, made.release)
    shutil.rmtree(workspace / "releases" / last)
    assert content(workspace, made.release) == before
    anew = from_nothing(workspace, tmp_path / "anew")
    assert run(anew, rules).release == made.release
    assert differing(workspace, anew, made.release) == []


def test_the_last_release_says_the_same_after_everything_was_renumbered(workspace: Path, tmp_path: Path, rules: Catalogue):
    last = public.current(workspace)
    assert last is not None
    before = content(workspace, last)
    earliest = person(7, "K0", id_no=number(0), birth_date="1970-01-15")
    deliver(workspace, rules, [write(tmp_path / "in", "police_population-2026-11-b.csv", [{**earliest, "name": "东方早"}])])
    made = run(workspace, rules)
    assert made.tables["rows-medins_settlement"] in ("renumbered", "taken on")
    assert content(workspace, last) == before
    anew = from_nothing(workspace, tmp_path / "anew")
    assert run(anew, rules).release == made.release
    assert differing(workspace, anew, made.release) == []


def test_new_bills_are_read_alone_and_merged_until_one_comes_again(tmp_path: Path, rules: Catalogue):
    """New words, new people, a number mistyped, other lengths of what the record ids have in common, an empty cell."""
    workspace, aside = tmp_path / "workspace", tmp_path / "anew"
    first = [bill(f"B{one:04}", 1 + one % 5, "100", "2026-10-05", hospital_name=f"{one % 3}院") for one in range(30, 39)]
    paths = files(tmp_path / "in")[:2]  # the register and the low-income base
    deliver(workspace, rules, [*paths, write(tmp_path / "in", "medins_settlement-2026-10.csv", first)])
    run(workspace, rules)
    typo = number(4)[:16] + str((int(number(4)[16]) + 1) % 10) + number(4)[17]
    months = {
        "merged": [
            bill("B0012", 6, "7", "2026-11-02", hospital_name="甲"),
            bill("B0039", 9, "8", "2026-11-02", diagnosis_code=""),
        ],
        "merged ": [bill("B1000", 4, "9", "2026-11-03", id_no=typo), bill("B0001", 2, "9", "2026-11-03", hospital_name="10院")],
        "a record came again": [bill("B0012", 5, "70", "2026-11-04", _change="U", data_date="2026-11-12")],
        "not every row that was delivered counts": [bill("B2000", 5, "70", "2026-11-05")],
    }
    for how, bills in months.items():
        deliver(workspace, rules, [write(tmp_path / "in", f"medins_settlement-2026-11-p{len(how)}.csv", bills)])
        made = run(workspace, rules)
        assert made.tables["rows-medins_settlement"] == how.strip()
        assert run(from_nothing(workspace, aside), rules).release == made.release
        assert differing(workspace, aside, made.release) == [], how


def test_without_a_release_that_can_be_followed_the_report_says_why(workspace: Path, tmp_path: Path, rules: Catalogue):
    anew = from_nothing(workspace, tmp_path / "anew")
    assert set(run(anew, rules).tables.values()) == {"there is no release yet"}
    assert set(run(workspace, rules, date(2026, 11, 21), merge=False).tables.values()) == {"asked for"}
    told = run(workspace, rules, DAY.replace(day=19)).as_json()["base"]
    assert told["made_again"]["rows-medins_settlement"] == "the day is an earlier one"
    assert (told["taken_on"], told["renumbered"]) == (0, 0)
