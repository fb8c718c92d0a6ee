"""Decides in which form e-mails, phones, streets and other contact facts are compared. Pure; beside ``match_names``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from tieout.reconcile.match_text import fold
from tieout.reconcile.match_words import STREET_WORDS, words

Evidence = Mapping[str, str]
"""What a record shows beyond its name, by word: e-mail, phone, mobile, company, street, city, state, postal code,
website, external id. What is missing is absent."""

_NOBODY = words("none na n/a unknown noemail no@email.com none@none.com test@test.com noreply@noreply.com")
_EVERYBODYS = words(
    "gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com msn.com aol.com icloud.com me.com mac.com "
    "comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net ymail.com protonmail.com "
    "earthlink.net juno.com gmx.com mail.com example.com"
)
_STREET_WORDS: Mapping[str, str] = {
    **STREET_WORDS,
    "n": "north", "s": "south", "e": "east", "w": "west", "ste": "suite", "apt": "unit", "fl": "floor",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10",
}  # fmt: skip
_STREET_KINDS = words(
    "street avenue boulevard road drive lane court place highway parkway square suite unit floor north south east west "
    "the circuit crescent way terrace close"
)
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Contacts:
    """Comparable contact facts of one record. Empty means that it does not say."""

    email: str = ""
    domain: str = ""
    """Of the e-mail or else the website; only when it is not a mail provider everybody uses."""
    phones: tuple[str, ...] = ()
    street: tuple[str, ...] = ()
    """The street line's words: house number first, kinds of street and directions left out."""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    external_id: str = ""

    @property
    def address_keys(self) -> list[str]:
        """What an address is looked for by, a slip in one of its parts notwithstanding."""
        number, name = (self.street[0], "".join(self.street[1:3])) if self.street else ("-", "")
        keys = []
        if name:
            keys += [f"{number} {name[:7]}", f"{name[:7]} {self.postal_code}", f"{name[:7]} {self.city[:6]}"]
        if number != "-":
            keys += [f"{number} {self.postal_code}", f"{number} {self.city[:6]} {self.postal_code[:2]}"]
        return keys

    @property
    def place_key(self) -> str:
        """House number, first word of the street and postal code (or city): equal for one address."""
        if len(self.street) < 2:
            return ""
        return f"{self.street[0]} {self.street[1]} {self.postal_code or self.city}"


def plain_phone(text: str) -> str:
    """Digits without punctuation; a leading 1 before ten digits is the North American prefix. "" below seven digits."""
    digits = "".join(_DIGITS.findall(re.split(r"\s*(?:x|ext\.?|#)\s*\d+\s*$", text.lower())[0]))
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    return digits if 7 <= len(digits) <= 15 and len(set(digits)) > 1 else ""


def read_contacts(evidence: Evidence, phone: Callable[[str], str] = plain_phone) -> Contacts:
    if not evidence:
        return Contacts()
    email = evidence.get("e-mail", "").strip().casefold()[:254]
    if "," in email or ";" in email or " " in email:
        email = re.split(r"[,;\s]+", email)[0]
    if "@" not in email or email in _NOBODY:
        email = ""
    domain = email.partition("@")[2]
    if (not domain or domain in _EVERYBODYS) and (website := evidence.get("website", "")):
        domain = re.sub(r"^(?:https?://)?(?:www\.)?", "", website.strip().casefold()).partition("/")[0]
    numbers = [phone(text) for word in ("phone", "mobile") if (text := evidence.get(word, "")[:60])]
    postal = evidence.get("postal code", "").replace(" ", "").casefold()[:12]
    return Contacts(
        email=email,
        domain="" if domain in _EVERYBODYS else domain,
        phones=tuple(dict.fromkeys(filter(None, numbers))),
        street=_street(evidence.get("street", "")),
        city=_place(evidence.get("city", "")[:80]),
        state=_place(evidence.get("state", "")[:40]),
        postal_code=intern(postal.partition("-")[0]),
        external_id=evidence.get("external id", "").strip().casefold()[:100],
    )


@lru_cache(maxsize=4_096)
def _place(text: str) -> str:
    """Clients live in few towns."""
    return fold(text)


def _street(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    said = [_STREET_WORDS.get(word, word) for word in fold(text[:120]).split()]
    said = [found.group(1) if (found := _ORDINAL.match(word)) else word for word in said]
    numbers = [word for word in said[:3] if word[0].isdigit()][:1]
    rest = [word for word in said if word not in numbers and word not in _STREET_KINDS]
    for stop, word in enumerate(rest):
        if stop and word[0].isdigit():  # a suite or flat number: people leave it out
            rest = rest[:stop]
            break
    return (*(numbers or ["-"]), *rest[:4])
