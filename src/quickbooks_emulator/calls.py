"""Decides: what a request is about: company, entity, operation, request id, metering, environment. Pure.

Fault rules match on it, the log prints it, the data service acts on it. Intuit's environments have hosts of their own;
here they are paths: /sandbox and /production before any of Intuit's paths, which alone stand for both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from quickbooks_emulator import formats
from quickbooks_emulator.messages import Request
from quickbooks_emulator.store.documents import ENVIRONMENTS

OAUTH_PATHS = {
    "/connect/oauth2": "authorize",
    "/oauth2/v1/tokens/bearer": "token",
    "/v2/oauth2/tokens/revoke": "revoke",
    "/v1/openid_connect/userinfo": "userinfo",
    "/op/v1/jwks": "jwks",
    "/app/connect/oauth2/request": "reconnect",
}
DISCOVERY = re.compile(r"/\.well-known/openid[_-](?:(sandbox)[_-])?configuration/?")
_OWN_ADDRESS = re.compile(rf"/({'|'.join(ENVIRONMENTS)})(/.*)")
_DATA = re.compile(r"/v3/company/([^/]+)/(.+?)/?$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE)
_SPECIAL = ("query", "batch", "cdc", "upload")
_ROOTS = {"batch": "intuitbatchrequest"}
_WRITES = ("create", "update", "delete", "void", "send")


@dataclass(frozen=True, slots=True)
class Call:
    """`area`: data, oauth, control, console, files. `entity` is lower case; `metered`: core, coreplus or "".

    `payload` is the parsed JSON body, None without one; `unreadable` says why it could not be parsed. `environment` is
    the one whose own address was called (or whose discovery document), "" for the address of both.
    """

    area: str
    operation: str = ""
    realm: str = ""
    entity: str = ""
    record: str = ""
    segments: tuple[str, ...] = ()
    request_id: str = ""
    minor_version: str = ""
    metered: str = ""
    payload: Any = None
    unreadable: str = ""
    environment: str = ""

    @property
    def is_write(self) -> bool:
        return self.operation in _WRITES


def classify(request: Request) -> Call:
    path = request.path
    if path.startswith("/_control"):
        return Call("control")
    if path.startswith("/temporary/"):
        return Call("files")
    environment, path = split_environment(path)
    if path.rstrip("/") in OAUTH_PATHS:
        operation = OAUTH_PATHS[path.rstrip("/")]
        if operation == "token":
            grant_type = request.form.get("grant_type", "")
            operation = {"authorization_code": "exchange", "refresh_token": "refresh"}.get(
                grant_type, "token"
            )
        return Call("oauth", operation, entity="oauth", environment=environment)
    if described := DISCOVERY.fullmatch(path):
        return Call("oauth", "discovery", entity="oauth", environment=environment or described[1] or "")
    match = _DATA.fullmatch(path)
    return _data(request, match, environment) if match else Call("console")


def split_environment(path: str) -> tuple[str, str]:
    """The environment whose own address a path is under ("" for none), and the path without it."""
    own = _OWN_ADDRESS.fullmatch(path)
    return (own[1], own[2]) if own else ("", path)


def query_text(request: Request) -> str:
    """The query in any of the dialects clients speak: in the URL, or the body as text or as a form."""
    in_url = request.params.get("query", "")
    if request.method == "GET" or (in_url and not request.body.strip()):
        return in_url
    body = request.body.decode("utf-8", "replace").strip()
    if "form" in request.header("content-type") and body.lower().startswith("query="):
        return request.form.get("query", "")
    return body or in_url


def _data(request: Request, match: re.Match[str], environment: str) -> Call:
    segments = tuple(unquote(one) for one in match.group(2).split("/"))
    first = segments[0].lower()
    params = request.params
    payload, unreadable = None, request.unreadable
    if request.method == "POST" and first not in ("query", "upload") and request.body.strip():
        try:
            payload = _payload(request, first)
        except (formats.NotJson, formats.NotXml) as error:
            unreadable = str(error)
    operation, entity = first, ""
    if first == "query":
        found = _FROM.search(query_text(request))
        entity = found.group(1).lower() if found else ""
    elif first == "cdc":
        entity = params.get("entities", "").lower()
    elif first not in _SPECIAL:
        entity, operation = first, _operation(request.method, params, segments, payload)
    return Call(
        area="data",
        operation=operation,
        realm=match.group(1),
        entity=entity,
        record=segments[1] if len(segments) > 1 else "",
        segments=segments,
        request_id=params.get("requestid", ""),
        minor_version=params.get("minorversion", ""),
        metered="core" if operation in (*_WRITES, "upload") else "coreplus",
        payload=payload,
        unreadable=unreadable,
        environment=environment,
    )


def _payload(request: Request, first: str) -> Any:
    """The body, XML where its content type says so (recorded). The root element is the entity of the address."""
    if "xml" not in request.header("content-type"):
        return formats.from_json(request.body)
    root, payload = formats.from_xml(request.body)
    if root.lower() != _ROOTS.get(first, first):
        raise formats.NotXml(f"the root element {root} does not belong to {first}")
    return payload


def _operation(method: str, params: dict[str, str], segments: tuple[str, ...], payload: Any) -> str:
    if method != "POST":
        return segments[2].lower() if len(segments) > 2 else "read"
    if len(segments) > 2:
        return segments[2].lower()
    if params.get("include", "").lower() == "void":
        return "void"
    named = params.get("operation", "").lower()
    if named:
        return named
    return "update" if isinstance(payload, dict) and payload.get("Id") else "create"
