"""Work, pensions, pay and tax: human resources, the provident fund, finance, posts, tax."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.people import BUSINESS, EMPLOYEE, FLEXIBLE, MAN, MIGRANT, NEVER, OUTSIDE, PUBLIC, WITHOUT_HUKOU
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.span import days_of_months, months_of_days
from jiuzhu.synthetic.streams import Flags, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Town, each_month, makes, some

UNITS = ["东营区教育局", "东营区卫生健康局", "东营区财政局", "东营区自然资源局", "东营区市场监督管理局", "街道办事处"]


def contributors(town: Town) -> Flags:
    """Who pays into the employees' pension: people with a post or a firm's job, and those who pay by themselves."""
    block = town.block
    steady = np.isin(block.job, (EMPLOYEE, PUBLIC, FLEXIBLE))
    return np.asarray(steady & (town.age >= 18) & (town.age < np.where(block.sex == MAN, 60, 60)))


@makes("hr_pension_contribution")
def contributions(town: Town) -> Rows:
    r, block = town.r("hr_pension_contribution"), town.block
    person = np.flatnonzero(contributors(town))
    poor = block.class_of[person] != OUTSIDE
    base = np.where(poor, 300_000, block.wage[person])
    # A few stopped working for good a while ago: some of them will be asked about.
    stopped = np.where((r.random(len(person)) < 0.002) & ~poor, between(r, 4, 20, len(person)), 0)
    at, month = each_month(np.arange(len(person)), town.span.closed)
    going = month < town.span.month - stopped[at]
    at, month = at[going], month[going]
    who = person[at]
    kind = np.select([block.job[who] == PUBLIC, block.job[who] == EMPLOYEE], [2, 1], 3)
    own = kind == 3
    return Rows(
        who,
        days_of_months(month, 15),
        {
            "insure_type": kind,
            "employer_uscc": Maybe(pa.array(town.firms.codes).take(pa.array(town.firm(who))), ~own),
            "employer_name": Maybe(pa.array(town.firms.names).take(pa.array(town.firm(who))), ~own),
            "pay_month": month,
            "contribution_base": base[at],
            "pay_status": 1,
        },
    )


@makes("tax_individual_income")
def income_tax(town: Town) -> Rows:
    """Wages that are high enough to be worth a return, a little different each month."""
    r, block = town.r("tax_individual_income"), town.block
    person = np.flatnonzero(np.isin(block.job, (EMPLOYEE, PUBLIC)) & (block.wage > 545_000) & ~town.low)
    at, month = each_month(np.arange(len(person)), town.span.closed)
    who = person[at]
    paid = block.wage[who] + between(r, -300, 300, len(who)) * 100
    return Rows(
        who,
        days_of_months(month, 15),
        {
            "tax_month": month,
            "income_item": 1,
            "income_amount": paid,
            "tax_amount": np.maximum(paid - 500_000, 0) * 3 // 100,
            "withholding_agent": town.firm_name(who),
        },
    )


@makes("finance_payroll")
def payroll(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero((block.job == PUBLIC) & town.grown & ~town.low)
    at, month = each_month(np.arange(len(person)), town.span.closed)
    who = person[at]
    number = block.number_of[who]
    return Rows(
        who,
        days_of_months(month, 15),
        {
            "unit_name": Texts(UNITS, number % len(UNITS)),
            "staff_type": np.where(number % 23 == 0, 5, np.where(number % 3 == 0, 1, 2)),
            "pay_month": month,
            "gross_pay": block.wage[who],
            "payroll_status": 1,
        },
    )


@makes("staffing_personnel")
def posts(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero((block.job == PUBLIC) & town.grown & ~town.low & (block.number_of % 23 != 0))
    number = block.number_of[person]
    entry = np.maximum(town.span.last - 400 - number % 7000, block.birth[person] + 22 * 366)
    kind = np.where(number % 3 == 0, 1, 3)
    columns = {"unit_name": Texts(UNITS, number % len(UNITS)), "staffing_type": kind, "entry_date": entry, "staffing_status": 1}
    return Rows(person, entry, columns)


@makes("hr_resident_pension")
def resident_pension(town: Town) -> Rows:
    """Country people who have no employees' pension; the poor and the severely disabled are paid for."""
    block = town.block
    adult = (town.age >= 16) & (town.age < 60) & block.alive
    helped = adult & (town.dibao | town.tekun | town.severe)
    paying = adult & ~contributors(town) & ~block.urban & (block.number_of % 3 > 0)
    person = np.flatnonzero(helped | paying)
    year = town.span.as_of.year
    who, pay_year = each_month(person, np.array([year - 1, year]))
    paid_for = helped[who]
    level = np.where(paid_for, 10_000, 30_000 + block.number_of[who] % 5 * 10_000)
    when = days_of_months(pay_year * 12) + 5
    return Rows(who, when, {"pay_year": pay_year, "contribution_level": level, "paid_by_gov": paid_for, "enroll_status": 1})


@makes("hr_pension_payment")
def pensions(town: Town) -> Rows:
    """Everyone over 60 outside the farmland poor has some pension; what the poor have is the resident one."""
    r, block = town.r("hr_pension_payment"), town.block
    old = (town.age >= 60) & ((block.number_of % 13 > 0) | (block.death < NEVER))
    person = np.flatnonzero(old & ~town.tekun)
    n = len(person)
    low = block.class_of[person] != OUTSIDE
    employee = (r.random(n) < np.where(block.urban[person], 0.6, 0.16)) & ~low
    kind = np.where(employee, np.where(r.random(n) < 0.2, 2, 1), 3)
    amount = np.where(employee, amounts(r, 3300, 0.3, n, low=1200), amounts(r, 205, 0.2, n, low=130, high=480))
    dead = block.death[person] < NEVER
    start = np.maximum(block.birth[person] + 21_920, town.span.last - 9000)
    month = np.where(dead, months_of_days(np.minimum(block.death[person], town.span.last)), town.span.month - 1)
    return Rows(
        person,
        np.where(dead, np.minimum(block.death[person], town.span.last), start),
        {
            "benefit_type": kind,
            "start_date": start,
            "monthly_amount": amount,
            "last_pay_month": month,
            "cert_valid_to": town.span.last + between(r, 30, 360, n),
            "bank_account": numbers.account_numbers(block.number_of[person], 2),
            "payment_status": np.where(dead, 3, 1),
        },
    )


@makes("hr_employment_registration")
def employment(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero(town.grown & (np.isin(block.job, (EMPLOYEE,)) | ((block.job == FLEXIBLE) & town.low)))
    start = np.maximum(town.span.last - 200 - block.number_of[person] * 37 % 4000, block.birth[person] + 18 * 366)
    return Rows(
        person,
        start,
        {
            "employer_uscc": town.firm_code(person),
            "employer_name": town.firm_name(person),
            "start_date": start,
            "contract_wage": block.wage[person],
            "employment_status": 1,
        },
    )


@makes("hr_unemployment_registration")
def unemployment(town: Town) -> Rows:
    r, block = town.r("hr_unemployment_registration"), town.block
    person = some(r, (block.job == EMPLOYEE) & town.grown & ~town.low, 0.02)
    day = town.days(r, len(person), until=2)
    back = day + 120 < town.span.last
    return Rows(
        person,
        day,
        {
            "register_date": day,
            "reason": choice(r, [1, 2, 3, 9], [4, 3, 1, 2], len(person)),
            "unemployment_status": np.where(back | (r.random(len(person)) < 0.7), 2, 1),
        },
    )


@makes("hr_unemployment_benefit")
def unemployment_benefit(town: Town) -> Rows:
    r, block = town.r("hr_unemployment_benefit"), town.block
    person = some(r, (block.job == EMPLOYEE) & town.grown & ~town.low, 0.008)
    start = town.span.month - between(r, 3, 22, len(person))
    end = start + 5
    running = end >= town.span.month
    columns = {"start_month": start, "end_month": end, "months_entitled": 6, "monthly_amount": 198_000}
    columns["benefit_status"] = np.where(running, 1, 2)
    return Rows(person, days_of_months(start, 5), columns)


@makes("hr_employment_difficulty")
def hard_to_employ(town: Town) -> Rows:
    """Poor people between jobs: they have the certificate, and a job is on record for all but a few."""
    r = town.r("hr_employment_difficulty")
    person = some(r, town.low & (town.ability == 1), 0.2)
    day = town.span.last - between(r, 30, 900, len(person))
    return Rows(person, day, {"difficulty_type": 3, "cert_date": day, "valid_to": town.span.last + 200, "difficulty_status": 1})


@makes("hr_public_welfare_post")
def welfare_posts(town: Town) -> Rows:
    r, block = town.r("hr_public_welfare_post"), town.block
    rich_enough = block.income[block.household] >= 70_000
    person = some(r, town.low & (town.ability == 1) & rich_enough, 0.06)
    start = town.span.last - between(r, 60, 300, len(person))
    wage = np.minimum(83_600, block.income[block.household[person]])
    columns = {"start_date": start, "end_date": start + 400, "monthly_wage": wage, "post_status": 1}
    return Rows(person, start, columns)


@makes("hr_work_injury")
def injuries(town: Town) -> Rows:
    r, block = town.r("hr_work_injury"), town.block
    person = some(r, (block.job == EMPLOYEE) & town.grown & ~town.low, 0.003)
    day = town.days(r, len(person), until=5)
    grade = choice(r, [4, 7, 8, 9, 10], [0.01, 1, 2, 3, 3], len(person))
    return Rows(person, day, {"injury_date": day, "disability_grade": grade, "benefit_type": 3, "benefit_status": 3})


@makes("hr_wage_arrears")
def arrears(town: Town) -> Rows:
    r, block = town.r("hr_wage_arrears"), town.block
    person = some(r, np.isin(block.job, (EMPLOYEE, FLEXIBLE)) & town.grown, 0.0015)
    day = town.days(r, len(person), until=3)
    columns = {
        "case_no": numbered("QX", block.number_of[person]),
        "employer_name": town.firm_name(person),
        "accept_date": day,
        "arrears_amount": amounts(r, 6000, 0.6, len(person)),
        "case_status": np.where(r.random(len(person)) < 0.9, 2, 1),
    }
    return Rows(person, day, columns)


@makes("hr_social_security_card")
def cards(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero((block.number_of % 5 < 3) & block.alive)
    issue = np.maximum(town.span.last - 400 - block.number_of[person] % 2500, block.birth[person] + 60)
    return Rows(
        person,
        issue,
        {
            "card_no": numbered("E37", block.number_of[person]),
            "bank_account": numbers.account_numbers(block.number_of[person], 1),
            "bank_name": Texts(["东营银行", "农业银行", "工商银行", "邮储银行"], block.number_of[person] % 4),
            "issue_date": issue,
            "card_status": 1,
        },
    )


@makes("hpf_account")
def fund_accounts(town: Town) -> Rows:
    block = town.block
    steady = (block.job == PUBLIC) | ((block.job == EMPLOYEE) & (block.number_of % 5 < 2))
    person = np.flatnonzero(steady & town.grown & ~town.low)
    opened = np.maximum(town.span.last - 300 - block.number_of[person] % 3000, block.birth[person] + 19 * 366)
    months = (town.span.last - opened) // 30
    deposit = block.wage[person] * 24 // 100
    return Rows(
        person,
        opened,
        {
            "account_no": numbered("GJJ", block.number_of[person]),
            "employer_name": town.firm_name(person),
            "contribution_base": block.wage[person],
            "monthly_deposit": deposit,
            "balance": deposit * np.minimum(months, 60),
            "last_pay_month": town.span.month - 1,
            "account_status": 1,
            "status_date": opened,
        },
    )


@makes("hpf_withdrawal")
def fund_withdrawals(town: Town) -> Rows:
    r, block = town.r("hpf_withdrawal"), town.block
    person = some(r, np.isin(block.job, (PUBLIC, EMPLOYEE)) & town.grown & ~town.low, 0.06)
    day = town.days(r, len(person), until=1)
    reason = choice(r, [1, 2, 3, 4], [2, 5, 2, 1], len(person))
    return Rows(person, day, {"withdraw_date": day, "withdraw_amount": amounts(r, 15_000, 0.6, len(person)), "reason": reason})


@makes("hpf_loan")
def fund_loans(town: Town) -> Rows:
    r, block = town.r("hpf_loan"), town.block
    person = some(r, np.isin(block.job, (PUBLIC, EMPLOYEE)) & town.grown & ~town.low, 0.1)
    loan = between(r, 15, 60, len(person)) * 1_000_000
    columns = {"loan_amount": loan, "loan_balance": loan * 6 // 10, "overdue_months": 0, "loan_status": 1}
    return Rows(person, None, columns)


@makes("tax_business")
def business_tax(town: Town) -> Rows:
    """Quarterly returns of shopkeepers; steady within a tenth."""
    r, block = town.r("tax_business"), town.block
    person = np.flatnonzero((block.job == BUSINESS) & town.grown & ~town.low & (block.number_of % 2 == 0))
    at, quarter = each_month(np.arange(len(person)), town.span.quarters)
    who = person[at]
    sales = block.wage[who] * 8 + between(r, -40_000, 40_000, len(who))
    filed = days_of_months(quarter * 3 + 2, 25)
    # Some returns of the newest quarter are late.
    late = (quarter == town.span.quarters[-1]) & (r.random(len(who)) < 0.05)
    filed = np.where(late, town.span.month_ends(quarter * 3 + 3 + between(r, 0, 1, len(who))), filed)
    filed = np.minimum(filed, days_of_months(town.span.month) - 1)
    return Rows(
        who,
        filed,
        {
            "uscc": shop_codes(town, who),
            "tax_quarter": quarter,
            "sales_amount": sales,
            "tax_amount": sales // 100,
            "taxpayer_status": 1,
        },
    )


def shop_codes(town: Town, person: Numbers) -> Texts:
    return Texts(town.firms.codes, (town.firm(person) * 7 + person) % len(town.firms.codes))


@makes("tax_deed")
def deed_tax(town: Town) -> Rows:
    r = town.r("tax_deed")
    person = some(r, town.grown & ~town.low & (town.age < 65), 0.012)
    day = town.days(r, len(person), until=1)
    area, price = between(r, 70, 160, len(person)) * 10_000, amounts(r, 820_000, 0.3, len(person))
    address = town.identity.address.take(pa.array(person))
    columns = {
        "house_address": address,
        "house_area": area,
        "declared_price": price,
        "tax_amount": price * 15 // 1000,
        "pay_date": day,
    }
    return Rows(person, day, columns)


@makes("tax_vehicle_purchase")
def vehicle_tax(town: Town) -> Rows:
    r, block = town.r("tax_vehicle_purchase"), town.block
    person = some(r, town.grown & ~town.low & (town.age < 70), 0.03)
    day, price = town.days(r, len(person), until=1), amounts(r, 98_000, 0.4, len(person))
    plate = numbers.plates("鲁E", block.number_of[person])
    return Rows(person, day, {"plate_no": plate, "invoice_price": price, "tax_amount": price // 10, "pay_date": day})


@makes("finance_subsidy_card")
def subsidies_by_card(town: Town) -> Rows:
    r, block = town.r("finance_subsidy_card"), town.block
    person = np.flatnonzero(~block.urban & (block.role != 2) & town.grown & (block.number_of % 3 == 0))
    who, year = each_month(person, np.arange(town.span.as_of.year - 2, town.span.as_of.year + 1))
    day = days_of_months(year * 12 + 5, 20)
    columns = {
        "project_code": "NY01",
        "project_name": "耕地地力保护补贴",
        "amount": between(r, 8, 60, len(who)) * 1000,
        "pay_date": day,
    }
    return Rows(who, day, columns)


@makes("rural_migrant_work")
def migrant_work(town: Town) -> Rows:
    r, block = town.r("rural_migrant_work"), town.block
    person = some(r, (block.job == MIGRANT) & town.grown & (block.class_of != WITHOUT_HUKOU), 0.8)
    start = town.span.last - between(r, 210, 700, len(person))
    columns = {
        "work_region_code": Texts(["370200", "370100", "320500", "110105"], between(r, 0, 3, len(person))),
        "employer_name": "外出务工单位",
        "start_date": start,
        "monthly_income": block.wage[person],
        "months_worked_year": between(r, 7, 10, len(person)),
    }
    return Rows(person, start, columns)
