"""Which portal answers which address, and what is said where none does."""

from django.urls import include, path

urlpatterns = [path("", include("jiuzhu.portals.desk.urls"))]
handler400 = "jiuzhu.portals.desk.states.not_understood"
handler403 = "jiuzhu.portals.desk.states.too_old"
handler404 = "jiuzhu.portals.desk.states.not_found"
handler500 = "jiuzhu.portals.desk.states.fault"
