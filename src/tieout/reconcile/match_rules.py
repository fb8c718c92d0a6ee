"""Decides which pairs may be linked without asking: a short list of readable rules, each with its sentence. Pure.

A rule needs corroboration, and a veto stops it whatever else agrees. The score has no say here; it only tells,
through ``Standing``, whether another record fits as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieout.reconcile.match_findings import Agree, Findings, How, Level, Veto

RARE = 9.0
"""Nats from which an equal name says enough by itself: about one in eight thousand records has it by chance."""
TELLING_NAME = 5.0
"""Nats below which an equal name says next to nothing ("Services", a lone "Smith")."""
FEW = 4
"""A contact fact of more records than this is an office's or a bookkeeper's and corroborates nothing."""

_SOFT = frozenset({Veto.WORD, Veto.TAG})
HARMLESS = frozenset({How.ORDER, How.FORM_MISSING, How.MIDDLE_MISSING, How.SPACES, How.ABBREVIATION})
"""Differences that one equal contact fact is enough to set aside."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stands among all pairs of its two records."""

    best: bool = True
    """Nothing fits either record better."""
    clear: bool = True
    """Nothing fits either record nearly as well."""
    repeated: bool = False
    """The name stands twice or more on a side, under whatever spelling."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    holds: Callable[[Findings], bool]
    sentence: str


def _corroborations(found: Findings) -> int:
    return found.equal_contacts if found.sharers <= FEW else 0


def _agreeing_name(found: Findings) -> bool:
    name = found.name
    if name.level >= Level.SAME:
        return name.nats >= TELLING_NAME
    return name.level is Level.NEAR and set(name.how) <= HARMLESS and name.nats >= RARE


RULES: tuple[Rule, ...] = (
    Rule(
        "same number",
        lambda found: found.external_id is Agree.EQUAL and found.name.level >= Level.NEAR,
        "Both have the same client number.",
    ),
    Rule(
        "name and contact",
        lambda found: (
            _agreeing_name(found)
            and _corroborations(found) >= 1
            and found.different_contacts <= 1
            and found.equal_contacts >= found.different_contacts
        ),
        "The name agrees, and contact details confirm it.",
    ),
    Rule(
        "rare name",
        lambda found: (
            found.name.level is Level.EXACT and not found.different_contacts and found.name.nats >= RARE
        ),
        "The name is the same, and rare enough to be no coincidence.",
    ),
    Rule(
        "two contacts",
        lambda found: found.name.level >= Level.NEAR and _corroborations(found) >= 2,
        "Two contact details are the same, and the names differ only in a detail.",
    ),
)


def rule_for(found: Findings, standing: Standing) -> Rule | None:
    """The first rule that allows linking this pair without asking; None when a person has to look."""
    if found.vetoes or standing.repeated or not (standing.best and standing.clear):
        return None
    return next((rule for rule in RULES if rule.holds(found)), None)


def has_minimum(found: Findings) -> bool:
    """Whether there is enough to be worth showing at all: a telling shared word, or two equal contact facts."""
    return found.name.level >= Level.SOME or found.equal_contacts >= 2 or found.external_id is Agree.EQUAL
