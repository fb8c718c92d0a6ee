"""Decides nothing: the root of the address space. Pages live in ``tieout.web``."""

from django.urls import include, path

urlpatterns = [
    path("", include("tieout.web.urls")),
]

handler400 = "tieout.web.errors.bad_request"
handler403 = "tieout.web.errors.forbidden"
handler404 = "tieout.web.errors.not_found"
handler500 = "tieout.web.errors.server_error"
