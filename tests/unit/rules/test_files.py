"""Faults of catalogue files: each names file, line, rule and mend, and all come at once."""

# ruff: noqa: E501  (one fault a line reads better than a fault broken over six)

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import Catalogue, CatalogueFaults, load_catalogue, read_catalogue
from jiuzhu.rules.check import check_folder
from jiuzhu.rules.tree import Choose, Constant, FactInput, Name
from tests.unit.rules.conftest import SMALL, Broken

SETTLEMENT = "datasets/medins_settlement.toml"
VEHICLE = "datasets/traffic_vehicle.toml"
E07, E08, E10, E01 = (f"indicators/{code}.toml" for code in ("S01-E07", "S01-E08", "S01-E10", "S05-E01"))

# file, what is changed, the rule broken, a piece of the problem, a piece of the mend, the line (0: not looked at)
BELOW = (
    "  { as_of = 2026-11-20, facts = { low = true }, rows = { medins_settlement = "
    '[{ settlement_date = 2026-06-01, in_scope_self_pay_amount = "1999.99" }], medins_medical_aid = [] }, expect = "none" },\n'
)
WRONG: dict[str, tuple[str, tuple[str, str], str, str, str, int]] = {
    # datasets
    "an unknown key": (SETTLEMENT, ("refresh =", "refreshed ="), "unknown_key", "'refreshed'", "'refresh'", 5),
    "an unknown key of a field": (SETTLEMENT, ("identity =", "identiy ="), "unknown_key", "'identiy'", "'identity'", 21),
    "an unknown word": (SETTLEMENT, ('rows = "event"', 'rows = "events"'), "wrong_word", "'events'", "'event'", 6),
    "`at` is no field": (SETTLEMENT, ('at = "settlement_date"', 'at = "settled"'), "column", "'settled'", "", 8),
    "`at` holds no day": (SETTLEMENT, ('at = "settlement_date"', 'at = "visit_type"'), "column", "holds code", "settlement_date", 8),
    "events without `at`": (SETTLEMENT, ('at = "settlement_date"\n', ""), "missing_key", "without `at`", "when a row happened", 0),
    "`thing` is no field": (VEHICLE, ('["plate_no"]', '["plate"]'), "column", "'plate'", "plate_no", 7),
    "keyed by household without its number": (SETTLEMENT, ('keyed = "person"', 'keyed = "household"'), "keyed", "household_id", "add", 9),
    "a day count as text": (SETTLEMENT, ("stale_after = 40", 'stale_after = "40"'), "wrong_kind", "'40'", "a whole number", 11),
    "a law nobody knows": (SETTLEMENT, ('legal_basis = "L01"', 'legal_basis = "L77"'), "law", "'L77'", "L01", 13),
    "an optional field that does not say what empty means": (
        SETTLEMENT, ('unit = "yuan", empty = "unknown", level', 'unit = "yuan", level'), "empty", "'self_pay_amount'", "unknown", 26,
    ),
    "a required field that says what empty means": (
        SETTLEMENT, ("is_remote = { ", 'is_remote = { empty = "none", '), "empty", "'is_remote' is required", "leave out", 28,
    ),
    "money in days": (SETTLEMENT, ('unit = "yuan"', 'unit = "days"'), "unit", "money in 'days'", "yuan", 26),
    "an unknown unit": ("datasets/civil_lowincome_household.toml", ('"persons"', '"person"'), "unit", "'person'", "persons", 25),
    "an unknown code list": ("datasets/police_population.toml", ('codes = "sex"', 'codes = "sexes"'), "code_list", "'sexes'", "sex", 23),
    "a field without level": (SETTLEMENT, ('required = true, level = "internal"', "required = true"), "missing_key", "'level'", "open", 18),
    "another name than the file's": (SETTLEMENT, ('code = "medins_settlement"', 'code = "medins"'), "file_name", "", "medins.toml", 1),
    # facts
    "a fact of another kind": ("facts/low.toml", ('kind = "flag"', 'kind = "number"'), "type", "the value is a yes or no", "mend", 0),
    "a fact without unit": ("facts/age.toml", ('unit = "years"\n', ""), "unit", "without `unit`", '"years"', 5),
    "a fact in another unit": ("facts/age.toml", ('unit = "years"', 'unit = "days"'), "unit", "in years", "mend", 6),
    "an input that is forgotten": ("facts/birth_date.toml", ('value = "member"', 'value = "death_date"'), "unused_input", "'member'", "", 6),
    "cases of two kinds": ("facts/class.toml", ("'old'\"", "age\""), "type", "cases give", "same kind", 0),
    "a word that is not among the codes": ("facts/class.toml", ("'old'", "'aged'"), "code", "'aged'", "general", 0),
    "a case without condition before the last": (
        "facts/class.toml", ("{ when = \"low\", value", "{ value"), "missing_key", "without `when`", "only the last", 8,
    ),
    # relations and derived columns
    "a relation to no person": ("relations/father.toml", ('"father_id_no"', '"birth_date"'), "column", "names no person", "father_id_no", 5),
    "columns of a relation of one": ("relations/obligors.toml", ("many = true\n", ""), "input", "relation of one", "many = true", 6),
    "a match of two kinds": (
        "derived/traffic_vehicle.tax_price.toml", ('{ plate_no = "plate_no" }', '{ plate_no = "pay_date" }'), "type", "match of plate_no", "like", 0,
    ),
    "a derived column of another kind": (
        "derived/traffic_vehicle.tax_price.toml", ('value = "invoice_price"', 'value = "pay_date"'), "type", "its value is a date", "mend", 0,
    ),
    # indicators
    "an unreviewed rule": (E08, ('reviewed = { by = "救助处", date = 2026-03-01, again = 2027-03-01 }', ""), "missing_key", "'reviewed'", "", 0),
    "a review before it was reviewed": (E08, ("again = 2027-03-01", "again = 2026-03-01"), "reviewed", "is not after", "again", 10),
    "an indicator without law": (E08, ('law = "L01"', 'law = "L99"'), "law", "'L99'", "L01", 9),
    "a scenario nobody knows": (E08, ('code = "S01-E08"', 'code = "S09-E08"'), "file_name", "", "S09-E08", 1),
    "a route nobody takes": (E08, ('"township"', '"village hall"'), "route", "'village hall'", "township", 6),
    "a group for one person": (E08, ('of = "person"', 'of = "person"\ngroup = "hukou"'), "group", "one person", "leave it out", 4),
    "an unused input": (E08, ("low and not aided", "low"), "unused_input", "'aided'", "leave it out", 13),
    "a dataset that does not exist": (E08, ('"medins_medical_aid", exists', '"medins_aid", exists'), "dataset", "'medins_aid'", "medins_medical_aid", 13),
    "a field that does not exist": (E08, ('sum = "in_scope_self_pay_amount"', 'sum = "in_scope"'), "name", "'in_scope'", "", 11),
    "a fact that does not exist": (E08, ("low and", "lows and"), "name", "'lows'", "'low'", 14),
    "a missing unit": (E08, (', unit = "yuan"', ""), "unit", "without `unit`", '"yuan"', 11),
    "a wrong unit": (E08, ('unit = "yuan"', 'unit = "days"'), "unit", "the columns give yuan", '"yuan"', 11),
    "a parameter that does not exist": (E08, ('limit = "aid_floor"', 'limit = "aid_flor"'), "parameter", "'aid_flor'", "'aid_floor'", 14),
    "a number for a limit": (E08, ('limit = "aid_floor"', "limit = 2000"), "limit", "2000", "parameters/indicators.csv", 14),
    "a window in another unit": (E07, ("window_days days", "window_days months"), "unit", "in days", "window_days days", 11),
    "a fact beside columns": (E08, ('where = "in_scope_self_pay_amount > 0"', 'where = "low"'), "name", "'low' cannot be used here", "declare it", 12),
    "after what is no date": (E08, ('after = "first_bill"', 'after = "paid"'), "type", "a number", "date", 13),
    "two aggregates": (E08, ("exists = true", "exists = true, count = true"), "input", "exists and count", "one of", 13),
    "a unit that does not balance": (E08, ('measure = "paid"', 'measure = "days(first_bill, as_of)"'), "unit", "in days", "one unit", 14),
    "grades in the wrong order": (E08, ('red = "3 x", orange = "2 x"', 'orange = "2 x", red = "3 x"'), "grade", "orange, red", "red, orange", 14),
    "a grade that can never fire": (E08, ('orange = "2 x"', 'orange = "4 x"'), "grade", "never fire", "greater", 14),
    "a grade in another form": (E08, ('red = "3 x"', 'red = "3x"'), "grade", "'3x'", '"2 x"', 14),
    "a grade after one that always holds": (E07, ("red = \"class == 'low'\"", 'red = "hit"'), "grade", "always holds", "last", 15),
    "a measured grade without a measure": (E07, ('blue = "else"', 'blue = "1 x"'), "grade", "without a measure", "hit", 15),
    "a measure without limit": (E08, (', limit = "aid_floor"', ""), "missing_key", "go together", "parameter", 14),
    "two examples": (E08, (BELOW, ""), "examples", "2 examples", "three", 15),
    "no example that misses": (E08, ('expect = "none"', 'expect = "blue"'), "examples", '"none"', "just below", 15),
    "no example with missing data": (E08, ('expect = "unknown"', 'expect = "none"'), "examples", '"unknown"', "missing", 15),
    "an example that expects no grade of the rule": (E07, ('expect = "red"', 'expect = "yellow"'), "example", "'yellow'", "red", 20),
    "an example with rows nobody reads": (E08, ("{ medins_settlement = [{", "{ traffic_vehicle = [{"), "example", "'traffic_vehicle'", "medins", 16),
    "an example with a column nobody knows": (E08, ("[{ settlement_date", "[{ settled_on"), "column", "'settled_on'", "settlement_date", 16),
    "an example with a code nobody knows": (E07, ("{ medins_settlement = [] }", "{ medins_settlement = [{ visit_type = 9 }] }"), "example", "visit_type = 9", "", 19),
    "an example with money beyond the fen": (E08, ('"1999.99"', '"1999.999"'), "example", "1999.999", "2 decimals", 17),
    "an example with a fact nobody knows": (E08, ("{ low = true }", "{ poor = true }"), "fact", "'poor'", "", 16),
    "an example with a relation nobody knows": (E10, ("rows = {}", 'rows = {}\npeople = { self = { uncle = "joe" } }'), "relation", "'uncle'", "", 0),
    "a household fact beside a hukou household": (
        E01, ('when = "early > 0"', 'when = "early > 0 and income_year > 0"'), "fact", "living households", "group", 14,
    ),
    "a person's number beside a household": (E01, ('when = "early > 0"', 'when = "early > 0 and age > 5"'), "fact", "of one person", "members", 14),
    "a condition of persons outside members": (E10, ("not low", "not given(died)"), "name", "'died'", "members", 13),
    "rows of households beside a person": (
        E07, ('inputs.stay = { dataset = "medins_settlement", exists = true, where = "visit_type == 1"',
              'inputs.stay = { dataset = "civil_home_sensor_event", exists = true, where = "event_type == 1"'),
        "keyed", "rows of households", "fact of the household", 11,
    ),
    "a relation of many followed": (E10, ('{ fact = "death_date" }', '{ fact = "death_date", via = "obligors" }'), "relation", "of many", "members", 11),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_names_file_line_rule_and_mend(name: str, broken: Broken) -> None:
    file, change, rule, problem, mend, line = WRONG[name]
    faults = [fault for fault in broken(file, change) if fault.path.endswith(file) and fault.rule == rule]
    assert faults, f"no fault '{rule}' in {file}"
    assert any(problem in fault.problem and mend in fault.mend for fault in faults), [str(fault) for fault in faults]
    if line:
        assert line in {fault.line for fault in faults}, [str(fault) for fault in faults]


def test_one_slip_is_one_fault(broken: Broken) -> None:
    faults = broken(E08, ('sum = "in_scope_self_pay_amount"', 'sum = "in_scope"'))
    assert len(faults) == 1


def test_facts_in_a_ring_are_named_in_order(broken: Broken) -> None:
    faults = broken("facts/low.toml", ('value = "row"', 'value = "row and age > 5"'))
    assert faults == ()
    faults = broken(
        "facts/birth_date.toml", ('value = "police" },', 'value = "police" },\n  { when = "low", value = "police" },')
    )
    assert [fault.rule for fault in faults] == ["cycle"]
    assert "age → birth_date → low → age" in faults[0].problem


def test_all_faults_are_shown_at_once(folder: Path) -> None:
    (folder / "facts" / "low.toml").write_text('code = "low"\nsize = 3\n', encoding="utf-8")
    (folder / "relations" / "father.toml").write_text("code = father", encoding="utf-8")
    with pytest.raises(CatalogueFaults) as caught:
        load_catalogue(folder)
    files = {Path(fault.path).name for fault in caught.value.faults}
    assert {"low.toml", "father.toml"} <= files
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)


def test_a_place_adds_a_new_code(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / "facts").mkdir(parents=True)
    text = (folder / "facts" / "death_date.toml").read_text(encoding="utf-8")
    (place / "facts" / "left_on.toml").write_text(text.replace('code = "death_date"', 'code = "left_on"'), encoding="utf-8")
    catalogue = load_catalogue(folder, place)
    assert {"left_on", "death_date"} <= set(catalogue.facts)
    assert catalogue.version != load_catalogue(folder).version


@pytest.mark.parametrize(
    "file", ["facts/low.toml", "indicators/S01-E08.toml", "datasets/medins_settlement.toml", "relations/father.toml"]
)
def test_a_known_code_stops_with_both_paths(file: str, folder: Path, tmp_path: Path) -> None:
    second = tmp_path / "place" / file
    second.parent.mkdir(parents=True)
    second.write_bytes((folder / file).read_bytes())
    faults = [fault for fault in read_catalogue(folder, tmp_path / "place")[1] if fault.rule == "twice"]
    assert len(faults) == 1
    assert faults[0].path == second.as_posix()
    assert (folder / file).as_posix() in faults[0].problem


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert [fault.rule for fault in read_catalogue(tmp_path / "nowhere")[1]] == ["folder"]


def test_files_nobody_reads_are_faults(folder: Path) -> None:
    (folder / "indicators" / "S01-E99.tml").write_text("", encoding="utf-8")
    (folder / "indicator").mkdir()
    (folder / "S01-E98.toml").write_text("", encoding="utf-8")
    (folder / "README.md").write_text("how to", encoding="utf-8")
    assert {Path(fault.path).name for fault in check_folder(folder)} == {"S01-E99.tml", "indicator", "S01-E98.toml"}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"code = 'low'\ncode = 'low'\n", b"x = " + b"[" * 3000, b"a" * 1_000_001])
def test_a_file_that_cannot_be_read_is_one_fault(content: bytes, folder: Path) -> None:
    (folder / "codes" / "sex.toml").write_bytes(content)
    faults = [fault for fault in read_catalogue(folder)[1] if fault.path.endswith("sex.toml")]
    assert [fault.rule for fault in faults] == ["file"]


def entries() -> Iterator[tuple[str, str]]:
    for key in ("purpose", "legal_basis", "level", "owner", "keep"):
        yield SETTLEMENT, key
    for field in ("record_id", "settlement_date", "self_pay_amount"):
        yield SETTLEMENT, f"fields.{field}.level"


@pytest.mark.parametrize(("file", "key"), entries())
def test_a_dataset_or_field_without_purpose_basis_level_owner_or_keeping_time_stops_the_start(
    file: str, key: str, folder: Path
) -> None:
    path = folder / file
    lines = path.read_text(encoding="utf-8").splitlines()
    if key.startswith("fields."):
        field = key.split(".")[1]
        changed = [
            line.replace('level = "sensitive"', 'note = ""').replace('level = "internal"', 'note = ""')
            if line.startswith(field)
            else line
            for line in lines
        ]
    else:
        changed = [line for line in lines if not line.startswith(f"{key} = ")]
    assert changed != lines
    path.write_text("\n".join(changed), encoding="utf-8")
    with pytest.raises(CatalogueFaults) as caught:
        load_catalogue(folder)
    missing = key.rsplit(".", 1)[-1]
    assert any(fault.rule == "missing_key" and f"'{missing}'" in fault.problem for fault in caught.value.faults)


@pytest.mark.requirement("F3")
def test_a_sensitive_trait_needs_a_law_of_its_own(folder: Path) -> None:
    fact = folder / "facts" / "woman.toml"
    head = 'code = "woman"\ntitle = { zh = "女性", en = "woman" }\nof = "person"\nkind = "flag"\n'
    body = 'inputs.row = { dataset = "police_population", exists = true, where = "sex == 2" }\nvalue = "row"\n'
    fact.write_text(head + body, encoding="utf-8")
    assert [fault.rule for fault in read_catalogue(folder)[1]] == ["sensitive_trait"]
    fact.write_text(head + 'basis = [{ law = "L01", says = "retirement age" }]\n' + body, encoding="utf-8")
    assert [fault.rule for fault in read_catalogue(folder)[1]] == ["sensitive_trait"]
    fact.write_text(head + 'basis = [{ law = "L01", says = "retirement age", trait = "sex" }]\n' + body, encoding="utf-8")
    assert read_catalogue(folder)[1] == ()


@pytest.mark.parametrize(
    "option",
    [
        'distinct = "sex", unit = "kinds"',
        'count = true, each = ["sex"], keep = "max", unit = "records"',
        'max = "number(sex == 1)"',
    ],
)
def test_a_sensitive_trait_is_found_wherever_it_is_read(option: str, folder: Path) -> None:
    (folder / "facts" / "odd.toml").write_text(
        'code = "odd"\ntitle = { zh = "x", en = "x" }\nof = "person"\nkind = "flag"\n'
        f'inputs.row = {{ dataset = "police_population", {option} }}\nvalue = "row > 0"\n',
        encoding="utf-8",
    )
    assert [fault.rule for fault in read_catalogue(folder)[1]] == ["sensitive_trait"]


def test_the_small_catalogue_has_no_fault() -> None:
    assert check_folder(SMALL) == []


def test_facts_carry_the_scale_of_their_value(small: Catalogue) -> None:
    assert (small.facts["income_year"].type.unit, small.facts["income_year"].type.scale) == ("yuan", 2)
    assert (small.facts["age"].type.unit, small.facts["age"].type.scale) == ("years", 0)


def test_cases_become_a_choice_in_order(small: Catalogue) -> None:
    value = small.facts["class"].value
    assert isinstance(value, Choose)
    assert [result.value for _, result in value.cases if isinstance(result, Constant)] == ["low", "old"]
    assert isinstance(value.otherwise, Constant)
    assert value.otherwise.value == "general"


def test_a_parameter_only_named_is_put_among_the_inputs(small: Catalogue) -> None:
    window = small.indicators["S01-E07"].inputs
    assert list(window) == ["window_days", "stay"]
    assert next(iter(small.indicators["S01-E08"].inputs)) == "aid_floor"


def test_a_person_input_is_not_an_input_of_the_subject(small: Catalogue) -> None:
    indicator = small.indicators["S01-E10"]
    assert set(indicator.person_inputs) == {"died"}
    assert isinstance(indicator.person_inputs["died"], FactInput)


def test_what_a_rule_depends_on_is_followed_through_facts_relations_and_derived_columns(small: Catalogue) -> None:
    read = small.columns_read(small.indicators["S24-R02"])
    assert read["tax_vehicle_purchase"] >= {"plate_no", "invoice_price", "pay_date"}
    assert read["traffic_vehicle"] >= {
        "worth_now",
        "purchase_price",
        "tax_price",
        "first_register_date",
        "vehicle_class",
        "plate_no",
    }
    assert read["civil_lowincome_member"] >= {"member_status"}
    assert small.datasets_read(small.indicators["S01-E10"]) == (
        "civil_lowincome_member", "civil_support_obligor", "police_death_cancellation", "police_population",
    )  # fmt: skip


def test_money_that_cannot_be_negative_is_known_as_such(small: Catalogue) -> None:
    paid = small.indicators["S01-E08"].inputs["paid"]
    assert getattr(paid, "non_negative", None) is True
    assert isinstance(getattr(paid, "value", None), Name)
