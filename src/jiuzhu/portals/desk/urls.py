"""Addresses of the desk."""

from django.urls import path
from django.views.generic import RedirectView

from jiuzhu.portals.desk import sign_in, sources, warnings

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="warnings"), name="home"),
    path("login/", sign_in.SignIn.as_view(), name="login"),
    path("logout/", sign_in.SignOut.as_view(), name="logout"),
    path("warnings/", warnings.page, name="warnings"),
    path("warnings/export.csv", warnings.export, name="warnings-export"),
    path("warnings/<str:warning_id>/", warnings.page, name="warning"),
    path("data/", sources.page, name="data"),
    path("data/<str:comparison>/", sources.conflicts, name="conflicts"),
]
