"""Django's name for this step."""

from django.apps import AppConfig


class Residents(AppConfig):
    name = "jiuzhu.casework.residents"
    label = "residents"
