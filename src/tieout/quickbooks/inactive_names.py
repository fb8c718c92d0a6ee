"""Decides: QuickBooks' own mark on the names of inactive records is not part of the name. Used by name lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from tieout.reconcile.spec import Document

_DELETED = re.compile(r" \(deleted\)( \d+)?$")
"""QuickBooks appends this to the names of a record it makes inactive, and numbers a second clash."""


def unmarked(*fields: str) -> Callable[[Document], Document]:
    """Gives an inactive record the name a person gave it: the mark is not a rename. Active ones stay as they are."""

    def tidy(document: Document) -> Document:
        if document.get("Active", True) is not False:
            return document
        plain = {name: _DELETED.sub("", document[name]) for name in fields if document.get(name)}
        return {**document, **plain}

    return tidy


MOST_CLASHES = 9
"""So many numbered marks are looked for: a tenth record of one name, made inactive, is found by nobody's name."""


def as_marked(name: str) -> tuple[str, ...]:
    """All ways a record of this name may be written: in use, made inactive since, and made inactive when others of the
    name were so already."""
    numbered = (f"{name} (deleted) {number}" for number in range(1, MOST_CLASHES + 1))
    return name, f"{name} (deleted)", *numbered
