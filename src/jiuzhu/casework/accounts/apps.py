"""Django's name for this step."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "jiuzhu.casework.accounts"
    label = "accounts"

    def ready(self) -> None:
        from jiuzhu.casework.accounts import declared  # noqa: F401  (registers what stops the start)
