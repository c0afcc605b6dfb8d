"""Django's name for this step. A kind of life event that cannot be read stops the start."""

from django.apps import AppConfig


class Reviews(AppConfig):
    name = "jiuzhu.casework.reviews"
    label = "reviews"

    def ready(self) -> None:
        # Its check is registered; what decisions ask of life; what reviews hear of roads and of reports.
        from jiuzhu.casework.reviews import declared, ears, facts, listeners  # noqa: F401
