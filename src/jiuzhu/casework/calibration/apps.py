"""Django's name for this step."""

from django.apps import AppConfig


class Calibration(AppConfig):
    name = "jiuzhu.casework.calibration"
    label = "calibration"
