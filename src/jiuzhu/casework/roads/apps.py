"""Django's name for this step."""

from django.apps import AppConfig


class Roads(AppConfig):
    name = "jiuzhu.casework.roads"
    label = "roads"
