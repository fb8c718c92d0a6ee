"""Decides: how every refusal is told: application/problem+json (RFC 9457) with the field and what to do about it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: str
    means: str
    """For the guide: when it is answered and what to do."""


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400, "The body cannot be read", "Send valid JSON in UTF-8."),
    "bad-header": Kind(400, "A header cannot be read", "The sentence names the header and how it is written."),
    "no-token": Kind(401, "No valid token", "Send Authorization: Bearer followed by a token that holds."),
    "not-allowed": Kind(
        403, "Not allowed", "The token lacks the scope, or its member the permission. The sentence names it."
    ),
    "not-found": Kind(404, "Not found", "There is no such record in this firm that the token may know of."),
    "wrong-method": Kind(405, "Method not allowed", "The header Allow lists the methods of this address."),
    "not-done": Kind(
        409, "Another system did not do its part", "The sentence says what is known of it. Try again later."
    ),
    "changed": Kind(412, "Changed meanwhile", "If-Match names an older version. Read it again, then repeat."),
    "too-large": Kind(413, "Too large", "Send less at once."),
    "not-json": Kind(415, "Not JSON", "Send Content-Type: application/json."),
    "invalid": Kind(422, "Not valid", "`errors` names each field and what to do. Nothing was saved."),
    "key-reused": Kind(
        422, "Idempotency key used before", "The key belongs to another call. Nothing was done; send a new key."
    ),
    "too-many": Kind(429, "Too many calls", "Wait as many seconds as Retry-After says."),
    "failed": Kind(500, "Something broke here", "Tell whoever runs Tieout the request_id."),
}  # fmt: skip


class Problem(Exception):
    """A refusal on its way out. ``kind``: a key of ``KINDS``; ``errors``: (field, sentence)."""

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind, self.detail, self.errors, self.headers = kind, detail, tuple(errors), headers or {}
        super().__init__(detail)


def answer(problem: Problem, reference: str) -> HttpResponse:
    kind = KINDS[problem.kind]
    body: dict[str, Any] = {
        "type": f"/api/docs#problem-{problem.kind}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "request_id": reference,
    }
    if problem.errors:
        body["errors"] = [{"field": field, "message": sentence} for field, sentence in problem.errors]
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=kind.status,
        content_type=CONTENT_TYPE,
        headers=dict(problem.headers),
    )


def invalid(problems: Mapping[str, str]) -> Problem:
    """The verbs' own words: field -> sentence."""
    return Problem("invalid", " ".join(dict.fromkeys(problems.values())), errors=problems.items())


def unfit(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """What the shapes found, in sentences. ``errors``: as pydantic lists them, with the place in front."""
    found: dict[str, str] = {}
    for error in errors:
        place = [str(part) for part in error["loc"][1:]]
        field = ".".join(place[1:] if error["loc"][0] == "body" and place[:1] == ["body"] else place)
        found.setdefault(field, _sentence(error))
    return invalid(found)


_SENTENCES: Mapping[str, str] = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field here; leave it out.",
    "string_type": "Send a text.",
    "int_type": "Send a whole number.",
    "int_parsing": "Send a whole number.",
    "int_from_float": "Send a whole number.",
    "int_parsing_size": "This number is too large.",
    "bool_type": "Send true or false.",
    "bool_parsing": "Send true or false.",
    "list_type": "Send a list.",
    "dict_type": "Send an object with fields.",
    "model_type": "Send an object with fields.",
    "model_attributes_type": "Send an object with fields.",
    "literal_error": "Choose one of {expected}.",
    "greater_than_equal": "Send {ge} or more.",
    "less_than_equal": "Send {le} or less.",
    "too_long": "Send at most {max_length}.",
    "too_short": "Send at least {min_length}.",
    "string_too_long": "Send at most {max_length} characters.",
    "string_too_short": "Send at least {min_length} characters.",
}
"""Kind of error -> sentence; braces are filled from what pydantic tells beside it."""


def _sentence(error: Mapping[str, Any]) -> str:
    template = _SENTENCES.get(error["type"])
    if template is None:
        return str(error["msg"])
    return template.format(**error.get("ctx", {}))
