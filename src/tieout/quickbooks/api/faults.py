"""Decides what a refusal means. Between ``client`` (which got an answer) and whoever must act on it.

Two steps: ``faults_in`` finds QuickBooks' errors in an answer of any envelope; ``rule_on`` finds the row of
``fault_table`` that fits code AND message AND element, because QuickBooks' codes alone are ambiguous.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.fault_meanings import Disposition, Meaning, Offer
from tieout.quickbooks.api.fault_table import BY_STATUS, RULES, Rule
from tieout.quickbooks.api.reading import Reply, Shape, lowered

THROTTLED_CODE = 3001
THROTTLE_WAIT_SECONDS = 60
"""Intuit's advice after a 429; a Retry-After header has never been seen."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error as QuickBooks gave it. ``code`` is None when there was none; ``status`` is the HTTP status."""

    code: int | None
    message: str = ""
    detail: str = ""
    element: str = ""
    status: int = 400

    @property
    def text(self) -> str:
        return f"{self.message} {self.detail}".lower()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a fault asks of us: the next step, the sentence for a person, the button, the field and the topic it is about."""

    disposition: Disposition
    sentence: str
    offer: Offer
    field: str = ""
    topic: str = ""


class ApiError(Exception):
    """A call that QuickBooks refused, or that got no usable answer. ``str()`` is a sentence for a person."""

    def __init__(
        self, fault: Fault, ruling: Ruling, *, reference: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(ruling.sentence)
        self.fault = fault
        self.ruling = ruling
        self.reference = reference
        self.retry_after = retry_after
        """Seconds to wait, when there is a reason for a figure."""


class NameHolder(StrEnum):
    """Which kind of record has the name a 6240 complains about, as far as its text tells."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    EMPLOYEE = "employee"
    UNKNOWN = "unknown"


# Seen: "Another customer is already using this name.", ": null", "Another customer, vendor or employee is ...",
# and in 2014 the raw template "$$customer$$".
_HOLDER = re.compile(r"another \$*(customer|vendor|employee)\$* is ")


def name_holder(fault: Fault) -> NameHolder:
    found = _HOLDER.search(fault.text)
    return NameHolder(found.group(1)) if found else NameHolder.UNKNOWN


def rule_on(fault: Fault, *, writing: bool) -> Ruling:
    """The ruling for a fault.

    ``writing`` is False for calls that only read: what would be an unknown outcome is then simply tried again.
    For a write, a 5xx is an unknown outcome whatever its body says: a gateway may say "later" of what went through.
    """
    meaning = _meaning_of(fault)
    if writing and fault.status >= 500:
        meaning = means.NO_CLEAR_ANSWER
    if not writing and meaning.disposition is Disposition.UNKNOWN_OUTCOME:
        meaning = means.READ_FAILED
    return ruled(meaning, fault)


def ruled(meaning: Meaning, fault: Fault) -> Ruling:
    """A meaning as said about one fault."""
    sentence = _with_detail(meaning.sentence, fault)
    return Ruling(meaning.disposition, sentence, meaning.offer, fault.element or meaning.field, meaning.topic)


def _meaning_of(fault: Fault) -> Meaning:
    for rule in RULES:
        if fault.code in rule.codes and _text_fits(rule, fault):
            return rule.meaning
    if fault.status >= 500 or 300 <= fault.status < 400:
        return means.NO_CLEAR_ANSWER
    return BY_STATUS.get(fault.status, means.UNKNOWN_FAULT)


def _text_fits(rule: Rule, fault: Fault) -> bool:
    if rule.says and not any(piece in fault.text for piece in rule.says):
        return False
    return fault.element.lower().startswith(rule.element)


_PREFIX = re.compile(r"^[A-Z][\w ]{0,60}(?:Error|Id|Found|Enumeration) ?: +")


def _with_detail(sentence: str, fault: Fault) -> str:
    if "{detail}" not in sentence:
        return sentence
    said = _PREFIX.sub("", " ".join((fault.detail or fault.message).split()))[:300]
    if not said:
        return sentence.partition(" QuickBooks says:")[0]
    return sentence.replace("{detail}", f"“{said}”")


def faults_in(reply: Reply) -> tuple[Fault, ...]:
    """The errors of an answer, in its order. Empty for a plain success; never empty when the status is an error."""
    found: tuple[Fault, ...] = ()
    if reply.shape is Shape.JSON:
        found = _in_json(reply.data, reply.status, flat=not reply.ok)
    elif reply.shape is Shape.XML:
        found = _in_xml(reply.raw, reply.status)
    if not found and not reply.ok:
        return (Fault(None, status=reply.status),)
    return found


def faults_of_item(item: Mapping[str, Any]) -> tuple[Fault, ...]:
    """The errors of one batch item, whose HTTP status is always 200."""
    return _in_json(item, 200, flat=False)


def retry_after(reply: Reply, fault: Fault) -> int | None:
    """Seconds to wait after a throttled answer; None when the answer is not about pace."""
    said = reply.headers.get("retry-after", "")
    if said.isdecimal():
        return int(said)
    # a throttled answer has been recorded with status 403 as well
    return THROTTLE_WAIT_SECONDS if reply.status == 429 or fault.code == THROTTLED_CODE else None


def _in_json(data: Any, status: int, *, flat: bool) -> tuple[Fault, ...]:
    """``{"Fault": {"Error": [...]}}``, the gateway's ``{"fault": {"error": [...]}}``, or (``flat``) a bare error."""
    document = lowered(data)
    errors = lowered(document.get("fault")).get("error")
    if isinstance(errors, Mapping):
        errors = [errors]
    if not isinstance(errors, list):
        errors = [document] if flat and ("code" in document or "message" in document) else []
    return tuple(_one(lowered(error), status) for error in errors)


def _one(error: Mapping[str, Any], status: int) -> Fault:
    message, detail = _text(error.get("message")), _text(error.get("detail"))
    code = _code(_text(error.get("code")), message)
    return Fault(code, message, detail, _text(error.get("element")), status)


_GATEWAY_CODE = re.compile(r"errorCode=(\d+)")


def _code(given: str, message: str) -> int | None:
    """``"003200"`` is 3200. The gateway sometimes has it only inside the message."""
    if given.strip().isdecimal():
        return int(given)
    inside = _GATEWAY_CODE.search(message)
    return int(inside.group(1)) if inside else None


# Matched by pattern, not by an XML parser: the shape is three tags, and no parser means no entity tricks.
_XML_ERROR = re.compile(r"<(?:\w+:)?Error\b([^>]*)>(.*?)</(?:\w+:)?Error>", re.DOTALL | re.IGNORECASE)


def _in_xml(raw: bytes, status: int) -> tuple[Fault, ...]:
    found = []
    for attributes, inside in _XML_ERROR.findall(raw.decode("utf-8", "replace")):
        named = {
            name.lower(): html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', attributes)
        }
        for tag in ("message", "detail"):
            if match := re.search(rf"<(?:\w+:)?{tag}>(.*?)</", inside, re.DOTALL | re.IGNORECASE):
                named[tag] = html.unescape(match.group(1))
        found.append(_one(named, status))
    return tuple(found)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
