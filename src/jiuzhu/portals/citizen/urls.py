"""Addresses of residents' pages, each with its operation. No id number and no name stands in one."""

from __future__ import annotations

from django.urls import path

from jiuzhu.portals.citizen import agreed, apply, asking, home, items, kinds, letters, mine, sign_in, signing, windows
from jiuzhu.portals.citizen.asked import of_residents, open_to_all

urlpatterns = [
    path("", open_to_all("help.read", home.page), name="help"),
    path("kinds/", open_to_all("help.read", kinds.page), name="help-kinds"),
    path("kinds/<slug:code>/", open_to_all("help.read", kinds.guide), name="help-kind"),
    path("items/", open_to_all("help.read", items.page), name="help-items"),
    path("items/<slug:code>/", open_to_all("help.read", items.one), name="help-item"),
    path("bundles/<slug:code>/", open_to_all("help.read", items.bundle), name="help-bundle"),
    path("windows/", open_to_all("help.read", windows.page), name="help-windows"),
    path("ways/", open_to_all("help.read", windows.ways), name="help-ways"),
    path("notices/", open_to_all("publications.see", letters.hanging), name="help-hanging"),
    path("sign-in/", open_to_all("session.begin", sign_in.page), name="help-sign-in"),
    path("sign-in/code/", open_to_all("session.begin", sign_in.code), name="help-code"),
    path("sign-out/", open_to_all("session.end", sign_in.out), name="help-sign-out"),
    path("sign/<str:token>/", open_to_all("verification.sign", signing.sign), name="help-sign"),
    path("check/<str:number>/<str:digest>/", open_to_all("verification.check", signing.check), name="help-check"),
    path("apply/", of_residents("applications.draft", apply.begin), name="help-apply"),
    path("apply/<str:key>/", of_residents("applications.save", apply.go_on), name="help-apply-go-on"),
    path("apply/<str:key>/hand-in/", of_residents("applications.save", apply.hand_in), name="help-hand-in"),
    path("apply/<str:key>/at/<str:here>/", of_residents("applications.save", apply.screen), name="help-apply-screen"),
    path("mine/", of_residents("own.read", mine.page), name="help-mine"),
    path("mine/<str:key>/", of_residents("own.read", mine.road), name="help-road"),
    path("mine/<str:key>/<slug:code>/", of_residents("own.read", mine.step), name="help-step"),
    path("letters/", of_residents("own.read", letters.page), name="help-letters"),
    path("letters/<str:key>/", of_residents("notices.read", letters.letter), name="help-letter"),
    path("agreed/", of_residents("own.read", agreed.page), name="help-agreed"),
    path("agreed/<str:key>/take-back/", of_residents("verification.sign", agreed.take_back), name="help-take-back"),
    path("received/", of_residents("own.read", mine.received), name="help-received"),
    path("looks/", of_residents("own.looks", mine.looks), name="help-looks"),
    path("letters/<str:key>/appeal/", of_residents("grievances.lodge", asking.appeal), name="help-appeal"),
    path("requests/", of_residents("grievances.lodge", asking.page), name="help-requests"),
]
