"""What may be done with one thing: ask departments for its items, and answer the family once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Scope, Viewer, actor, key_of, require
from jiuzhu.casework.applications.kept import answers_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.bundles.answering import answer, answer_due, due_of
from jiuzhu.casework.bundles.declared import has_road, is_class, library
from jiuzhu.casework.bundles.models import Matter, Part
from jiuzhu.casework.bundles.standing import classes_of, standings
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.referrals.models import Referral
from jiuzhu.casework.roads.refusals import NotYet
from jiuzhu.casework.trace.actions import record
from jiuzhu.rules.application_form import OTHERS
from jiuzhu.rules.library import LibraryItem

__all__ = ["NoSuchItem", "answer", "answer_due", "ask", "begin", "class_decided"]
Stands = Part.Stands


class NoSuchItem(ValueError):
    """No item of the library has that code, or none that a department is asked for."""


@transaction.atomic
def begin(*, application: Application, by: Viewer, at: datetime) -> Matter:
    """Open every part of an accepted application: what is ours goes its road, departments are asked for the rest, each by its term.

    What rests on a class waits until that is decided, where the application asks for one and the family has none yet. Part of the
    act that accepts it. Raises NotAllowed where whoever accepts may not refer.
    """
    values = answers_of(application)
    asked = library().asked(application.items.split(), values.get(OTHERS, ()))
    matter = Matter.objects.create(application=application, begun_at=at, looked_at=at)
    _open(matter, asked, by=by, at=at)
    return matter


@transaction.atomic
def ask(*, application: Application, items: Collection[str], by: Viewer, at: datetime) -> list[Part]:
    """Ask departments for further items of an accepted application, chosen by an officer with the family; gives the new parts.

    What was asked for already is left as it is. Raises NotAllowed, NoSuchItem, NotYet where it is not accepted.
    """
    chosen = []
    for code in items:
        item = library().items.get(code)
        if item is None or not item.need or has_road(item):
            raise NoSuchItem(f"no department is asked for '{code[:32]}' here; choose an item of the library that names a need")
        chosen.append(item)
    matter = Matter.objects.select_for_update().filter(application=application).first()
    if matter is None:
        raise NotYet(f"{application.key} is not accepted; accept it first, then departments are asked")
    case = application.case
    grant = require(by, "referrals.make", on=Scope(case.division_code, household=case.household_key), at=at)
    made = _open(matter, chosen, by=by, at=at)
    after = {"items": [part.item for part in made]}  # an item without an office has no referral, and still was asked for
    record("bundles.ask", by=actor(by, grant), at=at, on=subject(application), purpose=grant.purpose, after=after)
    return made


@transaction.atomic
def class_decided(*, application: Application, by: Viewer, at: datetime) -> None:
    """Ask for what waited for the class, now that it is decided; part of the act that decides it. The department decides for itself."""
    for part in Part.objects.select_for_update().filter(matter__application=application, stands=Stands.WAITS):
        _ask(part, application, library().items[part.item], by=by, at=at)


def _open(matter: Matter, items: Iterable[LibraryItem], *, by: Viewer, at: datetime) -> list[Part]:
    application, made = matter.application, []
    known = set(matter.parts.values_list("item", flat=True))
    new = [one for one in items if one.code not in known]
    waits = not application.recognised and any(map(is_class, (*new, *(library().items[code] for code in known))))
    for item in new:
        stands = Stands.ROAD if has_road(item) else Stands.WAITS if item.after_class and waits else Stands.NOBODY
        part = Part.objects.create(matter=matter, item=item.code, stands=stands, asked_by=key_of(by), asked_at=at)
        if stands == Stands.NOBODY:
            _ask(part, application, item, by=by, at=at)
        made.append(part)
    matter.due_on = due_of(matter, [one for one in standings(matter, at=at) if not one.settled])
    matter.save(update_fields=["due_on"])
    return made


def _ask(part: Part, application: Application, item: LibraryItem, *, by: Viewer, at: datetime) -> None:
    """To the department's office nearest to the family; where it has none, the part says so and an officer reads it.

    What lies open already for another application of the family is not asked twice: its answer is the answer here too.
    """
    values = answers_of(application)
    told = (
        f"一件事：{item.title.zh}。受理编号 {application.number}。{_class(application)}请按你部门的规定审核，并写明给家庭的答复。"
    )
    who = " ".join(str(values.get(name, "")) for name in ("applicant_name", "phone", "address")).strip()
    try:
        made = referrals.make(case=application.case, need=item.need, item=item.code, asked=told, who=who, by=by, at=at)
    except (referrals.NoOffice, referrals.NoNeed):
        part.stands = Stands.NOBODY
    except referrals.AlreadyReferred:
        part.stands = Stands.ASKED
        part.referral = Referral.objects.filter(case=application.case, item=item.code, state="open").latest("pk")
    else:
        part.stands, part.referral = Stands.ASKED, made
    part.save(update_fields=["stands", "referral"])


def _class(application: Application) -> str:
    """The class that is known, so that no department examines it again (L02 art. 42)."""
    titles = [one.zh for one in classes_of(application)]
    return f"已认定：{'、'.join(titles)}，不用再审核。" if titles else ""
