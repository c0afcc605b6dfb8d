"""Django's name for this step."""

from django.apps import AppConfig


class Referrals(AppConfig):
    name = "jiuzhu.casework.referrals"
    label = "referrals"
