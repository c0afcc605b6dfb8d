"""Django's name for this step."""

from django.apps import AppConfig


class Documents(AppConfig):
    name = "jiuzhu.casework.documents"
    label = "documents"
