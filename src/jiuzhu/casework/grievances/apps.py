"""Django's name for this step. A kind of grievance nobody could answer stops the start."""

from django.apps import AppConfig


class Grievances(AppConfig):
    name = "jiuzhu.casework.grievances"
    label = "grievances"

    def ready(self) -> None:
        # Its check is registered, and who decides anew.
        from jiuzhu.casework.grievances import declared, deciding  # noqa: F401
