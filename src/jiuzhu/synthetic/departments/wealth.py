"""Banks, securities, insurers and payment firms: only of people who signed an authorisation, and little enough."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Chance, Numbers, between
from jiuzhu.synthetic.town import Columns, Drawn, Town, each_month, makes, some, tells

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


def newest(share: float) -> Drawn:
    """Grown members of families in the base, and the end of the newest quarter."""

    def drawn(town: Town, dataset: str) -> tuple[Numbers, Numbers]:
        person = some(town.r(dataset), town.low & town.grown, share)
        return person, np.full(len(person), days_of_months(town.span.quarters[-1:] * 3 + 3)[0] - 1)

    return drawn


@tells("bank_wealth_product", newest(0.02), "value")
def products(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {"bank_name": Texts(BANKS, person % 4), "market_value": between(r, 1, 5, len(person)) * 100_000, "value_date": day}


@tells("securities_account", newest(0.01), "value")
def securities(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "account_no": numbered("A", town.block.number_of[person]), "market_value": between(r, 1, 60, len(person)) * 1000,
        "cash_balance": 0, "value_date": day,
    }  # fmt: skip


@tells("insurance_policy", newest(0.15), "premium")
def policies(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    start = day - between(r, 100, 1500, len(person))
    return {
        "policy_no": numbered("BD", town.block.number_of[person]), "policy_type": 4, "party_role": 1, "annual_premium": 10_000,
        "cash_value": 0, "start_date": start, "policy_status": 1,
    }  # fmt: skip


@tells("payment_account", newest(0.5), "balance")
def wallets(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "provider": "支付服务机构", "account_no": numbered("ZF", town.block.number_of[person]),
        "balance": between(r, 0, 60_000, len(person)), "fund_balance": 0, "value_date": day,
    }  # fmt: skip
