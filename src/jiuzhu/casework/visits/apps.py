"""Django's name for this step."""

from django.apps import AppConfig


class Visits(AppConfig):
    name = "jiuzhu.casework.visits"
    label = "visits"

    def ready(self) -> None:
        from jiuzhu.casework.visits import listeners  # noqa: F401  (registers who hears of visits)
