"""Django's name for this step."""

from django.apps import AppConfig


class Payments(AppConfig):
    name = "jiuzhu.casework.payments"
    label = "payments"

    def ready(self) -> None:
        from jiuzhu.casework.payments import decided  # noqa: F401  hears what is decided
