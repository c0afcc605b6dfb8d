"""Banks, securities, insurers and payment firms: only of people who signed an authorisation, and little enough."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Numbers, between
from jiuzhu.synthetic.town import Town, each_month, makes, some

BANKS = ["东营银行", "农业银行东营分行", "工商银行东营分行", "邮储银行东营分行"]


def signers(town: Town) -> Numbers:
    return np.flatnonzero(town.low & town.grown)


@makes("bank_deposit")
def deposits(town: Town) -> Rows:
    """The balance at the end of each quarter, of one account each."""
    r, block = town.r("bank_deposit"), town.block
    who, quarter = each_month(signers(town), town.span.quarters)
    day = days_of_months(quarter * 3 + 3) - 1
    balance = 20_000 + block.number_of[who] * 31 % 480_000 + between(r, 0, 60_000, len(who))
    columns = {
        "bank_name": Texts(BANKS, block.number_of[who] % 4), "account_no": numbers.account_numbers(block.number_of[who], 1),
        "account_type": 1, "balance": balance, "balance_date": day,
    }  # fmt: skip
    return Rows(who, day, columns)


def _newest(town: Town, dataset: str, share: float) -> tuple[Numbers, Numbers]:
    person = some(town.r(dataset), town.low & town.grown, share)
    return person, np.full(len(person), days_of_months(town.span.quarters[-1:] * 3 + 3)[0] - 1)


@makes("bank_wealth_product")
def products(town: Town) -> Rows:
    r = town.r("bank_wealth_product/value")
    person, day = _newest(town, "bank_wealth_product", 0.02)
    columns = {"bank_name": Texts(BANKS, person % 4), "market_value": between(r, 1, 5, len(person)) * 100_000, "value_date": day}
    return Rows(person, day, columns)


@makes("securities_account")
def securities(town: Town) -> Rows:
    r = town.r("securities_account/value")
    person, day = _newest(town, "securities_account", 0.01)
    columns = {
        "account_no": numbered("A", town.block.number_of[person]), "market_value": between(r, 1, 60, len(person)) * 1000,
        "cash_balance": 0, "value_date": day,
    }  # fmt: skip
    return Rows(person, day, columns)


@makes("insurance_policy")
def policies(town: Town) -> Rows:
    r = town.r("insurance_policy/premium")
    person, day = _newest(town, "insurance_policy", 0.15)
    start = day - between(r, 100, 1500, len(person))
    columns = {
        "policy_no": numbered("BD", town.block.number_of[person]), "policy_type": 4, "party_role": 1, "annual_premium": 10_000,
        "cash_value": 0, "start_date": start, "policy_status": 1,
    }  # fmt: skip
    return Rows(person, day, columns)


@makes("payment_account")
def wallets(town: Town) -> Rows:
    r = town.r("payment_account/balance")
    person, day = _newest(town, "payment_account", 0.5)
    columns = {
        "provider": "支付服务机构", "account_no": numbered("ZF", town.block.number_of[person]),
        "balance": between(r, 0, 60_000, len(person)), "fund_balance": 0, "value_date": day,
    }  # fmt: skip
    return Rows(person, day, columns)
