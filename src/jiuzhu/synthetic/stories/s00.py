"""The quiet village: families of many shapes that must raise nothing at all, whatever indicator there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

QUIET = {"*": None}
MONTHS_OF_WORK = 14
TAXED_MONTHS = 8


def stories(day: Days) -> Iterator[Story]:
    yield from _families(day)
    yield from _old_people(day)
    yield from _workers(day)
    yield from _newcomers(day)
    yield from _ailing(day)
    yield from _in_the_base(day)


def _quiet(title: str, people: Mapping[str, Person], rows: Sequence[Row], **more: object) -> Story:
    return Story(title, QUIET, people=people, rows=rows, **more)  # type: ignore[arg-type]


def _supports(obligor: str, *obligees: str) -> list[Row]:
    """Who is old or young has someone able to support them."""
    relation = 2 if all(word.startswith(("boy", "girl")) for word in obligees) else 1
    return [
        row("civil_support_obligor", obligor, obligee_id_no=word, has_ability=True, verify_consent=False, relation=relation)
        for word in obligees
    ]


def _works(person: str, day: Days, *, kind: int = 1, base: str = "5000", months: int = MONTHS_OF_WORK) -> list[Row]:
    """A job on record and contributions of every closed month, all alike."""
    rows = [
        row("hr_pension_contribution", person, pay_month=day.month(-back), insure_type=kind, contribution_base=base, pay_status=1)
        for back in range(1, months + 1)
    ]
    registered = row(
        "hr_employment_registration", person, start_date=day.ago(years=3), employment_status=1, employer_uscc="91370502MA3CQUIET1"
    )
    return [*rows, registered]


def _taxed(person: str, day: Days, amount: str = "6500") -> list[Row]:
    return [
        row("tax_individual_income", person, tax_month=day.month(-back), income_item=1, income_amount=amount)
        for back in range(1, TAXED_MONTHS + 1)
    ]


def _insured(day: Days, *people: str) -> list[Row]:
    return [row("medins_enrollment", person, pay_year=day.year(0), pay_status=1, insure_type=2) for person in people]


def _seen_alive(day: Days, person: str) -> list[Row]:
    """What a person who receives something must have: a certification in force, and a telephone in use."""
    certified = row(
        "civil_survival_certification",
        person,
        cert_date=day.ago(days=20),
        valid_to=day.ahead(days=300),
        cert_method=1,
        cert_result=1,
    )
    phone = row("telecom_status", person, line_status=1, last_active_date=day.ago(days=3), month_fee="19")
    return [certified, phone]


def _families(day: Days) -> Iterator[Story]:
    for number, age in enumerate(range(27, 47, 2)):
        couple = {"self": Person(age=age), "wife": Person(age=age - 1, sex=2, spouse="self")}
        child = {"girl": Person(age=age - 25, sex=2, father="self", mother="wife")}
        if age - 25 >= 18:
            yield _quiet(
                f"a couple and a grown daughter, {number}", {**couple, **child}, _works("self", day) + _works("wife", day)
            )
        else:
            yield _quiet(f"a couple and a daughter, {number}", {**couple, **child}, _supports("self", "girl"))
    for number, age in enumerate(range(30, 46, 2)):
        people = {
            "self": Person(age=age),
            "wife": Person(age=age - 2, sex=2, spouse="self"),
            "boy1": Person(age=age - 26, father="self", mother="wife"),
            "boy2": Person(age=age - 29, father="self", mother="wife"),
            "grandmother": Person(age=age + 24, sex=2),
        }
        people["self"] = Person(age=age, mother="grandmother")
        rows = _supports("self", "grandmother") + _supports("wife", "boy1", "boy2")
        yield _quiet(f"three generations, {number}", people, rows)
    yield _quiet("twins", {**_couple(35), **_twins(8)}, _supports("self", "girl1", "girl2"))
    school = [
        row("edu_student_enrollment", "girl1", stage=2, enroll_status=1, school_type=1, enroll_date=day.ago(years=2)),
        row("edu_student_enrollment", "girl2", stage=2, enroll_status=1, school_type=1, enroll_date=day.ago(years=2)),
    ]
    yield _quiet("twins at school", {**_couple(38), **_twins(9)}, _supports("wife", "girl1", "girl2") + school)
    fees = row("edu_tuition", "boy", academic_year=day.school_year(0), tuition_amount="3000", self_pay_amount="3000")
    pupil = row("edu_student_enrollment", "boy", stage=4, enroll_status=1, school_type=1, enroll_date=day.ago(years=1))
    boy = {"boy": Person(age=16, father="self", mother="wife")}
    yield _quiet("a son at senior school", {**_couple(44), **boy}, [*_supports("self", "boy"), fees, pupil])


def _couple(age: int) -> dict[str, Person]:
    return {"self": Person(age=age), "wife": Person(age=age - 1, sex=2, spouse="self")}


def _twins(age: int) -> dict[str, Person]:
    return {word: Person(age=age, sex=2, father="self", mother="wife") for word in ("girl1", "girl2")}


def _old_people(day: Days) -> Iterator[Story]:
    for number, age in enumerate(range(62, 79, 3)):
        people = {**_couple(age), "son": Person(age=age - 26, father="self", mother="wife", apart=True)}
        pension = row(
            "hr_pension_payment", "self", benefit_type=3, monthly_amount="210", payment_status=1, start_date=day.ago(years=2)
        )
        yield _quiet(f"an old couple, their son nearby, {number}", people, [*_supports("son", "self", "wife"), pension])
    for number, age in enumerate((81, 84, 88, 93)):
        people = {**_couple(age), "son": Person(age=age - 27, father="self", mother="wife", apart=True)}
        rows = _supports("son", "self", "wife")
        # The son is near sixty himself where his parents are very old.
        rows += _supports("self", "son") if age - 27 >= 60 else []
        rows += [
            row(
                "civil_old_age_allowance",
                person,
                age_band=1 if age < 90 else 2,
                start_date=day.ago(months=8),
                monthly_amount="100",
            )
            for person in ("self", "wife")
            if age - (person == "wife") >= 80
        ]
        yield _quiet(f"a very old couple, {number}", people, rows + _seen_alive(day, "self") + _seen_alive(day, "wife"))
    for number, age in enumerate((70, 82)):
        people = {"self": Person(age=age, sex=2), "daughter": Person(age=age - 28, sex=2, mother="self", apart=True)}
        rows = _supports("daughter", "self") + _seen_alive(day, "self") + _watched(day)
        if age >= 80:
            rows.append(row("civil_old_age_allowance", "self", age_band=1, start_date=day.ago(months=8), monthly_amount="100"))
        yield _quiet(f"an old woman alone, visited and watched, {number}", people, rows)


def _watched(day: Days) -> list[Row]:
    """On the visiting register; movement sensed this evening, water used at each reading."""
    registered = row(
        "civil_elder_care_registry",
        "self",
        elder_type=1,
        registry_status=1,
        ability_level=0,
        ability_level_prev=0,
        last_visit_date=day.ago(days=5),
        visit_cycle_days=30,
        assessed_date=day.ago(days=200),
    )
    water = [
        row(
            "water_usage",
            "self",
            reading_time=day.instant(hours_ago=hours),
            reading_date=day.ago(days=hours // 24),
            interval_hours=12,
            volume_m3="0.1",
            arrears_amount=0,
        )
        for hours in (1, 13, 25, 37, 49)
    ]
    sensed = [
        row("civil_home_sensor_event", "self", event_time=day.instant(hours_ago=hours), device_type=1, event_type=kind)
        for hours, kind in ((1, 1), (2, 6), (14, 1), (26, 6))
    ]
    return [registered, *water, *sensed]


def _workers(day: Days) -> Iterator[Story]:
    for number, age in enumerate((22, 24, 29, 33, 38, 42, 47, 51, 57)):
        yield _quiet(f"a steady worker, {number}", {"self": Person(age=age)}, _works("self", day) + _taxed("self", day))
    for number, age in enumerate((29, 36, 45)):
        rows = _works("self", day, kind=2, base="7000")
        rows += [
            row("finance_payroll", "self", pay_month=day.month(-back), gross_pay="7000", staff_type=2, payroll_status=1)
            for back in range(1, 7)
        ]
        yield _quiet(f"a teacher, {number}", {"self": Person(age=age, sex=2)}, rows)
    shop = row("market_individual_business", "self", register_date=day.ago(years=4), employee_count=0, business_status=1)
    returns = [row("tax_business", "self", tax_quarter=day.quarter(-back), sales_amount="45000") for back in range(1, 7)]
    yield _quiet("a shopkeeper with steady sales", _couple(41), [shop, *returns])
    car = row(
        "traffic_vehicle", "self", vehicle_class=1, acquired_date=day.ago(years=3), purchase_price="90000", vehicle_status=1
    )
    home = row(
        "land_real_estate",
        "self",
        area=110,
        use_type=1,
        acquire_way=1,
        share_ratio=1,
        right_status=1,
        register_date=day.ago(years=5),
    )
    loan = row("hpf_loan", "self", loan_amount="300000", loan_balance="200000", overdue_months=0, loan_status=1)
    yield _quiet("a car, a home and a loan paid in time", _couple(37), [*_works("self", day), car, home, loan])
    field = row("agri_land_contract", "self", contract_area=6, transfer_area=0, transfer_income_year=0)
    grain = row("agri_subsidy", "self", pay_date=day.ago(days=120), amount="750", area_or_count=6)
    yield _quiet("farmers", _couple(49), [field, grain])
    away = row("rural_migrant_work", "self", start_date=day.ago(days=300), monthly_income="4200", months_worked_year=9)
    yield _quiet("a migrant worker at work", _couple(36), [away])


def _newcomers(day: Days) -> Iterator[Story]:
    for number, age in enumerate((26, 33, 39)):
        permit = row("police_residence_permit", "self", residence_since=day.ago(years=2), permit_status=1)
        people = {"self": Person(age=age, not_registered=True)}
        yield _quiet(f"a newcomer with a permit and a job, {number}", people, [permit, *_works("self", day)])


def _ailing(day: Days) -> Iterator[Story]:
    small = [
        row("medins_settlement", "self", settlement_date=day.ago(days=back), self_pay_amount="120")
        for back in (15, 80, 160, 250, 400)
    ]
    yield _quiet("small bills now and then", _couple(52), small)
    chronic = row("medins_chronic", "self", cert_date=day.ago(years=2), chronic_status=1)
    visits = [
        row("medins_settlement", "self", settlement_date=day.month_day(-back, 9), visit_type=3, self_pay_amount="90")
        for back in range(1, 12)
    ]
    yield _quiet("a chronic patient", _couple(58), [chronic, *visits])
    mild = row(
        "dpf_disability_certificate",
        "self",
        disability_type=4,
        disability_level=4,
        previous_level=0,
        issue_date=day.ago(years=4),
        valid_to=day.ahead(years=3),
        cert_status=1,
    )
    yield _quiet("slightly disabled and at work", _couple(40), [mild, *_works("self", day)])


def _in_the_base(day: Days) -> Iterator[Story]:
    """Families of the low-income base with enough to live on, visited, insured, housed and at work."""
    for number, (members, kind) in enumerate(((1, "other"), (2, "other"), (3, "other"), (4, "other"), (2, "edge"), (3, "edge"))):
        people: dict[str, Person] = {"self": Person(age=44, main_labourer=True)}
        if members > 1:
            people["wife"] = Person(age=42, sex=2, spouse="self")
        for number in range(members - 2):
            people[f"girl{number}"] = Person(age=9 + 3 * number, sex=2, father="self", mother="wife", labor_capacity=3)
        children = [word for word in people if word.startswith("girl")]
        income = 1300 if kind == "edge" else 2000
        household = {
            "monthly_income_per_capita": income,
            "annual_income_total": income * 12 * members,
            "difficulty_score": 40,
            "difficulty_score_prev": 40,
        }
        rows = _settled(day, members) + _insured(day, *people) + _supports("self", *children)
        for word in ("self", "wife"):
            rows += _works(word, day, kind=3, base="3000") if word in people else []
        for child in children:
            rows += [
                row("edu_student_enrollment", child, stage=2, enroll_status=1, school_type=1, enroll_date=day.ago(years=2)),
                row("edu_student_aid", child, pay_date=day.ago(days=40), amount="625", academic_year=day.school_year(0)),
            ]
        more = {"edge": True} if kind == "edge" else {"low": True}
        yield _quiet(f"a family of the base with enough, {number}", people, rows, household=household, **more)


def _settled(day: Days, members: int) -> list[Row]:
    visit = row(
        "civil_home_visit",
        "self",
        household_id="own",
        visit_date=day.ago(days=20),
        visit_time=day.instant(hours_ago=20 * 24 + 8),
        finding=0,
        distance_m=20,
        photo_count=3,
    )
    home = row(
        "land_real_estate",
        "self",
        area=25 * members,
        use_type=1,
        acquire_way=4,
        share_ratio=1,
        right_status=1,
        register_date=day.ago(years=9),
    )
    return [visit, home]
