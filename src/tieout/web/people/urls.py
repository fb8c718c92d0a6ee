"""Decides nothing: the addresses of the pages of people."""

from tieout.web.people import api_tokens, audit, roles, security, sessions, team

urlpatterns = [
    *team.urlpatterns,
    *roles.urlpatterns,
    *sessions.urlpatterns,
    *api_tokens.urlpatterns,
    *audit.urlpatterns,
    *security.urlpatterns,
]
