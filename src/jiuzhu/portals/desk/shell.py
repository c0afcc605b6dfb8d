"""What every desk page shows around its content: who looks, and how fresh the figures are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.dispatch import queries
from jiuzhu.rules.tree import Title

ROLES = {
    Officer.Role.TOWNSHIP: Title(zh="乡镇经办", en="Township officer"),
    Officer.Role.COUNTY: Title(zh="县级审核", en="County reviewer"),
    Officer.Role.STEWARD: Title(zh="数据管理", en="Data steward"),
    Officer.Role.AUDITOR: Title(zh="审计监督", en="Auditor"),
}


def shell(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    return {"officer": request.user, "role": ROLES[request.user.role], "load": queries.newest_load()}
