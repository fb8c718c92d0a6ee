"""Decides: how documents become JSON or XML text and back. Used by every layer that answers.

Numbers are `Decimal` or `int` on the way in and out; no float is ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec

XML_NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = frozenset({"domain", "sparse", "status", "code", "element", "type", "name"})

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class NotJson(ValueError):
    """The text is not a JSON document."""


def to_json(document: object) -> bytes:
    return _encoder.encode(document)


def from_json(body: bytes) -> Any:
    """Parse JSON; every number with a fraction comes back as Decimal. Raises NotJson."""
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotJson(str(error)) from error
    except RecursionError:
        raise NotJson("it is nested too deeply") from None


def to_xml(envelope: Mapping[str, Any]) -> bytes:
    """Write a JSON envelope in the XML form the real service uses: IntuitResponse with a time attribute."""
    time = envelope.get("time")
    attributes = f" xmlns={quoteattr(XML_NAMESPACE)}"
    if time is not None:
        attributes += f" time={quoteattr(str(time))}"
    inner = "".join(_element(name, value) for name, value in envelope.items() if name != "time")
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><IntuitResponse{attributes}>{inner}</IntuitResponse>'.encode()


def _element(name: str, value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "".join(_element(name, one) for one in value)
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_text(value))}</{name}>"
    if "value" in value and not isinstance(value["value"], (Mapping, list)):  # a reference
        named = f" name={quoteattr(str(value['name']))}" if "name" in value else ""
        return f"<{name}{named}>{escape(_text(value['value']))}</{name}>"
    attributes, inner = "", ""
    for key, member in value.items():
        if key in _ATTRIBUTES and not isinstance(member, (Mapping, list)):
            attributes += f" {key}={quoteattr(_text(member))}"
        elif key in ("startPosition", "maxResults", "totalCount"):
            attributes += f' {key}="{member}"'
        else:
            inner += _element(key, member)
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
