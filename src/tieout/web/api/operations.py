"""Acts: assembles all sections into one API behind one door, with its addresses and its OpenAPI description."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.mail import NotSent
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.processors import NoAnswer
from tieout.practice.validation import Invalid
from tieout.web.api import (
    billing_settings,
    clients,
    credits,
    figures,
    files,
    groups,
    history,
    invoice_bulk,
    invoices,
    ledger_lists,
    payments,
    people,
    recurring,
    saved_views,
    service_items,
    sync,
    tags,
)
from tieout.web.api.calling import ApiRequest
from tieout.web.api.described import described
from tieout.web.api.door import View, door, lacks_scope
from tieout.web.api.problems import Problem, answer, invalid, unfit
from tieout.web.api.routes import Offer, Section

log = logging.getLogger(__name__)
SECTIONS: tuple[Section, ...] = tuple(
    each.section
    for each in (
        people,
        clients,
        tags,
        groups,
        service_items,
        invoices,
        invoice_bulk,
        recurring,
        payments,
        credits,
        figures,
        files,
        saved_views,
        ledger_lists,
        billing_settings,
        sync,
        history,
    )
)
OFFERS: tuple[Offer, ...] = tuple(offer for section in SECTIONS for offer in section.offers)


class StrictJson(Parser):
    """Standard JSON only: no NaN, no Infinity; an absent body is an empty object."""

    def parse_body(self, request: HttpRequest) -> Any:
        if not request.body:
            return {}
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


api = NinjaAPI(
    title="Tieout",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=StrictJson(),
)
for section in SECTIONS:
    api.add_router("", section.router)


Told = Callable[[Any, ApiRequest], Problem]


def _problem(of: Told) -> Callable[[Any, Any], HttpResponse]:
    """Through the door a Problem is raised; inside ninja it has to be an answer."""

    def handler(request: ApiRequest, raised: Any) -> HttpResponse:
        return answer(of(raised, request), request.reference)

    return handler


def _changed(raised: ChangedMeanwhile, request: ApiRequest) -> Problem:
    return Problem("changed", f"{raised} It is at version {raised.now} now, you saw {raised.seen}.")


def _not_allowed(raised: NotAllowed, request: ApiRequest) -> Problem:
    """A funnel asks for more than the address did: the token's scopes or its member's rights are too few."""
    if request.token.member.may(raised.permission):
        return Problem("not-allowed", lacks_scope(raised.permission))
    return Problem("not-allowed", str(raised))


def _broken(request: HttpRequest, raised: Any) -> HttpResponse:
    raise raised


HANDLERS: dict[type[Exception], Told] = {
    Problem: lambda raised, _: raised,
    Invalid: lambda raised, _: invalid(raised.problems),
    ValidationError: lambda raised, _: unfit(raised.errors),
    NotYours: lambda raised, _: Problem("not-found", str(raised)),
    NotAllowed: _not_allowed,
    ChangedMeanwhile: _changed,
    NotSent: lambda raised, _: Problem("not-done", str(raised)),
    NoAnswer: lambda raised, _: Problem(
        "not-done", "The payment processor does not answer. Nothing is known yet; Tieout keeps asking."
    ),
    HttpError: lambda raised, _: Problem("unreadable", "The body is not JSON, or not in UTF-8."),
}
"""What can be raised inside -> how it is told. Anything else is a bug, told as one by the door."""
api.add_exception_handler(Exception, _broken)
for kind, of in HANDLERS.items():
    api.add_exception_handler(kind, _problem(of))


def guarded() -> Iterator[URLPattern]:
    """Every address with its door, words before ids: ``invoices/finalize`` is no invoice."""
    by_path: dict[str, dict[str, Offer]] = {}
    for offer in OFFERS:
        route = offer.path.strip("/").replace("{", "<").replace("}", ">")
        by_path.setdefault(route, {})[offer.method] = offer
    for pattern in sorted(api.urls[0], key=lambda each: str(each.pattern).replace("<", "~")):
        route = str(pattern.pattern)
        if route in by_path:
            offers = by_path.pop(route)
            named = next((each.name for each in offers.values() if each.method == "GET"), None)
            yield path(route, door(cast("View", pattern.callback), offers), name=named)
    if by_path:
        raise RuntimeError(f"Addresses without an operation: {sorted(by_path)}")


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description, the same at every call."""
    return described(json.loads(json.dumps(api.get_openapi_schema(path_prefix=""))), OFFERS, SECTIONS)
