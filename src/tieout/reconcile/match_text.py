"""Decides how a name reads without its decoration: folded, and without client numbers, remarks and "(deleted)". Pure.

First step of matching; ``match_names`` takes apart what is left.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tieout.reconcile.match_words import CREDENTIALS, LEGAL_FORMS

LONGEST = 300
"""Characters of a name that are compared; QuickBooks allows 500, and no two clients differ only after 300."""

_NOT_WORD = re.compile(r"[\W_]+")
_DELETED = re.compile(r"\s*\(deleted\)(\s*\d+)?\s*$", re.IGNORECASE)
_APOSTROPHES = re.compile(r"['’`´ʼ]")


def fold(text: str) -> str:
    """Case, accents and apostrophes folded; everything that is no letter or digit is one space."""
    bare = text.replace("&", " and ")
    if "'" in bare or not bare.isascii():
        bare = _APOSTROPHES.sub("", bare)
    if "`" in bare:
        bare = bare.replace("`", "")
    if not bare.isascii():
        folded = unicodedata.normalize("NFKD", bare).casefold()
        bare = "".join(c for c in folded if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.casefold()).strip()


def normalise(name: str) -> str:
    """A name as compared: case, accents, punctuation and spacing folded; "&" is "and"; "(deleted)" dropped.

    Legal forms and word order stay: folding those is a judgement, not a normal form.
    """
    return fold(_DELETED.sub("", name) if ")" in name else name)


def has_digit(text: str) -> bool:
    return not text.isalpha() and any(c.isdigit() for c in text)


_ALSO = re.compile(
    r"[\s,(]+(?:d\s*[./]?\s*b\s*[./]?\s*a\b\.?|doing business as|t/a\b|trading as|a/?k/?a\b|f/?k/?a\b|formerly(?: known as)?\b)"
    r"[\s:]*",
    re.IGNORECASE,
)
_MAYBE_TWO = re.compile(
    r"[/]|[dfak]\s*[./]?\s*[bk]\s*[./]?\s*a\b|\b(?:doing|trading|formerly|care|attn|attention)\b",
    re.IGNORECASE,
)
_CARE_OF = re.compile(r"[\s,(]+(?:c/o|care of|attn:?|attention:?)\s.*$", re.IGNORECASE)
_REMARK = re.compile(
    r"\s*[\[(]\s*(?:in)?active\s*[\])]|\s*[\[(]\s*(?:old|new|closed|dup(?:licate)?|do not use|deceased|dec'd|tax(?:es)?|"
    r"bookkeeping|payroll|personal|individual|joint|business|client|customer|vendor|deleted)\s*\d*\s*[\])]",
    re.IGNORECASE,
)
_TAX_WORK = re.compile(
    r"(?:\s*[-–—/(\[#]\s*(?:form\s*)?(?:1040(?:-?(?:sr|nr|x|es))?|1120-?s?|1065|1041|990(?:-?(?:ez|pf|n))?|706|709|941|"
    r"tax(?:es)?|bookkeeping|payroll|personal|(?:19|20)\d\d)\s*[)\]]?)+\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s(?:ty\s*)?20[0-4]\d$", re.IGNORECASE)
_LEADING_TAG = re.compile(
    r"^\s*(?:#\s*([a-z]{0,3}-?\d{1,8})\b|([a-z]{0,3}-?\d{3,8})\s*[-–—:]\s)\s*", re.IGNORECASE
)
_TRAILING_TAG = re.compile(
    r"\s*(?:[-–—]\s+#?|#\s*|[(\[]\s*#?)([a-z]{0,3}-?\d{3,8})\s*[)\]]?\s*$", re.IGNORECASE
)
_DOTTED = re.compile(r"\b(?:\w\.\s?){2,}\w?(?!\w)")


def as_it_is(text: str) -> str:
    return text


def undecorated(text: str, to_latin: Callable[[str], str]) -> tuple[str, str, str]:
    """The text without decoration, the second name in it, the client number in it."""
    shown = _DELETED.sub("", text) if ")" in text else text
    if not shown.isascii():
        shown = to_latin(unicodedata.normalize("NFKC", shown))[:LONGEST]
    if ":" in shown and not shown.rstrip().endswith(":"):
        shown = shown.rsplit(":", 1)[1]
    also = ""
    if _MAYBE_TWO.search(shown):  # one cheap look before the costly ones
        pieces = _ALSO.split(shown, maxsplit=1)
        if len(pieces) == 2 and pieces[0].strip() and pieces[1].strip(" )"):
            shown, also = pieces[0], pieces[1] if "(" in pieces[1] else pieces[1].rstrip(" )")
        shown = _CARE_OF.sub("", shown)
    if "(" in shown or "[" in shown:
        shown = _REMARK.sub("", shown)
    tag = ""
    if has_digit(shown) or "-" in shown or "–" in shown:
        shown = _YEAR.sub("", _TAX_WORK.sub("", shown))
        for pattern in (_LEADING_TAG, _TRAILING_TAG, _TRAILING_TAG):
            if (found := pattern.search(shown)) and len(rest := pattern.sub("", shown).strip()) > 1:
                tag = next(filter(None, found.groups())).lower().lstrip("0")
                shown = rest
    return shown, also, tag


def tokens(text: str) -> list[str]:
    if "." in text:
        text = _DOTTED.sub(_joined_or_spaced, text)
    return fold(text).split()


def _joined_or_spaced(found: re.Match[str]) -> str:
    letters = found.group().replace(".", "").replace(" ", "")
    known = letters.lower() in LEGAL_FORMS or letters.lower() in CREDENTIALS
    return f" {letters} " if known else " " + " ".join(letters) + " "
