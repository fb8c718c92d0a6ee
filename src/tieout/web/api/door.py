"""Acts: the door of every operation: token, rate, scope and permission, the firm's scope, version, idempotency key.

Behind it the operation runs as its firm and its member; whatever is raised inside leaves as a problem with a sentence.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from tieout.practice.access import require
from tieout.practice.actions.api_tokens import acting_member, count_call, token_of
from tieout.practice.actor import Actor
from tieout.practice.api_tokens import ApiToken
from tieout.practice.invoice_terms import today_at
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import NotAllowed, Permission
from tieout.web.api.calling import ApiRequest
from tieout.web.api.keys import fingerprint, key_problem, once, whole
from tieout.web.api.problems import Problem, answer
from tieout.web.api.routes import Offer

log = logging.getLogger(__name__)
REFERENCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
VERSION = re.compile(r'"([0-9]{1,9})"')
SAFE = "GET"
View = Callable[..., HttpResponse]


def door(view: View, offers: Mapping[str, Offer]) -> View:
    """``offers``: by method, what this address offers."""

    @csrf_exempt
    def enter(request: ApiRequest, **path: str) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        reference = given if REFERENCE.fullmatch(given) else secrets.token_hex(8)
        request.reference = reference
        try:
            done = _inside(request, view, offers, path)
        except Problem as problem:
            done = answer(problem, reference)
        except Exception:
            log.exception("api call failed reference=%s %s %s", reference, request.method, request.path)
            done = answer(Problem("failed", "This is our fault. Nothing half done was kept."), reference)
        done["X-Request-ID"] = reference
        done["Cache-Control"] = "no-store"
        return done

    enter.declared_access = "token"  # type: ignore[attr-defined]
    enter.offers = offers  # type: ignore[attr-defined]
    return enter


def unknown(request: HttpRequest, path: str = "") -> HttpResponse:
    """Where nothing is."""
    return answer(Problem("not-found", "There is no such address in this API."), secrets.token_hex(8))


def _inside(
    request: ApiRequest, view: View, offers: Mapping[str, Offer], path: Mapping[str, str]
) -> HttpResponse:
    now = timezone.now()
    token = _token(request)
    with firm_scope(token.firm_id), timezone.override(ZoneInfo(token.firm.time_zone)):
        _rate(token)
        offer = offers.get(request.method or "")
        if offer is None:
            allowed = ", ".join(sorted(offers))
            raise Problem("wrong-method", f"This address knows {allowed}.", headers={"Allow": allowed})
        _may(token, offer.permission)
        request.token, request.member = token, acting_member(token)
        request.actor = Actor.of(request.member)
        request.now, request.today = now, today_at(now, token.firm.time_zone)
        request.version_shown, request.location, request.key = None, "", ""
        request.expected_version = _version(request, offer)
        _refuse_unknown_parameters(request, offer)
        body = _body(request)
        if request.method == SAFE:
            return _run(request, view, path)
        if key := request.headers.get("Idempotency-Key"):
            if problem := key_problem(key):
                raise Problem("bad-header", problem, errors=[("Idempotency-Key", problem)])
            request.key = f"api-{token.pk}-{fingerprint(key)[:40]}"
            condition = request.headers.get("If-Match", "")
            asked = fingerprint(request.method or "", request.get_full_path(), condition, body)
            return once(token, key, asked, now, lambda: _run(request, view, path), apart=offer.apart)
        return _run(request, view, path) if offer.apart else whole(lambda: _run(request, view, path))


def _run(request: ApiRequest, view: View, path: Mapping[str, str]) -> HttpResponse:
    """The operation; what it raised was made a Problem's answer by ``api.raised``."""
    done = view(request, **path)
    if done.status_code < 400:
        if request.version_shown is not None:
            done["ETag"] = f'"{request.version_shown}"'
        if request.location:
            done["Location"] = request.location
    return done


def _token(request: HttpRequest) -> ApiToken:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    asks = {"WWW-Authenticate": 'Bearer realm="Tieout"'}
    if kind.lower() != "bearer" or not secret:
        raise Problem(
            "no-token",
            "Send the header Authorization: Bearer and a token. An administrator makes one in Settings.",
            headers=asks,
        )
    token = token_of(secret.strip()[:200], timezone.now())
    if token is None:
        raise Problem(
            "no-token",
            "This token does not hold: it is unknown, revoked, expired, or its member was switched off.",
            headers=asks,
        )
    return token


def _rate(token: ApiToken) -> None:
    at = timezone.now()
    if count_call(token, at) > settings.API_CALLS_A_MINUTE:
        wait = str(60 - at.second)
        raise Problem(
            "too-many",
            f"A token may call {settings.API_CALLS_A_MINUTE:,} times a minute. Go on in {wait} seconds.",
            headers={"Retry-After": wait},
        )


def _may(token: ApiToken, permission: Permission | None) -> None:
    """Two locks: the token's scopes, and the rights its member has now."""
    if permission is None:
        return
    if permission.value not in token.scopes:
        raise Problem(
            "not-allowed",
            f"This token lacks the scope {permission.value}. Make one that has it, in Settings.",
        )
    try:
        require(token.member, permission)
    except NotAllowed as refusal:
        raise Problem("not-allowed", str(refusal)) from refusal


def lacks_scope(permission: Permission) -> str:
    return f"This token lacks the scope {permission.value}. Make one that has it, in Settings."


def _version(request: HttpRequest, offer: Offer) -> int | None:
    given = request.headers.get("If-Match")
    if given is None or given == "*":
        return None
    known = VERSION.fullmatch(given.strip())
    if offer.method == SAFE or not offer.conditional:
        problem = "This operation changes no single record, so it knows no If-Match. Leave it out."
    elif known is None:
        problem = 'If-Match is the ETag of the record as you saw it, such as "3".'
    else:
        return int(known[1])
    raise Problem("bad-header", problem, errors=[("If-Match", problem)])


def _refuse_unknown_parameters(request: HttpRequest, offer: Offer) -> None:
    unknown_names = sorted(set(request.GET) - offer.query)
    if unknown_names:
        told = ", ".join(sorted(offer.query)) or "none"
        sentence = f"There is no such parameter here. There are: {told}."
        raise Problem("invalid", sentence, errors=[(name[:80], sentence) for name in unknown_names[:20]])


def _body(request: HttpRequest) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig as problem:
        raise Problem("too-large", "This body is larger than 10 MB. Send less at once.") from problem
    if body and request.content_type != "application/json":
        raise Problem("not-json", "Send the body as JSON, with Content-Type: application/json.")
    return body
