"""Departments of an invented workspace: each answers what it delivered itself, and three of them as departments do: slow, later, never."""

from __future__ import annotations

import threading
from datetime import date, datetime, time
from functools import partial
from io import BytesIO

from jiuzhu.casework.verification.regions import found_here
from jiuzhu.gateways.licences.base import Licence, Licences
from jiuzhu.gateways.licences.twin import Twin as LicenceTwin
from jiuzhu.gateways.verification.base import Answer, Department, Question
from jiuzhu.gateways.verification.twin import Twin
from jiuzhu.vocabulary.local_day import BEIJING

SLOW, LATER, DOWN = "bank", "human_resources", "power"
SECONDS = 0.4  # a slow one takes: long enough to be seen, short enough to wait for
NOON = time(12, tzinfo=BEIJING)


def department(source: str) -> Department:
    """The invented department of a source."""
    return Twin(
        lambda _number, _dataset: (), date.min, looks=partial(_looked, source), is_down=source == DOWN,
        later=100 if source == LATER else 0, waits=partial(threading.Event().wait, SECONDS) if source == SLOW else bool,
    )  # fmt: skip


def _looked(source: str, question: Question) -> Answer:
    at = datetime.combine(question.on, NOON)
    return found_here(question, by=f"invented:{source}", purpose="an invented department", at=at)


def licences() -> Licences:
    """The platform of licences of an invented workspace: everybody has an identity card and a household register, and no other."""
    return LicenceTwin(_licence)


def _licence(id_number: str, kind: str) -> Licence | None:
    if kind not in ("1", "4") or not id_number:
        return None
    from PIL import Image

    page = BytesIO()
    Image.new("RGB", (856, 540), (232, 240, 248)).save(page, "PNG")
    return Licence(kind, id_number, date(2020, 1, 1), date(2040, 1, 1), True, page.getvalue(), "image/png")
