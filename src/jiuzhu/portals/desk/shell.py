"""What every desk page shows around its content: who looks, and how fresh the figures are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from jiuzhu.casework.dispatch import queries


def shell(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"officer": request.user, "load": queries.newest_load()}
