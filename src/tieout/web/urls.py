"""Decides nothing: the addresses of all pages. Each view declares who may open it (``tieout.web.access``)."""

from allauth.account import views as allauth
from django.urls import include, path

from tieout.web import clients, dashboard, mail_outbox, preferences
from tieout.web.access import public, requires

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("clients/", include(clients.urlpatterns)),
    path("billing/", include("tieout.web.billing.urls")),
    path("", include("tieout.web.people.urls")),
    path("", include("tieout.web.integrations.urls")),
    path("settings/", preferences.settings, name="settings"),
    *mail_outbox.urlpatterns,
    path("sign-in/", public(allauth.login), name="account_login"),
    path("sign-out/", public(allauth.logout), name="account_logout"),
    path("account-off/", public(allauth.account_inactive), name="account_inactive"),
    path("settings/password/", requires(None)(allauth.password_change), name="account_change_password"),
]
