"""The four goals: each measured figure against the same worked out in the plainest other way."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.registry.goals.connection import connection_goal
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.stream import look as looking
from jiuzhu.registry.stream.latency import Taking, note_taking, taking_latency
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, deliver, few, instant, run, write
from tests.integration.registry.village import released as first_release
from tests.support import families
from tests.support.casework import warning
from tests.support.histories import narrowed

RULES = ("S01-E01", "S01-E02", "S01-E04")
LATER = date(2027, 1, 20)
COUNTY = "370502"
HERE = {"civil_lowincome_member", "medins_settlement", "police_population"}


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(narrowed(national), *RULES)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, rules: Catalogue) -> Path:
    """A village with its first release; tests that add to it work on a copy."""
    return first_release(tmp_path_factory.mktemp("village") / "workspace", rules)


@pytest.fixture
def workspace(released: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)
    shutil.copytree(released, tmp_path / "workspace")
    return tmp_path / "workspace"


def clock(*seconds: float) -> Iterator[float]:
    return iter(seconds)


# --- coverage --------------------------------------------------------------------------------------------------------


def fresh_for_rules(workspace: Path, release: str) -> dict[str, bool]:
    """What the engines of a release were told, by dataset; those that never came are not in it."""
    base = Release(Workspace(workspace), release).base
    places = base.places["code"].to_pylist()
    return {dataset: told for (dataset, place), told in base.coverage.fresh.items() if places[place].startswith(COUNTY)}


@pytest.mark.feature("SF277")
def test_a_dead_corner_is_where_the_rules_of_a_release_of_that_day_have_nothing_fresh(
    workspace: Path, rules: Catalogue, national: Catalogue
):
    for day in (DAY, LATER):
        told = public.goals(workspace, day).coverage
        known = fresh_for_rules(workspace, run(workspace, rules, day).release)
        corners = {one.dataset: one for one in told.dead_corners}
        assert {dataset: dataset not in corners for dataset in known} == known
        assert {one.dataset for one in corners.values() if one.since is None} == {code for code in corners if code not in HERE}, (
            "all others never came"
        )
        assert (told.counties, told.pairs) == (1, told.datasets)
        assert told.fresh == sum(known.values()) == told.pairs - len(corners)
        assert {one.division for one in corners.values()} == {COUNTY}
    assert known["medins_settlement"] is False


def test_a_corner_is_dead_since_the_first_day_on_which_it_was_no_longer_fresh(released: Path):
    corner = next(one for one in public.goals(released, LATER).coverage.dead_corners if one.dataset == "medins_settlement")
    assert corner.newest == date(2026, 11, 30)
    assert corner.since is not None

    def dead(day: date) -> bool:
        return any(one.dataset == corner.dataset for one in public.goals(released, day).coverage.dead_corners)

    assert dead(corner.since)
    assert not dead(corner.since - timedelta(days=1))


# --- connection ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF277")
def test_a_dataset_sent_back_has_come_and_is_not_in_force(workspace: Path, national: Catalogue):
    before = public.goals(workspace, DAY).connection
    assert (before.datasets, before.delivered, before.in_force) == (len(national.datasets), 3, 3)
    for one in public.deliveries(workspace, as_of=DAY):
        if one.dataset == "civil_lowincome_member":
            public.verdict(workspace, one.delivery, "send_back", by="steward", because="wrong county", at=instant(DAY))
    told = public.goals(workspace, DAY).connection
    assert (told.delivered, told.in_force) == (3, 2)
    civil = next(one for one in told.departments if one.department == national.datasets["civil_lowincome_member"].department)
    assert (civil.delivered, civil.in_force) == (1, 0)
    assert civil.datasets == sum(one.department == civil.department for one in national.datasets.values())
    missing = {code for one in told.departments for code in one.missing}
    assert missing == set(national.datasets) - HERE


def test_a_dataset_that_came_only_record_by_record_has_come_and_counts_from_the_next_look(workspace: Path, rules: Catalogue):
    row = {"record_id": "c1", "id_no": bill("", 1, "1", "2026-11-12")["id_no"], "name": "东方", "death_date": "2026-11-10"}
    row |= {
        "region_code": f"{COUNTY}001001",
        "data_date": "2026-11-12",
        "cert_no": "D1",
        "death_cause_code": "I21",
        "issue_date": "2026-11-11",
    }
    found = public.receiving(workspace, catalogue=rules).take(
        "health_death_certificate", json.dumps(row, ensure_ascii=False).encode()
    )
    assert (found.accepted, len(found.waits)) == (1, 1), "it widens what is known"
    told = public.goals(workspace, DAY).connection
    assert (told.delivered, told.in_force) == (4, 3), "what waits for a look does not count yet"
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    assert public.goals(workspace, DAY).connection.in_force == 4


def test_what_no_body_states_is_told_by_its_department(national: Catalogue):
    some = {code: body for code, body in national.bodies.items() if "医疗保障" not in body.departments}
    told = connection_goal(replace(national, bodies=some), (), (), None)
    mine = {code for code, one in national.datasets.items() if one.department == "医疗保障"}
    assert {one.department: set(one.unclaimed) for one in told.departments if one.unclaimed} == {"医疗保障": mine}
    assert told.unclaimed == len(mine)


# --- delay -----------------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF277")
def test_the_delay_of_looks_and_of_single_records_is_kept_apart_and_told_with_its_first_day(workspace: Path, rules: Catalogue):
    assert public.goals(workspace, DAY).delay.looks is None
    assert public.goals(workspace, DAY).delay.records is None
    times = clock(100.0, 100.004, 200.0, 200.006, 300.0, 300.002, 400.0, 401.0)
    door = public.receiving(workspace, catalogue=rules, clock=lambda: next(times))
    for at in range(3):
        door.take("medins_settlement", json.dumps(bill(f"n{at}", 1, "900", "2026-11-12"), ensure_ascii=False).encode())
    stranger = {**bill("n4", 77, "900", "2026-11-12")}  # nobody the release knows: the next look answers
    assert door.take("medins_settlement", json.dumps(stranger, ensure_ascii=False).encode()).waits
    deliver(
        workspace, rules, [write(workspace.parent / "more", "medins_settlement-2026-11-b.csv", [bill("x", 5, "9", "2026-11-12")])]
    )
    for path in workspace.glob("archive/*/*/manifest.json"):
        os.utime(path, (500.0, 500.0))
    moments = clock(502.0, 509.5)
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: next(moments))
    told = public.goals(workspace, DAY).delay
    assert told.records is not None
    assert (told.records.takings, told.records.records, told.records.waited) == (3, 4, 1)
    assert (told.records.p50, told.records.p95, told.records.longest) == (0.004, 0.006, 0.006)
    assert told.records.since == 100.004
    assert told.looks is not None
    assert (told.looks.looks, told.looks.p50, told.looks.longest, told.looks.since) == (1, 9.5, 9.5, 509.5)


def test_without_a_clock_nothing_is_measured(workspace: Path, rules: Catalogue):
    public.receiving(workspace, catalogue=rules).take(
        "medins_settlement", json.dumps(bill("n", 1, "900", "2026-11-12"), ensure_ascii=False).encode()
    )
    assert public.goals(workspace, DAY).delay.records is None


def test_figures_wait_for_no_disk_and_outlive_what_a_kill_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    home = Workspace(tmp_path)
    (tmp_path / "stream").mkdir()

    def never(*_: object) -> None:
        raise AssertionError("a figure waited for the disk")

    monkeypatch.setattr(os, "fsync", never)
    monkeypatch.setattr(os, "fdatasync", never)
    note_taking(home, Taking(0.002, 1, 0, 10.0))
    with (tmp_path / "stream" / "takings.jsonl").open("a", encoding="ascii") as file:
        file.write('{"seconds": 0.0')
    note_taking(home, Taking(0.003, 1, 0, 11.0))
    note_taking(home, Taking(0.004, 1, 0, 12.0))
    told = taking_latency(home)
    assert told is not None
    assert (told.takings, told.p50, told.longest) == (2, 0.002, 0.004)


def test_the_file_of_figures_does_not_grow_without_end(tmp_path: Path):
    home = Workspace(tmp_path)
    (tmp_path / "stream").mkdir()
    (tmp_path / "stream" / "takings.jsonl").write_text(f"{'{'}{' ' * (1 << 20)}\n", encoding="ascii")
    for at in range(3):
        note_taking(home, Taking(0.001 * at, 1, 0, float(at)))
    assert (tmp_path / "stream" / "takings.jsonl").stat().st_size < 1000
    told = taking_latency(home)
    assert told is not None
    assert told.takings == 3


# --- precision -------------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF277")
def test_precision_is_the_share_of_visited_warnings_that_found_somebody_by_indicator_and_whole(workspace: Path, rules: Catalogue):
    deliver(
        workspace,
        rules,
        [write(workspace.parent / "more", "medins_settlement-2026-11-b.csv", [bill("x", 5, "90000", "2026-11-12")])],
    )
    public.look(workspace, as_of=DAY, now=instant(DAY), catalogue=rules, clock=lambda: 0.0)
    issued = {row["warning_id"]: row["indicator_id"] for row in public.warnings(workspace, by="test", named=False)}
    later = {one.warning_id: one.indicator_id for one in public.stream(workspace) if one.change == "new"}
    assert later
    issued |= later
    visited = sorted(issued)[:-1]
    outcomes = {one: public.Outcome(at % 3 == 0, "2026-10" if at else "2026-11") for at, one in enumerate(visited)}
    told = public.goals(workspace, DAY, outcomes={**outcomes, "never-issued": public.Outcome(True, "2026-09")}).precision
    assert told.whole is not None
    assert (told.whole.finds, told.whole.visits) == (sum(one.found for one in outcomes.values()), len(visited))
    for code in set(issued.values()):
        mine = [outcomes[one].found for one in visited if issued[one] == code]
        found = told.by_indicator.get(code)
        assert (sum(mine), len(mine)) == ((found.finds, found.visits) if found else (0, 0))
    assert (told.not_issued, told.since, told.until) == (1, "2026-10", "2026-11")


def test_where_nobody_recorded_an_outcome_precision_is_not_known_and_not_zero(released: Path):
    told = public.goals(released, DAY)
    assert told.precision.whole is None
    assert told.as_json()["precision"]["whole"] is None
    some = public.goals(released, DAY, outcomes={"never-issued": public.Outcome(False, "2026-09")}).precision
    assert (some.whole, some.not_issued) == (None, 1)


def test_an_outcome_of_a_month_to_come_is_refused(released: Path):
    with pytest.raises(public.OutcomeRefused, match="2026-12"):
        public.goals(released, DAY, outcomes={"a": public.Outcome(True, "2026-12")})


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.feature("SF277")
def test_the_command_tells_the_four_goals_in_two_languages(released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["goals", "--workspace", str(released), "--as-of", LATER.isoformat()]
    assert main(words) == 0
    said = capsys.readouterr().out
    for title in (
        "覆盖无死角 / coverage without dead corner: 0.0% (0 / ",
        "数据全联通 / data all connected: 2.1% (3 / 145)",
        "更新零时延 / no update delay",
        "insight, precision of warnings: 未知 / not known",
        "死角 / dead corner: medins_settlement",
    ):
        assert title in said
    one = public.warnings(released, by="test", named=False)[0]["warning_id"]
    (tmp_path / "outcomes.csv").write_text(f"warning_id,month,found\n{one},2026-12,yes\n", encoding="utf-8")
    assert main([*words, "--outcomes", str(tmp_path / "outcomes.csv")]) == 0
    assert "precision of warnings: 100.0% (1 / 1)" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["coverage"]["fresh"], told["precision"]["whole"], told["delay"]["records"]) == (0, None, None)


@pytest.mark.feature("SF277")
@pytest.mark.django_db
def test_the_command_takes_the_precision_from_the_visits_of_the_desk(released: Path, capsys: pytest.CaptureFixture[str]):
    numbers = [row["warning_id"] for row in public.warnings(released, by="test", named=False)][:3]
    assert len(numbers) == 3
    for number, outcome in zip(numbers, ("helped_on_the_spot", "no_difficulty", "cannot_be_found"), strict=True):
        task = families.task(families.family(household=number))
        ended = {"state": "closed", "handling": "handled", "outcome": outcome, "handled_by": "x", "handled_at": families.NOW}
        warning(number, case=task.case, task=task, **ended)
    assert main(["goals", "--workspace", str(released), "--as-of", LATER.isoformat(), "--desk"]) == 0
    assert "precision of warnings: 50.0% (1 / 2)" in capsys.readouterr().out
