"""Columns worked out from rows of other datasets, relations between people, and numbers of things."""

from __future__ import annotations

from datetime import date

from tests.unit.registry_profile.rows import archive, built, in_base

D = date


def car(record: str, person: int, plate: int, **other):
    columns = {"id_no": person, "plate_no": plate, "vehicle_class": 1, "first_register_date": D(2023, 5, 1), "vehicle_status": 1}
    return ("traffic_vehicle", record, D(2026, 11, 1), {**columns, "acquired_date": D(2023, 5, 1), **other})


def bought(record: str, plate: int, fen: int, day: date, person: int = 50):
    return ("tax_vehicle_purchase", record, day, {"id_no": person, "plate_no": plate, "invoice_price": fen, "pay_date": day})


def test_a_car_without_a_price_is_worth_the_newest_tax_price_of_its_plate_whoever_paid_it():
    rows = [
        car("priced", 1, 700, purchase_price=8_000_000),
        car("by plate", 2, 701),
        car("unknown", 3, 702),
        bought("t1", 701, 9_000_000, D(2023, 4, 1)),
        bought("t2", 701, 8_000_000, D(2023, 4, 20)),
        bought("t3", 799, 1, D(2023, 4, 20)),
    ]
    worth = dict(in_base(built(rows), "traffic_vehicle", "worth_now"))
    assert worth[1] == worth[2]
    assert worth[3] is None


def registered(person: int, number: str, status: int = 1, **other):
    columns = {"id_no": person, "hukou_household_no": number, "hukou_status": status, **other}
    return ("police_population", f"p{person}", D(2026, 11, 1), columns)


def test_a_count_over_equal_texts_counts_only_rows_that_hold():
    made = built([registered(1, "K1"), registered(2, "K1"), registered(3, "K1", 2), registered(4, "K2")])
    assert dict(in_base(made, "police_population", "hukou_size")) == {1: 2, 2: 2, 3: 2, 4: 1}


def paid(record: str, person: int, holder: int):
    columns = {
        "id_no": person,
        "account_holder_id_no": holder,
        "pay_month": 2026 * 12 + 9,
        "pay_result": 1,
        "fund_line_code": "dibao",
    }
    return ("civil_assistance_payment", record, D(2026, 10, 20), {**columns, "bank_account": 900 + holder, "pay_amount": 100})


def low(person: int, number: str):
    return ("civil_lowincome_member", f"m{person}", D(2026, 1, 1), {"id_no": person, "household_id": number, "member_status": 1})


def test_whether_somebody_lives_in_the_same_household_is_asked_of_the_day():
    made = built([low(1, "H1"), low(2, "H1"), low(3, "H3"), paid("to the wife", 1, 2), paid("to a stranger", 1, 3)])
    told = {record: inside for _, record, inside in in_base(made, "civil_assistance_payment", "record_id", "holder_in_household")}
    assert told == {"to the wife": True, "to a stranger": False}


def test_households_paid_into_one_account_in_one_month_are_counted():
    rows = [low(1, "H1"), low(2, "H1"), low(3, "H3"), paid("x", 1, 5), paid("y", 2, 5), paid("z", 3, 5), paid("w", 3, 6)]
    told = {record: n for _, record, n in in_base(built(rows), "civil_assistance_payment", "record_id", "households_on_account")}
    assert told == {"x": 2, "y": 2, "z": 2, "w": 1}


def obligor(record: str, person: int, obligee: int, **other):
    columns = {
        "id_no": person,
        "obligee_id_no": obligee,
        "has_ability": True,
        "verify_consent": True,
        "support_amount_month": 300_00,
    }
    return ("civil_support_obligor", record, D(2026, 6, 1), {**columns, **other})


def test_a_relation_of_many_has_all_its_people_with_the_columns_of_the_row():
    made = built([obligor("a", 1, 9), obligor("b", 2, 9, has_ability=False), obligor("c", 2, 8)])
    people = made.people["person"].to_pylist()
    told = {
        (people[row["person"]], people[row["other"]]): row["has_ability"] for row in made.base.relations["obligors"].to_pylist()
    }
    assert told == {(9, 1): True, (9, 2): False, (8, 2): True}
    back = {(people[row["person"]], people[row["other"]]) for row in made.base.relations["obligee_of"].to_pylist()}
    assert back == {(1, 9), (2, 9), (2, 8)}


def test_a_relation_of_one_is_the_newest_row_that_holds():
    wedding = {"event_type": 1, "event_date": D(2010, 5, 1)}
    rows = [
        ("civil_marriage", "w1", D(2010, 5, 2), {"id_no": 1, "spouse_id_no": 2, **wedding}),
        ("civil_marriage", "w2", D(2020, 5, 2), {"id_no": 1, "spouse_id_no": 3, **wedding, "event_date": D(2020, 5, 1)}),
        ("civil_marriage", "d1", D(2015, 5, 2), {"id_no": 1, "spouse_id_no": 2, "event_type": 2, "event_date": D(2015, 5, 1)}),
    ]
    made = built(rows)
    people = made.people["person"].to_pylist()
    assert [(people[row["person"]], people[row["other"]]) for row in made.base.relations["newest_spouse"].to_pylist()] == [(1, 3)]


def test_a_relation_of_a_household_holds_for_every_member():
    house = {"household_id": "H1", "head_id_no": 2, "household_status": 1, "member_count": 2, "category": 1}
    made = built([low(1, "H1"), low(2, "H1"), low(3, "H3"), ("civil_lowincome_household", "h", D(2026, 1, 1), house)])
    people = made.people["person"].to_pylist()
    assert {(people[row["person"]], people[row["other"]]) for row in made.base.relations["head"].to_pylist()} == {(1, 2), (2, 2)}


def test_a_record_without_a_right_number_belongs_to_whom_it_was_linked_to_or_to_nobody_else():
    rows = [
        ("medins_settlement", "known", D(2026, 5, 1), {"id_no": 1, "settlement_date": D(2026, 5, 1), "self_pay_amount": 1}),
        ("medins_settlement", "linked", D(2026, 5, 1), {"_unlinked": 77, "settlement_date": D(2026, 5, 1), "self_pay_amount": 2}),
        ("medins_settlement", "alone", D(2026, 5, 1), {"_unlinked": 78, "settlement_date": D(2026, 5, 1), "self_pay_amount": 4}),
    ]
    made = built(rows, links={77: 1, 78: -1})
    assert sorted(in_base(made, "medins_settlement", "self_pay_amount")) == [(-1, 4), (1, 1), (1, 2)]
    assert archive(rows).deliveries[0].dataset == "medins_settlement"
