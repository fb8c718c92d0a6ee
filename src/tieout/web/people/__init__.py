"""The pages of people: the team, roles, invitations, sessions, and the audit log of who did what."""
