"""Django's name for this step."""

from django.apps import AppConfig


class Dispatch(AppConfig):
    name = "jiuzhu.casework.dispatch"
    label = "dispatch"
