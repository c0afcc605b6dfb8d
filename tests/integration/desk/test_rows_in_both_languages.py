"""The rows behind a warning, as the desk shows them: codes in the language of the page."""

from __future__ import annotations

import pytest

from jiuzhu.casework.accounts.permissions import Grant
from jiuzhu.portals.desk import evidence, known
from jiuzhu.rules.catalogue import Catalogue


def test_codes_are_words_of_the_language_of_the_page(national: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "catalogue", lambda: national)
    rows = [{"settlement_date": "2026-11-05", "visit_type": "1", "self_pay_amount": "1200.00"}]
    grant = Grant("warnings.read", "township_officer", "370502001", "own", "monitoring", "sensitive", None)
    shown = {english: evidence._table(national.datasets["medins_settlement"], rows, grant, english) for english in (True, False)}
    assert "inpatient" in shown[True].rows[0]
    assert "住院" in shown[False].rows[0]
    assert "住院" not in shown[True].rows[0]
