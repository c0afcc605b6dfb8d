"""Django's name for this step."""

from django.apps import AppConfig


class Decisions(AppConfig):
    name = "jiuzhu.casework.decisions"
    label = "decisions"

    def ready(self) -> None:
        from jiuzhu.casework.decisions import conditions, joining, telling  # noqa: F401  what roads ask of decisions, and who is told
