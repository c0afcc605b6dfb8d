"""What a data steward does at the command line: see what was delivered, decide on what is held, read what was rejected."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.portals.cli.main import main
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import bill, few, person, run, write

PEOPLE = 90


def month(folder: Path, when: str, people: int = PEOPLE, least: int = 300, sent: str = "28") -> Path:
    """The bills of a month, each of another person and amount; of nothing, if `least` is."""
    rows = [
        bill(f"{when}-{one}", one, str(least and least + one), f"{when}-04", data_date=f"{when}-{sent}")
        for one in range(1, people + 1)
    ]
    return write(folder, f"medins_settlement-{when}.csv", rows)


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in one workspace: exit code, standard output, standard error."""

    def ask(command: str, *words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([command, *words, "--workspace", str(tmp_path / "workspace")])
        return code, *capsys.readouterr()

    return ask


@pytest.fixture
def zeroed(tmp_path: Path, asked: Any) -> str:
    """Three ordinary months and one whose amounts are nothing: the name of that delivery."""
    for when in ("2026-07", "2026-08", "2026-09"):
        month(tmp_path / "in", when)
    month(tmp_path / "in", "2026-10", least=0)
    code, out, _ = asked("deliver", str(tmp_path / "in"), "--as-of", "2026-11-20", "--json")
    assert (code, [one["state"] for one in json.loads(out)["deliveries"]]) == (0, ["accepted", "accepted", "accepted", "held"])
    return named(asked, "2026-10")


def named(asked: Any, period: str) -> str:
    """What the delivery of a period is called."""
    told = json.loads(asked("deliveries", "--as-of", "2026-11-20", "--json")[1])["deliveries"]
    return next(str(one["delivery"]) for one in told if one["period"] == period)


def held(asked: Any, day: str = "2026-11-20") -> dict[str, list[str]]:
    """Period to reasons, of what waits for a person."""
    code, out, _ = asked("deliveries", "--held", "--as-of", day, "--json")
    assert code == 0
    return {one["period"]: one["held"] for one in json.loads(out)["deliveries"]}


def test_deliveries_lists_every_delivery_and_under_a_held_one_each_reason(asked: Any, zeroed: str):
    code, out, err = asked("deliveries", "--as-of", "2026-11-20")
    lines = out.splitlines()
    assert code == 0
    assert sorted(line.split()[2] for line in lines if line[0] != " ") == ["2026-07", "2026-08", "2026-09", "2026-10"]
    at = next(place for place, line in enumerate(lines) if line.startswith(zeroed))
    assert "90 = 90 + 0" in lines[at]
    assert any(line.startswith("  held: zeros: self_pay_amount: 100.0%") for line in lines[at + 1 :])
    assert err == "4 deliveries\n"


def test_a_verdict_lets_a_delivery_through_and_a_later_one_sends_it_back(asked: Any, zeroed: str):
    assert held(asked).keys() == {"2026-10"}
    assert asked("verdict", zeroed, "release", "--by", "data steward", "--because", "the fund pays all this month")[0] == 0
    assert held(asked) == {}
    assert asked("verdict", zeroed, "send_back", "--by", "data steward", "--because", "the bureau sends it again")[0] == 0
    assert held(asked) == {"2026-10": ["sent_back: a person sent it back"]}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("0" * 32, "release", "--by", "data steward", "--because", "all is well"), "is not in the archive"),
        (("DELIVERY", "release", "--by", "data steward", "--because", " "), "a verdict says who decided and why"),
    ],
)
def test_a_verdict_on_nothing_or_without_a_reason_is_refused(asked: Any, zeroed: str, words: tuple[str, ...], says: str):
    code, out, err = asked("verdict", *(zeroed if word == "DELIVERY" else word for word in words))
    assert (code, out) == (1, "")
    assert says in err
    assert held(asked).keys() == {"2026-10"}


def test_quarantine_writes_the_rejected_rows_with_reasons_and_writes_down_who_looked(tmp_path: Path, asked: Any):
    good, bad = bill("b1", 1, "100", "2026-10-04"), bill("b2", 2, "a hundred", "2026-10-05")
    write(tmp_path / "in", "medins_settlement-2026-10.csv", [good, bad])
    asked("deliver", str(tmp_path / "in"))
    delivery = named(asked, "2026-10")
    code, out, err = asked("quarantine", delivery, "--by", "data steward")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"))))
    assert (code, err) == (0, "")
    assert [(row["record_id"], row["列 column"], row["self_pay_amount"]) for row in rows] == [("b2", "total_amount", "a hundred")]
    look = json.loads((tmp_path / "workspace" / "vault" / "looks.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (look["by"], look["purpose"]) == ("data steward", f"quarantine of {delivery}")


def test_quarantine_of_a_delivery_that_is_not_there_is_refused(asked: Any, zeroed: str):
    code, out, err = asked("quarantine", "nothing", "--by", "data steward")
    assert (code, out) == (1, "")
    assert "`jiuzhu deliveries` lists them" in err


# --- the day of the judgement ----------------------------------------------------------------------------------------


def test_early_in_a_month_few_rows_are_not_held_as_long_as_a_run_reads_them(tmp_path: Path, asked: Any, national: Catalogue):
    """Another file is dated at the end of the month: that some department speaks of the 30th does not make it the 30th."""
    for when in ("2026-08", "2026-09", "2026-10"):
        month(tmp_path / "in", when)
    month(tmp_path / "in", "2026-11", people=12, sent="05")
    write(tmp_path / "in", "police_population-2026-11.csv", [person(one, "K1", "2026-11-30") for one in (1, 2)])
    _, out, _ = asked("deliver", str(tmp_path / "in"), "--as-of", "2026-11-05", "--json")
    assert {one["state"] for one in json.loads(out)["deliveries"]} == {"accepted"}
    assert held(asked, "2026-11-05") == {}
    assert [reason.split(":")[0] for reason in held(asked, "2026-11-30")["2026-11"]] == ["volume"]
    rules, workspace = few(national, "S01-E01"), tmp_path / "workspace"
    assert [run(workspace, rules, date(2026, 11, day)).position for day in (5, 30)] == [5, 4]
    assert public.current(workspace) is not None
