"""Failed tries to sign in make the next one wait; nobody is ever locked out, and an office never waits for one of its own.

A try is counted before the password is looked at, so a hundred at once count as a hundred; one that succeeds is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import transaction

from jiuzhu.casework.accounts.entrances import Tries
from jiuzhu.casework.accounts.sealed import digest

What = Literal["password", "code"]
FORGOTTEN_AFTER = timedelta(days=1)
KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Limit:
    """free: tries without waiting; afterwards 1 s, doubled with each, up to `most`."""

    free: int
    most: timedelta


# Whoever guesses from one place soon waits a quarter of an hour. Guesses at one account from everywhere, or from one place at
# everybody, wait a little more each time, but never long: the officer must still get in. A code is asked for only after the right
# password, so there the account may wait long: 96 guesses a day at one in 333,333.
LIMITS: dict[tuple[str, What], Limit] = {
    (Tries.Of.PAIR, "password"): Limit(3, timedelta(minutes=15)),
    (Tries.Of.ACCOUNT, "password"): Limit(10, timedelta(seconds=60)),
    (Tries.Of.SOURCE, "password"): Limit(30, timedelta(seconds=30)),
    (Tries.Of.PAIR, "code"): Limit(3, timedelta(minutes=15)),
    (Tries.Of.ACCOUNT, "code"): Limit(6, timedelta(minutes=15)),
}


class TooSoon(Exception):
    """The last tries failed; the next one counts from `wait_until` on. Nothing was looked at."""

    def __init__(self, wait_until: datetime, *, at: datetime) -> None:
        self.seconds = max(1, round((wait_until - at).total_seconds()))
        super().__init__(f"signing in: wait {self.seconds} s")


def admit(*, account: str, source: str, what: What, at: datetime) -> None:
    """Count one try before it is looked at. account: as typed, whether there is one or not. source: an address. Raises TooSoon.

    Where the account signed in lately, only its own tries from there hold it up: guesses of strangers at the account, or of others
    in the same office, do not.
    """
    with transaction.atomic():
        rows = _rows(account, source, what, at)
        pair = rows[Tries.Of.PAIR]
        is_known = what == "password" and pair.last_good is not None and at - pair.last_good <= KNOWN_FOR
        holding = [pair] if is_known else list(rows.values())
        wait_until = max(row.wait_until for row in holding)
        if wait_until > at:
            raise TooSoon(wait_until, at=at)
        for of, row in rows.items():
            failed = (0 if at - row.last_at > FORGOTTEN_AFTER else row.failed) + 1
            wait_until = at + _wait(LIMITS[of, what], failed)
            Tries.objects.filter(pk=row.pk).update(failed=failed, last_at=at, wait_until=wait_until)


def succeeded(*, account: str, source: str, what: What, at: datetime) -> None:
    """Take back what `admit` counted: the account and the pair begin anew, the source has one fewer."""
    with transaction.atomic():
        for of, row in _rows(account, source, what, at).items():
            failed = row.failed - 1 if of == Tries.Of.SOURCE and row.failed else 0
            last_good = at if of == Tries.Of.PAIR else None
            Tries.objects.filter(pk=row.pk).update(failed=failed, wait_until=at, last_good=last_good)
        Tries.objects.filter(last_at__lt=at - KNOWN_FOR).delete()


def _rows(account: str, source: str, what: What, at: datetime) -> dict[str, Tries]:
    """The rows that count this try, locked in one order, made where they are missing."""
    named = {Tries.Of.ACCOUNT: (account.casefold(),), Tries.Of.PAIR: (account.casefold(), source), Tries.Of.SOURCE: (source,)}
    found: dict[str, Tries] = {}
    for of, parts in named.items():
        if (of, what) in LIMITS:
            key = {"of": of.value, "what": what, "key": digest(*parts, purpose=f"tries {of.value}")}
            Tries.objects.get_or_create(**key, defaults={"last_at": at, "wait_until": at})
            found[of.value] = Tries.objects.select_for_update().get(**key)
    return found


def _wait(limit: Limit, failed: int) -> timedelta:
    over = failed - limit.free
    return min(limit.most, timedelta(seconds=2 ** min(over, 20))) if over >= 0 else timedelta(0)
