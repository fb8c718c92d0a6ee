"""Decides: the stamp of what a page shows of an open question: equal only for the same. Pure.

A question lives on while what it is about changes. Who decides has decided on what was seen: the stamp goes with the page
and comes back with the decision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from django.core.serializers.json import DjangoJSONEncoder

from tieout.sync.issues import TWICE, UNDONE

OF_VERSIONS = frozenset({TWICE, UNDONE})
"""Causes that are answered by a void: it holds for the versions of the ledger's records that the sentence was said of."""


def digest(*told: object) -> str:
    """Of anything that can be kept as JSON."""
    text = json.dumps(told, sort_keys=True, cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def stamp_of_versions(cause: str, sentence: str, ids: Sequence[str], tokens: Mapping[str, str]) -> str:
    """``ids``: the ledger's records that the question is about; ``tokens``: the version last seen of each. Empty for causes
    whose answer does not hold for versions."""
    return digest(sentence, [(one, tokens.get(one, "")) for one in ids]) if cause in OF_VERSIONS else ""
