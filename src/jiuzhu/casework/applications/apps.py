"""Django's name for this step."""

from django.apps import AppConfig


class Applications(AppConfig):
    name = "jiuzhu.casework.applications"
    label = "applications"

    def ready(self) -> None:
        from jiuzhu.casework.applications import listeners  # noqa: F401  (registers who hears of visits)
