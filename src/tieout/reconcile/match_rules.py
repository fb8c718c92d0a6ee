"""Decides which pairs may be linked without asking: a short list of readable rules, each with its sentence. Pure.

A rule needs corroboration, and a veto stops it whatever else agrees. The score has no say here; it only tells,
through ``Standing``, whether another record fits as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tieout.reconcile.match_findings import EQUAL, SOME_NAME, Agree, Findings, How, Level

RARE = 2.5
"""Surplus from which an equal name says enough by itself: a coincidence in one of a dozen lists like these, at most."""
VERY_RARE = 6.0
"""The same for a name that has a contact fact against it, differs in a harmless way, or is known by another name."""
RARE_WITH_A_SLIP = 4.5
"""The same for a name with one slip of the pen in it."""
TELLING_NAME = -4.0
"""Surplus below which an equal name says next to nothing ("Services", a lone "Smith")."""
FEW = 4
"""A contact fact of more records than this is an office's or a bookkeeper's and corroborates nothing."""

HARMLESS = frozenset(
    {How.ORDER, How.FORM_MISSING, How.MIDDLE_MISSING, How.SPACES, How.ABBREVIATION, How.SPELLING}
)
"""Differences that one equal contact fact is enough to set aside when nothing else differs."""
CALLED = HARMLESS | {How.NICKNAME, How.INITIAL, How.MIDDLE_USED}
SLIPS = frozenset({How.ORDER, How.SPACES, How.ABBREVIATION, How.SPELLING})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a pair stands among all pairs of its two records."""

    best: bool = True
    """Nothing fits either record better."""
    clear: bool = True
    """Nothing fits either record nearly as well."""
    repeated: bool = False
    """The name stands twice or more on a side, under whatever spelling."""

    @property
    def free(self) -> bool:
        """Nothing beside the pair stands in the way of a rule."""
        return self.best and self.clear and not self.repeated


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    holds: Callable[[Findings], bool]
    sentence: str


TELLS_SISTERS_APART = frozenset({How.FORM_MISSING, How.ACRONYM})
"""A family of companies shares its contact facts and has names that differ in no more."""


def _corroborations(found: Findings) -> int:
    """How many contact facts confirm a name. Beside a difference only those do that nobody else on its side has."""
    doubtful = found.different_contacts or TELLS_SISTERS_APART.intersection(found.name.how)
    return found.equal_contacts if found.sharers <= (1 if doubtful else FEW) else 0


def _agreeing_name(found: Findings) -> bool:
    if found.surplus < TELLING_NAME:
        return False
    if found.name.level >= Level.SAME:
        return found.different_contacts <= 1
    if found.name.level is not Level.NEAR:
        return False
    if HARMLESS.issuperset(found.name.how):
        return found.different_contacts <= (1 if found.surplus >= VERY_RARE else 0)
    return How.SECOND_NAME in found.name.how and found.surplus >= VERY_RARE and not found.different_contacts


def _rare_name(found: Findings) -> bool:
    if found.different_contacts:
        return False
    name = found.name
    if found.email is Agree.NEAR or found.phone is Agree.NEAR:
        return False
    if name.level is Level.SAME and set(name.how) == {How.FORM_MISSING}:
        return found.surplus >= VERY_RARE and found.sharers == 1
    if name.level is Level.EXACT or (name.level is Level.SAME and SLIPS.issuperset(name.how)):
        return found.surplus >= RARE
    harmless = {*SLIPS, How.MIDDLE_MISSING} if name.level is Level.SAME else SLIPS
    return name.level >= Level.NEAR and harmless.issuperset(name.how) and found.surplus >= RARE_WITH_A_SLIP


def _same_person_by_email(found: Findings) -> bool:
    """Relatives share a phone and an address, and father and son a name; an e-mail with it is one person's."""
    return (
        found.email is Agree.EQUAL
        and found.sharers <= FEW
        and not found.different_contacts
        and found.name.level is Level.NEAR
        and found.surplus >= TELLING_NAME
        and CALLED.issuperset(found.name.how)
    )


def _same_person_by_nickname(found: Findings) -> bool:
    """Beside "Bob" for "Robert" a phone or an address counts too, when nobody else on its side has it."""
    return (
        found.name.level is Level.NEAR
        and set(found.name.how) == {How.NICKNAME}
        and found.surplus >= TELLING_NAME
        and found.equal_contacts > 0
        and found.sharers == 1
        and not found.different_contacts
    )


def _initials_of(found: Findings) -> bool:
    return (
        How.ACRONYM in found.name.how
        and found.name.level is Level.PART
        and not found.different_contacts
        and _corroborations(found) >= 2
    )


def _other_couple(found: Findings) -> bool:
    """A nickname beside a spouse whom one side does not know: as likely a father and his son."""
    how = set(found.name.how)
    return How.SPOUSE_MISSING in how and bool(how & {How.NICKNAME, How.INITIAL, How.MIDDLE_USED})


RULES: tuple[Rule, ...] = (
    Rule(
        "same number",
        lambda found: found.external_id is Agree.EQUAL and found.name.level >= Level.NEAR,
        "Both have the same client number.",
    ),
    Rule(
        "name and contact",
        lambda found: _agreeing_name(found) and _corroborations(found) >= max(1, found.different_contacts),
        "The name agrees, and contact details confirm it.",
    ),
    Rule(
        "rare name",
        _rare_name,
        "The name is the same, and rare enough to be no coincidence.",
    ),
    Rule(
        "called otherwise",
        _same_person_by_email,
        "The e-mail is the same, and the given name is the same one in short.",
    ),
    Rule(
        "nickname and a contact of their own",
        _same_person_by_nickname,
        "The given name is the same one in short, and a contact detail that nobody else has is the same.",
    ),
    Rule(
        "initials and two contacts",
        _initials_of,
        "One name is the other's initials, and two contact details are the same.",
    ),
    Rule(
        "two contacts",
        lambda found: (
            found.name.level >= Level.NEAR and _corroborations(found) >= 2 and not _other_couple(found)
        ),
        "Two contact details are the same, and the names differ only in a detail.",
    ),
)


def rule_for(found: Findings, standing: Standing) -> Rule | None:
    """The first rule that allows linking this pair without asking; None when a person has to look."""
    if found.vetoes or not standing.free:
        return None
    return next((rule for rule in RULES if rule.holds(found)), None)


def has_minimum(found: Findings) -> bool:
    """Whether there is enough to be worth showing at all: a telling shared word, or two equal contact facts."""
    return (
        found.name.level >= SOME_NAME
        or found.equal_contacts >= 2
        or found.external_id is EQUAL
        or (found.street is EQUAL and found.place is EQUAL)
        or found.likeness >= (0.5 if found.street is EQUAL else 0.8)
    )
