"""Django's name for this portal."""

from django.apps import AppConfig


class Desk(AppConfig):
    name = "jiuzhu.portals.desk"
    label = "desk"
