"""Addresses of the desk, each with the operation of catalogue/permissions.csv that it does."""

from django.urls import path

from jiuzhu.casework.accounts.declared import does
from jiuzhu.portals.desk import (
    datasets,
    proposals,
    quarantine,
    room,
    screenings,
    shell,
    sign_in,
    sources,
    studio,
    trying,
    warnings,
)

urlpatterns = [
    path("", does("desk.open", shell.home), name="home"),
    path("login/", does("session.begin", sign_in.SignIn.as_view()), name="login"),
    path("logout/", does("session.end", sign_in.SignOut.as_view()), name="logout"),
    path("warnings/", does("warnings.list", warnings.page), name="warnings"),
    path("warnings/export.csv", does("warnings.export", warnings.export), name="warnings-export"),
    path("warnings/<str:warning_id>/", does("warnings.read", warnings.page), name="warning"),
    path("data/", does("sources.read", sources.page), name="data"),
    path("data/deliveries/", does("deliveries.read", room.page), name="deliveries"),
    path("data/deliveries/<str:delivery>/verdict/", does("deliveries.decide", room.decide), name="delivery-decide"),
    path("data/verdicts/<int:verdict>/sign/", does("deliveries.decide", room.sign), name="delivery-sign"),
    path("data/quarantine/", does("quarantine.read", quarantine.page), name="quarantine"),
    path("data/quarantine/<str:key>/return/", does("quarantine.return", quarantine.send_back), name="quarantine-return"),
    path("data/returned/<int:rows>/answer/", does("quarantine.answer", quarantine.answer), name="quarantine-answer"),
    path("data/datasets/", does("sources.read", datasets.page), name="datasets"),
    path("data/datasets/<str:code>/", does("sources.read", datasets.dataset), name="dataset"),
    path("data/screenings/", does("screenings.read", screenings.page), name="screenings"),
    path("indicators/", does("indicators.read", studio.page), name="indicators"),
    path("indicators/proposals/", does("proposals.read", proposals.page), name="proposals"),
    path("indicators/proposals/<str:number>/take-up/", does("proposals.make", proposals.take_up), name="proposal-take-up"),
    path("indicators/proposals/<str:number>/decide/", does("proposals.decide", proposals.decide), name="proposal-decide"),
    path("indicators/<str:code>/", does("indicators.read", studio.indicator), name="indicator"),
    path("indicators/<str:code>/try/", does("what_if.run", trying.page), name="indicator-try"),
    path("indicators/<str:code>/propose/", does("proposals.make", trying.propose), name="indicator-propose"),
    path("indicators/<str:code>/shadow/", does("shadows.run", trying.begin_shadow), name="shadow-begin"),
    path("indicators/<str:code>/shadow/<int:shadow>/end/", does("shadows.run", trying.end_shadow), name="shadow-end"),
    path("data/<str:comparison>/", does("sources.conflicts", sources.conflicts), name="conflicts"),
]
