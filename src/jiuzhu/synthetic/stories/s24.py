"""Vehicles, vessels and machines of families on benefit: scenario S24."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=50), "wife": Person(age=48, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _bought(day)
    yield from _worth(day)
    yield from _owned()
    yield from _transport()
    yield from _machines_and_vessels()
    yield from _changing_hands(day)
    yield from _edge(day)


def _vehicle(person: str = "self", kind: int = 1, status: int = 1, **columns: Any) -> Row:
    return row(
        "traffic_vehicle", person, **({"vehicle_class": kind, "vehicle_status": status, "purchase_price": "1000"} | columns)
    )


def _bought(day: Days) -> Iterator[Story]:
    for grade, days, kind, status in (
        ("red", 59, 1, 1),
        ("red", 0, 5, 1),
        (None, 60, 1, 1),
        (None, 9, 4, 1),
        (None, 9, 6, 1),
        (None, 9, 3, 5),
    ):
        rows = [_vehicle("wife", kind, status, acquired_date=day.ago(days=days))]
        title = f"vehicle of class {kind} in state {status}, acquired {days} days ago"
        yield Story(title, {"S24-R01": grade}, dibao=True, people=COUPLE, rows=rows)
    new = [_vehicle(acquired_date=day.ago(days=9))]
    yield Story("a new car, without dibao", {"S24-R01": None}, edge=True, rows=new)


def _worth(day: Days) -> Iterator[Story]:
    """0.93 for each completed year since the first registration."""
    fresh = day.ago(days=100)
    for grade, price in (("red", "90000"), ("orange", "60000"), ("yellow", "45000"), ("blue", "30000"), (None, "29999.99")):
        rows = [_vehicle(purchase_price=price, first_register_date=fresh)]
        yield Story(f"a car of {price}", {"S24-R02": grade}, dibao=True, rows=rows)
    for grade, price, first in (
        ("blue", "32259", day.ago(years=1)),
        (None, "32258", day.ago(years=1)),
        ("blue", "32258", day.ago(years=1, days=-2)),
        ("orange", "69373", day.ago(years=2)),
        ("yellow", "69372", day.ago(years=2)),
    ):
        rows = [_vehicle("wife", purchase_price=price, first_register_date=first)]
        yield Story(f"a car of {price} of {first}", {"S24-R02": grade}, dibao=True, people=COUPLE, rows=rows)
    for grade, price in (("yellow", "45000"), (None, "29999.99")):
        plate = f"鲁E24{price[:2]}0"
        tax = row("tax_vehicle_purchase", "self", plate_no=plate, invoice_price=price, pay_date=fresh)
        rows = [_vehicle(plate_no=plate, purchase_price=None, first_register_date=fresh), tax]
        yield Story(f"the invoice says {price}", {"S24-R02": grade}, dibao=True, rows=rows)
    two = [_vehicle(who, purchase_price="29000", first_register_date=fresh) for who in COUPLE]
    yield Story("two cheap cars", {"S24-R02": None}, dibao=True, people=COUPLE, rows=two)
    dear: dict[str, Any] = {"purchase_price": "90000", "first_register_date": fresh}
    yield Story("a lorry is no car", {"S24-R02": None}, dibao=True, rows=[_vehicle(kind=2, **dear)])
    yield Story("the car was scrapped", {"S24-R02": None}, dibao=True, rows=[_vehicle(status=2, **dear)])
    yield Story("a dear car, without dibao", {"S24-R02": None}, rigid=True, rows=[_vehicle(**dear)])


def _owned() -> Iterator[Story]:
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("orange", "a coach", [_vehicle(kind=3)]),
        ("red", "a car each", [_vehicle(), _vehicle("wife")]),
        (None, "a motorcycle and a wheelchair", [_vehicle(kind=4), _vehicle("wife", 6)]),
        (None, "a car passed on", [_vehicle(status=5)]),
    ]
    for grade, title, rows in found:
        yield Story(f"on dibao, {title}", {"S24-R03": grade}, dibao=True, people=COUPLE, rows=rows)
        yield Story(f"tekun, {title}", {"S24-R03": grade}, tekun=True, people=COUPLE, rows=rows)
        yield Story(f"on the margin, {title}", {"S24-R03": None}, edge=True, people=COUPLE, rows=rows)
    for grade, kind, status in (("red", 2, 1), ("red", 5, 1), (None, 1, 1), (None, 3, 1), (None, 2, 2)):
        title = f"vehicle of class {kind} in state {status} for a trade"
        yield Story(title, {"S24-R04": grade}, dibao=True, rows=[_vehicle(kind=kind, status=status)])
    yield Story("the lorry is the wife's", {"S24-R04": None}, dibao=True, people=COUPLE, rows=[_vehicle("wife", 2)])
    yield Story("a lorry, without dibao", {"S24-R04": None}, tekun=True, rows=[_vehicle(kind=2)])


def _transport() -> Iterator[Story]:
    for status, grade in ((1, "orange"), (2, None), (3, None)):
        rows = [row("transport_operating_vehicle", "self", permit_status=status, operation_type=2)]
        yield Story(f"taxi in state {status}, on dibao", {"S24-R05": grade}, dibao=True, rows=rows)
        yield Story(f"taxi in state {status}, on the margin", {"S24-R05": grade}, edge=True, rows=rows)
        yield Story(f"taxi in state {status}, rigid spending", {"S24-R05": None}, rigid=True, rows=rows)
    for grade, months, status in (
        ("red", 9, 1),
        ("orange", 6, 1),
        ("yellow", 5, 1),
        ("blue", 4, 1),
        ("blue", 3, 1),
        (None, 2, 1),
        (None, 9, 2),
    ):
        rows = [row("transport_practitioner", "self", order_months_active=months, cert_status=status)]
        title = f"driver with orders in {months} months, state {status}"
        yield Story(title, {"S24-R06": grade}, dibao=True, rows=rows)
    rows = [row("transport_practitioner", "self", order_months_active=9, cert_status=1)]
    yield Story("driver without dibao", {"S24-R06": None}, edge=True, rows=rows)


def _machines_and_vessels() -> Iterator[Story]:
    for grade, power, status in (
        ("red", "73.6", 1),
        ("orange", "55.2", 1),
        ("yellow", "44.16", 1),
        ("blue", "36.8", 1),
        (None, "36.79", 1),
        (None, "90", 3),
    ):
        rows = [row("agri_machinery", "self", power_kw=power, machine_status=status)]
        yield Story(f"machine of {power} kW in state {status}", {"S24-R07": grade}, dibao=True, rows=rows)
        yield Story(f"machine of {power} kW in state {status}, no dibao", {"S24-R07": None}, low=True, rows=rows)
    for grade, share, status in (("orange", "0.1", 1), (None, "0.0999", 1), (None, "1", 2)):
        rows = [row("agri_fishing_vessel", "self", share_ratio=share, vessel_status=status)]
        yield Story(f"{share} of a fishing vessel in state {status}", {"S24-R08": grade}, dibao=True, rows=rows)
        for dataset in ("maritime_vessel", "transport_inland_vessel"):
            rows = [row(dataset, "self", share_ratio=share, vessel_status=status)]
            title = f"{share} of {dataset} in state {status}"
            yield Story(title, {"S24-R09": grade}, dibao=True, rows=rows)
            yield Story(f"tekun, {title}", {"S24-R09": grade}, tekun=True, rows=rows)
            yield Story(f"on the margin, {title}", {"S24-R09": None}, edge=True, rows=rows)
    rows = [row("agri_fishing_vessel", "self", share_ratio="1", vessel_status=1)]
    yield Story("a fishing vessel, without dibao", {"S24-R08": None}, tekun=True, rows=rows)


def _changing_hands(day: Days) -> Iterator[Story]:
    def bought(count: int, *dates: date) -> list[Row]:
        days = [day.ago(days=30 * number) for number in range(count)]
        return [_vehicle(kind=4, status=5, acquired_date=one) for one in (*days, *dates)]

    edge, out = day.ago(months=24, days=-1), day.ago(months=24)
    for grade, rows in (
        ("red", bought(6)),
        ("orange", bought(5)),
        ("yellow", bought(4)),
        ("blue", bought(2, edge)),
        (None, bought(2, out)),
    ):
        title = f"{len(rows)} motorcycles, the first of {rows[-1].columns['acquired_date']}"
        yield Story(title, {"S24-R10": grade}, low=True, rows=rows)
    yield Story("six motorcycles, not in the base", {"S24-R10": None}, rows=bought(6))


def _edge(day: Days) -> Iterator[Story]:
    fresh: dict[str, Any] = {"first_register_date": day.ago(days=100)}
    for grade, price in (("red", "100000"), ("orange", "75000"), ("yellow", "60000"), ("blue", "50000"), (None, "49999.99")):
        rows = [_vehicle("wife", purchase_price=price, **fresh)]
        yield Story(f"on the margin, a car of {price}", {"S24-R11": grade}, edge=True, people=COUPLE, rows=rows)
    aged = [_vehicle(purchase_price="53763", first_register_date=day.ago(years=1))]
    yield Story("on the margin, a car of a year", {"S24-R11": None}, edge=True, rows=aged)
    dear: dict[str, Any] = {"purchase_price": "90000", **fresh}
    yield Story("on the margin, a lorry", {"S24-R11": None}, edge=True, rows=[_vehicle(kind=2, **dear)])
    yield Story("a car of a family with rigid spending", {"S24-R11": None}, rigid=True, rows=[_vehicle(**dear)])
    past = {"edge_status": 2}
    yield Story("a car, the margin has ended", {"S24-R11": None}, edge=True, edge_member=past, rows=[_vehicle(**dear)])
