"""Decides: how documents become JSON or XML text and back. Used by every layer that answers.

Numbers are `Decimal` or `int` on the way in and out; no float is ever made.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import msgspec

XML_NAMESPACE = "http://schema.intuit.com/finance/v3"
_ATTRIBUTES = frozenset({"bId", "domain", "sparse", "status", "code", "element", "type", "name"})
_ALWAYS_LISTS = frozenset({"BatchItemRequest"})
_WITH_VALUE = ("CustomerMemo",)  # beside the references: what JSON writes as {"value": text}

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class NotJson(ValueError):
    """The text is not a JSON document."""


class NotXml(ValueError):
    """The text is not an XML document that can be read."""


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


def from_xml(body: bytes) -> tuple[str, dict[str, Any]]:
    """The name of the root element and the members JSON would have: attributes and children by name, a repeated child as
    a list, a reference (`<ItemRef name="Hours">2</ItemRef>`) as {"value", "name"}, everything else as text. A document
    type is refused, and with it entities of its own. Raises NotXml."""
    parser = ElementTree.XMLParser(target=_WithoutType())  # noqa: S314 - without a document type nothing expands
    try:
        root = ElementTree.fromstring(body, parser)  # noqa: S314
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise NotXml(str(error)) from error
    try:
        return _local(root.tag), _members(root)
    except RecursionError:
        raise NotXml("it is nested too deeply") from None


class _WithoutType(ElementTree.TreeBuilder):
    """Asked by the parser, so that no encoding hides a document type from a look at the bytes."""

    def doctype(self, name: str, public_id: str | None, system: str | None) -> None:
        raise NotXml("it has a document type")


def _members(element: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        name, value = _local(child.tag), _value(child)
        if name not in found:
            found[name] = [value] if name in _ALWAYS_LISTS else value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _value(element: ElementTree.Element) -> Any:
    if len(element):
        return _members(element)
    name, written = _local(element.tag), element.text or ""
    if name.endswith("Ref") or name in _WITH_VALUE:
        return {**_members(element), "value": written}
    return written


def _local(name: str) -> str:
    return name.rpartition("}")[2]


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
        named = "".join(f" {key}={quoteattr(str(value[key]))}" for key in ("type", "name") if key in value)
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
