"""Addresses of the desk, each with the operation of catalogue/permissions.csv that it does."""

from django.urls import path

from jiuzhu.casework.accounts.declared import does
from jiuzhu.portals.desk import households, overview, shell, sign_in, sources, warnings

urlpatterns = [
    path("", does("desk.open", shell.home), name="home"),
    path("login/", does("session.begin", sign_in.SignIn.as_view()), name="login"),
    path("logout/", does("session.end", sign_in.SignOut.as_view()), name="logout"),
    path("warnings/", does("warnings.list", warnings.page), name="warnings"),
    path("warnings/export.csv", does("warnings.export", warnings.export), name="warnings-export"),
    path("warnings/<str:warning_id>/", does("warnings.read", warnings.page), name="warning"),
    path("data/", does("sources.read", sources.page), name="data"),
    path("data/<str:comparison>/", does("sources.conflicts", sources.conflicts), name="conflicts"),
    path("households/<str:key>/", does("family.open", households.page), name="household"),
    path("households/<str:key>/number/<str:member>/", does("family.reveal", households.number), name="household-number"),
    path("overview/", does("overview.read", overview.page), name="overview"),
    path("overview/export.csv", does("overview.export", overview.export), name="overview-export"),
    path("overview/families/", does("families.list", overview.families), name="families"),
    path("board/", does("overview.read", overview.board), name="board"),
]
