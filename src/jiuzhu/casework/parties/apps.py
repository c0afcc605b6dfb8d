"""Django's name for this step."""

from django.apps import AppConfig


class Parties(AppConfig):
    name = "jiuzhu.casework.parties"
    label = "parties"
