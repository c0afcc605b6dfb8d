"""Django's name for this step."""

from django.apps import AppConfig


class WorkingRulesStep(AppConfig):
    name = "jiuzhu.casework.working_rules"
    label = "working_rules"
