"""Decides nothing: the root of the address space. Pages live in ``tieout.web``."""

from django.urls import include, path

urlpatterns = [
    path("", include("tieout.web.urls")),
]
