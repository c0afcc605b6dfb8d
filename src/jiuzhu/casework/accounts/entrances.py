"""What is kept of signing in: the second factor of an account, failed tries, live sessions, names at a single sign-on.

Models of this step; `models.py` hands them to Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

LIVE = Q(ended_at__isnull=True)


class SecondFactor(models.Model):
    """The second factor of an account: the shared secret of an authenticator, sealed; none before it was enrolled.

    ticket: keyed digest of the word a security administrator gave for enrolling, "" where none is open; ticket_until: its end.
    last_step: of the last code taken, so that none is taken twice.
    """

    officer = models.OneToOneField("accounts.Officer", on_delete=models.PROTECT, related_name="second_factor")
    secret = models.TextField(blank=True)
    enrolled_at = models.DateTimeField(null=True)
    last_step = models.PositiveBigIntegerField(default=0)
    ticket = models.CharField(max_length=32, blank=True)
    ticket_until = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = {
        "id": "internal", "officer": "internal", "enrolled_at": "internal", "ticket_until": "internal",
        "secret": "sealed", "last_step": "sealed", "ticket": "sealed",
    }  # fmt: skip

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(secret="", enrolled_at__isnull=True) | (~Q(secret="") & Q(enrolled_at__isnull=False)),
                name="second_factor_enrolled_with_its_secret",
            ),
            models.CheckConstraint(
                condition=Q(ticket="", ticket_until__isnull=True) | (~Q(ticket="") & Q(ticket_until__isnull=False)),
                name="second_factor_ticket_has_an_end",
            ),
        ]


class Tries(models.Model):
    """Failed tries to sign in since the last one that succeeded.

    of: `pair` (one account from one source), `account` (from anywhere), `source` (at any account). key: keyed digest of which.
    what: password or code. wait_until: no try counts before; last_good: when it last succeeded, for a pair.
    """

    class Of(models.TextChoices):
        PAIR = "pair", "账号与来源"
        ACCOUNT = "account", "账号"
        SOURCE = "source", "来源"

    of = models.CharField(max_length=8, choices=Of.choices)
    what = models.CharField(max_length=8)
    key = models.CharField(max_length=32)
    failed = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    wait_until = models.DateTimeField()
    last_good = models.DateTimeField(null=True)

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("id", "of", "what", "key", "failed", "last_at", "wait_until", "last_good"), "internal"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["of", "what", "key"], name="tries_counted_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["last_at"])]


class Session(models.Model):
    """One account signed in on one device. Never removed: who was signed in when can be read later.

    kind: of device; an account has one live session a kind. device: keyed digest of what is bound. way: how they signed in.
    source: keyed digest of the address they signed in from, "" where it was not known: it can be asked for, not read (K5).
    """

    class Kind(models.TextChoices):
        DESK = "desk", "电脑"
        PHONE = "phone", "手机"

    class Way(models.TextChoices):
        TWO_FACTORS = "two_factors", "密码和动态口令"
        SINGLE_SIGN_ON = "single_sign_on", "统一身份"

    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    way = models.CharField(max_length=16, choices=Way.choices)
    device = models.CharField(max_length=32)
    source = models.CharField(max_length=32, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=24, blank=True)

    levels: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(
            ("id", "officer", "kind", "way", "began_at", "seen_at", "until", "ended_at", "ended_because"), "internal"
        ),
        **dict.fromkeys(("device", "source"), "sealed"),
    }

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["source"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["officer", "kind"], condition=LIVE, name="session_one_live_a_kind_of_device"),
            models.CheckConstraint(
                condition=Q(began_at__isnull=False, until__gt=F("began_at"), seen_at__gte=F("began_at")),
                name="session_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="session_ended_for_a_reason",
            ),
        ]


class OutsideName(models.Model):
    """How a single sign-on calls an account: its issuer and the `sub` it gives. Bound by a security administrator, never by itself."""

    officer = models.ForeignKey("accounts.Officer", on_delete=models.PROTECT, related_name="outside_names")
    issuer = models.CharField(max_length=200)
    sub = models.CharField(max_length=255)
    bound_by = models.CharField(max_length=80)
    bound_at = models.DateTimeField()

    levels: ClassVar[Mapping[str, str]] = dict.fromkeys(("id", "officer", "issuer", "sub", "bound_by", "bound_at"), "internal")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="outside_name_of_one_account"),
            models.UniqueConstraint(fields=["issuer", "officer"], name="outside_name_once_an_issuer"),
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(sub=""), name="outside_name_says_who"),
        ]
