"""Triggers that hold the ledger, on both databases: what a constraint of one row cannot say. Used by this step's migrations alone."""

from __future__ import annotations

from django.db import migrations

from jiuzhu.casework.trace.guards import fixed as fixed
from jiuzhu.casework.trace.guards import guarded

_SUM = "COALESCE((SELECT SUM(fen) FROM payments_posting WHERE journal_id = NEW.id), 1)"  # without a line it is no journal

_SQLITE = (
    """CREATE TRIGGER payments_journal_begun BEFORE INSERT ON payments_journal WHEN NEW.posted
       BEGIN SELECT RAISE(ABORT, 'a journal is posted after its lines are there'); END""",
    f"""CREATE TRIGGER payments_journal_posted BEFORE UPDATE ON payments_journal WHEN NOT OLD.posted AND NEW.posted AND {_SUM} <> 0
       BEGIN SELECT RAISE(ABORT, 'the lines of a journal add up to nothing, or it is not posted'); END""",
    """CREATE TRIGGER payments_journal_kept BEFORE UPDATE ON payments_journal WHEN OLD.posted OR NOT NEW.posted
         OR NEW.id <> OLD.id OR NEW.key <> OLD.key OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at OR NEW.about <> OLD.about
         OR NEW.reverses_id IS NOT OLD.reverses_id
       BEGIN SELECT RAISE(ABORT, 'a journal is posted once and never changed; write a counter-entry'); END""",
    """CREATE TRIGGER payments_journal_stays BEFORE DELETE ON payments_journal
       BEGIN SELECT RAISE(ABORT, 'a journal is never removed'); END""",
    """CREATE TRIGGER payments_posting_before BEFORE INSERT ON payments_posting
         WHEN (SELECT posted FROM payments_journal WHERE id = NEW.journal_id)
       BEGIN SELECT RAISE(ABORT, 'a posted journal takes no further line'); END""",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION payments_journal_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF TG_OP = 'INSERT' THEN
           IF NEW.posted THEN RAISE EXCEPTION 'a journal is posted after its lines are there'
             USING ERRCODE = 'restrict_violation'; END IF;
           RETURN NEW;
         END IF;
         IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'a journal is never removed' USING ERRCODE = 'restrict_violation'; END IF;
         IF OLD.posted OR NOT NEW.posted OR (NEW.id, NEW.key, NEW.kind, NEW.at, NEW.about) <> (OLD.id, OLD.key, OLD.kind, OLD.at, OLD.about)
            OR NEW.reverses_id IS DISTINCT FROM OLD.reverses_id THEN
           RAISE EXCEPTION 'a journal is posted once and never changed; write a counter-entry' USING ERRCODE = 'restrict_violation';
         END IF;
         IF {_SUM} <> 0 THEN RAISE EXCEPTION 'the lines of a journal add up to nothing, or it is not posted'
           USING ERRCODE = 'check_violation'; END IF;
         RETURN NEW; END $$""",
    """CREATE TRIGGER payments_journal_guard BEFORE INSERT OR UPDATE OR DELETE ON payments_journal
       FOR EACH ROW EXECUTE FUNCTION payments_journal_guard()""",
    """CREATE FUNCTION payments_posting_before() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF (SELECT posted FROM payments_journal WHERE id = NEW.journal_id) THEN
           RAISE EXCEPTION 'a posted journal takes no further line' USING ERRCODE = 'restrict_violation'; END IF;
         RETURN NEW; END $$""",
    """CREATE TRIGGER payments_posting_before BEFORE INSERT ON payments_posting
       FOR EACH ROW EXECUTE FUNCTION payments_posting_before()""",
    "ALTER TABLE payments_journal ENABLE ALWAYS TRIGGER payments_journal_guard",
    "ALTER TABLE payments_posting ENABLE ALWAYS TRIGGER payments_posting_before",
)


def balanced() -> migrations.RunPython:
    """A journal counts from one posting on, which needs lines that add up to nothing, and is never touched after it (D1)."""
    return guarded(_SQLITE, _POSTGRESQL)
