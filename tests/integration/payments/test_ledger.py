"""The ledger adds up to nothing after every step, and the database itself refuses everything else (D1)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiuzhu.casework.payments import ledger
from jiuzhu.casework.payments.ledger import Line, Unequal, post, reverse
from jiuzhu.casework.payments.models import Journal, Posting
from tests.support.paying import AT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D1")]


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_journal_whose_lines_do_not_add_up_to_nothing_is_refused_by_the_action_and_by_the_database():
    with pytest.raises(Unequal, match="1 fen"):
        post("due", [Line("benefit", 5), Line("owed", -4)], about="a list", at=AT)
    with pytest.raises(Unequal):
        post("due", [], about="a list", at=AT)
    sql("INSERT INTO payments_journal (key, kind, at, about, posted) VALUES ('J1', 'due', '2026-12-07', 'x', false)")
    journal = Journal.objects.get(key="J1").pk
    with pytest.raises(DatabaseError):
        sql("UPDATE payments_journal SET posted = true WHERE id = %s", journal)  # it has no line
    for fen in (5, -4):
        sql("INSERT INTO payments_posting (journal_id, account, fen) VALUES (%s, 'x', %s)", journal, fen)
    with pytest.raises(DatabaseError):
        sql("UPDATE payments_journal SET posted = true WHERE id = %s", journal)
    assert ledger.balance("x") == 0
    sql("INSERT INTO payments_posting (journal_id, account, fen) VALUES (%s, 'x', -1)", journal)
    sql("UPDATE payments_journal SET posted = true WHERE id = %s", journal)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_posting SET fen = 6 WHERE fen = 5",
        "DELETE FROM payments_posting",
        "UPDATE payments_journal SET about = 'other'",
        "UPDATE payments_journal SET posted = false",
        "DELETE FROM payments_journal",
        "INSERT INTO payments_posting (journal_id, account, fen) SELECT id, 'owed', 1 FROM payments_journal",
        "INSERT INTO payments_journal (key, kind, at, about, posted) VALUES ('J9', 'due', '2026-12-07', 'x', true)",
        "INSERT INTO payments_posting (journal_id, account, fen) SELECT id, 'owed', 0 FROM payments_journal",
    ],
)
def test_nobody_changes_what_was_posted_with_any_statement(statement: str):
    post("due", [Line("benefit", 5), Line("owed", -5)], about="a list", at=AT)
    with pytest.raises(DatabaseError):
        sql(statement)
    assert (ledger.balance("benefit"), ledger.balance("owed")) == (5, -5)


def test_a_mistake_is_mended_by_a_counter_entry_once():
    wrong = post("due", [Line("benefit", 5), Line("owed", -5)], about="a list", at=AT)
    assert reverse(wrong, about="a list", at=AT).reverses == wrong
    assert (ledger.balance("benefit"), ledger.balance("owed")) == (0, 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        reverse(wrong, about="a list", at=AT)


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("post"),
            st.lists(st.tuples(st.sampled_from("abc"), st.integers(-500, 500)), min_size=1, max_size=4),
            st.booleans(),
        ),
        st.tuples(st.just("reverse"), st.integers(0, 5), st.booleans()),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_after_every_random_step_the_ledger_is_what_a_plain_model_of_it_is(steps: list[Any]):
    model: Counter[str] = Counter()
    journals: list[tuple[Journal, list[tuple[str, int]], bool]] = []
    with transaction.atomic():
        for what, told, fails in steps:
            if what == "post":
                even = [*told, ("rest", -sum(fen for _, fen in told) + int(fails))]
                moved = [(account, fen) for account, fen in even if fen]
                try:
                    with transaction.atomic():
                        journals.append((post("due", [Line(*one) for one in moved], about="x", at=AT), moved, False))
                except Unequal:
                    assert sum(fen for _, fen in moved) or not moved
                    continue
                assert sum(fen for _, fen in moved) == 0
                for account, fen in moved:
                    model[account] += fen
            elif told < len(journals) and not journals[told][2]:
                journal, moved, _ = journals[told]
                reverse(journal, about="x", at=AT)
                journals[told] = (journal, moved, True)
                for account, fen in moved:
                    model[account] -= fen
            assert {account: ledger.balance(account) for account in ("a", "b", "c", "rest")} == {
                account: model[account] for account in ("a", "b", "c", "rest")
            }
            assert sum(Posting.objects.filter(journal__posted=True).values_list("fen", flat=True)) == 0
        transaction.set_rollback(True)
