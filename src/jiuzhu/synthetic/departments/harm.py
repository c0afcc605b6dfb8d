"""Disasters, accidents, prisons, courts: what befalls few people, and hardly anyone in the last weeks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.streams import Chance, Flags, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Columns, Drawn, Town, makes, some, tells


def _befallen(town: Town, dataset: str, share: float, *, until: int = 2, flags: Flags | None = None) -> tuple[Numbers, Numbers]:
    r = town.r(dataset)
    person = some(r, town.grown & ~town.low if flags is None else flags, share)
    return person, town.days(r, len(person), until=until)


def befallen(share: float, *, until: int = 2) -> Drawn:
    """Grown people outside the base, and a day of the span each."""
    return lambda town, dataset: _befallen(town, dataset, share, until=until)


@tells("emerg_disaster_victim", befallen(0.004), "loss")
def disaster_victims(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    n = len(person)
    return {
        "disaster_code": "370502-2025-01",
        "disaster_type": choice(r, [1, 2, 6], [3, 1, 1], n),
        "occur_date": day,
        "loss_type": choice(r, [3, 6], [1, 4], n),
        "loss_amount": amounts(r, 1500, 0.6, n, high=8000),
        "is_relocated": False,
    }


@tells("emerg_relief_payment", befallen(0.003), "sum")
def relief(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "relief_type": choice(r, [1, 2, 3], [2, 1, 2], len(person)),
        "amount": amounts(r, 500, 0.3, len(person)),
        "pay_date": day,
    }


@tells("emerg_accident_casualty", befallen(0.0006), "injury")
def casualties(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "accident_no": numbered("SG", person),
        "accident_date": day,
        "employer_name": town.firm_name(person),
        "injury_level": choice(r, [0, 1, 2], [0.5, 0.45, 0.05], len(person)),
    }


@tells("fire_incident", befallen(0.0008), "loss")
def fires(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    columns = {"incident_no": numbered("HZ", person), "occur_date": day, "loss_amount": amounts(r, 1500, 0.7, len(person))}
    return {**columns, "injury_level": 0}


@tells("justice_prisoner", befallen(0.0012, until=100), "term")
def prisoners(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    months = between(r, 8, 60, len(person))
    out = day + months * 30 <= town.span.last
    return {
        "sentence_start": day,
        "sentence_end": day + months * 30,
        "sentence_months": months,
        "prison_status": np.where(out, 4, 1),
    }


@tells("justice_community_correction", befallen(0.0015))
def corrections(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    over = day + 300 <= town.span.last
    return {"start_date": day, "end_date": day + 300, "correction_status": np.where(over, 2, 1)}


@tells("justice_released", befallen(0.0008))
def released(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {"release_date": day, "has_family_support": True, "employment_status": 1}


@tells("justice_legal_aid", befallen(0.002), "kind")
def legal_aid(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    columns = {
        "case_no": numbered("FY", person),
        "case_type": choice(r, [1, 4, 5, 9], [2, 1, 3, 2], len(person)),
        "accept_date": day,
    }
    return {**columns, "case_status": np.where(day + 90 < town.span.last, 2, 1)}


@tells("court_enforcement", befallen(0.006), "sum")
def enforcement(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "case_no": numbered("（2025）鲁0502执", town.block.number_of[person]),
        "party_role": choice(r, [1, 3, 4], [5, 2, 3], len(person)),
        "claim_amount": amounts(r, 30_000, 0.9, len(person)),
        "filing_date": day,
        "case_status": choice(r, [1, 2, 3], [2, 2, 6], len(person)),
    }


@tells("court_person_status", befallen(0.0002))
def declared(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {"case_no": numbered("（2025）鲁0502民特", person), "judgment_type": 4, "effective_date": day, "is_revoked": False}


@makes("court_support_judgment")
def support_judgments(town: Town) -> Rows:
    block = town.block
    person, day = _befallen(town, "court_support_judgment", 0.002, flags=town.grown & ~town.low & (block.spouse >= 0))
    columns = {
        "case_no": numbered("（2025）鲁0502民初", block.number_of[person]),
        "party_role": 1,
        "monthly_amount": 80_000,
        "counterparty_id_no": block.ids.take(pa.array(block.spouse[person])),
        "effective_date": day,
        "end_date": day + 3000,
    }
    return Rows(person, day, columns)


@tells("procuratorate_judicial_aid", befallen(0.0002), "sum")
def judicial_aid(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    columns = {"case_no": numbered("鲁东检救", person), "amount": amounts(r, 12_000, 0.4, len(person)), "aid_date": day}
    return {**columns, "difficulty_type": 9}


@makes("grid_report")
def grid_reports(town: Town) -> Rows:
    """What grid workers saw and settled; a few of the last days are still open."""
    r, block = town.r("grid_report"), town.block
    person = some(r, block.alive & (block.number_of % 2 == 0), 0.02)
    day = town.days(r, len(person), until=1)
    home = block.village[block.household[person]]
    open_ = (day > town.span.last - 15) & (r.random(len(person)) < 0.3)
    columns = {
        "report_no": numbered("WG", block.number_of[person]),
        "grid_code": Texts([v.code for v in block.villages], home),
        "reporter_name": Texts(["王网格", "李网格", "张网格", "刘网格"], home % 4),
        "report_date": day,
        "report_type": choice(r, [1, 3, 8], [3, 2, 4], len(person)),
        "handle_status": np.where(open_, 1, 4),
        "content": "已上门了解情况",
    }
    return Rows(person, day, columns)


@makes("hotline_case")
def hotline(town: Town) -> Rows:
    r, block = town.r("hotline_case"), town.block
    person = some(r, town.grown, 0.03)
    day = town.days(r, len(person), until=1)
    columns = {
        "case_no": numbered("RX", block.number_of[person]),
        "call_date": day,
        "topic": choice(r, [1, 2, 3, 4, 5, 9], [1, 2, 1, 1, 1, 60], len(person)),
        "caller_phone": town.identity.phone.take(pa.array(person)),
        "content": "咨询办事流程",
        "case_status": np.where(day + 7 < town.span.last, 2, 1),
    }
    return Rows(person, day, columns)


@tells("petition_case", befallen(0.001), "kind")
def petitions(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    columns = {
        "case_no": numbered("XF", person),
        "register_date": day,
        "topic": choice(r, [1, 3, 4, 9], [1, 4, 3, 8], len(person)),
    }
    return {**columns, "repeat_count": 0, "case_status": 2}
