"""Django's name for this step."""

from django.apps import AppConfig


class Verification(AppConfig):
    name = "jiuzhu.casework.verification"
    label = "verification"
