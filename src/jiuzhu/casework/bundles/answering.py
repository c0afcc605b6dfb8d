"""The one answer to whoever applied: once every part is answered, or late and said so. Part of the actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q

from jiuzhu.casework.applications.following import matter as applied_for
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.bundles.models import Matter
from jiuzhu.casework.bundles.standing import GONE, Standing, standings, term_of
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.notices import actions as notices
from jiuzhu.casework.notices.contact import is_deceased
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.notices.wording import NotToBeSaid
from jiuzhu.casework.trace.actions import Actor
from jiuzhu.rules.tree import Title

KIND = "N40"
BY_ITSELF = Actor("system:bundles")
MOST = 200  # matters in one round: the next round goes on
ALL = Title("以上已全部答复", "This answers all of it")


def answer_due(*, at: datetime) -> int:
    """Answer every family whose last part came in, or whose term is over; gives how many letters. Twice is harmless."""
    today = local_day(at)
    moved = (
        Q(parts__referral__answered_at__gt=F("looked_at"))
        | Q(application__walk__children__since__gt=F("looked_at"))
        | Q(application__walk__since__gt=F("looked_at"))
        | Q(due_on__lt=today, late__isnull=True)
    )
    found = Matter.objects.filter(moved, answer__isnull=True, closed=False).order_by("pk").values_list("pk", flat=True).distinct()
    return sum(answer(pk, at=at) is not None for pk in list(found[:MOST]))


@transaction.atomic
def answer(number: int, *, at: datetime) -> Notice | None:
    """The letter of one matter, where it is time for one; None otherwise.

    One letter once everything is answered. Where the term is over before, one that tells what is there and names what is late; then
    the other follows when the last part is in, and there is never a third.
    """
    matter = (
        Matter.objects.select_for_update(of=("self",)).select_related("application__walk", "application__case").get(pk=number)
    )
    application = matter.application
    if matter.answer_id is not None or matter.closed:
        return None
    told = standings(matter, at=at)
    waiting = [one for one in told if not one.settled]
    matter.looked_at, matter.due_on = at, due_of(matter, waiting)
    matter.closed = application.walk.state in GONE or application.applicant is None or is_deceased(application.applicant)
    made = None
    if not matter.closed and told and not waiting:
        made = matter.answer = _letter(application, told, at)
    elif not matter.closed and waiting and matter.late_id is None and all(one.late for one in waiting):
        made = matter.late = _letter(application, told, at)
    matter.save(update_fields=["looked_at", "due_on", "closed", "answer", "late"])
    return made


def due_of(matter: Matter, waiting: Iterable[Standing]) -> date | None:
    """The day after which all that is not there is late: the latest of the terms, and where a part has none yet the whole term."""
    whole = term_of(matter)
    days = [one.due_on or whole for one in waiting]
    return max((day for day in days if day is not None), default=None)


def _letter(application: Application, told: Iterable[Standing], at: datetime) -> Notice:
    assert application.applicant is not None
    parts = list(told)
    for sentences in (True, False):
        words: dict[str, str | Title] = {
            "matter": applied_for(application), "case_no": application.number, "results": _results(parts, sentences), "rest": _rest(parts),
        }  # fmt: skip
        try:
            with transaction.atomic():
                return notices.give(
                    KIND, case=application.case, party=application.applicant, about=subject(application), words=words, by=BY_ITSELF, at=at
                )  # fmt: skip
        except NotToBeSaid:  # a department wrote a number no letter shows: the result is told without its words
            if not sentences:
                raise
    raise AssertionError("the second letter is given or raises")


def _results(parts: Iterable[Standing], sentences: bool) -> Title:
    lines = [_line(one, sentences) for one in parts if one.settled]
    none = Title("还没有结果", "nothing yet")
    return Title("；".join(one.zh for one in lines), "; ".join(one.en for one in lines)) if lines else none


def _line(one: Standing, sentences: bool) -> Title:
    say = one.says if one.says.zh and (sentences or one.state != "done") else Title("", "")
    zh = f"{one.item.title.zh}（{one.item.owner.zh}）：{one.word.zh}"
    en = f"{one.item.title.en} ({one.item.owner.en}): {one.word.en}"
    return Title(f"{zh}，{say.zh}" if say.zh else zh, f"{en}, {say.en}" if say.en else en)


def _rest(parts: Iterable[Standing]) -> Title:
    late = [one for one in parts if not one.settled]
    if not late:
        return ALL
    zh = "、".join(f"{one.item.title.zh}（{one.item.owner.zh}）" for one in late)
    en = ", ".join(f"{one.item.title.en} ({one.item.owner.en})" for one in late)
    late_zh, late_en = (
        "已经超过期限还没有答复，正在催办，有结果再告诉您",
        "late, and being pressed; you are told as soon as there is an answer",
    )
    return Title(f"{zh}{late_zh}", f"{en}: {late_en}")
