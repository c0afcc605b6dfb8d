"""The road of an application and of a benefit: no dead ends, nobody harmed by a machine or unheard, every name known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.workflows import Duration, Workflow, load_workflows

NATIONAL = Path(__file__).parents[3] / "catalogue"


@pytest.fixture(scope="module")
def national() -> dict[str, Workflow]:
    return load_workflows(NATIONAL)


def faults(folder: Path, change: tuple[str, str], file: str = "dibao") -> list[str]:
    """What is said of the national roads with one thing changed in one of them."""
    for name in ("laws.toml", "scenarios.toml", "permissions.toml", "permissions.csv", "parameters", "codes", "workflows"):
        source = NATIONAL / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
    path = folder / "workflows" / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(change[0]) >= 1
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(CatalogueFaults) as found:
        load_workflows(folder)
    return str(found.value).splitlines()[1:]


def test_an_application_is_asked_once_and_examined_by_two_people(national: dict[str, Workflow]):
    road = national["application"]
    assert (road.start, set(road.ends)) == ("draft", {"examined", "not_accepted", "withdrawn"})
    assert road.steps["ask"].times == 1
    assert road.steps["finish"].needs == ("verify", "survey")
    assert road.tasks["survey"].persons == 2
    assert road.tasks["verify"].within == Duration(48, "hours", "begin")
    assert road.tasks["survey"].begin == Duration("dibao.start_survey_wd", "working_days", "accept")


def test_who_confirms_is_named_by_a_number_a_province_may_change(national: dict[str, Workflow]):
    road = national["dibao"]
    assert {code for code, step in road.steps.items() if step.by == "dibao.confirming_role"} >= {
        "confirm",
        "refuse",
        "cut",
        "end",
    }
    assert road.steps["confirm"].apart == ("survey", "propose")
    assert road.total is not None
    assert (road.total.within, road.total.longer) == (
        Duration("dibao.total_wd", "working_days", "accept"),
        "dibao.total_wd_extended",
    )


def test_every_way_to_an_end_that_harms_a_family_goes_through_a_named_officer_and_a_cut_through_a_hearing(
    national: dict[str, Workflow],
):
    """All ways of at most twelve steps, walked one by one."""
    road = national["dibao"]
    ways: list[list[str]] = [[]]
    states = {(): road.start}
    for _ in range(12):
        longer = [[*way, step.code] for way in ways for step in road.from_state(states[tuple(way)]) if way.count(step.code) < 2]
        for way in longer:
            states[tuple(way)] = road.steps[way[-1]].to
        ways = longer
        for way in longer:
            last = road.steps[way[-1]]
            if last.harms:
                assert last.by not in ("anyone", "applicant")
                assert last.notice
                assert last.because
            if last.harms in ("cut", "end"):
                assert way[-2] == "hear"


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("dibao", ('hearing = "hear"\nnotice = "N11"', 'notice = "N11"'), "nobody hears the family"),
        ("dibao", ('en = "End" }\nfrom = "heard"', 'en = "End" }\nfrom = ["heard", "in_force"]'), "without 'hear'"),
        ("dibao", ('notice = "N09"\n', ""), "no notice"),
        ("dibao", ('from = ["examined", "disputed"]', 'from = ["examined"]'), "from state 'disputed' no end"),
        ("dibao", ('ends = ["refused", "ended"]', 'ends = ["refused", "heard", "ended"]'), "leads out of the end"),
        ("dibao", ('by = "dibao.confirming_role"', 'by = "dibao.confirming"'), "no role"),
        ("dibao", ("dibao.total_wd working days", "dibao.total_w working days"), "no parameter"),
        ("dibao", ("working days of report", "working days of reporting"), "no step"),
        ("dibao", ("working days of report", "weeks of report"), "no duration"),
        ("dibao", ('apart = ["survey", "propose"]', 'apart = ["propose", "surveying"]'), "no step or task"),
        ("dibao", ('opens = ["resurvey"]', 'opens = ["survey"]'), "no task"),
        ("dibao", ('needs = ["county_visit"]', 'needs = ["visit_of_county"]'), "no task or paper"),
        ("dibao", ('start = "examined"', 'start = "begun"'), "no step leads to state"),
        ("application", ('kind = "verification"', 'kind = "verifying"'), "no kind of task"),
        ("application", ('opens = ["verify", "survey"]', 'opens = ["verify"]'), "no step opens it"),
        ("application", ('by = "township_officer"\nadverse', 'by = "anyone"\nadverse'), "decides against a family"),
        ("application", ("times = 1", "tims = 1"), "times"),
    ],
)  # fmt: skip
def test_a_road_that_leads_nowhere_harms_unheard_or_names_what_is_not_there_stops_the_start(
    tmp_path: Path, file: str, change: tuple[str, str], told: str
):
    found = faults(tmp_path, change, file)
    assert any(told in line for line in found), found
