"""Decides nothing: the addresses of the billing pages, under ``billing/``."""

from django.urls import path
from django.views.generic import RedirectView

from tieout.practice.permissions import Permission
from tieout.web.access import requires
from tieout.web.billing import service_items

urlpatterns = [
    path(
        "",
        requires(Permission.VIEW_BILLING)(RedirectView.as_view(pattern_name="service_items")),
        name="billing",
    ),
    *service_items.urlpatterns,
]
