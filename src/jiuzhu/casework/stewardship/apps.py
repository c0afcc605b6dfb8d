"""Django's name for this step."""

from django.apps import AppConfig


class Stewardship(AppConfig):
    name = "jiuzhu.casework.stewardship"
    label = "stewardship"
