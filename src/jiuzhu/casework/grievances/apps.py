"""Django's name for this step. A kind of grievance nobody could answer stops the start."""

from django.apps import AppConfig


class Grievances(AppConfig):
    name = "jiuzhu.casework.grievances"
    label = "grievances"

    def ready(self) -> None:
        from jiuzhu.casework.grievances import deciding, declared  # noqa: F401  its check is registered, and what decisions ask
