"""Decides nothing: the addresses of the pages of people."""

from tieout.web.people import audit, roles, sessions, team

urlpatterns = [*team.urlpatterns, *roles.urlpatterns, *sessions.urlpatterns, *audit.urlpatterns]
