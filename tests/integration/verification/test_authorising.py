"""Nobody is looked up who did not sign, and what was signed cannot be changed, moved to somebody else, or used after it was taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.models import Announcement, Task
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.verification import asking, authorising, reporting
from jiuzhu.casework.verification.models import Authorisation, Link, Question, Request
from jiuzhu.casework.verification.refusals import DeadLink, NeedsGuardian, NotAuthorised, NotNow, NotYours, WrongTerm
from tests.support.flushing import without_guards
from tests.support.officers import officer
from tests.support.verifying import AT, CONSENTS, UNTIL, Home, later, number

pytestmark = pytest.mark.django_db
HEADS, SPOUSES = number("19700101", 1), number("19720202", 2)


@pytest.mark.feature("SF093")
def test_what_is_signed_says_who_what_for_and_how_long_and_is_found_out_when_changed(home: Home) -> None:
    signed = home.signed(home.head)
    assert authorising.holds(signed)
    assert authorising.live(home.case, home.head, at=AT) == signed
    said = authorising.statement_of(signed).decode()
    for word in (signed.number, home.head.key, "register", "2027-11-19", "paper seen", "可以随时收回"):
        assert word in said
    with pytest.raises(DatabaseError), transaction.atomic():
        Authorisation.objects.filter(pk=signed.pk).update(until=date(2028, 1, 1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Authorisation.objects.filter(pk=signed.pk).delete()
    for column, other in (("until", date(2028, 1, 1)), ("consents", "register"), ("party", home.spouse), ("signature", "AAAA")):
        with transaction.atomic():
            kept = getattr(signed, column)
            with without_guards():
                Authorisation.objects.filter(pk=signed.pk).update(
                    **{column: other, **({"signer": other} if column == "party" else {})}
                )
            moved = Authorisation.objects.select_related("case", "party", "signer").get(pk=signed.pk)
            assert not authorising.holds(moved), column
            with without_guards():
                Authorisation.objects.filter(pk=signed.pk).update(
                    **{column: kept, **({"signer": kept} if column == "party" else {})}
                )


def test_a_second_live_authorisation_is_refused_by_the_database_and_signing_anew_takes_its_place(home: Home) -> None:
    first = home.signed(home.head)
    second = home.signed(home.head, consents=("register",))
    first.refresh_from_db()
    assert (first.ended_why, authorising.live(home.case, home.head, at=AT)) == ("replaced", second)
    again = Authorisation.objects.get(pk=second.pk)
    again.pk, again.key, again.number = None, "A" + "X" * 26, "SQ-another"
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_a_guardian_signs_for_a_child_and_nobody_under_eighteen_for_themselves(home: Home) -> None:
    with pytest.raises(NeedsGuardian):
        home.signed(home.child)
    with pytest.raises(NeedsGuardian):
        home.signed(home.head, why="guardian", signer=home.child)
    with pytest.raises(NeedsGuardian):
        home.signed(home.child, why="guardian")
    assert home.signed(home.child, why="guardian", signer=home.spouse).signer == home.spouse


def test_it_ends_within_two_years_names_something_and_is_taken_by_who_may(home: Home) -> None:
    for until in (date(2026, 11, 19), date(2029, 1, 1)):
        with pytest.raises(WrongTerm):
            home.signed(home.head, until=until)
    with pytest.raises(WrongTerm):
        home.signed(home.head, consents=("everything",))
    with pytest.raises(NotAllowed):
        home.signed(home.head, by=officer("far", "township_officer", "370503001"))


@pytest.mark.feature("SF094")
def test_a_link_is_signed_once_by_the_one_it_was_made_for_within_its_days_and_tries(home: Home) -> None:
    made, token = authorising.link(case=home.case, party=home.spouse, until=UNTIL, by=home.officer, at=AT)
    assert token not in str(Link.objects.values_list())
    with pytest.raises(NotYours):
        authorising.sign_by_link(token, id_number=HEADS, consents=CONSENTS, at=later(1))
    with pytest.raises(DeadLink):
        authorising.opened_link(token, id_number=SPOUSES, at=later(49))
    with pytest.raises(DeadLink):
        authorising.opened_link(token + "x", id_number=SPOUSES, at=later(1))
    signed = authorising.sign_by_link(token, id_number=SPOUSES, consents=("register",), at=later(1))
    assert (signed.party, signed.how, signed.consents, signed.taken_by) == (home.spouse, "remote", "register", home.spouse.key)
    with pytest.raises(DeadLink):
        authorising.sign_by_link(token, id_number=SPOUSES, consents=CONSENTS, at=later(2))
    made.refresh_from_db()
    assert (made.tries, made.used_at) == (1, later(1))


def test_five_wrong_tries_kill_a_link_and_a_new_one_kills_the_last(home: Home) -> None:
    _, token = authorising.link(case=home.case, party=home.spouse, until=UNTIL, by=home.officer, at=AT)
    for wrong in (HEADS, "not a number", HEADS, "", HEADS):
        with pytest.raises(NotYours):
            authorising.opened_link(token, id_number=wrong, at=AT)
    with pytest.raises(DeadLink):
        authorising.opened_link(token, id_number=SPOUSES, at=AT)
    _, first = authorising.link(case=home.case, party=home.spouse, until=UNTIL, by=home.officer, at=AT)
    _, second = authorising.link(case=home.case, party=home.spouse, until=UNTIL, by=home.officer, at=AT)
    with pytest.raises(DeadLink):
        authorising.opened_link(first, id_number=SPOUSES, at=AT)
    assert authorising.opened_link(second, id_number=SPOUSES, at=AT).party == home.spouse


@pytest.mark.requirement("K1")
def test_nothing_is_asked_of_who_did_not_sign_or_signed_for_something_else_or_took_it_back(home: Home) -> None:
    home.signed(home.head)
    for refused_for in ({}, {"template": "judicial_aid"}, {"at": AT + timedelta(days=400)}):
        before = Event.objects.filter(operation="verification.request", outcome="refused").count()
        with pytest.raises(NotAuthorised):
            home.ask(*((home.head, home.spouse) if not refused_for else (home.head,)), **refused_for)
        assert Event.objects.filter(operation="verification.request", outcome="refused").count() == before + 1
    assert not Request.objects.exists()
    assert not Question.objects.exists()


@pytest.mark.requirement("K1")
def test_one_second_after_it_is_taken_back_nothing_is_asked_what_comes_is_thrown_away_and_an_officer_is_told(home: Home) -> None:
    home.everybody_signs()
    made, departments = home.ask(), home.departments()
    withdrawn = authorising.live(home.case, home.head, at=AT)
    assert withdrawn is not None
    authorising.withdraw(authorisation=withdrawn, by=home.officer, at=AT)
    asking.collect(made, at=AT + timedelta(seconds=1), departments=departments)
    heard = {question.id_number for twin in departments.values() for question in twin.heard.values()}
    assert heard == {SPOUSES, number("20180303", 3)}
    assert {one.state for one in reporting.rows_of(made, AT) if one.person == home.head.key} == {"refused"}
    assert Task.objects.get(case=home.case).because == "authorisation_withdrawn"
    assert Announcement.objects.filter(kind="authorisation.withdrawn").count() == 1
    with pytest.raises(NotNow):
        authorising.withdraw(authorisation=withdrawn, by=home.officer, at=AT)


@pytest.mark.requirement("K1")
def test_what_comes_back_after_it_was_taken_back_is_not_kept(home: Home) -> None:
    signed = home.signed(home.head)
    made = home.ask(home.head)
    home.has(home.head, "traffic_vehicle", {"vehicle_class": "1", "vehicle_status": "1"})

    def meanwhile() -> None:
        Authorisation.objects.filter(pk=signed.pk).update(ended_at=AT, ended_why="withdrawn", ended_by="test")

    twin = home.twin()
    asked = asking._leaving(made, {"police": twin}, AT)
    meanwhile()
    asking._settle([twin.ask(one.asked) for one in asked if one.source == "police"], AT)
    one = Question.objects.get(request=made, source="police")
    assert (one.state, one.answer) == ("refused", "")


@pytest.mark.requirement("K1")
def test_an_obligor_counts_only_by_their_own_consent_and_is_unknown_without_it(home: Home) -> None:
    home.signed(home.head)
    son = home.spouse
    made = home.ask(home.head, obligors=[son])
    departments = home.departments()
    asking.collect(made, at=AT, departments=departments)
    assert SPOUSES not in {question.id_number for twin in departments.values() for question in twin.heard.values()}
    theirs = [one for one in reporting.rows_of(made, AT) if one.person == son.key]
    assert {(one.state, one.why, one.found) for one in theirs} == {("refused", reporting.NO_CONSENT, "")}


@pytest.mark.requirement("K1")
def test_what_somebody_left_out_of_the_consent_is_not_asked(home: Home) -> None:
    home.signed(home.head, consents=("register",))
    made, departments = home.ask(home.head), home.departments()
    asking.collect(made, at=AT, departments=departments)
    asked = {dataset for twin in departments.values() for question in twin.heard.values() for dataset in question.columns}
    assert "police_population" in asked
    assert not asked & {"bank_deposit", "securities_account", "insurance_policy", "medins_settlement"}
    rows: dict[str, Any] = {one.item: one for one in reporting.rows_of(made, AT)}
    assert (rows["VM05"].state, rows["VM05"].why) == ("refused", reporting.NOT_CONSENTED)
