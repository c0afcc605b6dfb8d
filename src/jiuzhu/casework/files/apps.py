"""Django's name for this step."""

from django.apps import AppConfig


class Files(AppConfig):
    name = "jiuzhu.casework.files"
    label = "files"
