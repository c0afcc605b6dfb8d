"""Deliveries: known once, in any order, counted to the last row, and never half."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jiuzhu.registry.ingest import archive
from jiuzhu.registry.ingest.archive import deliveries, refusals, segments_of
from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.quarantine import quarantine_csv, rejected_rows
from jiuzhu.registry.ingest.records import records
from jiuzhu.registry.ingest.report import DeliveryReport
from jiuzhu.registry.ingest.workspace import Workspace, WorkspaceBusy
from jiuzhu.registry.vault.vault import Vault
from tests.integration.ingest.bills import bill, csv_text, id_number

Write = Callable[..., Path]


def sent(workspace: Workspace, catalogue: Any, *paths: Path, source: str | None = None) -> list[DeliveryReport]:
    return deliver(paths, workspace, catalogue, source, workers=1)


def opened(workspace: Workspace) -> Vault:
    return Vault(workspace.vault, workspace.keys, segments_of(workspace))


def state(workspace: Workspace) -> list[dict[str, Any]]:
    """All rows with what their numbers stand for, so that two workspaces can be compared."""
    table = records(workspace, "clinic_bill")
    if table is None:
        return []
    vault = opened(workspace)
    rows = table.to_pylist()
    people = vault.id_number_of(np.array([row["id_no"] or 0 for row in rows], dtype=np.int64))
    accounts = vault.thing_texts("bank", np.array([row["bank_account"] or 0 for row in rows], dtype=np.int64))
    for row, person, account in zip(rows, people, accounts, strict=True):
        row.update(id_no=person, bank_account=account, _unlinked=row["_unlinked"] is not None)
    return rows


@pytest.mark.requirement("E1")
def test_the_same_content_twice_is_a_duplicate_under_any_part_name(workspace: Workspace, catalogue: Any, write: Write) -> None:
    text = csv_text([bill(1)])
    first = sent(workspace, catalogue, write("clinic_bill-2026-11.csv", text))[0]
    again = sent(workspace, catalogue, write("clinic_bill-2026-11-b.csv", text), write("clinic_bill-2026-11-c.csv", text))
    assert first.state == "accepted"
    assert [report.state for report in again] == ["duplicate", "duplicate"]
    assert len(deliveries(workspace)) == 1


@pytest.mark.requirement("E1")
def test_the_same_name_with_other_content_is_a_new_version_and_both_stay(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([bill(1)])))
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([bill(1, amount="13")])))
    assert sorted(row["amount"] for row in state(workspace)) == [1230, 1300]


def test_one_content_is_another_delivery_from_another_source_for_another_period_or_in_full(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    text = csv_text([bill(1)])
    names = ["clinic_bill-2026-11.csv", "clinic_bill-2026Q4.csv", "clinic_bill-2026-11.full.csv"]
    assert {sent(workspace, catalogue, write(name, text))[0].state for name in names} == {"accepted"}
    other = sent(workspace, catalogue, write(names[0], text), source="医保分局")[0]
    assert (other.state, other.source) == ("accepted", "医保分局")


def test_without_a_source_it_is_the_department_in_the_division_of_the_rows(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    paths = [
        write("clinic_bill-2026-10.csv", csv_text([bill(1), bill(2, region_code="370502003")])),
        write("clinic_bill-2026-11.csv", csv_text([bill(1), bill(2, region_code="370503001")])),
    ]
    assert [report.source for report in sent(workspace, catalogue, *paths)] == ["医保@370502", "医保@3705"]


def test_without_a_period_in_the_name_it_is_the_months_of_data_date(workspace: Workspace, catalogue: Any, write: Write) -> None:
    report = sent(workspace, catalogue, write("clinic_bill.csv", csv_text([bill(1), bill(2, data_date="2026-09-01")])))[0]
    assert report.period == "2026-09/2026-11"


@pytest.mark.requirement("E3")
def test_every_row_is_accepted_or_rejected_with_its_reason_and_place(workspace: Workspace, catalogue: Any, write: Write) -> None:
    wrong = {
        "missing_value": {"amount": ""},
        "bad_number": {"amount": "12元3角"},
        "below_a_fen": {"amount": "12.345"},
        "negative": {"amount": "-1"},
        "too_large": {"amount": "1000000000000000"},
        "not_whole": {"stay_days": "2.5"},
        "bad_date": {"bill_date": "2026-02-30"},
        "bad_month": {"pay_month": "2026-13"},
        "bad_quarter": {"tax_quarter": "2026Q5"},
        "bad_school_year": {"academic_year": "2026-2028"},
        "bad_instant": {"seen_time": "2026-11-20 25:00"},
        "bad_flag": {"is_remote": "也许"},
        "code_not_listed": {"visit_type": "7"},
        "bad_region": {"region_code": "3705"},
        "digits_lost": {"bank_account": "6.22202E+18"},
        "cell_too_long": {"hospital": "院" * 40_000},
        "after_period": {"data_date": "2062-11-05"},
        "bad_change": {"_change": "X"},
        "bad_id": {"id_no": "370502199001011", "name": ""},
    }
    rows = [bill(0)] + [bill(number, **cells) for number, cells in enumerate(wrong.values(), start=1)]
    path = write("clinic_bill-2026-11.csv", csv_text(rows) + "one,cell,too few\n")
    report = sent(workspace, catalogue, path)[0]
    assert (report.received, report.accepted, report.rejected) == (len(wrong) + 2, 1, len(wrong) + 1)
    named = rejected_rows(workspace, deliveries(workspace)[0]).to_pylist()
    reasons = {row["reason"]: row["row"] for row in named}
    expected = {code: number for number, code in enumerate(wrong, start=3)} | {"wrong_cell_count": len(wrong) + 3}
    expected["missing_value"] = reasons["missing_value"]  # a missing name beside a bad id is a missing value as well
    assert set(reasons) | {"bad_id"} == set(expected)
    assert all(reasons[code] == place for code, place in expected.items() if code in reasons)
    assert sum(report.reasons.values()) == report.rejected


def test_the_quarantine_is_a_table_with_rule_next_step_and_harmless_cells(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1), bill(2, amount="=1+1", hospital="@SUM(A1)")]))
    sent(workspace, catalogue, path)
    text = quarantine_csv(workspace, deliveries(workspace)[0])
    header, row = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert row[:3] == ["3", "amount", "bad_number"]
    assert "correct the number" in row[3]
    assert row[header.index("amount")] == "'=1+1"
    assert row[header.index("hospital")] == "'@SUM(A1)"
    assert row[header.index("name")] == bill(2)["name"]


REFUSED = {
    "unknown_dataset": ("clinic_bil-2026-11.csv", csv_text([bill(1)]), "clinic_bill"),
    "unknown_form": ("clinic_bill-2026-11.xls", "x", ".xlsx"),
    "missing_columns": ("clinic_bill-2026-11.csv", csv_text([{k: v for k, v in bill(1).items() if k != "amount"}]), "amount"),
    "column_twice": ("clinic_bill-2026-11.csv", "自付金额," + csv_text([bill(1)]), "amount"),
    "no_header": ("clinic_bill-2026-11.csv", "1,2,3\n4,5,6\n", "clinic_bill"),
    "empty_file": ("clinic_bill-2026-11.csv", "", "header"),
    "unreadable": ("clinic_bill-2026-11.parquet", "no parquet", "Parquet"),
    "bad_period": ("clinic_bill-2026-13.csv", csv_text([bill(1)]), "period"),
    "endless_row": ("clinic_bill-2026-11.csv", csv_text([bill(1), bill(2, hospital='x"')]).replace('x"', '"x'), "quote"),
    "bad_date": ("clinic_bill-2026-11.csv", csv_text([bill(1, bill_date="tomorrow")]), "bill_date"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_in_words_and_changes_nothing(
    workspace: Workspace, catalogue: Any, write: Write, code: str
) -> None:
    sent(workspace, catalogue, write("clinic_bill-2026-10.csv", csv_text([bill(9)])))
    before = state(workspace)
    name, content, said = REFUSED[code]
    report = sent(workspace, catalogue, write(name, content))[0]
    assert report.state == "refused"
    assert report.error is not None
    assert report.error.code == code
    assert said in str(report.error)
    assert report.error.next
    assert report.accepted + report.rejected == report.received
    assert state(workspace) == before
    assert [one.error["code"] for one in refusals(workspace) if one.error] == [code]


def test_good_files_are_taken_beside_bad_ones(workspace: Workspace, catalogue: Any, write: Write, tmp_path: Path) -> None:
    good, bad = write("clinic_bill-2026-11.csv", csv_text([bill(1)])), write("clinic_bill-2026-10.csv", "nothing")
    reports = sent(workspace, catalogue, bad, good, tmp_path / "not_there.csv")
    assert [report.state for report in reports] == ["refused", "accepted", "refused"]


def test_a_header_without_rows_is_a_delivery_of_nothing(workspace: Workspace, catalogue: Any, write: Write) -> None:
    report = sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([bill(1)]).split("\n")[0] + "\n"))[0]
    assert (report.state, report.received) == ("accepted", 0)
    one = deliveries(workspace)[0]
    assert (one.first_day, one.last_day) == (date(2026, 11, 1), date(2026, 11, 30))


def test_a_correction_outranks_the_first_word_and_a_retraction_both(workspace: Workspace, catalogue: Any, write: Write) -> None:
    rows = [bill(1, amount=str(amount), _change=change) for amount in range(20) for change in ("", "U")]
    rows += [{"record_id": "B000001", "data_date": "2026-11-20", "_change": "D"}]
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text(rows)))
    ranked = sorted(state(workspace), key=lambda row: row["_hash"])
    order = "".join(row["_change"] for row in ranked)
    assert re.fullmatch("I+U+D", order)


@pytest.mark.requirement("E1")
def test_shuffled_doubled_and_cut_deliveries_give_the_same_records(tmp_path: Path, catalogue: Any, write: Write) -> None:
    texts = [csv_text([bill(n, bank_account=f"6222{n:012}", amount=f"{k}.{n % 10}") for n in range(k, k + 30)]) for k in range(6)]
    texts[3] = csv_text([bill(n, id_no=f"37050219{n}", amount="5") for n in range(20)])
    paths = [write(f"clinic_bill-2026-{5 + k:02}.csv", text) for k, text in enumerate(texts)]
    one, other = Workspace(tmp_path / "one"), Workspace(tmp_path / "other")
    sent(one, catalogue, *paths)
    shuffled = [*paths, *paths]
    random.Random(4).shuffle(shuffled)
    for start in range(0, len(shuffled), 5):
        sent(other, catalogue, *shuffled[start : start + 5])
    assert state(one) == state(other)
    assert len(state(one)) == 170


def test_a_wrong_number_goes_on_unlinked_with_what_is_known_of_the_person(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    rows = [
        bill(1),
        bill(2, id_no="370502900101123", phone="+86 139-0000-0002", living_address="胜利街道2号"),
        bill(3, id_no=""),
        bill(4, father_id_no="12345", father_name="王老"),
    ]
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text(rows)))
    found = records(workspace, "clinic_bill")
    assert found is not None
    by_record = {row["record_id"][-1]: row for row in found.to_pylist()}
    assert [by_record[key]["id_no"] is None for key in "1234"] == [False, True, True, False]
    assert [by_record[key]["_unlinked"] is None for key in "1234"] == [True, False, False, True]
    assert by_record["4"]["_unlinked_father_id_no"] is not None
    candidates = {row["candidate"]: row for row in opened(workspace).all_candidates().to_pylist()}
    second = candidates[by_record["2"]["_unlinked"]]
    assert (second["id_text"], second["name"], second["phone"], second["address"], second["row"]) == (
        "370502900101123",
        bill(2)["name"],
        "13900000002",
        "胜利街道2号",
        3,
    )
    assert candidates[by_record["4"]["_unlinked_father_id_no"]]["name"] == "王老"


def test_one_person_and_one_account_have_one_number_across_deliveries(workspace: Workspace, catalogue: Any, write: Write) -> None:
    first = bill(1, bank_account="6222 0210-0001", phone="13900000001")
    second = bill(2, id_no=bill(1)["id_no"].replace("1", "１"), bank_account="622202100001", name="王小伟", phone="13900000001")
    sent(workspace, catalogue, write("clinic_bill-2026-10.csv", csv_text([first])))
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([second])))
    found = records(workspace, "clinic_bill")
    assert found is not None
    assert len(set(found["id_no"].to_pylist())) == 1
    assert len(set(found["bank_account"].to_pylist())) == 1
    person = found["id_no"][0].as_py()
    vault = opened(workspace)
    assert vault.names_of([person]) == {person: tuple(sorted([first["name"], "王小伟"]))}
    assert vault.find(bill(1)["id_no"]) == person
    assert vault.find("123") is None
    assert vault.details().to_pydict()["text"].count("13900000001") == 1


def test_things_of_different_kinds_with_equal_texts_are_different(workspace: Workspace, catalogue: Any, write: Write) -> None:
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([bill(1, phone="123456", bank_account="123456")])))
    found = records(workspace, "clinic_bill")
    assert found is not None
    assert found["phone"][0] != found["bank_account"][0]


CANARIES = {
    "id_no": id_number(77),
    "name": "欧阳金丝雀",
    "phone": "13977777777",
    "living_address": "金丝雀路七十七号",
    "bank_account": "6222777777777777",
    "complaint": "金丝雀自述困难",
    "father_name": "欧阳老雀",
}


@pytest.mark.requirement("B5")
def test_nothing_of_a_person_lies_in_clear_anywhere_in_the_workspace(workspace: Workspace, catalogue: Any, write: Write) -> None:
    rows = [
        bill(1, **CANARIES),
        bill(2, **CANARIES, hospital="x" * 40_000),
        bill(3, **{**CANARIES, "id_no": "37050219000101777"}),
    ]
    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text(rows)))
    sent(workspace, catalogue, write("clinic_bill-2026-10.csv", csv_text([bill(4, **CANARIES, amount="x")])))
    everything = b"".join(path.read_bytes() for path in sorted(workspace.folder.rglob("*")) if path.is_file())
    table = records(workspace, "clinic_bill")
    assert table is not None
    plain = everything + json.dumps(table.to_pylist(), default=str, ensure_ascii=False).encode()
    for canary in (*CANARIES.values(), "37050219000101777"):
        assert canary.encode() not in plain
        assert canary.encode("gb18030") not in plain
    assert b"B000001" in plain


def test_messages_and_reports_hold_shapes_not_values(workspace: Workspace, catalogue: Any, write: Write) -> None:
    row = bill(1, id_no="370502199001011235", name="", bill_date="昨天1日")
    report = sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([row])))[0]
    said = json.dumps(report.as_json(), ensure_ascii=False)
    assert "3705021990" not in said
    assert "昨天" not in said


@pytest.mark.requirement("B5")
def test_the_raw_file_is_sealed_and_has_an_end_date(workspace: Workspace, catalogue: Any, write: Write) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1)]))
    sent(workspace, catalogue, path)
    one = deliveries(workspace)[0]
    assert one.raw_until == "2027-05-29"
    assert archive.raw_file(workspace, one) == path.read_bytes()
    assert archive.expire(workspace, on=date(2027, 5, 29)) == 0
    assert archive.expire(workspace, on=date(2027, 5, 30)) == 1
    assert not (archive.delivery_folder(workspace, one) / archive.RAW).exists()
    assert len(state(workspace)) == 1


def test_a_second_writer_is_told_who_holds_the_workspace(workspace: Workspace, catalogue: Any, write: Write) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1)]))
    with workspace.writing("run"), pytest.raises(WorkspaceBusy, match=r"process \d+ \(run\) has been writing since 2"):
        deliver([path], workspace, catalogue)
    assert sent(workspace, catalogue, path)[0].state == "accepted"


def test_looks_into_the_vault_are_written_down(workspace: Workspace, catalogue: Any, write: Write) -> None:
    from datetime import UTC, datetime

    sent(workspace, catalogue, write("clinic_bill-2026-11.csv", csv_text([bill(1)])))
    vault = opened(workspace)
    person = vault.find(bill(1)["id_no"])
    assert person is not None
    vault.record_look(by="officer-1", purpose="warnings", person_ids=[person], at=datetime(2026, 11, 20, tzinfo=UTC))
    line = json.loads((workspace.vault / "looks.jsonl").read_text())
    assert (line["by"], line["purpose"], line["persons"]) == ("officer-1", "warnings", [person])
