"""Django's name for this step."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "jiuzhu.casework.cases"
    label = "cases"

    def ready(self) -> None:
        from jiuzhu.casework.accounts.kin import offer
        from jiuzhu.casework.cases import listeners  # noqa: F401  (registers who hears of cases)
        from jiuzhu.casework.cases.near import out_of_hands

        offer(out_of_hands)
