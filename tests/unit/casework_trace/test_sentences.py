"""Events as sentences, and the words they are made of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.sentences import PARTS, sentence, words
from jiuzhu.casework.trace.written import sealed_reason

AT = datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)


def event(**told: Any) -> Event:
    made = Event(
        writer="w", number=1, at=AT, who="zhou", role="township_officer", division_code="370502", operation="family.open"
    )
    for name, value in told.items():
        setattr(made, name, value)
    made.because = sealed_reason(made.because, made)
    return made


@pytest.mark.parametrize("part", PARTS)
def test_everything_an_event_may_name_has_words_in_both_languages(part: str):
    assert words(part)
    for code, title in words(part).items():
        assert re.search(r"[\u4e00-\u9fff]", title.zh), code
        assert re.search(r"[A-Za-z]", title.en), code
        assert not re.search(r"[\u4e00-\u9fff]", title.en), code


@pytest.mark.parametrize("operation", sorted(words("operation")))
def test_every_operation_makes_a_sentence_without_a_code(operation: str):
    one = event(operation=operation, subject_kind="household", subject_key="H1", purpose="casework")
    for english in (False, True):
        assert operation not in sentence(one, english=english)


@pytest.mark.requirement("C2")
def test_a_supervisor_reads_who_did_what_to_what_and_why():
    one = event(subject_kind="household", subject_key="H1", purpose="casework", task="T7", because="邻居来电", subject_count=3)
    assert sentence(one, named={"zhou": "周明"}) == (
        "2026-11-21 09:02:03，周明（乡镇经办，东营区）打开家庭档案：家庭 H1，共 3 项；目的：办理救助；任务：T7；事由：邻居来电。"
    )
    assert sentence(one, english=True) == (
        "2026-11-21 09:02:03: zhou (Township officer, 东营区) did open a family's file: household H1, 3 in all; "
        "purpose: casework; task: T7; reason: 邻居来电."
    )


def test_a_refusal_a_deputy_and_the_platform_itself_read_as_such():
    refused = event(outcome="refused", acting_for="wu")
    assert "周明（乡镇经办，东营区）代吴芳被拒绝打开家庭档案" in sentence(refused, named={"zhou": "周明", "wu": "吴芳"})
    assert "was refused to open a family's file" in sentence(refused, english=True)
    alone = event(who="system:dispatch", role="", division_code="", operation="releases.take_in")
    assert sentence(alone) == "2026-11-21 09:02:03，平台把监测结果收上工作台。"
