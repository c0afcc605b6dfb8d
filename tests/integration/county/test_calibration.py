"""From visits' outcomes to a released number, on the small county: proposed, tried, released, run again, and looked back at."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue, load_catalogue
from tests.support.county import AS_OF, DIVISION, NOW, County

Rows = list[dict[str, str]]
FIRST = AS_OF + timedelta(days=1)
BELIEVED = 3


@pytest.fixture(scope="module")
def lenient(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The national catalogue, but that three visits are believed, since the county is small; and its numbers have bounds."""
    folder = tmp_path_factory.mktemp("catalogue") / "national"
    shutil.copytree(public.NATIONAL, folder)
    path = folder / "strands.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("outcomes = 20", f"outcomes = {BELIEVED}"), encoding="utf-8")
    path = folder / "parameters" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"least": "0", "most": "1000000"} if row["adaptive"] == "yes" else row for row in rows)
    return load_catalogue(folder)


@pytest.fixture(scope="module")
def workspace(county: County, lenient: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = tmp_path_factory.mktemp("calibration") / "workspace"
    shutil.copytree(county.workspace, workspace)
    public.run(workspace, as_of=AS_OF, now=NOW, catalogue=lenient)
    return workspace


def unproposed(workspace: Path, folder: Path) -> Path:
    """A copy of a workspace whose book of proposals is empty."""
    mine = Path(shutil.copytree(workspace, folder / "workspace"))
    shutil.rmtree(mine / "calibration", ignore_errors=True)
    return mine


def ends(warnings: Rows) -> Mapping[str, public.Outcome]:
    """Costs of less than 15,000 yuan never showed a family in need, all else did."""
    return {
        row["warning_id"]: public.Outcome(row["unit"] != "yuan" or Decimal(row["value"] or 0) >= 15_000, "2026-11")
        for row in warnings
    }


@pytest.fixture(scope="module")
def made(workspace: Path, county: County) -> public.MadeProposals:
    return public.propose(workspace, outcomes=ends(county.warnings), as_of=AS_OF, by="one")


@pytest.mark.feature("SF117")
def test_what_is_proposed_is_what_trying_it_gives(workspace: Path, made: public.MadeProposals) -> None:
    assert made.proposals
    assert made.division == DIVISION
    visits = 0
    for one in made.proposals:
        tried = public.what_if(workspace, public.OtherNumber(one.owner, one.name, Decimal(one.proposed), DIVISION))
        assert (one.visits_now, one.visits_then) == (tried.live, tried.tried)
        assert one.visited >= BELIEVED
        step = Decimal(one.present) / 5 if one.unit in ("yuan", "ratio") else max(Decimal(one.present) / 5, Decimal(1))
        assert abs(Decimal(one.proposed) - Decimal(one.present)) <= step
        assert Decimal(one.finds_low) <= Decimal(one.finds) <= Decimal(one.finds_high)
        visits += one.visits_then - one.visits_now
    assert visits <= 0
    known = public.catalogue().parameters.rows
    asked = {(one.owner, one.name) for one in (*made.proposals, *made.stays)}
    assert asked == {key for key, rows in known.items() if any(row.adaptive for row in rows)}


@pytest.mark.feature("SF117")
def test_where_a_limit_stands_is_counted_among_all_whom_the_rule_can_measure(
    workspace: Path, made: public.MadeProposals, county: County
) -> None:
    """The oracle: a limit of a hundredth lets the rule name everybody who paid anything."""
    one = next(one for one in made.proposals if one.unit == "yuan")
    here = [each for each in one.counties if each.county == DIVISION]
    tried = public.what_if(workspace, public.OtherNumber(one.owner, one.name, Decimal("0.01"), DIVISION))
    paid_something = len(tried.added) + tried.live
    below = round(Decimal(here[0].percent) * here[0].measured / 100)
    assert here[0].measured - below == pytest.approx(one.visits_now, abs=here[0].measured / 1000)
    assert here[0].measured >= paid_something


@pytest.mark.feature("SF117", "SF118")
def test_few_outcomes_are_told_and_no_number_moves(workspace: Path, county: County, tmp_path: Path) -> None:
    codes = ("S05-E01", "S18-E01")
    mine = unproposed(workspace, tmp_path)
    visited = [row for code in codes for row in county.warnings if row["indicator_id"] == code][: BELIEVED - 1]
    told = public.propose(mine, outcomes=ends(visited), as_of=AS_OF, by="one", visits=10_000)
    assert told.proposals == ()
    assert told.used == told.outcomes == len(visited)
    why = {one.owner: one.why_en for one in told.stays}
    for code in codes:
        assert why[code].startswith("only ")
        assert why[code].endswith(f"{BELIEVED} are needed")
    assert public.proposals(mine, as_of=AS_OF) == ()


@pytest.mark.feature("SF117")
def test_no_number_is_proposed_that_the_catalogue_does_not_bound_on_both_sides(county: County, tmp_path: Path) -> None:
    mine = unproposed(county.workspace, tmp_path)
    told = public.propose(mine, outcomes=ends(county.warnings), as_of=AS_OF, by="one", visits=10_000)
    numbers = public.catalogue().parameters.rows
    unbounded = {key for key, rows in numbers.items() if all(row.least is None or row.most is None for row in rows)}
    assert not unbounded & {(one.owner, one.name) for one in told.proposals}
    why = {(one.owner, one.name): one.why_en for one in told.stays}
    for code, name in (("S01-E01", "annual_self_pay_limit"), ("S05-E01", "drop_ratio"), ("S18-E01", "rigid_ratio")):
        assert ((code, name) in unbounded) == ("no bounds of law" in why[code, name])


@pytest.mark.feature("SF117")
def test_a_released_number_holds_from_its_day_and_what_follows_is_shown_beside_it(
    workspace: Path, made: public.MadeProposals, lenient: Catalogue, tmp_path: Path
) -> None:
    workspace = Path(shutil.copytree(workspace, tmp_path / "workspace"))
    one = max(made.proposals, key=lambda one: abs(one.visits_then - one.visits_now))
    ours = tmp_path / "ours"
    ours.mkdir()
    before = public.current(workspace)
    public.decide_proposal(
        workspace, one.id, "release", by="two", because="minutes", at=NOW, holds_from=FIRST, folder=ours, catalogue=lenient
    )
    assert public.current(workspace) == before, "a release of a number is no run"
    with_it = load_catalogue(*lenient.folders, ours)
    number = with_it.parameters.value(one.owner, one.name, DIVISION, FIRST)
    assert number is not None
    assert f"{number.value:f}" == one.proposed
    tried = public.what_if(workspace, public.OtherNumber(one.owner, one.name, Decimal(one.proposed), DIVISION))
    public.run(workspace, as_of=FIRST, now=NOW + timedelta(days=1), catalogue=with_it)
    warned = [row for row in public.warnings(workspace, by="test", at=NOW) if row["indicator_id"] == one.owner]
    assert abs(len(warned) - tried.tried) <= 2, "but for what a day changes by itself"
    outcomes = {row["warning_id"]: public.Outcome(at % 2 == 0, "2026-12") for at, row in enumerate(warned[:5])}
    shown = {each.id: each for each in public.proposals(workspace, outcomes=outcomes, as_of=date(2026, 12, 31))}
    assert shown[one.id].state == "released"
    assert [(each.as_of, each.warnings) for each in shown[one.id].since] == [(FIRST.isoformat(), len(warned))]
    assert (shown[one.id].visited, shown[one.id].found) == (5, 3)
    again = public.propose(workspace, outcomes=ends(warned), as_of=FIRST, by="one")
    assert all(each.present == one.proposed for each in (*again.proposals, *again.stays) if each.owner == one.owner)


@pytest.mark.feature("SF116")
def test_every_household_of_the_county_is_followed_in_medical_work_and_school(workspace: Path) -> None:
    told = {one.strand: one for one in public.tendencies(workspace, as_of=AS_OF, division=DIVISION)}
    assert {"medical", "wages", "insured_wages", "education_cost", "student_aid", "new_pupils"} == set(told)
    households = public.release(workspace).households
    assert all(0 < one.known <= households for one in told.values()), told
    assert told["medical"].worse > 0
    assert told["wages"].worse > 0


def test_the_commands_make_list_and_decline(
    workspace: Path, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = unproposed(workspace, tmp_path)
    file, day = tmp_path / "outcomes.csv", AS_OF.isoformat()
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["warning_id", "month", "found"])
        writer.writerows([key, one.month, "yes" if one.found else "no"] for key, one in ends(county.warnings).items())
    where = ["--workspace", str(mine)]
    assert main(["propose", *where, "--outcomes", str(file), "--by", "one", "--as-of", day, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    first = told["proposals"][0]
    assert main(["proposals", *where, "--as-of", day]) == 0
    line = capsys.readouterr().out.splitlines()[0]
    assert line.startswith(f"{first['id']} {day} {first['owner']}.")
    assert line.endswith("open")
    assert main(["proposal", "decline", first["id"], *where, "--by", "one", "--because", "no"]) == 1
    assert "another person" in capsys.readouterr().err
    assert main(["proposal", "release", first["id"], *where, "--by", "two", "--because", "no"]) == 1
    assert "--catalogue DIR" in capsys.readouterr().err
    assert main(["proposal", "decline", first["id"], *where, "--by", "two", "--because", "roads are closed"]) == 0
    assert main(["proposals", *where, "--as-of", day, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out.splitlines()[-1])["proposals"][0]
    assert (shown["state"], shown["decision"]["because"]) == ("declined", "roads are closed")


@pytest.mark.parametrize(
    ("text", "says"),
    [("warning_id,month\n", "no column found"), ("warning_id,month,found\nw,2026-10,maybe\n", "an outcome is yes or no")],
)
def test_a_file_of_outcomes_that_cannot_be_read_says_where_and_what_to_write(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    file = tmp_path / "outcomes.csv"
    file.write_text(text, encoding="utf-8")
    assert main(["propose", "--workspace", str(county.workspace), "--outcomes", str(file), "--by", "one"]) == 1
    assert says in capsys.readouterr().err
