"""Django's name for this step."""

from django.apps import AppConfig


class Payments(AppConfig):
    name = "jiuzhu.casework.payments"
    label = "payments"

    def ready(self) -> None:
        # Hear what is decided, and of payments.
        from jiuzhu.casework.payments import decided, telling  # noqa: F401
