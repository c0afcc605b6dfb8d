"""Which portal answers which address."""

from django.urls import include, path

urlpatterns = [path("", include("jiuzhu.portals.desk.urls"))]
