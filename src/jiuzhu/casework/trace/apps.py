"""Django's name for this step."""

from django.apps import AppConfig


class Trace(AppConfig):
    name = "jiuzhu.casework.trace"
    label = "trace"
