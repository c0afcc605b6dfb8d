"""A source states its own facts, for its own division, of days that had come; whatever else it says is sent back with the reason."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.exchange.town import Town
from tests.integration.registry.village import bill, member, number, person, write

DAY = "2026-11-20"
TODAY = date.fromisoformat(DAY)
FIXED = {"region_code": "370502001001", "data_date": "2026-11-01"}


def quarantined(town: Town, body: str, message: int, place: int = 1) -> dict[str, str]:
    """Record id to reason of the rows that went back."""
    text = (town.box(body) / "inbox" / str(message) / f"quarantine-{place}.csv").read_text(encoding="utf-8-sig")
    return {row["record_id"]: row["原因 reason"] for row in csv.DictReader(io.StringIO(text))}


def death(one: int, **other: Any) -> dict[str, Any]:
    known = person(one, "")
    told = {"record_id": f"d{one}", "id_no": known["id_no"], "name": known["name"], "death_date": "2026-06-01"}
    return {**told, "cancel_date": "2026-06-05", **FIXED, **other}


def dibao(one: int) -> dict[str, Any]:
    known = person(one, "")
    told = {"record_id": f"b{one}", "id_no": known["id_no"], "name": known["name"], "dibao_no": f"D{one}", "household_id": "H1"}
    told |= {"dibao_type": 1, "individual_protection": "否", "monthly_amount": "600", "start_date": "2025-01-01"}
    return {**told, "bank_account": f"62220000000{one}", "dibao_status": 1, **FIXED}


def warned(town: Town) -> dict[tuple[str, str], str]:
    return {(row["indicator_id"], row["subject"]): row["grade"] for row in public.warnings(town.workspace, by="test")}


@pytest.mark.requirement("E4")
@pytest.mark.feature("SF247")
def test_another_bodys_dataset_is_refused_and_the_rest_of_the_message_is_taken(town: Town) -> None:
    town.join("police", "medical_insurance")
    good = write(town.folder / "in", "police_population-2026-11.csv", [person(1, "K1")])
    foreign = write(town.folder / "in", "medins_settlement-2026-11.csv", [bill("1", 1, "99999", "2026-11-10")])
    town.send("police", 1, DAY, [good, foreign])
    town.exchange(DAY)
    lines = {line["name"]: line for line in town.receipt("police", 1)["files"]}
    assert lines["police_population-2026-11.csv"]["result"] == "taken"
    assert (lines["medins_settlement-2026-11.csv"]["result"], lines["medins_settlement-2026-11.csv"]["error"]["code"]) == (
        "refused",
        "not_its_dataset",
    )
    assert {one.dataset for one in public.deliveries(town.workspace, as_of=TODAY)} == {"police_population"}
    # The body whose dataset it is sends the same bytes, and they count.
    town.send("medical_insurance", 1, DAY, [foreign])
    town.exchange(DAY)
    assert town.receipt("medical_insurance", 1)["files"][0]["accepted"] == 1


@pytest.mark.requirement("E4")
def test_rows_of_another_province_of_the_future_or_without_a_division_go_back(town: Town) -> None:
    town.join("police", "medical_insurance")
    rows = [
        bill("here", 1, "10", "2026-11-10"),
        bill("village", 1, "10", "2026-11-10", region_code="370502"),
        bill("province", 1, "10", "2026-11-10", region_code="320400"),
        bill("above", 1, "10", "2026-11-10", region_code="370500"),
        bill("nation", 1, "10", "2026-11-10", region_code="000000"),
        bill("tomorrow", 1, "10", "2026-11-10", data_date="2026-11-21"),
        bill("today", 1, "10", DAY, data_date=DAY),
        bill("event", 1, "10", "2026-12-01", data_date=DAY),
        bill("taken_back", 1, "10", "2026-11-10", _change="D", region_code=""),
    ]
    town.send("medical_insurance", 1, DAY, [write(town.folder / "in", "medins_settlement-2026-11.csv", rows)])
    town.exchange(DAY)
    assert quarantined(town, "medical_insurance", 1) == {
        "province": "other_division",
        "above": "other_division",
        "nation": "other_division",
        "tomorrow": "in_future",
        "event": "in_future",
        "taken_back": "other_division",
    }
    line = town.receipt("medical_insurance", 1)["files"][0]
    assert (line["received"], line["accepted"], line["rejected"]) == (9, 3, 6)
    assert line["reasons"] == {"in_future": 2, "other_division": 4}


@pytest.mark.requirement("E4")
def test_what_counts_as_future_is_told_by_the_message_not_by_the_day_it_is_fetched(town: Town) -> None:
    """So that a message fetched weeks late is taken exactly as it would have been on its day."""
    town.join("medical_insurance")
    rows = [bill("1", 1, "10", "2026-10-10"), bill("2", 1, "10", "2026-10-10", data_date="2026-10-21")]
    town.send("medical_insurance", 1, "2026-10-20", [write(town.folder / "in", "medins_settlement-2026-10.csv", rows)])
    town.exchange(DAY)
    assert quarantined(town, "medical_insurance", 1) == {"2": "in_future"}


@pytest.mark.requirement("E4")
def test_a_person_recorded_dead_is_not_raised_by_any_other_source_or_province(town: Town) -> None:
    town.join("police", "civil_affairs", "health")
    folder = town.folder / "in"
    town.send("police", 1, DAY, [write(folder, "police_death_cancellation-2026-11.csv", [death(1)])])
    base = [write(folder, "civil_dibao_member-2026-11.csv", [dibao(1), dibao(2)])]
    town.send("civil_affairs", 1, DAY, [*base, write(folder, "civil_lowincome_member-2026-11.csv", [member(2, "H1")])])
    town.exchange(DAY)
    dead = ("S21-R01", number(1))
    assert warned(town)[dead] == "red"
    # Civil affairs takes the police's record back; the police of another province does; the register says "normal" again.
    gone = [death(1, _change="D", data_date="2026-11-19")]
    town.send("civil_affairs", 2, DAY, [write(folder / "2", "police_death_cancellation-2026-11.csv", gone)])
    elsewhere = [death(1, _change="D", data_date="2026-11-19", region_code="320400"), death(3)]
    town.send("police", 2, DAY, [write(folder / "3", "police_death_cancellation-2026-11-b.csv", elsewhere)])
    alive = [person(1, "K1", "2026-11-19", hukou_status=1)]
    town.send("police", 3, DAY, [write(folder / "4", "police_population-2026-11.csv", alive)])
    town.exchange(DAY)
    assert town.receipt("civil_affairs", 2)["files"][0]["error"]["code"] == "not_its_dataset"
    assert quarantined(town, "police", 2) == {"d1": "other_division"}
    assert warned(town)[dead] == "red"
    # Only whoever recorded the death takes it back.
    town.send("police", 4, DAY, [write(folder / "5", "police_death_cancellation-2026-11-c.csv", gone)])
    town.exchange(DAY)
    assert dead not in warned(town)


def test_files_delivered_by_hand_are_taken_as_before_and_a_named_source_states_its_own(town: Town, rules: Catalogue) -> None:
    rows = [bill("far", 1, "10", "2026-11-10", region_code="320400")]
    path = write(town.folder / "in", "medins_settlement-2026-11.csv", rows)
    told = {"workspace": town.workspace, "catalogue": rules, "as_of": TODAY}
    refused = public.deliver([path], source="police", **told)[0]
    assert (refused.state, refused.error.code if refused.error else "") == ("refused", "not_its_dataset")
    assert public.deliver([path], source="an office nobody declared", **told)[0].accepted == 1
    assert public.deliver([path], **told)[0].accepted == 1


def test_the_rows_that_go_back_are_a_recorded_look(town: Town) -> None:
    town.join("medical_insurance")
    rows = [bill("1", 1, "10", "2026-11-10"), bill("2", 1, "10", "2026-11-10", region_code="320400")]
    looks = []
    for number_, sent in enumerate((rows[:1], rows), start=1):
        path = write(town.folder / str(number_), "medins_settlement-2026-11.csv", sent)
        town.send("medical_insurance", number_, DAY, [path])
        town.exchange(DAY)
        looks.append(sum(one.stat().st_size for one in town.workspace.rglob("*look*") if one.is_file()))
    assert looks[0] < looks[1]
    # The body's own group reads the answer; nobody else does.
    assert (town.box("medical_insurance") / "inbox" / "2" / "quarantine-1.csv").stat().st_mode & 0o007 == 0
