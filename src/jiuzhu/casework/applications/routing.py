"""Where an application is examined, wherever it was handed in: at any window, from home, by the hotline (SF010).

The law asks for the township of the hukou, and lets a place open the residence to holders of a residence permit (L02 art. 37); what
an emergency asks for is done where it happens (art. 38).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from jiuzhu.casework.applications.declared import catalogue
from jiuzhu.casework.working_rules.queries import number
from jiuzhu.rules.programmes.tree import in_force

AT_RESIDENCE = "apply.at_residence"  # 1 where a place lets permit holders apply where they live
COUNTY, TOWNSHIP = 6, 9


def examined_in(items: Iterable[str], values: Mapping[str, Any], *, on: date) -> str:
    """The division, a township or a village in it, that examines what was asked for."""
    residence, hukou = str(values["residence"]), str(values.get("hukou") or values["residence"])
    if residence[:TOWNSHIP] == hukou[:TOWNSHIP] or _only_urgent(items, on):
        return residence
    holds_permit = bool(values.get("residence_since"))
    opened = number(AT_RESIDENCE, division=residence, on=on)
    return residence if holds_permit and opened else hukou


def window_of(division: str) -> str:
    """The window nearest to where somebody lives: that of its township; of its county where the township is not known."""
    return division[:TOWNSHIP] if len(division) >= TOWNSHIP else division[:COUNTY]


def _only_urgent(items: Iterable[str], on: date) -> bool:
    told = catalogue().programmes
    texts = [
        text
        for code in catalogue().application_form.programmes_of(items)
        for text in told.texts.get(code, ())
        if in_force(text, on)
    ]
    return bool(texts) and all(text.numbers_of == "emergency" for text in texts)
