"""Civil affairs: who is paid what on which fund line, on what application, until when."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic.departments.benefits import (
    CARE,
    OLD_AGE,
    TEKUN_BASIC,
    allowance_holders,
    allowance_start,
    dibao_amount,
    numbered,
    since_of,
)
from jiuzhu.synthetic.people import DIBAO
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.span import days_of_months, months_of_days
from jiuzhu.synthetic.streams import Numbers, choice
from jiuzhu.synthetic.town import Town, each_month, makes, some

FUND_LINES = {
    "dibao_urban": "城市低保金", "dibao_rural": "农村低保金", "tekun_basic": "特困基本生活费", "tekun_care": "特困照料护理费",
    "disability_living": "困难残疾人生活补贴", "disability_nursing": "重度残疾人护理补贴", "orphan": "孤儿基本生活费",
    "unattended_child": "事实无人抚养儿童基本生活费", "old_age": "高龄津贴", "elder_service": "经济困难老年人补贴",
}  # fmt: skip
_LINES = list(FUND_LINES)
_ITEMS = {
    "dibao_urban": 1,
    "dibao_rural": 1,
    "tekun_basic": 2,
    "tekun_care": 2,
    "disability_living": 10,
    "disability_nursing": 10,
}


def payees(town: Town) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Who is paid: person, position of the fund line, fen a month, first day of entitlement."""
    block = town.block
    dibao, tekun = np.flatnonzero(town.dibao), np.flatnonzero(town.tekun)
    parts = [
        (dibao, np.where(block.urban[dibao], 0, 1), dibao_amount(town, dibao), since_of(town, dibao)),
        (tekun, np.full(len(tekun), 2), np.full(len(tekun), TEKUN_BASIC), since_of(town, tekun)),
        (tekun, np.full(len(tekun), 3), np.full(len(tekun), CARE), since_of(town, tekun)),
    ]
    lists = {
        "civil_disability_living_allowance": 4, "civil_disability_nursing_allowance": 5, "civil_orphan": 6,
        "civil_unattended_child": 7, "civil_old_age_allowance": 8, "civil_elder_service_subsidy": 9,
    }  # fmt: skip
    fixed = {4: 18_000, 5: 14_000, 6: 185_000, 7: 185_000, 9: 8000}
    for dataset, fund_line in lists.items():
        person = allowance_holders(town, dataset)
        amount = np.full(len(person), fixed.get(fund_line, 0))
        if fund_line == 5:
            amount = np.where(block.disability[person] == 1, 18_000, 14_000)
        if fund_line == 8:
            amount = np.array([0, *OLD_AGE.values()])[(town.age[person].clip(80) // 10 - 7).clip(1, 3)]
        parts.append((person, np.full(len(person), fund_line), amount, allowance_start(town, dataset, person)))
    joined = [np.concatenate(values) for values in zip(*parts, strict=True)]
    return joined[0], joined[1], joined[2], joined[3]


@makes("civil_assistance_application")
def applications(town: Town) -> Rows:
    """One confirmed application behind every payee and line; a few others that were withdrawn."""
    person, line, _, start = payees(town)
    once = line != 3  # the care of a tekun person comes with the same application
    person, line, start = person[once], line[once], start[once]
    applied = start - 25
    item = np.array([_ITEMS.get(code, 11) for code in _LINES])[line]
    return Rows(
        person,
        start,
        {
            "application_no": application_numbers(town, person, line),
            "item_code": item,
            "channel": 1 + town.block.number_of[person] % 5,
            "apply_date": applied,
            "accept_date": applied + 1,
            "decision": 1,
            "decision_date": start - 2,
            "declared_income_per_capita": town.block.income[town.block.household[person]],
            "declared_property_value": 300_000,
            "verified_income_per_capita": town.block.income[town.block.household[person]],
        },
    )


def application_numbers(town: Town, person: Numbers, line: Numbers) -> pa.Array:
    return numbered("SQ", town.block.number_of[person] * 16 + np.where(line == 3, 2, line))


@makes("civil_assistance_payment")
def payments(town: Town) -> Rows:
    """Each line once a month, on the tenth, to the beneficiary's own account, with a message."""
    person, line, amount, start = payees(town)
    at, month = each_month(np.arange(len(person)), town.span.closed)
    due = month > months_of_days(start)[at]
    at, month = at[due], month[due]
    who = person[at]
    return Rows(
        who,
        days_of_months(month, 10),
        {
            "fund_line_code": Texts(_LINES, line[at]),
            "fund_line_name": Texts(list(FUND_LINES.values()), line[at]),
            "pay_month": month,
            "amount": amount[at],
            "pay_date": days_of_months(month, 10),
            "pay_result": 1,
            "sms_sent": True,
            "approval_no": application_numbers(town, who, line[at]),
        },
    )


def beneficiaries(town: Town) -> Numbers:
    return np.unique(payees(town)[0])


@makes("civil_exit_record")
def exits(town: Town) -> Rows:
    """Families that left the base within the last two years, and dibao members who died."""
    r, block = town.r("civil_exit_record"), town.block
    left = some(r, town.grown & ~town.low & block.local, 0.002)
    dead = np.flatnonzero((block.class_of == DIBAO) & ~block.alive)
    person = np.r_[left, dead]
    day = np.r_[town.days(r, len(left), until=5), np.minimum(block.death[dead], town.span.last)]
    reason = np.r_[choice(r, [1, 5, 6, 9], [4, 1, 2, 1], len(left)), np.full(len(dead), 3)]
    columns = {"exit_item": 1, "exit_date": day, "exit_reason": reason, "income_per_capita_at_exit": 130_000}
    return Rows(person, day, columns)
