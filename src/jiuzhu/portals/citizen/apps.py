"""Django's name for this portal."""

from django.apps import AppConfig


class Citizen(AppConfig):
    name = "jiuzhu.portals.citizen"
    label = "citizen"
