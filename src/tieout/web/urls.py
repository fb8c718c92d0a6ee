"""Decides nothing: the addresses of all pages. Each view declares who may open it (``tieout.web.access``)."""

from django.urls import include, path

from tieout.web import clients, dashboard, mail_outbox, preferences, sample_data, saved_views

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("clients/", include(clients.urlpatterns)),
    path("billing/", include("tieout.web.billing.urls")),
    *saved_views.urlpatterns,
    path("api/", include("tieout.web.api.urls")),
    path("", include("tieout.web.people.urls")),
    path("", include("tieout.web.people.account_urls")),
    path("", include("tieout.web.integrations.urls")),
    path("settings/", preferences.settings, name="settings"),
    path("settings/sample-data/", sample_data.sample_data, name="sample_data"),
    path("settings/sample-data/add/", sample_data.add, name="sample_data_add"),
    path("settings/plan/", preferences.plan, name="plan"),
    *mail_outbox.urlpatterns,
]
