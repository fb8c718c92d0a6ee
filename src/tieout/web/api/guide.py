"""Decides: the OpenAPI description as a page people read: sections, operations, fields. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

REF = "#/components/schemas/"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: str
    """``text``, ``number``, ``list of Line`` ..."""
    shape: str
    """The name of the shape it is of; empty for a plain value."""
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: tuple[Field, ...]
    takes: str
    """The shape of its body; empty without one."""
    answers: str
    status: str
    with_key: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    words: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    words: str
    fields: tuple[Field, ...]


def chapters(description: Mapping[str, Any]) -> list[Chapter]:
    entries = list(_entries(description))
    return [
        Chapter(tag["name"], tag["description"], tuple(each for of, each in entries if of == tag["name"]))
        for tag in description["tags"]
    ]


def shapes(description: Mapping[str, Any]) -> list[Shape]:
    return [
        Shape(name, _plain(shape.get("description") or ""), tuple(_fields(shape)))
        for name, shape in description["components"]["schemas"].items()
    ]


def _entries(description: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    for path, methods in description["paths"].items():
        for method in METHODS:
            if (told := methods.get(method)) is None:
                continue
            status = next(each for each in told["responses"] if each.startswith("2"))
            headers = {each["name"] for each in told["parameters"] if each["in"] == "header"}
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            answer = told["responses"][status].get("content", {}).get("application/json", {})
            yield (
                told["tags"][0],
                Entry(
                    name=told["operationId"],
                    method=method.upper(),
                    path=path,
                    summary=told["summary"],
                    description=_plain(told.get("description", "")),
                    scope=told["x-scope"] or "",
                    parameters=tuple(
                        Field(
                            each["name"],
                            _kind(each["schema"])[0],
                            "",
                            each["required"],
                            _plain(each.get("description", "")),
                        )
                        for each in told["parameters"]
                        if each["in"] == "query"
                    ),
                    takes=_kind(body.get("schema", {}))[1],
                    answers=_kind(answer.get("schema", {}))[1],
                    status=status,
                    with_key="Idempotency-Key" in headers,
                    conditional="If-Match" in headers,
                ),
            )


def _fields(shape: Mapping[str, Any]) -> Iterator[Field]:
    needed = set(shape.get("required", ()))
    for name, told in shape.get("properties", {}).items():
        kind, of = _kind(told)
        yield Field(name, kind, of, name in needed, _plain(told.get("description", "")))


def _kind(told: Mapping[str, Any]) -> tuple[str, str]:
    """In words, and the name of the shape in it."""
    if "$ref" in told:
        name = told["$ref"].removeprefix(REF)
        return name, name
    if "anyOf" in told:
        parts = [_kind(each) for each in told["anyOf"]]
        return " or ".join(kind for kind, _ in parts), next((of for _, of in parts if of), "")
    if "enum" in told:
        return " | ".join(f'"{each}"' for each in told["enum"]), ""
    if "const" in told:
        return f'"{told["const"]}"', ""
    if told.get("type") == "array":
        kind, of = _kind(told["items"])
        return f"list of {kind}", of
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "object"}
    kind = words.get(told.get("type", ""), told.get("type", "anything"))
    return {"date": "date", "date-time": "date and time"}.get(told.get("format", ""), kind), ""


def _plain(words: str) -> str:
    return " ".join(words.replace("`", "").split())
