"""Django's name for this step. A keeping time that cannot be followed stops the start."""

from django.apps import AppConfig


class Keeping(AppConfig):
    name = "jiuzhu.casework.keeping"
    label = "keeping"

    def ready(self) -> None:
        from jiuzhu.casework.keeping import declared  # noqa: F401  its check is registered
