"""Sources held against each other in a village of six: every count, conflict and score worked out by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.registry.village import DAY, PLACE, few, member, number, person, run, write

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
ELSEWHERE = "370502002001"


def row(record: str, one: int, day: str, **said: Any) -> dict[str, Any]:
    """A line of any dataset."""
    known = person(one, "")
    return {"record_id": record, "id_no": known["id_no"], "name": known["name"], **said, "region_code": PLACE, "data_date": day}


def death(one: int, day: str, sent: str) -> dict[str, Any]:
    return row(f"d{one}", one, sent, death_date=day, cancel_date=sent, declarant_relation="")


def certificate(one: int, day: str, **other: Any) -> dict[str, Any]:
    told = {"cert_no": f"C{one}", "death_date": day, "death_cause_code": "I10", "death_place": "1", "issue_date": day, **other}
    return row(f"c{one}", one, "2026-11-12", **told)


def tax(one: int, yuan: str) -> dict[str, Any]:
    return row(f"t{one}", one, "2026-10-31", tax_month="2026-10", income_item=1, income_amount=yuan, tax_amount="0")


def contribution(one: int, yuan: str) -> dict[str, Any]:
    told = {"insure_type": 1, "pay_month": "2026-10", "contribution_base": yuan, "pay_status": 1}
    return row(f"b{one}", one, "2026-10-31", **told)


def insured(one: int, category: int) -> dict[str, Any]:
    told = {"insure_type": 2, "pay_year": 2026, "pay_status": 1, "subsidy_category": category}
    return row(f"i{one}", one, "2026-11-01", **told)


def tekun(one: int, day: str) -> dict[str, Any]:
    told = {"tekun_no": f"T{one}", "household_id": "H1", "support_mode": 1, "self_care": 1, "basic_amount": "900"}
    told |= {"care_amount": "0", "approve_date": "2026-01-05", "tekun_status": 1}
    return row(f"k{one}", one, day, **told)


def card(one: int, level: int) -> dict[str, Any]:
    told = {"cert_no": f"{number(one)}42", "disability_type": 4, "disability_level": level, "issue_date": "2024-03-01"}
    return row(f"h{one}", one, "2026-11-01", **told, valid_to="2034-03-01", cert_status=1)


def nursing(one: int, level: int) -> dict[str, Any]:
    told = {"cert_no": f"{number(one)}42", "disability_level": level, "start_date": "2024-04-01", "monthly_amount": "150"}
    return row(f"n{one}", one, "2026-11-01", **told, bank_account="6217000010000000001", allowance_status=1)


def files(folder: Path) -> list[Path]:
    """1 and 2 are in the low-income base, 3 was entered with a wrong birthday, 4 with the wrong sex, 5 and 6 died."""
    wrong_sex = {"sex": 3 - person(4, "")["sex"]}
    odd = {3: {"birth_date": "1999-01-01"}, 4: wrong_sex, 6: {"region_code": ELSEWHERE}}
    told = {
        "police_population-2026-11.csv": [person(one, f"K{one // 3}", **odd.get(one, {})) for one in range(1, 7)],
        "civil_lowincome_member-2026-11.csv": [member(1, "H1"), member(2, "H1", monthly_income="4000")],
        "police_death_cancellation-2026-10.csv": [death(5, "2026-10-20", "2026-10-21")],
        "police_death_cancellation-2026-11.csv": [death(6, "2026-11-10", "2026-11-12")],
        "health_death_certificate-2026-11.csv": [
            certificate(5, "2026-10-19"),
            certificate(6, "2026-11-01"),
            {**certificate(4, "2026-11-02"), "death_cause_code": ""},
        ],
        "tax_individual_income-2026-10.csv": [tax(1, "5000"), tax(2, "5000")],
        "hr_pension_contribution-2026-10.csv": [contribution(1, "3999.99"), contribution(2, "4200")],
        "medins_enrollment-2026-11.csv": [insured(1, 1), insured(2, 1), insured(3, 0)],
        "civil_tekun_person-2026-11.csv": [tekun(2, "2026-11-01")],
        "dpf_disability_certificate-2026-11.csv": [card(1, 2)],
        "civil_disability_nursing_allowance-2026-11.csv": [nursing(1, 1)],
    }
    return [write(folder, name, rows) for name, rows in told.items()]


@pytest.fixture(scope="module")
def rules(national: Catalogue) -> Catalogue:
    return few(national, "S01-E01")


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory, rules: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    public.deliver(files(folder / "in"), workspace=folder / "workspace", catalogue=rules, as_of=DAY)
    public.mark_invented(folder / "workspace")
    run(folder / "workspace", rules)
    return folder / "workspace"


def counts(workspace: Path, code: str, **other: Any) -> tuple[int, ...]:
    """People, alone, pairs, agreeing, conflicting, older, people in conflict, of them here."""
    one = next(one for one in public.comparisons(workspace, **other) if one.code == code)
    return one.people, one.alone, one.pairs, one.agreeing, one.conflicting, one.older, one.people_conflicting, one.here


def words(entry: public.SideBySide) -> list[tuple[str, str, str]]:
    return [(said.dataset, said.value, said.verdict) for said in entry.statements]


EXPECTED = {
    # 3 and 4 stand in the register alone; of 6 it spoke before the death, of 5 after it
    "alive": (6, 2, 5, 4, 1, 1, 1, 1),
    # a day apart is the same day; nine days are not
    "death_date": (2, 0, 2, 1, 1, 0, 1, 1),
    "birth_date": (6, 0, 8, 7, 1, 0, 1, 1),
    "sex": (6, 0, 6, 5, 1, 0, 1, 1),
    "disability_level": (1, 0, 1, 0, 1, 0, 1, 1),
    # a fifth of the larger is allowed, a cent more is not
    "wage": (2, 0, 3, 2, 1, 0, 1, 1),
    # of 1 the register has no row, though it was delivered; 3 is said to be one by nobody
    "tekun": (2, 0, 2, 1, 1, 0, 1, 1),
    "property": (0, 0, 0, 0, 0, 0, 0, 0),
}


@pytest.mark.feature("SF044")
@pytest.mark.parametrize("code", EXPECTED)
def test_the_counts_are_those_worked_out_by_hand(village: Path, code: str):
    assert counts(village, code) == EXPECTED[code]


@pytest.mark.feature("SF044")
def test_conflicting_words_stand_side_by_side_with_source_value_day_and_age(village: Path):
    (entry,) = public.conflicts(village, "alive", by="zhou", at=AT)
    assert (entry.subject, entry.name, entry.division) == (number(5), person(5, "")["name"], PLACE)
    assert words(entry) == [
        ("police_death_cancellation", "dead", "authority"),
        ("health_death_certificate", "dead", "agrees"),
        ("police_population", "alive", "differs"),
    ]
    register = entry.statements[2]
    assert (register.department, register.source, register.record_id) == ("公安", "公安@370502", "p5")
    assert (register.said_on, register.age_days, register.value_zh) == (date(2026, 11, 1), 19, "在世")


@pytest.mark.feature("SF044")
@pytest.mark.parametrize(
    ("code", "whose", "expected"),
    [
        (
            "birth_date",
            3,
            [("id_number", person(3, "")["birth_date"], "authority"), ("police_population", "1999-01-01", "differs")],
        ),
        ("wage", 1, [("tax_individual_income", "5000.00", "authority"), ("hr_pension_contribution", "3999.99", "differs")]),
        ("tekun", 1, [("civil_tekun_person", "no", "authority"), ("medins_enrollment", "yes", "differs")]),
    ],
)
def test_the_authority_comes_first_whatever_it_is(village: Path, code: str, whose: int, expected: list[tuple[str, str, str]]):
    (entry,) = public.conflicts(village, code, by="zhou", at=AT)
    assert (entry.subject, words(entry)) == (number(whose), expected)


@pytest.mark.feature("SF044")
def test_an_older_word_that_differs_is_outdated_and_no_conflict(village: Path):
    told = public.side_by_side(village, id_number=number(6), by="zhou", at=AT, purpose="asked at the counter")
    alive = next(entry for entry in told if entry.comparison == "alive")
    assert ("police_population", "alive", "older") in words(alive)
    assert {entry.comparison for entry in told} == {"alive", "death_date", "birth_date", "sex", "local_hukou"}


@pytest.mark.requirement("E6")
def test_a_register_that_fell_silent_says_nothing_by_a_missing_row(tmp_path: Path, rules: Catalogue):
    """The register of tekun persons came last two months ago: that 1 is not in it is not known any longer."""
    late = [path for path in files(tmp_path / "in") if "tekun" not in path.name]
    old = write(tmp_path / "in", "civil_tekun_person-2026-08.csv", [tekun(2, "2026-08-01")])
    public.deliver([*late, old], workspace=tmp_path / "workspace", catalogue=rules, as_of=DAY)
    run(tmp_path / "workspace", rules)
    assert counts(tmp_path / "workspace", "tekun") == (2, 1, 1, 1, 0, 0, 0, 0)


# --- scores ----------------------------------------------------------------------------------------------------------


def source(workspace: Path, dataset: str) -> public.SourceQuality:
    (one,) = [one for one in public.sources(workspace) if one.dataset == dataset]
    return one


@pytest.mark.feature("SF044")
def test_the_score_is_the_mean_of_its_four_parts(village: Path):
    one = source(village, "police_death_cancellation")
    # two rows of four cells each (whom, death, cancelling, who declared it); who declared it is left out twice
    assert (one.completeness.good, one.completeness.whole) == (6, 8)
    assert (one.validity.good, one.validity.whole) == (2, 2)
    assert (one.timeliness.good, one.timeliness.whole) == (14, 14)
    # of 5 a day off, which is allowed; of 6 nine days; whether they live is for it to say
    assert (one.agreement.good, one.agreement.whole) == (1, 2)
    assert (one.deliveries, one.newest, one.age_days) == (2, DAY, 0)
    assert one.score == Decimal("81.3")  # (75 + 100 + 100 + 50) / 4, half up


@pytest.mark.feature("SF044")
def test_a_row_sent_back_for_an_empty_cell_counts_against_both(village: Path):
    one = source(village, "health_death_certificate")
    assert (one.validity.good, one.validity.whole) == (2, 3)
    assert one.completeness.whole - one.completeness.good == 1
    assert one.agreement.percent == Decimal("100.0")


@pytest.mark.feature("SF044")
def test_what_cannot_be_measured_is_left_out_and_never_nought(village: Path):
    one = source(village, "tax_individual_income")
    assert one.agreement.whole == 0
    assert one.agreement.percent is None
    assert one.score == Decimal("100.0")


@pytest.mark.feature("SF044")
def test_a_late_source_loses_points_day_by_day(village: Path, rules: Catalogue):
    """The register of residents reaches to 30 November and may be 14 days old: 21 days old it has half of them left."""
    try:
        run(village, rules, date(2026, 12, 21))
        late = source(village, "police_population")
        assert (late.age_days, late.timeliness.good, late.timeliness.whole) == (21, 7, 14)
        run(village, rules, date(2027, 3, 1))
        assert source(village, "police_population").timeliness.good == 0
    finally:
        run(village, rules)


# --- who looks -------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("B5")
def test_whoever_is_shown_people_is_written_down_and_counts_alone_name_nobody(village: Path):
    book = village / "vault" / "looks.jsonl"
    before = book.read_text(encoding="utf-8").splitlines() if book.exists() else []
    public.sources(village)
    public.comparisons(village)
    assert (book.read_text(encoding="utf-8").splitlines() if book.exists() else []) == before
    public.conflicts(village, by="zhou", at=AT, purpose="monthly comparison")
    public.side_by_side(village, id_number=number(1), by="zhou", at=AT, purpose="asked at the counter")
    looks = [json.loads(line) for line in book.read_text(encoding="utf-8").splitlines()[len(before) :]]
    assert [(look["by"], look["purpose"], look["count"]) for look in looks] == [
        ("zhou", "monthly comparison", 5),
        ("zhou", "asked at the counter", 1),
    ]


@pytest.mark.feature("SF044")
def test_only_people_of_the_division_are_shown(village: Path):
    assert [entry.subject for entry in public.conflicts(village, "death_date", by="zhou", at=AT)] == [number(6)]
    assert public.conflicts(village, "death_date", by="zhou", at=AT, division="370502001") == []
    assert counts(village, "death_date", division="370502001")[-2:] == (1, 0)
    with pytest.raises(public.NoPerson):
        public.side_by_side(village, id_number=number(6), by="zhou", at=AT, purpose="asked", division="370502001")


def test_pages_of_conflicts_are_pieces_of_the_whole(village: Path):
    whole = public.conflicts(village, by="zhou", at=AT)
    pieces = [entry for skip in range(0, 9, 2) for entry in public.conflicts(village, by="zhou", at=AT, skip=skip, limit=2)]
    assert len(whole) == 7
    assert pieces == whole


def test_a_comparison_or_a_person_nobody_knows_is_refused_in_words(village: Path):
    with pytest.raises(public.NoComparison, match="alive, death_date"):
        public.conflicts(village, "alife", by="zhou", at=AT)
    with pytest.raises(public.NoPerson):
        public.side_by_side(village, id_number=number(29), by="zhou", at=AT, purpose="asked")
