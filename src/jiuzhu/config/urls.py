"""Which portal answers which address, and what is said where none does."""

from django.urls import include, path

urlpatterns = [
    path("help/", include("jiuzhu.portals.citizen.urls")),
    path("api/v1/", include("jiuzhu.portals.api.urls")),
    path("", include("jiuzhu.portals.desk.urls")),
]
handler400 = "jiuzhu.config.states.not_understood"
handler403 = "jiuzhu.config.states.too_old"
handler404 = "jiuzhu.config.states.not_found"
handler500 = "jiuzhu.config.states.fault"
