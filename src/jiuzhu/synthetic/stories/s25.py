"""Homes and premises of families on benefit: scenario S25."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=52), "wife": Person(age=51, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _owned()
    yield from _area()
    yield from _bought(day)
    yield from _given_away(day)
    yield from _money(day)
    yield from _rented(day)
    yield from _public_rental()


def _unit(number: str, person: str = "self", *, use: int = 1, status: int = 1, **columns: Any) -> Row:
    given = {"unit_no": f"S25-{number}", "use_type": use, "right_status": status, "area": "10"}
    return row("land_real_estate", person, **(given | columns))


def _owned() -> Iterator[Story]:
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("orange", "two homes", [_unit("A1"), _unit("A2", "wife")]),
        ("red", "three homes", [_unit("B1"), _unit("B2"), _unit("B3", "wife")]),
        (None, "one home of both", [_unit("C1"), _unit("C1", "wife")]),
        (None, "a home and one sold", [_unit("D1"), _unit("D2", status=2)]),
        (None, "a home and a garage", [_unit("E1"), _unit("E2", use=4)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S25-R01": grade}, dibao=True, people=COUPLE, rows=rows)
        yield Story(f"{title}, without dibao", {"S25-R01": None}, tekun=True, people=COUPLE, rows=rows)
    for grade, use, status in (
        ("red", 2, 1),
        ("red", 3, 1),
        ("red", 4, 1),
        ("red", 5, 1),
        (None, 1, 1),
        (None, 9, 1),
        (None, 2, 2),
    ):
        rows = [_unit(f"F{use}{status}", "wife", use=use, status=status)]
        title = f"premises of use {use} in state {status}"
        yield Story(title, {"S25-R03": grade}, dibao=True, people=COUPLE, rows=rows)
    yield Story("a shop, without dibao", {"S25-R03": None}, edge=True, rows=[_unit("G", use=2)])


def _area() -> Iterator[Story]:
    """15 square metres a head: three times is 45 for one person."""
    for grade, area in (("red", "90"), ("orange", "67.5"), ("yellow", "54"), ("blue", "45"), (None, "44.99")):
        yield Story(f"{area} m2 for one", {"S25-R02": grade}, dibao=True, rows=[_unit(f"H{area}", area=area)])
    halves = [_unit("I1", area="100", share_ratio="0.5"), _unit("I1", "wife", area="100", share_ratio="0.5")]
    yield Story("100 m2 of both", {"S25-R02": "blue"}, dibao=True, people=COUPLE, rows=halves)
    part = [_unit("J1", area="100", share_ratio="0.5"), _unit("J2", "wife", area="39.9")]
    yield Story("half of 100 m2, and a small home", {"S25-R02": None}, dibao=True, people=COUPLE, rows=part)
    other = [_unit("K1", area="44"), _unit("K2", use=4, area="200"), _unit("K3", status=2, area="200")]
    yield Story("a hall, and a home sold, are no homes", {"S25-R02": None}, dibao=True, rows=other)
    yield Story("much room, without dibao", {"S25-R02": None}, tekun=True, rows=[_unit("L", area="90")])


def _bought(day: Days) -> Iterator[Story]:
    edge, out = day.ago(months=36, days=-1), day.ago(months=36)
    for grade, way, when in (("orange", 1, edge), ("orange", 4, day.as_of), (None, 1, out), (None, 2, edge), (None, 5, edge)):
        rows = [_unit(f"M{way}{when}", "wife", acquire_way=way, register_date=when)]
        title = f"home acquired by way {way} on {when}"
        yield Story(title, {"S25-R04": grade}, dibao=True, people=COUPLE, rows=rows)
        yield Story(f"tekun, {title}", {"S25-R04": grade}, tekun=True, people=COUPLE, rows=rows)
        yield Story(f"on the margin, {title}", {"S25-R04": None}, edge=True, people=COUPLE, rows=rows)
    for grade, days, status in (("red", 59, 1), ("red", 0, 1), (None, 60, 1), (None, 9, 2)):
        rows = [row("housing_presale_contract", "wife", sign_date=day.ago(days=days), contract_status=status)]
        title = f"contract in state {status} signed {days} days ago"
        yield Story(title, {"S25-R05": grade}, dibao=True, people=COUPLE, rows=rows)
    rows = [row("housing_presale_contract", "self", sign_date=day.ago(days=9), contract_status=1)]
    yield Story("a contract, without dibao", {"S25-R05": None}, low=True, rows=rows)


def _given_away(day: Days) -> Iterator[Story]:
    applied = day.ago(days=40)
    within, before = Days(applied).ago(months=12, days=-2), Days(applied).ago(months=12)
    asked = row("civil_assistance_application", "self", household_id="own", apply_date=applied, item_code=1, decision=4)
    for grade, when, way, role in (
        ("yellow", within, 1, 1),
        ("yellow", applied, 2, 1),
        (None, before, 3, 1),
        (None, within, 4, 1),
        (None, within, 1, 2),
        (None, day.ago(days=39), 1, 1),
    ):
        gave = row("land_real_estate_transfer", "self", transfer_date=when, transfer_way=way, party_role=role)
        title = f"a home passed on as party {role} by way {way} on {when}"
        yield Story(title, {"S25-R06": grade}, low=True, rows=[gave, asked])
    gave = row("land_real_estate_transfer", "self", transfer_date=within, transfer_way=2, party_role=1)
    yield Story("gave a home away and never applied", {"S25-R06": None}, low=True, rows=[gave])


def _money(day: Days) -> Iterator[Story]:
    def tax(price: str, person: str = "self", /, **back: int) -> Row:
        return row("tax_deed", person, declared_price=price, pay_date=day.ago(**back))

    for grade, price in (("red", "300000"), ("orange", "200000"), ("yellow", "150000"), ("blue", "100000"), (None, "99999.99")):
        rows = [tax(price, "wife", months=36, days=-1), tax("50000", days=9)]
        yield Story(f"deed tax on {price}", {"S25-R07": grade}, dibao=True, people=COUPLE, rows=rows)
    yield Story("deed tax three years ago", {"S25-R07": None}, dibao=True, rows=[tax("300000", months=36)])
    yield Story("deed tax, without dibao", {"S25-R07": None}, edge=True, rows=[tax("300000", days=90)])

    def paid(amount: str, person: str = "self", /, **back: int) -> Row:
        return row("land_expropriation", person, compensation_amount=amount, pay_date=day.ago(**back))

    for grade, amount in (("red", "72000"), ("orange", "48000"), ("yellow", "36000"), ("blue", "24000"), (None, "23999.99")):
        yield Story(f"compensation of {amount}", {"S25-R08": grade}, dibao=True, rows=[paid(amount, days=200)])
    both = [paid("24000", "wife", months=24, days=-1), paid("24000", days=3)]
    yield Story("compensation of both", {"S25-R08": "blue"}, dibao=True, people=COUPLE, rows=both)
    older = [paid("24000", "wife", months=24), paid("47999", days=3)]
    yield Story("compensation two years ago", {"S25-R08": None}, dibao=True, people=COUPLE, rows=older)
    yield Story("compensation, without dibao", {"S25-R08": None}, edge=True, rows=[paid("72000", days=200)])


def _rented(day: Days) -> Iterator[Story]:
    def let(rent: str, *, role: int = 1, ends: int = 30) -> Row:
        return row("housing_rental_filing", "self", party_role=role, monthly_rent=rent, end_date=day.ahead(days=ends))

    for grade, rent in (("red", "1000"), ("orange", "600"), ("yellow", "400"), ("blue", "200"), (None, "199.99")):
        yield Story(f"a home let for {rent}", {"S25-R09": grade}, dibao=True, rows=[let(rent)])
    yield Story("let until tomorrow", {"S25-R09": "blue"}, dibao=True, rows=[let("200", ends=1)])
    yield Story("let until today", {"S25-R09": None}, dibao=True, rows=[let("1000", ends=0)])
    yield Story("a tenant", {"S25-R09": None}, dibao=True, rows=[let("1000", role=2)])
    yield Story("a home let, without dibao", {"S25-R09": None}, low=True, rows=[let("1000")])


def _public_rental() -> Iterator[Story]:
    def housed(status: int = 1) -> Row:
        return row("housing_public_rental", "self", support_type=1, support_status=status)

    gone = {"daughter": Person(age=25, father="self", hukou_status=2), "niece": Person(age=24, hukou_status=4)}
    apart = {**COUPLE, "son": Person(age=27, father="self", apart=True), **gone}
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("yellow", "the tenant's wife owns a home", [housed(), _unit("N1", "wife")]),
        ("yellow", "the tenant owns a home", [housed(), _unit("O1")]),
        (None, "the tenancy has ended", [housed(2), _unit("P1", "wife")]),
        (None, "the wife has sold the home", [housed(), _unit("Q1", "wife", status=2)]),
        (None, "the wife owns a garage", [housed(), _unit("R1", "wife", use=4)]),
        (None, "the son, registered apart, owns a home", [housed(), _unit("S1", "son")]),
        (None, "owns a home and rents none", [_unit("T1")]),
        (None, "the daughter who moved away owns a home", [housed(), _unit("U1", "daughter")]),
        (None, "the niece who was struck off owns a home", [housed(), _unit("V1", "niece")]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S25-R10": grade}, people=apart, rows=rows)
