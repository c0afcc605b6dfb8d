"""Money in banks, securities, policies and wallets: scenario S26.

A rule sees it of people who have agreed to be asked about; every grown member of a story has, unless it says who.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=58), "wife": Person(age=56, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _dibao_families(day)
    yield from _edge_families()
    yield from _tekun()
    yield from _jump(day)
    yield from _accounts()
    yield from _insurance(day)
    yield from _withdrawn(day)


def _deposit(balance: str, person: str = "self", *, bank: str = "黄河口银行", **columns: Any) -> Row:
    return row("bank_deposit", person, bank_name=bank, balance=balance, **columns)


def _product(value: str, person: str = "self") -> Row:
    return row("bank_wealth_product", person, market_value=value)


def _shares(value: str, cash: str | None = "0", person: str = "self") -> Row:
    return row("securities_account", person, market_value=value, cash_balance=cash)


def _wallet(balance: str, fund: str | None = "0", person: str = "self") -> Row:
    return row("payment_account", person, balance=balance, fund_balance=fund)


def _policy(cash: str = "0", premium: str = "0", *, kind: int = 1, role: int = 1, status: int = 1, person: str = "self") -> Row:
    columns = {"cash_value": cash, "annual_premium": premium, "policy_type": kind, "party_role": role, "policy_status": status}
    return row("insurance_policy", person, **columns)


def _dibao_families(day: Days) -> Iterator[Story]:
    """24 months of a standard of 1,000 a head."""
    for grade, money in (("red", "72000"), ("orange", "48000"), ("yellow", "36000"), ("blue", "24000"), (None, "23999.99")):
        yield Story(f"on dibao, {money} in the bank", {"S26-R01": grade}, dibao=True, rows=[_deposit(money)])
    kinds = [_product("8000", "wife"), _shares("6000", "1000"), _policy("9000"), _wallet("2000", "2000", "wife")]
    for grade, money in (("blue", "20000"), (None, "19999.99")):
        rows = [_deposit(money), *kinds]
        yield Story(f"28000 of many kinds and {money}", {"S26-R01": grade}, dibao=True, people=COUPLE, rows=rows)
    two = [_deposit("12000"), _deposit("12000", bank="渤海湾银行")]
    yield Story("two banks", {"S26-R01": "blue"}, dibao=True, rows=two)
    spent = [
        _deposit("90000", data_date=day.ago(days=120), balance_date=day.ago(days=130)),
        _deposit("5000"),
    ]
    yield Story("the money of the same account is gone", {"S26-R01": None}, dibao=True, rows=spent)
    lapsed = [_deposit("20000"), _policy("9000", status=3)]
    yield Story("the policy was surrendered", {"S26-R01": None}, dibao=True, rows=lapsed)
    columns = {"household_id": "own", "sign_date": day.ago(days=100), "valid_to": day.ahead(days=200), "revoked": False}
    signed = row("civil_verification_authorisation", "self", **columns)
    rows = [_deposit("90000", "wife"), signed]
    yield Story("the wife has not agreed to be asked about", {"S26-R01": None}, dibao=True, people=COUPLE, rows=rows)
    yield Story("much money, no dibao", {"S26-R01": None, "S26-R02": None}, low=True, rows=[_deposit("90000")])


def _edge_families() -> Iterator[Story]:
    for grade, money in (("red", "96000"), ("orange", "72000"), ("yellow", "57600"), ("blue", "48000"), (None, "47999.99")):
        expect = {"S26-R02": grade}
        yield Story(f"on the margin, {money} in the bank", expect, edge=True, rows=[_deposit(money)])
        rows = [_deposit(money), _wallet(money, person="wife")]
        yield Story(f"rigid spending, each has {money}", expect, rigid=True, people=COUPLE, rows=rows)
    past = {"edge_status": 3}
    yield Story("the margin has ended", {"S26-R02": None}, edge=True, edge_member=past, rows=[_deposit("96000")])


def _tekun() -> Iterator[Story]:
    """Three years of a standard of 1,000 a month."""
    for grade, money in (("red", "72000"), ("orange", "54000"), ("yellow", "43200"), ("blue", "36000"), (None, "35999.99")):
        yield Story(f"tekun, {money} in the bank", {"S26-R03": grade}, tekun=True, rows=[_deposit(money)])
    kinds = [_deposit("20000"), _shares("8000", "90000"), _product("8000")]
    yield Story("tekun, of three kinds", {"S26-R03": "blue"}, tekun=True, rows=kinds)
    other = [_deposit("30000"), _wallet("90000"), _policy("90000")]
    yield Story("tekun, wallet and policy do not count", {"S26-R03": None}, tekun=True, rows=other)
    yield Story("the money is the wife's", {"S26-R03": None}, tekun=True, people=COUPLE, rows=[_deposit("90000", "wife")])


def _jump(day: Days) -> Iterator[Story]:
    def verified(amount: str | None, days: int, item: str = "VM05", person: str = "self") -> Row:
        columns = {"household_id": "own", "item_id": item, "report_no": f"S26-{days}", "verified_value": amount}
        return row("civil_verification_result", person, report_date=day.ago(days=days), **columns)

    last = [verified("10000", 100), verified("0", 500)]
    for grade, money in (("red", "160000"), ("orange", "110000"), ("yellow", "85000"), ("blue", "60000"), (None, "59999.99")):
        yield Story(f"from 10000 to {money}", {"S26-R04": grade}, low=True, rows=[_deposit(money), *last])
    both = [verified("10000", 100), verified("5000", 100, person="wife"), _deposit("40000"), _deposit("25000", "wife")]
    yield Story("both have more than at the check", {"S26-R04": "blue"}, low=True, people=COUPLE, rows=both)
    before = [_deposit("59000"), verified("10000", 100), verified("0", 50, "VM04")]
    yield Story("the newer check was of something else", {"S26-R04": None}, low=True, rows=before)
    yield Story("never checked", {"S26-R04": None}, low=True, rows=[_deposit("160000")])


def _accounts() -> Iterator[Story]:
    for grade, value, cash in (
        ("red", "40000", "10000"),
        ("orange", "30000", "0"),
        ("yellow", "20000", "0"),
        ("blue", "0", "10000"),
        (None, "9999.99", "0"),
    ):
        rows = [_shares(value, cash)]
        yield Story(f"securities of {value} and {cash} in cash", {"S26-R05": grade}, dibao=True, rows=rows)
        yield Story(f"securities of {value}, no dibao", {"S26-R05": None}, edge=True, rows=rows)
    two = [_shares("6000"), _shares("3000", "1000")]
    yield Story("two securities accounts", {"S26-R05": "blue"}, dibao=True, rows=two)
    hers = [_shares("90000", person="wife")]
    yield Story("the securities are the wife's", {"S26-R05": None}, dibao=True, people=COUPLE, rows=hers)
    for grade, balance, fund in (
        ("red", "30000", "30000"),
        ("orange", "40000", "0"),
        ("yellow", "0", "30000"),
        ("blue", "19999.99", "0.01"),
        (None, "19999.99", "0"),
    ):
        rows = [_wallet(balance, fund)]
        yield Story(f"a wallet of {balance} and {fund} in a fund", {"S26-R08": grade}, dibao=True, rows=rows)
        yield Story(f"a wallet of {balance} and {fund}, no dibao", {"S26-R08": None}, tekun=True, rows=rows)


def _insurance(day: Days) -> Iterator[Story]:
    for grade, premium in (("red", "18000"), ("orange", "12000"), ("yellow", "9000"), ("blue", "6000"), (None, "5999.99")):
        yield Story(f"premiums of {premium}", {"S26-R06": grade}, dibao=True, rows=[_policy(premium=premium)])
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("blue", "each has a policy", [_policy(premium="3000"), _policy(premium="3000", kind=2, person="wife")]),
        (None, "one pays for health", [_policy(premium="5000"), _policy(premium="9000", kind=3, person="wife")]),
        (None, "insured by somebody else", [_policy(premium="9000", role=2)]),
        (None, "the policy has lapsed", [_policy(premium="9000", status=2)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S26-R06": grade}, dibao=True, people=COUPLE, rows=rows)
    yield Story("high premiums, no dibao", {"S26-R06": None}, rigid=True, rows=[_policy(premium="18000")])

    def claim(amount: str, kind: int = 3, /, **back: int) -> Row:
        return row("insurance_claim", "self", claim_amount=amount, claim_type=kind, pay_date=day.ago(**back))

    for grade, amount in (("red", "150000"), ("orange", "100000"), ("yellow", "75000"), ("blue", "50000"), (None, "49999.99")):
        yield Story(f"a claim of {amount}", {"S26-R07": grade}, low=True, rows=[claim(amount, days=90)])
    two = [claim("25000", 2, months=12, days=-1), claim("25000", days=0)]
    yield Story("two claims of a year", {"S26-R07": "blue"}, low=True, rows=two)
    older = [claim("25000", 2, months=12), claim("49000", days=9)]
    yield Story("one claim was a year ago", {"S26-R07": None}, low=True, rows=older)
    yield Story("medical costs refunded", {"S26-R07": None}, low=True, rows=[claim("90000", 1, days=9)])
    yield Story("a claim of somebody not in the base", {"S26-R07": None}, rows=[claim("90000", days=9)])


def _withdrawn(day: Days) -> Iterator[Story]:
    def took(amount: str, reason: int = 2, /, **back: int) -> Row:
        return row("hpf_withdrawal", "self", withdraw_amount=amount, reason=reason, withdraw_date=day.ago(**back))

    for grade, amount, reason in (
        ("red", "90000", 1),
        ("orange", "60000", 2),
        ("yellow", "45000", 5),
        ("blue", "30000", 1),
        (None, "29999.99", 1),
        (None, "90000", 6),
    ):
        rows = [took(amount, reason, months=6, days=-1)]
        yield Story(f"withdrew {amount} for reason {reason}", {"S26-R09": grade}, dibao=True, rows=rows)
    yield Story("withdrew half a year ago", {"S26-R09": None}, dibao=True, rows=[took("90000", months=6)])
    small = [took("20000", days=90), took("20000", days=9)]
    yield Story("withdrew twice, and little", {"S26-R09": None}, dibao=True, rows=small)
    yield Story("withdrew, no dibao", {"S26-R09": None}, edge=True, rows=[took("90000", days=9)])
