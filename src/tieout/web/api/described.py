"""Decides: what the OpenAPI description says beyond the shapes: the token, the headers, scopes and problems. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tieout.practice.permissions import PERMISSIONS, Permission
from tieout.web.api.problems import CONTENT_TYPE, KINDS
from tieout.web.api.routes import Offer, Section

REF = "#/components/schemas/"
ALWAYS = ("no-token", "not-allowed", "too-many")
TOLD = """All that the pages of the practice can do, for programs. One token belongs to one firm.

Amounts, rates, quantities and percentages are text with a point ("1250.00"); dates are text ("2026-01-31"). Lists
answer at most 300 rows and a `next_cursor`. Every refusal is `application/problem+json` and names the field and the fix."""
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 80},
    "description": "Chosen by you. The same call with the same key happens once and is answered the same, for 24 hours.",
}
CONDITION = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the record as you saw it. Changed since: 412, and nothing was saved.",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def described(bare: dict[str, Any], offers: Iterable[Offer], sections: Iterable[Section]) -> dict[str, Any]:
    """``bare``: as ninja makes it of the shapes."""
    bare = _renamed(bare)
    bare["info"]["description"] = TOLD
    bare["servers"] = [{"url": "/api/v1"}]
    bare["tags"] = [{"name": each.tag, "description": each.words} for each in sections]
    scopes = {each.value: f"{facts.label}: {facts.allows}" for each, facts in PERMISSIONS.items()}
    components = bare["components"]
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "Made in Settings > API tokens. Scopes: "
            + "; ".join(f"`{name}` ({words})" for name, words in scopes.items()),
        }
    }
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = _responses()
    components["schemas"] = dict(sorted(components["schemas"].items()))
    for offer in offers:
        _tell(bare["paths"][offer.path][offer.method.lower()], offer)
    return bare


def _renamed(bare: dict[str, Any]) -> dict[str, Any]:
    """What is called Shown in the code, beside the table of the same name, is called by its plain name here."""
    schemas = bare["components"]["schemas"]
    names = {name: name.replace("Shown", "") for name in schemas}
    if len(set(names.values())) < len(names):
        raise ValueError("two shapes would have one name")
    bare["components"]["schemas"] = {names[name]: shape for name, shape in schemas.items()}
    for shape in bare["components"]["schemas"].values():
        shape.pop("title", None)
    renamed: dict[str, Any] = _with_names(bare, names)
    return renamed


def _with_names(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {
            key: f"{REF}{names[value.removeprefix(REF)]}" if key == "$ref" else _with_names(value, names)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_with_names(each, names) for each in part]
    return part


def _tell(operation: dict[str, Any], offer: Offer) -> None:
    scope = offer.permission.value if isinstance(offer.permission, Permission) else None
    operation["security"] = [{"token": [scope] if scope else []}]
    operation["x-scope"] = scope
    kinds = set(ALWAYS)
    if offer.method != "GET":
        operation["parameters"].append(KEY)
        kinds |= {"unreadable", "not-json", "too-large", "invalid", "key-reused"}
    if offer.apart:
        kinds.add("not-done")
    if offer.media:
        operation["responses"]["200"]["content"] = {
            offer.media: {"schema": {"type": "string", "format": "binary"}}
        }
    if offer.conditional:
        operation["parameters"].append(CONDITION)
        kinds.add("changed")
    if offer.query:
        kinds.add("invalid")
    if offer.media.startswith("image/"):
        kinds.add("not-found")  # nobody may have put a picture there
    if "{" in offer.path:
        kinds |= {"not-found", "invalid"}
    for status in sorted({KINDS[kind].status for kind in kinds}):
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}


def _responses() -> dict[str, Any]:
    """One per status, whatever operation answers it."""
    found = {}
    for status in sorted({kind.status for kind in KINDS.values()}):
        titles = [kind.title for kind in KINDS.values() if kind.status == status]
        found[_name(status)] = {
            "description": "; ".join(titles) + ".",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return found


def _name(status: int) -> str:
    return f"Problem{status}"
