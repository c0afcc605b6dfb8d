"""Django's name for this step."""

from django.apps import AppConfig


class Payments(AppConfig):
    name = "jiuzhu.casework.payments"
    label = "payments"
