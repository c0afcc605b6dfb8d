"""What is kept of money: journals, grants with their dated amounts, lists, instructions to the bank. Account numbers are sealed.

Amounts are whole fen. A month is text, `2026-12`. Triggers of the first migration hold what a constraint cannot: a journal counts
once its lines add up to nothing, and what was decided or ordered never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.parties.keys import LENGTH
from jiuzhu.casework.parties.models import Party

MONTH = 7  # characters
LIVE = ("held", "intent", "sent", "in_doubt", "confirmed")


class BudgetLine(models.Model):
    """Money set apart for one programme of one division and year; how much is left, the ledger's account `fund:<code>` says."""

    code = models.CharField(max_length=40, unique=True)
    division_code = models.CharField(max_length=12)
    programme = models.CharField(max_length=32)
    year = models.PositiveSmallIntegerField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "code", "division_code", "programme", "year"), "open")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["division_code", "programme", "year"], name="budget_line_once_a_year"),
        ]


class Grant(models.Model):
    """One benefit of one family, paid month by month. party: who it is paid to, or for. What it comes to, its terms say."""

    key = models.CharField(max_length=LENGTH, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grants")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="grants")
    programme = models.CharField(max_length=32)
    division_code = models.CharField(max_length=12)
    begun_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "key": "internal", "case": "internal", "party": "internal", "programme": "personal",
        "division_code": "internal", "begun_at": "internal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["programme", "division_code"])]


class Term(models.Model):
    """One decision about a grant: so much a month from that month on, whatever was decided before. Never changed.

    number: counts the terms of a grant; the last one that covers a month holds for it, so a later one may reach back. fen: a month;
    0 while it is suspended and after its end. decision: the key of the decision it rests on.
    """

    class Kind(models.TextChoices):
        START = "start", "新批"
        RAISE = "raise", "增发"
        CUT = "cut", "减发"
        SUSPEND = "suspend", "缓发"
        RESUME = "resume", "恢复"
        END = "end", "停发"

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    from_month = models.CharField(max_length=MONTH)
    fen = models.BigIntegerField()
    decision = models.CharField(max_length=LENGTH)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "grant": "internal", "number": "internal", "kind": "personal", "from_month": "personal", "fen": "personal",
        "decision": "internal", "by": "internal", "at": "internal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["grant", "number"], name="term_numbered"),
            models.CheckConstraint(
                condition=Q(kind__in=("suspend", "end"), fen=0) | (~Q(kind__in=("suspend", "end")) & Q(fen__gt=0)),
                name="term_pays_what_its_kind_says",
            ),
            models.CheckConstraint(condition=~Q(decision="") & ~Q(by="") & Q(number__gte=1), name="term_rests_on_a_decision"),
        ]


class Payee(models.Model):
    """A bank account money of a person goes to, from a month on. holder: `self`, or `guardian` by a recorded mandate (D6).

    account, name, bank: sealed for this row. account_index: keyed, so that one account of several families is seen. from_month: the
    first month paid to it; a change waits one month for an answer to the message sent to the old telephone.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "待复核"
        CONFIRMED = "confirmed", "已复核"
        REFUSED = "refused", "未通过"
        REPLACED = "replaced", "已更换"

    key = models.CharField(max_length=LENGTH, unique=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payees")
    holder = models.CharField(max_length=8, choices=[("self", "本人"), ("guardian", "监护人")])
    mandate = models.CharField(max_length=LENGTH, blank=True)
    account = models.TextField()
    name = models.TextField()
    bank = models.TextField()
    account_index = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    from_month = models.CharField(max_length=MONTH, blank=True)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    looked_by = models.CharField(max_length=80, blank=True)
    looked_at = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "key", "party", "holder", "mandate", "state", "from_month", "proposed_by", "proposed_at", "looked_by", "looked_at"),
            "internal",
        ),
        **dict.fromkeys(("account", "name", "bank", "account_index"), "sealed"),
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["party"], condition=Q(state="proposed"), name="payee_one_change_at_a_time"),
            models.UniqueConstraint(
                fields=["party", "from_month"], condition=Q(state="confirmed"), name="payee_one_from_a_month"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", looked_at__isnull=True, looked_by="")
                | (~Q(state="proposed") & Q(looked_at__isnull=False) & ~Q(looked_by="") & ~Q(looked_by=F("proposed_by"))),
                name="payee_looked_at_by_another",
            ),
            models.CheckConstraint(condition=~Q(state="confirmed") | ~Q(from_month=""), name="payee_paid_from_a_month"),
            models.CheckConstraint(
                condition=Q(holder="self", mandate="") | (Q(holder="guardian") & ~Q(mandate="")), name="payee_guardian_by_mandate"
            ),
        ]


class PayList(models.Model):
    """What is paid for one programme of one division in one month, in one go. run: 1 the month's own, then those that follow it.

    digest: over every line that will be sent, written when its maker signs. statement: what both signed; maker_signature,
    checker_signature: of the platform for them. stops: codes of the gates that stopped it; because: why the checker lets it
    through all the same, sealed.
    """

    class State(models.TextChoices):
        DRAWN = "drawn", "待制单"
        MADE = "made", "待复核"
        CHECKED = "checked", "待送银行"
        SENDING = "sending", "银行处理中"
        CLOSED = "closed", "已关账"

    key = models.CharField(max_length=LENGTH, unique=True)
    division_code = models.CharField(max_length=12)
    programme = models.CharField(max_length=32)
    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="lists")
    month = models.CharField(max_length=MONTH)
    run = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAWN)
    drawn_by = models.CharField(max_length=80)
    drawn_at = models.DateTimeField()
    made_by = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=80, blank=True)
    checked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=0)
    fen = models.BigIntegerField(default=0)
    stops = models.CharField(max_length=200, blank=True)
    because = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    statement = models.TextField(blank=True)
    maker_signature = models.TextField(blank=True)
    checker_signature = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "key", "division_code", "programme", "line", "month", "run", "state", "drawn_by", "drawn_at", "made_by", "made_at",
                "checked_by", "checked_at", "closed_at", "count", "fen", "stops", "digest", "statement", "maker_signature",
                "checker_signature",
            ),
            "internal",
        ),
        "because": "sealed",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["division_code", "programme", "month", "run"], name="list_once_a_run"),
            models.CheckConstraint(
                condition=Q(state="drawn") | (~Q(made_by="") & ~Q(digest="") & ~Q(maker_signature="")),
                name="list_signed_by_its_maker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drawn", "made"))
                | (~Q(checked_by="") & ~Q(checked_by=F("made_by")) & ~Q(checker_signature="")),
                name="list_checked_by_another",
            ),
        ]


class Instruction(models.Model):
    """One amount of one grant for one month, ordered once. Its number is fixed before anything leaves (D2).

    month: of the list it was first drawn into. kind: `monthly`, or `arrears` for months before. held: codes of what held it back for
    one run. live: no other may be ordered for the same; an instruction that was refused, returned or withdrawn is live no more.
    follows: the one that came back and this one pays again, to an account a second officer has looked at since (D4). paid_on: the
    day of the bank's statement. says: the bank's reason.
    """

    class State(models.TextChoices):
        HELD = "held", "扣住"
        INTENT = "intent", "待送出"
        SENT = "sent", "已送出"
        IN_DOUBT = "in_doubt", "未决"
        CONFIRMED = "confirmed", "已到账"
        REFUSED = "refused", "银行拒付"
        RETURNED = "returned", "退回"
        WITHDRAWN = "withdrawn", "撤下"

    number = models.CharField(max_length=LENGTH, unique=True)
    list = models.ForeignKey(PayList, on_delete=models.PROTECT, related_name="instructions")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="instructions")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, related_name="instructions")
    month = models.CharField(max_length=MONTH)
    kind = models.CharField(max_length=8, choices=[("monthly", "按月"), ("arrears", "补发")])
    fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices)
    live = models.BooleanField(default=True)
    held = models.CharField(max_length=120, blank=True)
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="again")
    asked = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paid_on = models.DateField(null=True)
    says = models.CharField(max_length=24, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            (
                "id", "number", "list", "grant", "payee", "month", "kind", "state", "live", "held", "follows", "asked", "sent_at",
                "ended_at", "paid_on", "says",
            ),
            "internal",
        ),
        "fen": "personal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["list", "state"]),
            models.Index(fields=["state", "sent_at"]),
            models.Index(fields=["paid_on"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["grant", "month", "kind"], condition=Q(live=True), name="instruction_one_alive"),
            models.CheckConstraint(
                condition=Q(live=True, state__in=LIVE) | (Q(live=False) & ~Q(state__in=LIVE)), name="instruction_alive_or_over"
            ),
            models.CheckConstraint(condition=Q(fen__gt=0), name="instruction_pays_something"),
            models.CheckConstraint(
                condition=Q(state__in=("held", "withdrawn")) | Q(payee__isnull=False), name="instruction_goes_to_an_account"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("held", "intent", "withdrawn")) | Q(sent_at__isnull=False),
                name="instruction_left_at_an_instant",
            ),
            models.CheckConstraint(condition=~Q(state="confirmed") | Q(paid_on__isnull=False), name="instruction_paid_on_a_day"),
        ]


class Due(models.Model):
    """For which month how much of an instruction is owed; arrears are of several months. Never changed.

    What was owed and paid for a month is the sum over instructions that first ordered it; one that pays again owes nothing new.
    """

    instruction = models.ForeignKey(Instruction, on_delete=models.PROTECT, related_name="dues")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="dues")
    month = models.CharField(max_length=MONTH)
    fen = models.BigIntegerField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "instruction": "internal", "grant": "internal", "month": "personal", "fen": "personal",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["instruction", "month"], name="due_once_a_month"),
            models.CheckConstraint(condition=~Q(fen=0), name="due_is_something"),
        ]


class Journal(models.Model):
    """One entry of the ledger. It counts from the moment it is posted, which a trigger allows only if its lines add up to nothing."""

    key = models.CharField(max_length=LENGTH, unique=True)
    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    about = models.CharField(max_length=80)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    posted = models.BooleanField(default=False)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "key", "kind", "at", "about", "reverses", "posted"), "internal")


class Posting(models.Model):
    """One line of a journal: fen into an account (more than 0) or out of it (less). grant: whose money, null for none of a family's."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=56)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="postings")
    fen = models.BigIntegerField()

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "journal": "internal", "account": "internal", "grant": "internal", "fen": "personal",
    }  # fmt: skip

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "grant"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(fen=0) & ~Q(account=""), name="posting_moves_something"),
        ]


class Discrepancy(models.Model):
    """What the bank says and the books do not, until a person has found out why. Never removed.

    number: of the instruction the bank named, which may be none of ours. kind: `contradicts`, `other_amount`, `unknown`,
    `not_in_statement`.
    """

    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    said = models.CharField(max_length=120)
    day = models.DateField()
    found_at = models.DateTimeField()
    settled_by = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True)
    because = models.TextField(blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("id", "number", "kind", "said", "day", "found_at", "settled_by", "settled_at"), "internal"),
        "because": "sealed",
    }

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number", "kind", "said", "day"], name="discrepancy_named_once"),
        ]


class Statement(models.Model):
    """One day held against the bank's statement of it: difference in fen between theirs and ours, and how many exceptions have a name."""

    day = models.DateField(unique=True)
    theirs = models.BigIntegerField()
    ours = models.BigIntegerField()
    named = models.PositiveIntegerField()
    at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "day", "theirs", "ours", "named", "at"), "internal")


# Django finds the models of a step by this module.
from jiuzhu.casework.payments.recoveries import CameBack, Instalment, Recovery, RecoveryMonth  # noqa: E402

__all__ = [
    "BudgetLine", "CameBack", "Discrepancy", "Due", "Grant", "Instalment", "Instruction", "Journal", "PayList", "Payee", "Posting",
    "Recovery", "RecoveryMonth", "Statement", "Term",
]  # fmt: skip
