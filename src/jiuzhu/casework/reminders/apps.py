"""Django's name for this step."""

from django.apps import AppConfig


class Reminders(AppConfig):
    name = "jiuzhu.casework.reminders"
    label = "reminders"

    def ready(self) -> None:
        from jiuzhu.casework.reminders import listeners  # noqa: F401  (registers who hears of released warnings)
