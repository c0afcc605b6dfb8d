"""Django's name for this step."""

from django.apps import AppConfig


class Supervision(AppConfig):
    name = "jiuzhu.casework.supervision"
    label = "supervision"
