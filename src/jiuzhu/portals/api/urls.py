"""Addresses of the interface. No name and no id number stands in one."""

from __future__ import annotations

from django.urls import path

from jiuzhu.portals.api.document import served
from jiuzhu.portals.api.views import of_clients

urlpatterns = [
    path("openapi.json", served, name="api-document"),
    path("answers", of_clients("answers"), name="api-answers"),
    path("applications", of_clients("applications"), name="api-applications"),
    path("applications/<slug:case_number>", of_clients("application"), name="api-application"),
    path("referrals", of_clients("referrals"), name="api-referrals"),
    path("results", of_clients("results"), name="api-results"),
]
