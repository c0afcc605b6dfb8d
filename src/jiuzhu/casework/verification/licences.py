"""Electronic licences of applicant and family: pulled under a live authorisation, for a purpose in words, each call kept (SF011)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject as of_case
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.own_keys import opened_bytes, sealed_bytes
from jiuzhu.casework.verification.asking import BY_ITSELF, copy_of
from jiuzhu.casework.verification.authorising import PURPOSE, in_force, live
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.licence_models import Pulled
from jiuzhu.casework.verification.models import Authorisation
from jiuzhu.casework.verification.people import who
from jiuzhu.casework.verification.refusals import NotAuthorised, NotNow
from jiuzhu.gateways.licences.base import Licence, Licences, Wanted
from jiuzhu.gateways.verification.fan import asked as fanned

DATASET, KINDS = "e_licence", "licence_kind"
SECONDS, MOST = 8.0, 100  # a round waits so long, for so many
PATIENCE = timedelta(days=1)
DETAILS, BECAUSE, CONTENT = "verification_pulled.details", "verification_pulled.because", "verification_pulled.content"


@dataclass(frozen=True)
class Shown:
    """One call as the case shows it. licence_no, issued_on, until: "" where none was found; is_valid: by the authority's word."""

    pulled: Pulled
    because: str
    licence_no: str
    issued_on: str
    until: str
    is_valid: bool


@transaction.atomic
def want(*, case: Case, party: Party, kind: str, because: str, by: Viewer, at: datetime) -> Pulled:
    """Ask for one licence of somebody of a case; the next round fetches it. What for is said in words, and told to the platform.

    Raises NotAllowed, NotAuthorised without a live authorisation that opens licences (K1), NotNow where nothing was said or no platform
    is connected, UnknownCode.
    """
    grant = require(by, "verification.request", on=case_scope(case, by), at=at)
    codes.known(KINDS, kind)
    if not settings.LICENCES or not because.strip():
        raise NotNow("say what the licence is for; a platform of licences must be connected (settings.LICENCES)")
    signed = live(case, party, at=at, purpose=PURPOSE)
    if signed is None or verifying().consent_of(DATASET) not in signed.consents.split():
        raise NotAuthorised("nobody's licence is pulled without their authorisation; have it signed first")
    key = new_key("L")
    made = Pulled.objects.create(
        key=key, case=case, party=party, kind=kind, authorisation=signed.number, purpose=grant.purpose, wanted_by=actor(by, grant).who,
        wanted_at=at, because=sealed(because.strip(), column=BECAUSE, row=key, of=case.key),
    )  # fmt: skip
    _recorded(made, by=actor(by, grant), at=at, after={"kind": kind, "authorisation": signed.number, "call": key})
    return made


def fetch(*, at: datetime, platform: Licences | None = None) -> int:
    """Ask the platform for what waits, each under its number and never without its authorisation; gives how many were answered.

    No answer is late, never none, and asked for again for a day. Call it outside a transaction: the platform is waited for.
    """
    line = platform or connected()
    waiting = Pulled.objects.filter(state__in=("waiting", "late"), wanted_at__gte=at - PATIENCE)
    if line is None or not waiting.exists():
        return 0
    calls: dict[str, Callable[[], Licence | None]] = {}
    for one in waiting.select_related("case", "party").order_by("pk")[:MOST]:
        signed = _signed(one, at)
        if signed is None:
            _settled(one.key, "refused", None, at)
            continue
        known = who([one.party], by=BY_ITSELF.who, at=at)[one.party.key]
        because = opened(one.because, column=BECAUSE, row=one.key)
        wanted = Wanted(one.key, one.kind, because, copy_of(signed), known.id_number, known.name)
        calls[one.key] = partial(line.licence, wanted)
    done = 0
    for key, answer in fanned(calls, seconds=SECONDS):
        if not isinstance(answer, Exception):
            done += _settled(key, "found" if answer else "none", answer, at)
    Pulled.objects.filter(key__in=calls, state="waiting").update(state="late")
    return done


def _signed(one: Pulled, at: datetime) -> Authorisation | None:
    """The authorisation it was asked for under, while it opens anything."""
    signed = Authorisation.objects.filter(number=one.authorisation).select_related("case", "party", "signer").first()
    return signed if signed is not None and in_force(signed, at=at) else None


@transaction.atomic
def _settled(key: str, state: str, found: Licence | None, at: datetime) -> int:
    """Keep what came back; of somebody who took the authorisation back meanwhile nothing is kept."""
    held = Pulled.objects.select_for_update(of=("self",)).select_related("case", "party").get(key=key)
    if held.state not in ("waiting", "late"):
        return 0
    if _signed(held, at) is None:
        state, found = "refused", None
    held.state, held.answered_at = state, at
    if found is not None:
        told = {
            "licence_no": found.licence_no, "issued_on": found.issued_on.isoformat(), "until": found.until.isoformat() if found.until else "",
            "is_valid": found.is_valid, "media": found.media,
        }  # fmt: skip
        held.details = sealed(json.dumps(told), column=DETAILS, row=held.key, of=held.case.key)
        held.content = sealed_bytes(found.content, of=held.case.key, name=CONTENT, about=held.key)
    held.save(update_fields=["state", "answered_at", "details", "content"])
    _recorded(held, by=BY_ITSELF, at=at, after={"kind": held.kind, "state": state, "call": held.key})
    return 1


def _recorded(one: Pulled, *, by: Actor, at: datetime, after: dict[str, str]) -> None:
    record(
        "verification.licence",
        by=by,
        at=at,
        on=of_case(one.case),
        subjects=[_person(one.case, one.party)],
        purpose="casework",
        after=after,
    )


def pulled_of(case: Case) -> list[Shown]:
    """Every call for a licence in a case, the newest first. That the case may be read was asked before."""
    return [
        _shown(one)
        for one in Pulled.objects.filter(case=case).select_related("party").defer("content").order_by("-wanted_at", "-pk")
    ]


@transaction.atomic
def content_of(pulled: Pulled, *, by: Viewer, at: datetime) -> tuple[bytes, str]:
    """The file of a licence and its media; the look is an event. Raises NotAllowed, NotNow where none was found."""
    grant = require(by, "verification.read", on=case_scope(pulled.case, by), at=at)
    content = opened_bytes(bytes(pulled.content), name=CONTENT, about=pulled.key) if pulled.content is not None else None
    if content is None:
        raise NotNow("there is no file of this licence")
    record(
        "verification.read", by=actor(by, grant), at=at, on=of_case(pulled.case), subjects=[_person(pulled.case, pulled.party)],
        purpose=grant.purpose, after={"call": pulled.key},
    )  # fmt: skip
    return content, json.loads(opened(pulled.details, column=DETAILS, row=pulled.key))["media"]


@lru_cache(maxsize=1)
def connected() -> Licences | None:
    """The platform the settings name, made once; None where there is none."""
    made: Licences | None = import_string(settings.LICENCES)() if settings.LICENCES else None
    return made


def _shown(one: Pulled) -> Shown:
    told = json.loads(opened(one.details, column=DETAILS, row=one.key)) if one.details else {}
    return Shown(
        one, opened(one.because, column=BECAUSE, row=one.key), told.get("licence_no", ""), told.get("issued_on", ""), told.get("until", ""),
        bool(told.get("is_valid")),
    )  # fmt: skip


def _person(case: Case, party: Party) -> Subject:
    return Subject("person", party.key, case.division_code, case.household_key, case.key)
