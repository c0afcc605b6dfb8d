"""The commands of the exchange: keys by two officers, what is aside, what is due, and refusals that say the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.crypto.signing import new_signing_key
from tests.integration.exchange.town import Town
from tests.integration.registry.village import bill, person, write

DAY = "2026-11-20"
SETTINGS = 'place = "370502"\n[bodies.police]\nfolder = "{}"\ndivisions = ["370502"]\n'


@pytest.mark.requirement("E4")
@pytest.mark.feature("SF247")
def test_from_a_new_body_to_its_first_receipt_by_commands_only(town: Town) -> None:
    outbox, key = town.box("police") / "outbox", town.folder / "theirs.pem"
    outbox.mkdir(parents=True)
    town.workspace.mkdir()
    (town.workspace / "exchange.toml").write_text(SETTINGS.format(town.box("police")), encoding="utf-8")
    path = write(town.folder / "in", "police_population-2026-11.csv", [person(1, "K1")])
    words = (
        "--body",
        "police",
        "--to",
        "370502",
        "--number",
        "1",
        "--key",
        str(key),
        "--outbox",
        str(outbox),
        "--made-at",
        f"{DAY}T08:00",
    )
    town.command("exchange-send", str(path), *words)
    public_key = str(key.with_suffix(".public.pem"))
    town.command("exchange-keys", "propose", "police", public_key, "--by", "A", "--because", "joins the exchange")
    fingerprint = town.command("exchange-keys", "list", "--json")["pages"][0]["fingerprint"]
    # Nothing counts as long as one officer stands alone.
    assert town.exchange(DAY, "--once")["bodies"][0]["taken"] == 0
    town.command("exchange-keys", "confirm", "police", fingerprint, "--by", "A", "--because", "compared", code=1)
    assert "another one has to" in town.told
    town.command("exchange-keys", "confirm", "police", fingerprint, "--by", "B", "--because", "compared by telephone")
    assert town.exchange(DAY)["bodies"][0]["taken"] == 1
    assert town.receipt("police", 1)["files"][0]["accepted"] == 1
    assert "BEGIN PUBLIC KEY" in str(town.command("exchange-keys", "ours")["out"])
    town.command("exchange-send", str(path), *words, code=1)
    assert "a number is used once" in town.told
    town.command("exchange-send", str(path), *words[:-1], DAY, code=1)
    assert "is no instant" in town.told


def test_what_arrives_in_a_year_without_a_calendar_is_looked_at_all_the_same(town: Town) -> None:
    town.join("police")
    town.send("police", 1, "2027-01-20", [write(town.folder / "in", "police_population-2027-01.csv", [person(1, "K1")])])
    told = town.exchange("2027-01-20")
    assert told["because"] == ["new deliveries arrived"]
    assert "the working days of 2027 are not loaded" in town.told


@pytest.mark.requirement("E4")
def test_a_file_delivered_by_hand_in_the_name_of_a_source_has_its_bounds(town: Town) -> None:
    town.join("medical_insurance")
    rows = [bill("1", 1, "5", DAY), bill("2", 1, "5", DAY, region_code="320400"), bill("3", 1, "5", DAY, data_date="2026-11-21")]
    path = str(write(town.folder / "in", "medins_settlement-2026-11.csv", rows))
    words = ("deliver", path, "--as-of", DAY, "--json")
    named = town.command(*words, "--source", "medical_insurance")["deliveries"][0]
    assert named["reasons"] == {"in_future": 1, "other_division": 1}
    town.command(*words, "--source", "police", code=1)
    assert "medins_settlement is stated by 医疗保障" in town.told
    # Without a name it is taken as before: whoever carries it in answers for it.
    assert town.command(*words)["deliveries"][0]["accepted"] == 3


@pytest.mark.requirement("E7")
def test_what_is_aside_is_listed_with_its_reason_and_tried_again_on_request(town: Town) -> None:
    town.join("police", "medical_insurance")
    theirs = town.keys["police"]
    town.keys["police"] = new_signing_key(town.folder / "forged.pem")
    town.send("police", 1, DAY, [write(town.folder / "in", "police_population-2026-11.csv", [person(1, "K1")])])
    town.keys["police"] = theirs
    town.send("medical_insurance", 1, DAY, [write(town.folder / "in", "medins_settlement-2026-11.csv", [bill("1", 1, "5", DAY)])])
    told = town.exchange(DAY, code=1)
    assert [(one["body"], one["taken"], len(one["aside"])) for one in told["bodies"]] == [
        ("police", 0, 1),
        ("medical_insurance", 1, 0),
    ]
    aside = town.command("aside", "--json")["aside"]
    assert [(one["body"], one["message"]) for one in aside] == [("police", "1")]
    assert aside[0]["reason"].startswith("bad_signature: ")
    assert town.receipt("police", 1)["result"] == "refused"
    assert town.exchange(DAY)["bodies"][0]["aside"] == []
    town.command("aside", "--again", "nothing", code=1)
    town.command("aside", "--again", aside[0]["trial"])
    assert town.command("aside", "--json")["aside"] == []
    assert len(town.exchange(DAY, code=1)["bodies"][0]["aside"]) == 1


def test_one_body_alone_and_one_that_is_down_while_the_others_go_on(town: Town) -> None:
    town.join("police", "medical_insurance")
    for body, name, row in (
        ("police", "police_population", person(1, "K1")),
        ("medical_insurance", "medins_settlement", bill("1", 1, "5", DAY)),
    ):
        town.send(body, 1, DAY, [write(town.folder / "in", f"{name}-2026-11.csv", [row])])
    town.box("police").rename(town.folder / "not mounted")
    told = town.exchange(DAY, code=1)
    assert [(one["body"], one["taken"], bool(one["unreachable"])) for one in told["bodies"]] == [
        ("police", 0, True),
        ("medical_insurance", 1, False),
    ]
    assert told["run"]
    (town.folder / "not mounted").rename(town.box("police"))
    assert [one["body"] for one in town.exchange(DAY, "--body", "medical_insurance")["bodies"]] == ["medical_insurance"]
    assert town.exchange(DAY, "--body", "police")["bodies"][0]["taken"] == 1
    town.exchange(DAY, "--body", "health", code=1)
    assert "health is not in exchange.toml" in town.told


@pytest.mark.requirement("E6")
def test_due_tells_what_is_late_and_what_never_came(town: Town) -> None:
    town.join("medical_insurance")
    rows = [bill("1", 1, "5", "2026-11-12", data_date="2026-11-12")]
    town.send("medical_insurance", 1, DAY, [write(town.folder / "in", "medins_settlement-2026-11.csv", rows)])
    town.exchange(DAY)
    told = town.command("due", "--as-of", DAY, "--json")
    states = {one["dataset"]: (one["body"], one["state"], one["late_by"]) for one in told["datasets"]}
    assert len(states) == 145
    # Friday the 13th was the first day nobody has spoken of; two working days after it is Tuesday the 17th.
    assert states["medins_settlement"] == ("medical_insurance", "late", 3)
    assert states["police_population"] == ("police", "silent", None)
    assert [(one["schedule"], one["day"], one["done"]) for one in told["checks"]] == [("self_paid_medical", "2026-11-09", True)]
    out = str(town.command("due", "--as-of", DAY)["out"])
    assert "medical_insurance medins_settlement: late by 3 working days; speaks up to 2026-11-12" in out
    town.command("due", "--as-of", "2027-01-20", code=1)
    assert "the working days of 2027 are not loaded" in town.told


@pytest.mark.parametrize("broken", ["", "place = 1\n"])
def test_wrong_settings_are_refused_before_anything_is_fetched(broken: str, town: Town) -> None:
    town.join("police")
    (town.workspace / "exchange.toml").write_text(broken, encoding="utf-8")
    town.exchange(DAY, code=1)
    assert "exchange.toml: place is a division code" in town.told
    (town.workspace / "exchange.toml").unlink()
    town.exchange(DAY, code=1)
    assert "connect-a-department.md" in town.told


def test_no_plain_file_of_a_message_stays_behind(town: Town) -> None:
    town.join("police")
    marked = person(1, "K1", hukou_address="独一无二的门牌")
    town.send("police", 1, DAY, [write(town.folder / "in", "police_population-2026-11.csv", [marked])])
    town.exchange(DAY)
    found = [path for path in _files(town.workspace) if "独一无二的门牌".encode() in path.read_bytes()]
    assert found == []


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
