"""Django's name for this step."""

from django.apps import AppConfig


class Visits(AppConfig):
    name = "jiuzhu.casework.visits"
    label = "visits"
