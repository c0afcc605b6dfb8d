"""Django's name for this portal."""

from django.apps import AppConfig


class Api(AppConfig):
    name = "jiuzhu.portals.api"
    label = "api"
