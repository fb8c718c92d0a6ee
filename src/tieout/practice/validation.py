"""Decides: which values a client may have. Pure rules as one table; the verbs, forms and imports all ask here.

Lengths are at least those of the ledgers we know, so that what a ledger holds always fits here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

_ADDRESS_LIST = re.compile(r"\s*[,;]\s*")
_ADDRESS = re.compile(r"[^\s@,;<>\"()]+@[^\s@,;<>\"()]+\.[^\s@,;<>\"().]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_PROSE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Line breaks, other control characters and half surrogates, which no database text can hold."""


class Invalid(Exception):
    """Some values cannot be kept. ``problems``: field -> a sentence that says what to do."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(" ".join(self.problems.values()))


class NotHereYet(Invalid):
    """Some values name entries of the ledger's lists that have not come here yet; they can be kept once those have.

    ``entries``: field -> (the list, as ``LedgerList`` names it; the ledger's id of the entry).
    """

    def __init__(self, problems: Mapping[str, str], entries: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(problems)
        self.entries = dict(entries)


@dataclass(frozen=True, slots=True)
class TextRule:
    label: str
    longest: int
    """In characters."""
    required: bool = False
    prose: bool = False
    """May have line breaks and tabs."""
    form: Callable[[str], str] | None = None
    """A further check of a text that is not empty: the sentence about what is wrong, or an empty text."""


def _email_form(text: str) -> str:
    """Several addresses separated by commas are fine: ledgers keep them in one field."""
    if all(_ADDRESS.fullmatch(part) for part in _ADDRESS_LIST.split(text)):
        return ""
    return "Enter an e-mail address such as name@example.com; separate several by commas."


def _website_form(text: str) -> str:
    return "A website address has no spaces." if re.search(r"\s", text) else ""


def _address_rules(prefix: str, label: str) -> dict[str, TextRule]:
    return {
        f"{prefix}_line1": TextRule(f"{label} address, line 1", 500),
        f"{prefix}_line2": TextRule(f"{label} address, line 2", 500),
        f"{prefix}_line3": TextRule(f"{label} address, line 3", 500),
        f"{prefix}_city": TextRule(f"{label} city", 255),
        f"{prefix}_state": TextRule(f"{label} state", 255),
        f"{prefix}_postal_code": TextRule(f"{label} ZIP code", 40),
        f"{prefix}_country": TextRule(f"{label} country", 255),
    }


PERSON_RULES: Mapping[str, TextRule] = {
    "title": TextRule("Title", 40),
    "given": TextRule("First name", 200),
    "middle": TextRule("Middle name", 200),
    "family": TextRule("Last name", 200),
    "suffix": TextRule("Suffix", 40),
}
CLIENT_RULES: Mapping[str, TextRule] = {
    "name": TextRule("Name", 500, required=True),
    "company_name": TextRule("Company name", 500),
    "email": TextRule("E-mail", 254, form=_email_form),
    "phone": TextRule("Phone", 40),
    "mobile": TextRule("Mobile", 40),
    "website": TextRule("Website", 1000, form=_website_form),
    **_address_rules("billing", "Billing"),
    **_address_rules("mailing", "Mailing"),
    "external_id": TextRule("External ID", 100),
    "notes": TextRule("Notes", 20_000, prose=True),
}
CONTACT_RULES: Mapping[str, TextRule] = {
    **PERSON_RULES,
    "relation_to_client": TextRule("Relation", 80),
    "email": TextRule("E-mail", 254, form=_email_form),
    "phone": TextRule("Phone", 40),
}
CLIENT_AND_PERSON_RULES: Mapping[str, TextRule] = {**CLIENT_RULES, **PERSON_RULES}


def clean_texts(
    values: Mapping[str, str], rules: Mapping[str, TextRule], *, required: Collection[str] = ()
) -> dict[str, str]:
    """``values`` trimmed, every one within its rule. ``required``: fields that must also be given.

    Raises Invalid with a sentence per field, KeyError for a field without a rule (a bug of the caller).
    """
    cleaned: dict[str, str] = {}
    problems: dict[str, str] = {}
    for field, value in values.items():
        rule = rules[field]
        cleaned[field] = text = value.replace("\r\n", "\n").strip()
        if problem := _problem(text, rule):
            problems[field] = problem
    for field in required:
        if field not in values:
            problems[field] = _missing(rules[field])
    if problems:
        raise Invalid(problems)
    return cleaned


def without_control_characters(text: str) -> str:
    """What a ledger holds may have line breaks or worse in a name; here each becomes one space."""
    return _CONTROL.sub(" ", text)


def _problem(text: str, rule: TextRule) -> str:
    """The first thing wrong with ``text``, as a sentence; empty when nothing is."""
    if not text:
        return _missing(rule) if rule.required else ""
    if len(text) > rule.longest:
        return f"{rule.label} can have at most {rule.longest:,} characters; this has {len(text):,}."
    if (_CONTROL_IN_PROSE if rule.prose else _CONTROL).search(text):
        return f"{rule.label} has a line break or another invisible character in it; type it again."
    return rule.form(text) if rule.form else ""


def _missing(rule: TextRule) -> str:
    return f"{rule.label} is needed."
