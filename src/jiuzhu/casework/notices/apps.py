"""Django's name for this step. A letter whose text lacks what it must say stops the start."""

from django.apps import AppConfig


class Notices(AppConfig):
    name = "jiuzhu.casework.notices"
    label = "notices"

    def ready(self) -> None:
        from jiuzhu.casework.notices import declared  # noqa: F401  its check is registered
