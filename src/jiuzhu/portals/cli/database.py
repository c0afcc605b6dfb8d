"""The case database of a workspace, for commands."""

from __future__ import annotations

import os
from pathlib import Path


def open_database(workspace: Path) -> None:
    """Name the workspace to the settings, and bring its database into shape; the first time makes it."""
    os.environ["JIUZHU_WORKSPACE"] = str(workspace)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
