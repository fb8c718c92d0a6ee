"""Acts: the HTTP face of the OAuth server. Called by `emulator.py` for every OAuth path."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from quickbooks_emulator import formats
from quickbooks_emulator.calls import Call
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.messages import Request, Response, html_response, json_response, redirect
from quickbooks_emulator.oauth import identity
from quickbooks_emulator.oauth.consent import back_to, consent_page, refusal_page
from quickbooks_emulator.oauth.documents import App
from quickbooks_emulator.oauth.grants import SCOPES, Grants, Refused, Tokens
from quickbooks_emulator.store import Store
from quickbooks_emulator.store.documents import PRODUCTION, Company

ISSUER = "https://oauth.platform.intuit.com/op/v1"
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
_CARRIED = ("client_id", "scope", "redirect_uri", "state", "code_challenge")
_NO_STORE = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


class OAuthServer:
    """`seed` is asked for whenever tokens are made. Knobs and the time come with each call."""

    def __init__(self, store: Store, seed: Callable[[], str]) -> None:
        self._store, self._seed = store, seed
        self._routes: dict[str, Callable[[Call, Request, Knobs, int], Response]] = {
            "discovery": self._discovery,
            "authorize": self._authorize,
            "exchange": self._token,
            "refresh": self._token,
            "token": self._token,
            "revoke": self._revoke,
            "userinfo": self._userinfo,
            "jwks": self._jwks,
            "reconnect": self._reconnect,
        }

    def answer(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        return self._routes[call.operation](call, request, knobs, now)

    def company_of(self, request: Request, knobs: Knobs, now: int) -> Company | None:
        """The company a request's bearer token stands for; None for a bad or expired one."""
        kind, _, token = request.header("authorization").partition(" ")
        if kind.lower() != "bearer":
            return None
        with self._store.transaction() as transaction:
            grant = Grants(self._store, transaction, knobs, now, self._seed()).bearer(token.strip())
        return self._company(grant.realm) if grant else None

    def _discovery(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        """The same servers for both environments; only user info has an address of its own (documented)."""
        base = request.base_url
        own = f"{base}/{call.environment}" if call.environment else base
        return json_response(
            200,
            {
                "issuer": ISSUER,
                "authorization_endpoint": f"{base}/connect/oauth2",
                "token_endpoint": f"{base}/oauth2/v1/tokens/bearer",
                "userinfo_endpoint": f"{own}/v1/openid_connect/userinfo",
                "revocation_endpoint": f"{base}/v2/oauth2/tokens/revoke",
                "jwks_uri": f"{base}/op/v1/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "profile", "address", "phone"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
            },
        )

    def _authorize(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        """GET shows the consent page, its form comes back as POST. An untrusted redirect address gets no redirect.
        The keys decide the environment (documented): only its companies can be chosen."""
        asked = request.form if request.method == "POST" else request.params
        with self._store.transaction() as transaction:
            grants = Grants(self._store, transaction, knobs, now, self._seed())
            app = grants.app(asked.get("client_id", ""))
            redirect_uri, state = asked.get("redirect_uri", ""), asked.get("state", "")
            if app is None:
                return _refused_page("The client id of this app is not known here.")
            if redirect_uri not in app.redirect_uris:
                return _refused_page(
                    f"The redirect address {redirect_uri} is not registered for this app. It must match exactly."
                )
            if not state:
                return _refused_page("The request carries no state value.")
            if asked.get("response_type", "code") != "code":
                return redirect(back_to(redirect_uri, error="unsupported_response_type", state=state))
            scopes = tuple(asked.get("scope", "").split())
            if not scopes or not SCOPES.issuperset(scopes):
                return redirect(back_to(redirect_uri, error="invalid_scope", state=state))
            if request.method != "POST":
                kept = {name: asked.get(name, "") for name in _CARRIED}
                shown = consent_page(self._companies(app), {**kept, "response_type": "code"}, app)
                return html_response(200, shown, Content_Security_Policy=_PAGE_POLICY)
            if asked.get("decision") != "connect":
                return redirect(back_to(redirect_uri, error="access_denied", state=state))
            realm = asked.get("realm", "")
            if sentence := self._out_of_reach(app, realm):
                return _refused_page(sentence)
            code = grants.authorize(app, redirect_uri, realm, scopes, asked.get("code_challenge", ""))
            members = {"code": code.code, "state": state}
            if any(scope.startswith("com.intuit.quickbooks") for scope in scopes):
                members["realmId"] = realm
            return redirect(back_to(redirect_uri, **members))

    def _token(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        if request.method != "POST":
            return Response(405, b"", {"Allow": "POST"})
        refused: Refused | None = None
        with self._store.transaction() as transaction:
            grants = Grants(self._store, transaction, knobs, now, self._seed())
            try:
                tokens = self._redeem(grants, request, knobs)
            except Refused as error:  # kept inside: a second redemption's revocation is committed
                refused = error
        if refused is not None:
            return json_response(refused.status, refused.body(), **_NO_STORE)
        return json_response(200, self._token_body(tokens, request, knobs, now), **_NO_STORE)

    def _redeem(self, grants: Grants, request: Request, knobs: Knobs) -> Tokens:
        app, form = self._client(grants, request, knobs), request.form
        kind = form.get("grant_type", "")
        if kind == "authorization_code":
            if not form.get("code"):
                raise Refused("invalid_request", "code is missing")
            return grants.exchange(
                app, form["code"], form.get("redirect_uri", ""), form.get("code_verifier", "")
            )
        if kind == "refresh_token":
            if not form.get("refresh_token"):
                raise Refused("invalid_request", "refresh_token is missing")
            return grants.refresh(app, form["refresh_token"])
        raise Refused("unsupported_grant_type" if kind else "invalid_request")

    def _token_body(self, tokens: Tokens, request: Request, knobs: Knobs, now: int) -> dict[str, object]:
        body: dict[str, object] = {
            "token_type": "bearer",
            "access_token": tokens.access_token,
            "expires_in": tokens.access_seconds,
            "refresh_token": tokens.refresh_token,
            "x_refresh_token_expires_in": tokens.refresh_seconds,
        }
        if request.header("x-include-refresh-token-hard-expires-in").lower() == "true":
            body["x_refresh_token_hard_expires_in"] = tokens.hard_seconds
        if "openid" in tokens.grant.scopes:
            claims = identity.claims(tokens.grant, ISSUER, now, knobs.access_token_seconds)
            body["id_token"] = identity.sign(self._key(), claims)
        return body

    def _revoke(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        """JSON or form body. 200 with an empty body; 400 for a token that is none of this app's."""
        if request.method != "POST":
            return Response(405, b"", {"Allow": "POST"})
        with self._store.transaction() as transaction:
            grants = Grants(self._store, transaction, knobs, now, self._seed())
            try:
                app = self._client(grants, request, knobs)
            except Refused as error:
                return json_response(error.status, error.body())
            if not grants.revoke(_revoked_token(request), app):
                return json_response(400, {"error": "invalid_request", "error_description": "Token invalid"})
        return Response(200)

    def _userinfo(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        _, _, token = request.header("authorization").partition(" ")
        with self._store.transaction() as transaction:
            grant = Grants(self._store, transaction, knobs, now, self._seed()).bearer(token)
        company = self._company(grant.realm) if grant else None
        if grant is None or company is None or "openid" not in grant.scopes:
            return json_response(401, {"error": "invalid_token"})
        here = is_served(company.environment, call.environment, knobs)
        if knobs.userinfo_keeps_environments and not here:
            return json_response(401, {"error": "invalid_token"})
        return json_response(200, identity.person(grant, company))

    def _reconnect(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        """Intuit's link to renew a consent (documented): the person is sent to the app's reconnect address, and the app
        starts its usual way to the consent page."""
        asked = request.params
        with self._store.transaction() as transaction:
            app = Grants(self._store, transaction, knobs, now, self._seed()).app(asked.get("appid", ""))
        if app is None:
            return _refused_page("The id of this app is not known here.")
        if sentence := self._out_of_reach(app, asked.get("realmid", "")):
            return _refused_page(sentence)
        if asked.get("mode") != "reconnect":
            return _refused_page("The mode of this link is reconnect.")
        if not app.reconnect_url:
            return _refused_page("The app has registered no reconnect address.")
        return redirect(back_to(app.reconnect_url, realmId=asked["realmid"]))

    def _jwks(self, call: Call, request: Request, knobs: Knobs, now: int) -> Response:
        return json_response(200, identity.public_keys(self._key()))

    def _key(self) -> str:
        with self._store.transaction() as transaction:
            pem = self._store.collection("settings").get("signing key")
            if pem is None:
                pem = identity.new_key()
                transaction.put("settings", "signing key", pem)
        return str(pem)

    def _client(self, grants: Grants, request: Request, knobs: Knobs) -> App:
        """The app by Basic or by members of the body. 401 invalid_client otherwise (recorded)."""
        form, basic = request.form, request.header("authorization")
        if basic.lower().startswith("basic "):
            if "client_id" in form and not knobs.client_id_beside_basic:
                raise Refused("invalid_client", status=401)
            client_id, secret = _basic(basic)
        else:
            client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        app = grants.app(client_id)
        if app is None or app.client_secret != secret:
            raise Refused("invalid_client", status=401)
        return app

    def _company(self, realm: str) -> Company | None:
        found: Company | None = self._store.collection("companies").get(realm)
        return found

    def _companies(self, app: App) -> list[Company]:
        within = [
            one for one in self._store.collection("companies").values() if one.environment == app.environment
        ]
        return sorted(within, key=lambda company: company.realm)

    def _out_of_reach(self, app: App, realm: str) -> str:
        """Why an app cannot connect a company, as a sentence; "" when it can."""
        company = self._company(realm)
        if company is None:
            return "This company does not exist in the simulator."
        if company.environment != app.environment:
            return f"This company is a {company.environment} one, and these are {app.environment} keys."
        return ""


def is_served(environment: str, address: str, knobs: Knobs) -> bool:
    """Whether an address answers for companies of an environment: each one's own does for it alone; the one of neither
    ("") does for both or, by a switch, for production."""
    if not address and knobs.shared_address_serves_both:
        return True
    return environment == (address or PRODUCTION)


def _basic(header: str) -> tuple[str, str]:
    try:
        decoded = base64.b64decode(header[6:], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused("invalid_client", status=401) from None
    client_id, _, secret = decoded.partition(":")
    return client_id, secret


def _revoked_token(request: Request) -> str:
    try:
        document = formats.from_json(request.body)
    except formats.NotJson:
        return request.form.get("token", "")
    return str(document.get("token", "")) if isinstance(document, dict) else ""


def _refused_page(sentence: str) -> Response:
    return html_response(400, refusal_page(sentence), Content_Security_Policy=_PAGE_POLICY)
