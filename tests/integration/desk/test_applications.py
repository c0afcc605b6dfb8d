"""The window: a number is called, a form is filled step by step for somebody, a page is taken in; then told once, accepted, examined."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.applications.form import steps
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.roads import actions as roads
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.desk.known import place
from tests.integration.desk.conftest import AT, signed_in
from tests.support.applying import VILLAGE, accepted, submitted, typed
from tests.support.families import TOWNSHIP, photograph
from tests.support.officers import officer

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture
def clerk() -> Officer:
    return officer("clerk", "township_officer", TOWNSHIP)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_somebody_is_called_and_helped_step_by_step_to_a_receipt(clerk: Officer):
    window = signed_in(clerk)
    for _ in range(2):
        window.post(reverse("window-number"))
    window.post(reverse("window-next"), {"counter": "3"})
    page = text(window.get(reverse("window")))
    assert "请 1 号" in page
    assert "正在办理" in page
    begun = window.post(reverse("application-begin"), {"channel": "window"})
    made = Application.objects.get()
    assert begun["Location"] == reverse("application-fill", args=[made.key, "wish"])
    said = typed()
    said["members.0.member_relation"] = ["self"]
    for _ in range(30):
        here = begun["Location"].rstrip("/").rsplit("/", 1)[-1]
        shown = window.get(begun["Location"])
        assert shown.status_code == 200
        made.refresh_from_db()
        (now,) = [one for one in steps(said) if one.section.name == here]
        sent = {one.field: said[one.field] for one in now.asked if one.field in said}
        sent |= {name: given for name, given in said.items() if name.split(".")[0] == here}
        begun = window.post(begun["Location"], {**sent, "seen": made.version, "act": "on"})
        if begun["Location"].endswith(f"/{here}/"):
            break
    made.refresh_from_db()
    refused = window.post(reverse("application-hand-in", args=[made.key]), {"seen": made.version})
    assert refused.status_code == 422
    assert "先上传本人签字的那一页" in text(refused)
    page = SimpleUploadedFile("c.jpg", photograph(), "image/jpeg")
    window.post(reverse("application-attach", args=[made.key]), {"paper": "consent", "source": "scan", "photos": [page]})
    made.refresh_from_db()
    answer = window.post(reverse("application-hand-in", args=[made.key]), {"seen": made.version})
    assert answer["Location"] == reverse("application", args=[made.key])
    made.refresh_from_db()
    assert made.number == "370502001-2026-00001"
    told = text(window.get(answer["Location"]))
    assert "回执号 370502001-2026-00001" in told
    assert "甲一" in told
    assert f"{place(VILLAGE[:6])} {place(VILLAGE)}" in told  # where they live, by name
    assert f"<dd>{VILLAGE}</dd>" not in told
    assert Event.objects.filter(operation="applications.read", subject_key=made.key).exists()


def test_what_is_missing_is_told_the_family_accepted_and_the_figures_follow(clerk: Officer):
    made, window = submitted(clerk, at=AT), signed_in(clerk)
    page = text(window.get(reverse("applications")))
    assert made.number in page
    told = window.post(reverse("application-ask", args=[made.key]), {"seen": made.version, "said": "身份证背面"})
    assert told.status_code == 302
    made.refresh_from_db()
    assert "身份证背面" in text(window.get(reverse("application", args=[made.key])))
    window.post(reverse("application-supply", args=[made.key]), {"seen": made.version})
    made.refresh_from_db()
    stale = window.post(reverse("application-accept", args=[made.key]), {"seen": made.version + 1})
    assert stale.status_code == 409
    assert window.post(reverse("application-accept", args=[made.key]), {"seen": made.version}).status_code == 302
    page = text(window.get(reverse("application", args=[made.key])))
    assert "还在等：" in page
    assert "还没签" in page
    figures = text(window.get(reverse("application-figures") + "?lang=en"))
    assert "assisted" in figures
    assert ">12<" in figures.replace("\n", "")


def test_what_is_out_of_reach_is_not_there(clerk: Officer):
    made = accepted(clerk, at=AT)
    elsewhere = signed_in(officer("far", "township_officer", "370503001"))
    for name in ("application", "application-accept", "application-attach"):
        send = elsewhere.get if name == "application" else elsewhere.post
        assert send(reverse(name, args=[made.key])).status_code == 404
    page = made.case.documents.get()
    assert elsewhere.get(reverse("document", args=[page.key])).status_code == 404
    shown = signed_in(clerk).get(reverse("document", args=[page.key]))
    assert (shown["Content-Type"], shown.content[:2]) == ("image/jpeg", b"\xff\xd8")


@pytest.mark.feature("SF089")
def test_a_call_for_help_is_a_case_with_a_day_at_once(clerk: Officer):
    window = signed_in(clerk)
    said = {"channel": "hotline", "phone": "0546-7654321", "words": "老人三天没吃饭", "division": VILLAGE}
    answer = window.post(reverse("application-begin"), said)
    made = Application.objects.get()
    assert answer["Location"] == reverse("application", args=[made.key])
    task = Task.objects.get(kind="application")
    assert (task.case, task.due_on) == (made.case, (AT + timedelta(days=2)).date())  # Saturday; Monday is the next working day
    assert "老人三天没吃饭" not in str(list(Application.objects.values()))


@pytest.mark.feature("SF004")
def test_the_guide_is_made_of_the_form_itself(clerk: Officer):
    page = text(signed_in(clerk).get(reverse("application-guide") + "?lang=en"))
    assert "Minimum living guarantee (dibao)" in page
    assert "Household register" in page
    assert "Household-registered population" in page
    assert page.index("Who lives with you") < page.index("Income of the last twelve months") < page.index("Pledge and consent")


def test_the_list_says_where_each_programme_of_an_application_stands(clerk: Officer):
    made = accepted(clerk, at=AT)
    on = Subject("item", "I1", made.division_code, "", made.case.key)
    roads.begin("dibao", case=made.case, on=on, at=AT, parent=made.walk)
    listed = text(signed_in(clerk).get(reverse("applications")))
    assert "最低生活保障：待提出意见" in listed
    assert "临时救助：" not in listed
