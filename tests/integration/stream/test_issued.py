"""How many warnings were ever issued: the same from the records however and whenever it is counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.registry.stream import look as looking
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, bill, deliver, few, files, instant, member, person, run, write
from tests.support.histories import narrowed

RULES = ("S01-E01", "S01-E02", "S01-E04")
LATER = date(2026, 12, 20)
Lines = Counter[tuple[str, str]]  # by key and word


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(narrowed(national), *RULES)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, rules: Catalogue) -> tuple[Path, list[str]]:
    """A village where warnings were issued, raised, closed, issued again and mended, and the releases in their order."""
    folder = tmp_path_factory.mktemp("village")
    workspace = folder / "workspace"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "WHOLE_SHARE", 10)
        deliver(workspace, rules, files(folder / "in"))
        releases = [run(workspace, rules).release]
        come(workspace, rules, "b", bill("big", 5, "90000", "2026-11-12"), bill("other", 1, "90000", "2026-11-12"))
        come(workspace, rules, "c", bill("big", 5, "90000", "2026-11-12", data_date="2026-11-13", _change="D"))
        come(workspace, rules, "d", bill("again", 5, "80000", "2026-11-14"))
        releases.append(run(workspace, rules).release)
        row = json.dumps(bill("alone", 6, "90000", "2026-11-15"), ensure_ascii=False).encode()
        public.receiving(workspace, catalogue=rules).take("medins_settlement", row)
        december = [bill("2026-12-3", 3, "70000", "2026-12-10", data_date="2026-12-12")]
        register = [person(one, "K1" if one <= 3 else "K2", "2026-12-01") for one in range(1, 7)]
        base = [member(one, "H1", "2026-12-01") for one in (1, 2)]
        named = {"medins_settlement": december, "police_population": register, "civil_lowincome_member": base}
        paths = [write(folder / "in", f"{name}-2026-12.csv", rows) for name, rows in named.items()]
        public.deliver(paths, workspace=workspace, catalogue=rules, as_of=LATER)
        releases.append(run(workspace, rules, LATER).release)
        found = looking._standing
        patch.setattr(looking, "_standing", lambda *given: ({}, found(*given)[1]))  # a look that finds nothing
        come(workspace, rules, "e", bill("big2", 1, "900", "2026-11-16"), day=LATER)
        releases.append(run(workspace, rules, LATER).release)
    return workspace, releases


def come(workspace: Path, rules: Catalogue, name: str, *rows: dict[str, Any], day: date = DAY) -> None:
    deliver(workspace, rules, [write(workspace.parent / "more", f"medins_settlement-2026-11-{name}.csv", rows)])
    report = public.look(workspace, as_of=day, now=instant(day), catalogue=rules, clock=lambda: 0.0)
    assert report.whole == ""


def by_hand(workspace: Path, first: str) -> dict[str, Lines]:
    """What the list of the first release says and what each line of the stream says, one after the other."""
    days = {name: public.release(workspace, name).as_of for name in public.releases(workspace)}
    listed = [
        (row, row["release"], row["kind"] + "s") for row in public.warnings(workspace, release=first, by="test", named=False)
    ]
    for one in public.stream(workspace):
        if one.grade not in ("", "missing") and one.grade_before in ("", "missing"):
            row = {"indicator_id": one.indicator_id, "division_code": one.division_code}
            listed.append((row, one.release, "repaired" if one.marked else one.kind + "s"))
    answer: dict[str, Lines] = {"indicator": Counter(), "county": Counter(), "township": Counter(), "month": Counter()}
    for row, release, word in listed:
        answer["indicator"][row["indicator_id"], word] += 1
        answer["county"][row["division_code"][:6], word] += 1
        answer["township"][row["division_code"][:9], word] += 1
        answer["month"][days[release].isoformat()[:7], word] += 1
    return answer


def lines(told: dict[str, public.Count]) -> Lines:
    words = ("warnings", "hints", "repaired")
    return Counter({(key, word): times for key, one in told.items() for word in words if (times := getattr(one, word))})


@pytest.mark.feature("SF054")
def test_the_number_is_that_of_the_list_and_the_stream_counted_by_hand(lived: tuple[Path, list[str]]):
    workspace, releases = lived
    told, hand = public.issued(workspace), by_hand(workspace, releases[0])
    assert lines(told.by_indicator) == hand["indicator"]
    assert lines(told.by_county) == hand["county"]
    assert lines(told.by_township) == hand["township"]
    assert lines(told.by_month) == hand["month"]
    assert {month for month, _ in hand["month"]} == {"2026-11", "2026-12"}
    total = Counter[str]()
    for (_, word), times in hand["indicator"].items():
        total[word] += times
    assert (told.total.warnings, told.total.hints, told.total.repaired) == tuple(
        total[word] for word in ("warnings", "hints", "repaired")
    )
    assert total["repaired"] > 0
    assert sum(one.warnings + one.hints for one in told.by_subject.values()) == told.total.warnings + told.total.hints
    assert (told.since, told.until) == (DAY, LATER)


@pytest.mark.feature("SF054")
def test_one_closed_and_issued_again_counts_twice_and_one_that_only_rose_once(tmp_path: Path, rules: Catalogue, monkeypatch):
    monkeypatch.setattr(looking, "WHOLE_SHARE", 10)
    workspace = tmp_path / "workspace"
    deliver(workspace, rules, files(tmp_path / "in"))
    run(workspace, rules)

    def figures() -> tuple[int, int]:
        told = public.issued(workspace)
        return told.total.warnings + told.total.hints, told.different

    before = figures()
    assert before[0] == before[1] == len(public.warnings(workspace, by="test", named=False)) > 0
    come(workspace, rules, "b", bill("big", 1, "90000", "2026-11-12"))
    rose = [one for one in public.stream(workspace) if one.change == "raised"]
    new = {one.warning_id for one in public.stream(workspace) if one.change == "new"}
    assert rose
    assert figures() == (before[0] + len(new), before[1] + len(new)), "what rose was issued before"
    come(workspace, rules, "c", bill("five", 5, "90000", "2026-11-12"))
    first = [one.warning_id for one in public.stream(workspace) if one.change == "new" and one.warning_id not in new]
    seen = figures()
    come(workspace, rules, "d", bill("five", 5, "90000", "2026-11-12", data_date="2026-11-13", _change="D"))
    assert figures() == seen, "what is closed stays issued"
    come(workspace, rules, "e", bill("five", 5, "90000", "2026-11-12", data_date="2026-11-14", _change="U"))
    again = [one.warning_id for one in public.stream(workspace) if one.change == "new"][len(new) + len(first) :]
    assert sorted(again) == sorted(first) != []
    assert figures() == (seen[0] + len(first), seen[1])


@pytest.mark.feature("SF054")
def test_another_process_and_a_run_over_the_same_give_the_same_number(
    lived: tuple[Path, list[str]], rules: Catalogue, tmp_path: Path
):
    told = public.issued(lived[0])
    assert public.issued(lived[0]) == told
    copy = tmp_path / "workspace"
    shutil.copytree(lived[0], copy)
    assert run(copy, rules, LATER).entries == 0
    command = [sys.executable, "-m", "jiuzhu.portals.cli.main", "issued", "--workspace", str(copy), "--json"]
    said = subprocess.run(command, capture_output=True, check=True, encoding="utf-8", env=os.environ).stdout
    assert json.loads(said) == json.loads(json.dumps(told.as_json(), default=str))


def test_a_release_that_is_gone_is_asked_for_and_never_counts_as_nothing(lived: tuple[Path, list[str]], tmp_path: Path):
    copy = tmp_path / "workspace"
    shutil.copytree(lived[0], copy)
    shutil.rmtree(copy / "releases" / lived[1][0])
    with pytest.raises(public.NoRelease, match=f"{lived[1][0]}.*put its folder back"):
        public.issued(copy)


def test_before_the_first_release_there_is_no_number(tmp_path: Path):
    with pytest.raises(public.NoRelease, match="nothing was issued yet"):
        public.issued(tmp_path)


@pytest.mark.parametrize(("by", "says"), [("indicator", "S01-E01: "), ("division", "370502001"), ("month", "2026-12: ")])
def test_the_command_says_the_number_and_its_parts(by: str, says: str, lived: tuple[Path, list[str]], capsys):
    assert main(["issued", "--workspace", str(lived[0]), "--by", by]) == 0
    said = capsys.readouterr().out
    assert said.startswith("累计发布预警 / warnings issued: ")
    assert any(line.startswith(says) for line in said.splitlines())
