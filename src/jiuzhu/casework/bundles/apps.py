"""Django's name for this step."""

from django.apps import AppConfig


class Bundles(AppConfig):
    name = "jiuzhu.casework.bundles"
    label = "bundles"

    def ready(self) -> None:
        from jiuzhu.casework.bundles import following  # noqa: F401  what an accepted application asks of departments
