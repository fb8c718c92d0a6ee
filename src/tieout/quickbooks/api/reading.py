"""Decides what an answer's bytes are. Between ``transport`` and everybody who reads an answer.

QuickBooks promises JSON and mostly keeps it, but its gateway answers in XML, HTML or nothing at all, whatever
``Accept`` said. So the content type is not asked: the bytes are looked at. Numbers become ``Decimal``, never float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_JSON = (b"{", b"[")
_ESCAPE = re.compile(
    rb"\\(?:(?P<nul>u0000)|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_NO_CHARACTER = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Where one may be that stands for none: NUL, which no database of ours can keep and no text needs, or half of a character
that somebody has cut in two. One such text must not hide a page of others."""
_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


class Shape(StrEnum):
    """What the bytes of an answer are."""

    JSON = "json"
    XML = "xml"
    HTML = "html"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer: status, lower-case headers, bytes, and the bytes understood."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    shape: Shape
    data: Any = None
    """Parsed JSON when ``shape`` is JSON, else None."""

    @property
    def reference(self) -> str:
        """Intuit's ``intuit_tid``: what their support asks for."""
        return self.headers.get("intuit_tid", "")

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def broken_off(self) -> bool:
        """Whether it began as JSON or XML and stopped on the way: what it was going to say is not known."""
        if self.shape is Shape.UNREADABLE:
            return _beginning(self.raw)[:1] in _JSON
        return self.shape is Shape.XML and not self.raw.rstrip().endswith(b">")


def read_reply(status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    lowered = {name.lower(): value for name, value in headers.items()}
    shape, data = sniff(raw)
    return Reply(status, lowered, raw, shape, data)


def sniff(raw: bytes) -> tuple[Shape, Any]:
    """The shape of some bytes, and their data when they are whole, valid JSON."""
    start = _beginning(raw)
    if not start:
        return Shape.EMPTY, None
    if start[:1] in _JSON:
        try:
            return Shape.JSON, from_json(
                _ESCAPE.sub(_readable, start) if _NO_CHARACTER.search(start) else start
            )
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return Shape.UNREADABLE, None
    head = start[:200].lower()
    if head.startswith(b"<!doctype html") or b"<html" in head:
        return Shape.HTML, None
    return (Shape.XML, None) if head.startswith(b"<") else (Shape.UNREADABLE, None)


def _readable(escape: re.Match[bytes]) -> bytes:
    return b"" if escape["nul"] else rb"\ufffd" if escape["half"] else escape[0]


def _beginning(raw: bytes) -> bytes:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()


def lowered(value: Any) -> dict[str, Any]:
    """An object's members by lower-case name (QuickBooks' layers disagree on case); empty when it is no object."""
    return {str(name).lower(): inside for name, inside in value.items()} if isinstance(value, Mapping) else {}


def from_json(raw: bytes) -> Any:
    """JSON with every fractional number as ``Decimal``. Raises ``msgspec.DecodeError``."""
    return _DECODER.decode(raw)


def to_json(document: Any) -> bytes:
    """The one way we write JSON: keys sorted, decimals as plain numbers. Equal documents give equal bytes."""
    return _ENCODER.encode(document)
