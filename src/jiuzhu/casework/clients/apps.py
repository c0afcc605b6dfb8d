"""Django's name for this step."""

from django.apps import AppConfig


class Clients(AppConfig):
    name = "jiuzhu.casework.clients"
    label = "clients"
