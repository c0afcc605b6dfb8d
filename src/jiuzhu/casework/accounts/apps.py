"""Django's name for this step."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "jiuzhu.casework.accounts"
    label = "accounts"
