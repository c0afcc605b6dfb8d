"""Letters: frozen as they were given, numbered without a gap, served by a way that is proved; terms count from that day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jiuzhu.casework.accounts import mandates
from jiuzhu.casework.accounts.permissions import NotAllowed, Resident
from jiuzhu.casework.cases import tags
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.notices import letters, queries
from jiuzhu.casework.notices.contact import NotToThem
from jiuzhu.casework.notices.letters import NotServed
from jiuzhu.casework.notices.models import Message, Notice
from jiuzhu.casework.notices.wording import NotSaid, NotToBeSaid, NotWhatWasGiven
from jiuzhu.casework.parties.sealed import sealed
from jiuzhu.casework.trace.models import Event
from jiuzhu.rules import noticing as rules
from tests.support.flushing import without_guards
from tests.support.officers import officer
from tests.support.telling import AT, BY, REFUSED, born, decision, family, person, refusal

pytestmark = pytest.mark.django_db


def test_a_refusal_says_why_what_else_there_is_and_where_to_go_against_it_within_what_time():
    letter = letters.read(refusal(family(), office="370502"))
    assert letter.to.zh == "郭志强"
    for part in ("最低生活保障", "人均月收入 1212.50 元", "高于标准", "低保边缘家庭认定"):
        assert part in letter.text.zh
    reconsideration, litigation = letter.remedies
    assert "60 日内" in reconsideration.zh
    assert "东营区人民政府" in reconsideration.zh
    assert "6 个月内" in litigation.zh
    assert "东营区人民法院" in litigation.zh
    assert "东营区民政局" in letter.ask.zh
    assert "60 days" in reconsideration.en


def test_a_letter_is_read_again_bit_for_bit_whatever_the_catalogue_says_later(monkeypatch: pytest.MonkeyPatch):
    made = refusal(family())
    before = letters.content_of(made)
    monkeypatch.setattr(letters, "noticing", rules.Noticing)  # every text is gone
    assert letters.content_of(Notice.objects.get(pk=made.pk)) == before
    assert letters.read(made).text.zh


def test_numbers_of_an_office_kind_and_year_follow_one_another_and_none_is_lost_by_a_rollback():
    case = family()
    first = refusal(case)
    with transaction.atomic():
        refusal(case)
        transaction.set_rollback(True)
    second, other = refusal(case), refusal(case, office="370502")
    assert first.number == "N09-370502001-2026-000001"
    assert second.number == "N09-370502001-2026-000002"
    assert other.number == "N09-370502-2026-000001"


def test_a_letter_is_never_changed_not_even_by_the_database_and_a_change_around_the_guards_is_found():
    made = refusal(family())
    for change in ("content = 'x'", "number = 'x'", "signature = 'x'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE notices_notice SET {change}")
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.all().delete()
    other = sealed('{"kind":"N09"}', column=letters.CONTENT, row=made.key)
    with without_guards():
        Notice.objects.filter(pk=made.pk).update(content=other)
    made.refresh_from_db()
    with pytest.raises(NotWhatWasGiven):
        letters.read(made)


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ({**REFUSED, "reason": ""}, NotSaid),
        ({name: text for name, text in REFUSED.items() if name != "reason"}, NotSaid),
        ({**REFUSED, "more": "x"}, NotSaid),
        ({**REFUSED, "facts": "账户 6217000012345678901 余额"}, NotToBeSaid),
        ({**REFUSED, "facts": "证件 110105194912310021"}, NotToBeSaid),
    ],
)
def test_a_letter_without_its_reason_or_with_a_whole_number_is_not_given(words: dict[str, str], refused: type[Exception]):
    with pytest.raises(refused):
        refusal(family(), words=words)
    assert not Notice.objects.exists()
    assert not Event.objects.filter(operation="notices.give").exists()


def test_terms_count_from_the_day_it_was_served_and_a_last_day_that_is_none_of_work_moves_on():
    made, by = refusal(family()), officer("zhou", "township_officer", "370502001")
    assert letters.terms(made) == []
    served = letters.serve(notice=made, how="hand", proof="郭志强 签收", by=by, at=AT + timedelta(days=3))
    made.refresh_from_db()
    assert (made.state, made.served_on, served.counts_from) == ("served", date(2026, 11, 23), date(2026, 11, 23))
    told = {term.remedy: term.until for term in letters.terms(made)}
    assert told["reconsideration"] == date(2026, 11, 23) + timedelta(
        days=60
    )  # the calendar of 2027 is not loaded: the day itself
    assert told["litigation"] == date(2027, 5, 23)
    early = refusal(
        family(), at=AT.replace(month=3, day=2)
    )  # served on 3 March: 60 days later is 2 May 2026, a Saturday in a holiday
    letters.serve(notice=early, how="hand", proof="x", by=by, at=AT.replace(month=3, day=3))
    early.refresh_from_db()
    assert {term.remedy: term.until for term in letters.terms(early)}["reconsideration"] == date(2026, 5, 6)


def test_the_earliest_day_that_is_proved_counts_and_what_is_published_counts_thirty_days_later():
    made, by = refusal(family()), officer("zhou", "township_officer", "370502001")
    letters.serve(notice=made, how="published", proof="村务公示栏", by=by, at=AT + timedelta(days=1))
    made.refresh_from_db()
    assert made.served_on == date(2026, 12, 21)
    letters.serve(notice=made, how="post", proof="XA123 12-01 签收", on=date(2026, 12, 1), by=by, at=AT + timedelta(days=20))
    made.refresh_from_db()
    assert made.served_on == date(2026, 12, 1)
    letters.serve(notice=made, how="hand", proof="again", by=by, at=AT + timedelta(days=25))
    made.refresh_from_db()
    assert made.served_on == date(2026, 12, 1)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.services.all().update(proof="x")


def test_what_proves_nothing_serves_nothing_and_a_short_message_does_not_serve_a_refusal():
    made, by = refusal(family()), officer("zhou", "township_officer", "370502001")
    for told in ({"how": "sms"}, {"how": "pigeon"}, {"proof": " "}, {"on": date(2026, 11, 19)}, {"on": date(2026, 11, 21)}):
        with pytest.raises(NotServed):
            letters.serve(**{"notice": made, "how": "hand", "proof": "x", "by": by, "at": AT} | told)  # type: ignore[arg-type]
    made.refresh_from_db()
    assert made.state == "to_serve"


def test_a_letter_nobody_served_by_its_day_is_a_task_that_is_done_when_it_arrives():
    case, by = family(), officer("zhou", "township_officer", "370502001")
    made, other = refusal(case), refusal(case)
    assert made.serve_by == date(2026, 11, 25)  # three working days after Friday
    assert letters.raise_unserved(at=AT + timedelta(days=5)) == 0
    assert letters.raise_unserved(at=AT + timedelta(days=6)) == 2
    assert letters.raise_unserved(at=AT + timedelta(days=6)) == 0
    task = Task.objects.get(kind="serve_notice")
    assert (task.case, task.state, task.rises_on) == (case, "open", date(2026, 11, 27))
    letters.serve(notice=made, how="hand", proof="x", by=by, at=AT + timedelta(days=7))
    task.refresh_from_db()
    assert task.state == "open"
    letters.serve(notice=other, how="hand", proof="x", by=by, at=AT + timedelta(days=7))
    task.refresh_from_db()
    assert task.state == "done"


def test_a_child_is_not_written_to_but_its_guardian_and_nobody_writes_to_the_dead():
    child, mother = person("郭小宝", number=born(date(2016, 5, 1))), person("李敏")
    case = family(mother, child)
    told = {"case": case, "party": child, "about": decision(case), "words": REFUSED, "by": BY, "at": AT}
    with pytest.raises(NotToThem):
        letters.give("N09", **told)
    made = letters.give("N09", guardian=mother, **told)
    assert (made.party, made.about) == (mother, child)
    assert letters.read(made).to.zh == "李敏"
    tags.tag(
        case=case, code="deceased", because="火化证明", party=mother, by=officer("zhou", "township_officer", "370502001"), at=AT
    )
    with pytest.raises(NotToThem):
        letters.give("N09", guardian=mother, **told)


def test_word_of_a_letter_goes_to_the_telephone_without_a_name_and_to_a_family_in_protection_none_goes():
    case = family()
    made = refusal(case)
    message = Message.objects.get()
    text, to = queries.said(message)
    assert (message.state, to) == ("queued", "139****1234")
    assert "不予确认决定书" in text
    assert not any(word in text for word in ("郭", "最低生活保障", "1212"))
    tags.tag(case=case, code="protected", because="人身保护令", by=officer("zhou", "township_officer", "370502001"), at=AT)
    refusal(case)
    assert sorted(Message.objects.values_list("state", "why")) == [("queued", ""), ("unsendable", "protected")]
    assert Message.objects.filter(subject_key=made.key).count() == 1


def test_an_officer_reads_a_letter_of_their_place_the_look_is_written_down_and_elsewhere_there_is_none():
    made = refusal(family())
    mine, other = officer("zhou", "township_officer", "370502001"), officer("li", "township_officer", "370503001")
    auditor = officer("auditor", "auditor", "370502")
    opened = queries.notice(viewer=mine, key=made.key, at=AT)
    assert opened is not None
    assert opened.letter is not None
    assert Event.objects.filter(operation="notices.read", subject_key=made.key, who="zhou").exists()
    assert queries.notice(viewer=other, key=made.key, at=AT) is None
    assert queries.notice(viewer=mine, key="N" * 27, at=AT) is None
    seen = queries.notice(viewer=auditor, key=made.key, at=AT)
    assert seen is not None
    assert seen.letter is None
    assert list(queries.notices(viewer=other, at=AT)) == []
    assert [one.pk for one in queries.notices(viewer=mine, at=AT)] == [made.pk]


def test_what_is_kept_of_a_letter_holds_nothing_of_it_in_clear():
    made = refusal(family())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_notice")
        kept = repr(cursor.fetchall())
        cursor.execute("SELECT * FROM notices_message")
        kept += repr(cursor.fetchall())
    for part in ("郭志强", "1212.50", "高于标准", "13905461234", "不予确认"):
        assert part not in kept
    assert made.key in kept


def test_read_on_the_portal_by_the_person_themselves_it_is_served_once_and_by_nobody_else():
    made = refusal(family())
    self, other = Resident(made.party.key), Resident("P" * 27)
    assert queries.notice(viewer=other, key=made.key, at=AT) is None
    with pytest.raises(NotAllowed):
        letters.read_on_portal(notice=made, by=other, at=AT)
    opened = queries.notice(viewer=self, key=made.key, at=AT)
    assert opened is not None
    assert opened.letter is not None
    assert letters.read_on_portal(notice=made, by=self, at=AT) is not None
    assert letters.read_on_portal(notice=made, by=self, at=AT + timedelta(days=2)) is None
    made.refresh_from_db()
    assert (made.state, made.served_on) == ("served", date(2026, 11, 20))
    assert [one.pk for one in queries.mine(viewer=self, at=AT)] == [made.pk]
    assert list(queries.mine(viewer=other, at=AT)) == []


def test_whoever_stands_for_the_person_in_everything_may_read_it_and_for_one_programme_only_may_not():
    made = refusal(family(household="H1"))
    zhou, son = officer("zhou", "township_officer", "370502001"), Resident(person("郭小明").key)
    told = {
        "household": "H1", "division_code": "370502001", "giver": made.party.key, "taker": son.who, "paper": "D1",
        "until": AT + timedelta(days=30), "by": zhou, "at": AT - timedelta(days=1),
    }  # fmt: skip
    mandates.give(programmes=["medical"], **told)  # type: ignore[arg-type]
    assert queries.notice(viewer=son, key=made.key, at=AT) is None
    mandates.give(programmes=[], **told)  # type: ignore[arg-type]
    assert queries.notice(viewer=son, key=made.key, at=AT) is not None
    assert queries.notice(viewer=son, key=made.key, at=AT + timedelta(days=31)) is None
