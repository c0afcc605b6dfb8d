"""Where each part of one thing stands: with whom, until when, and what came of it, in words a family reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles.declared import catalogue, library
from jiuzhu.casework.bundles.models import Matter, Part
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.decisions.letters import yuan
from jiuzhu.casework.decisions.models import Decision, Item
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.roads.declared import whole
from jiuzhu.rules.library import LibraryItem
from jiuzhu.rules.tree import Title

TOTAL = "dibao.total_wd"  # the longest any programme of an application may take
EXAMINED, GONE = "examined", ("withdrawn", "not_accepted")
State = Literal["doing", "waits", "asked", "granted", "refused", "otherwise", "done", "returned", "nobody"]
STATES: Mapping[str, Title] = {
    "doing": Title("正在审核", "Being examined"),
    "waits": Title("等身份认定后转办", "Asked once the class is decided"),
    "asked": Title("部门正在办", "With the department"),
    "granted": Title("同意", "Granted"),
    "refused": Title("不予确认", "Not confirmed"),
    "otherwise": Title("按更合适的一类办理", "Dealt with as another kind"),
    "done": Title("已办结", "Done"),
    "returned": Title("已退回", "Sent back"),
    "nobody": Title("当地没有承办单位", "No office here answers for it"),
}
SETTLED = ("granted", "refused", "otherwise", "done", "returned", "nobody")
PAID: Mapping[str, Title] = {
    "monthly": Title("每月 {amount} 元", "{amount} yuan a month"),
    "yearly": Title("每年 {amount} 元", "{amount} yuan a year"),
    "once": Title("一次性 {amount} 元", "{amount} yuan once"),
}
APART = Title("理由和救济途径见单独的决定书", "reasons and remedies are in a letter of their own")


@dataclass(frozen=True)
class Standing:
    """One part as it stands. says: what came of it, empty while nothing did. due_on: by when, null where that is not known."""

    part: Part
    item: LibraryItem
    state: State
    says: Title
    due_on: date | None
    late: bool
    referral: Referral | None = None

    @property
    def word(self) -> Title:
        return STATES[self.state]

    @property
    def settled(self) -> bool:
        return self.state in SETTLED


def standings(matter: Matter, *, at: datetime) -> list[Standing]:
    """Every part, in the order of the library."""
    application, today = matter.application, local_day(at)
    order = {code: place for place, code in enumerate(library().items)}
    parts = matter.parts.select_related("referral__office", "matter__application__walk").order_by("pk")
    found = sorted((one for one in parts if one.item in order), key=lambda one: order[one.item])
    items = list(Item.objects.filter(walk__parent=application.walk).select_related("walk").order_by("pk"))
    return [_of_road(one, items, at, today) if one.stands == "road" else _of_department(one, today) for one in found]


def classes_of(application: Application) -> list[Title]:
    """The classes the family is known to be of: recognised before, or confirmed by this application."""
    texts = catalogue().programmes.texts
    confirmed = Decision.objects.filter(item__walk__parent=application.walk, step="confirm").values_list(
        "item__programme", flat=True
    )
    codes = dict.fromkeys((*application.recognised.split(), *confirmed))
    return [texts[code][0].title for code in codes if code in texts and texts[code][0].rank]


def term_of(matter: Matter) -> date | None:
    """The day by which what we decide ourselves is to be decided, counted from acceptance."""
    day = local_day(matter.begun_at)
    days = whole(TOTAL, division=matter.application.division_code, on=day)
    return working_days_after(day, days) if days else None


def _of_road(part: Part, items: Sequence[Item], at: datetime, today: date) -> Standing:
    item = library().items[part.item]
    mine = [one for one in items if one.programme in item.programmes]
    told = [_decided(one) for one in mine]
    if mine and all(told):
        granted = any(one is not APART for one in told)
        says = [one for one in told if one]
        joined = Title("；".join(dict.fromkeys(one.zh for one in says)), "; ".join(dict.fromkeys(one.en for one in says)))
        return Standing(part, item, "granted" if granted else "refused", joined, None, False)
    if not mine and part.matter.application.walk.state == EXAMINED:
        return Standing(part, item, "otherwise", _instead(items), None, False)
    due = _due(part.matter, mine, at)
    return Standing(part, item, "doing", Title("", ""), due, due is not None and due < today)


def _decided(one: Item) -> Title | None:
    """What was decided of it first, in words; None before that."""
    decision = one.decisions.filter(step__in=("confirm", "refuse")).order_by("pk").first()
    if decision is None:
        return None
    if decision.step == "refuse":
        return APART
    title = catalogue().programmes.texts[one.programme][0].title
    pays = catalogue().programmes.texts[one.programme][0].pays
    if pays not in PAID:
        return title
    amount = yuan(decision.fen)
    return Title(f"{title.zh}，{PAID[pays].zh.format(amount=amount)}", f"{title.en}: {PAID[pays].en.format(amount=amount)}")


def _instead(items: Sequence[Item]) -> Title:
    texts = catalogue().programmes.texts
    titles = list(dict.fromkeys(texts[one.programme][0].title for one in items))
    return Title("、".join(one.zh for one in titles), ", ".join(one.en for one in titles))


def _due(matter: Matter, mine: Sequence[Item], at: datetime) -> date | None:
    ends = [line.due.day for one in mine for line in roads.deadlines(one.walk, at=at) if not line.code and line.due.day]
    return max(ends, default=None) or term_of(matter)


def _of_department(part: Part, today: date) -> Standing:
    item, referral = library().items[part.item], part.referral
    if referral is None:
        state: State = "waits" if part.stands == "waits" else "nobody"
        return Standing(part, item, state, Title("", ""), None, False)
    if referral.state == "open":
        late = referral.due_on is not None and referral.due_on < today
        return Standing(part, item, "asked", Title("", ""), referral.due_on, late, referral)
    step = referral.steps.order_by("-number").first()
    assert step is not None  # what is done was reported or refused by a step
    if referral.answer == "refused":
        return Standing(
            part,
            item,
            "returned",
            Title(f"应由{step.belongs_to}办理", f"{step.belongs_to} answers for it"),
            None,
            False,
            referral,
        )
    text = opened(step.sentence, column="referral.sentence", row=f"{referral.key}/{step.number}")
    return Standing(part, item, "done", Title(text, text), None, False, referral)
