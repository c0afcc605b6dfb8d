"""Publications: masked, without children, illness or numbers; up for their days or as long as help lasts, and gone on the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases import tags
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.notices import publications, queries
from jiuzhu.casework.notices.models import Objection, Publication
from jiuzhu.casework.notices.publications import Line, NotAnObjection, NotPublished
from jiuzhu.casework.notices.wording import NotToBeSaid
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.trace.actions import Actor, Subject
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules.tree import Title
from tests.support.families import VILLAGE
from tests.support.officers import officer
from tests.support.telling import AT, BY, MATTER, born, decision, family, head, person

pytestmark = pytest.mark.django_db
ANYONE, DIBAO = AnonymousUser(), Title(MATTER, "dibao")


def notice(case: Case, kind: str = "N07", *, about: Subject | None = None, **more: Any) -> Publication:
    told = {
        "case": case, "about": about or decision(case), "lines": [Line(head(case), 4, DIBAO, 134200)], "place": "柳沟村村务公示栏",
        "by": BY, "at": AT, "days": 7 if kind == "N07" else None,
    } | more  # fmt: skip
    return publications.publish(kind, **told)  # type: ignore[arg-type]


@pytest.mark.requirement("H4")
def test_a_village_reads_who_masked_how_many_what_and_how_much_and_nothing_else():
    case = family(person("郭志强"), person("李敏"))
    notice(case)
    (shown,) = queries.hangs(viewer=ANYONE, division=VILLAGE, at=AT)
    (line,) = shown.lines
    assert (line.name.zh, line.persons, line.matter, line.fen) == ("郭*强", 4, DIBAO, 134200)
    hidden = (born(date(1970, 5, 1), 1), "13905461234", "志", "李敏", case.key)
    assert not any(part in repr(shown.lines) for part in hidden)


@pytest.mark.parametrize(
    ("name", "shown"), [("郭志强", "郭*强"), ("王英", "王*"), ("欧阳修远", "欧**远"), ("李", "李*"), ("", "")]
)
def test_names_are_masked(name: str, shown: str):
    assert publications.masked(name) == shown


@pytest.mark.requirement("H4")
def test_a_child_is_not_named_nor_whoever_may_be_one_nor_a_family_in_protection_nor_its_village():
    child = person("郭小宝", number=born(date(2012, 5, 1)))
    case = family(person("李敏"), child)
    notice(case, lines=[Line(child, 1, DIBAO, 50000)])
    unknown = person("周某某")
    type(unknown).objects.filter(pk=unknown.pk).update(id_number="", id_index="")
    unknown.refresh_from_db()
    notice(family(unknown))
    hidden = family(person("赵敏"))
    tags.tag(case=hidden, code="protected", because="人身保护令", by=officer("zhou", "township_officer", "370502001"), at=AT)
    notice(hidden)
    names = [line.name.zh for one in queries.hangs(viewer=ANYONE, division=VILLAGE, at=AT) for line in one.lines]
    assert names == ["不列姓名", "不列姓名"]
    (guarded,) = queries.hangs(viewer=ANYONE, division="370502001", at=AT)
    assert [line.name.zh for line in guarded.lines] == ["不列姓名"]


@pytest.mark.parametrize("matter", ["重度残疾人护理补贴", "孤儿基本生活费", "白血病救助", "联系 13905461234"])
def test_what_tells_of_illness_or_of_a_child_is_not_put_up(matter: str):
    case = family()
    with pytest.raises(NotToBeSaid):
        notice(case, lines=[Line(head(case), 1, Title(matter, "x"), 50000)])
    assert not Publication.objects.exists()


@pytest.mark.requirement("H4")
def test_it_hangs_seven_days_the_first_not_counted_and_is_gone_after_them_whether_or_not_the_worker_ran():
    made = notice(family())
    assert (made.from_on, made.last_on) == (date(2026, 11, 20), date(2026, 11, 27))
    last, after = AT + timedelta(days=7), AT + timedelta(days=8)
    assert queries.hangs(viewer=ANYONE, division=VILLAGE, at=last)
    assert not publications.over(made, last)
    assert queries.hangs(viewer=ANYONE, division=VILLAGE, at=after) == []
    assert queries.hanging(viewer=ANYONE, key=made.key, at=after) is None
    assert publications.over(made, after)
    assert publications.take_down_due(at=last) == 0
    assert publications.take_down_due(at=after) == 1
    assert publications.take_down_due(at=after) == 0
    made.refresh_from_db()
    assert (made.state, made.ended_on, made.ended_because) == ("ended", date(2026, 11, 28), "over")


def test_what_is_published_after_a_decision_lasts_with_the_help_and_ends_with_it():
    case = family()
    about = decision(case)
    made = notice(case, "N19", about=about)
    assert queries.hangs(viewer=ANYONE, division=VILLAGE, at=AT + timedelta(days=900))
    assert publications.take_down_due(at=AT + timedelta(days=900)) == 0
    assert not publications.over(made, AT + timedelta(days=900))
    with pytest.raises(NotPublished):
        notice(case, "N19", about=about)
    assert publications.end_of(about, by=BY, at=AT + timedelta(days=900)) == 1
    assert publications.end_of(about, by=BY, at=AT + timedelta(days=900)) == 0
    assert queries.hangs(viewer=ANYONE, division=VILLAGE, at=AT + timedelta(days=900)) == []


def test_a_notice_has_days_and_a_publication_has_none():
    case = family()
    for kind, days in (("N07", None), ("N19", 7)):
        with pytest.raises(NotPublished):
            notice(case, kind, days=days)


def test_anyone_may_object_named_or_not_and_it_is_not_over_while_an_objection_stands():
    made = notice(family())
    first = publications.object_to(publication=made, because="他家有两套房", by=ANYONE, at=AT)
    second = publications.object_to(publication=made, because="不符", name="王五", contact_by="x", by=ANYONE, at=AT)
    after = AT + timedelta(days=8)
    assert not publications.over(made, after)
    clerk = Actor("zhou")
    publications.settled(objection=first, upheld=False, answer="只有一套", by=clerk, at=after)
    assert not publications.over(made, after)
    publications.settled(objection=second, upheld=False, answer="已核实", by=clerk, at=after)
    assert publications.over(made, after)
    with pytest.raises(NotAnObjection):
        publications.settled(objection=second, upheld=True, answer="x", by=clerk, at=after)
    assert opened(second.name, column="notices_objection.name", row=second.key) == "王五"
    named, unnamed = (queries.objections(made, named=one)[1].name for one in (True, False))
    assert (named, unnamed) == ("王五", "")
    assert Event.objects.filter(operation="publications.object", who="anyone").count() == 2


def test_an_objection_that_was_upheld_keeps_it_from_being_over():
    made = notice(family())
    one = publications.object_to(publication=made, because="x", by=ANYONE, at=AT)
    publications.settled(objection=one, upheld=True, answer="属实", by=Actor("zhou"), at=AT)
    assert not publications.over(made, AT + timedelta(days=30))


def test_nobody_objects_without_a_reason_after_the_days_or_by_a_flood_without_names():
    made = notice(family())
    with pytest.raises(NotAnObjection):
        publications.object_to(publication=made, because=" ", by=ANYONE, at=AT)
    with pytest.raises(NotPublished):
        publications.object_to(publication=made, because="x", by=ANYONE, at=AT + timedelta(days=8))
    for _ in range(publications.MOST_UNNAMED):
        publications.object_to(publication=made, because="x", by=ANYONE, at=AT)
    with pytest.raises(NotAnObjection):
        publications.object_to(publication=made, because="x", by=ANYONE, at=AT)
    publications.object_to(publication=made, because="x", name="王五", by=ANYONE, at=AT)
    assert Objection.objects.count() == publications.MOST_UNNAMED + 1


def test_an_officer_takes_down_what_hangs_in_their_place_and_nothing_elsewhere():
    made = notice(family())
    with pytest.raises(NotAllowed):
        publications.taken_down(publication=made, by=officer("li", "township_officer", "370503001"), at=AT)
    assert publications.taken_down(publication=made, by=officer("zhou", "township_officer", "370502001"), at=AT)
    assert queries.hangs(viewer=ANYONE, division=VILLAGE, at=AT) == []
    made.refresh_from_db()
    assert made.ended_because == "mistake"
