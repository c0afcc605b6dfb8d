"""Django's name for this step."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "jiuzhu.casework.cases"
    label = "cases"
