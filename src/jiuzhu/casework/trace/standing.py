"""Which release and which catalogue stood when something was done."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiuzhu.registry import public


def standing() -> tuple[str, str]:
    """Catalogue version and name of the current release; both empty before the first release."""
    workspace = settings.WORKSPACE if isinstance(settings.WORKSPACE, Path) else Path(settings.WORKSPACE)
    release = public.current(workspace) if workspace.exists() else None
    return (_catalogue(workspace, release), release) if release else ("", "")


@lru_cache(maxsize=8)
def _catalogue(workspace: Path, release: str) -> str:
    return public.release(workspace, release).catalogue
