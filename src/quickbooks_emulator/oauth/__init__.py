"""Intuit's OAuth 2.0 and OpenID Connect server: discovery, consent, tokens, revocation, userinfo, keys."""
