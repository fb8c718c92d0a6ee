"""Decides the sentences for and against a pair: the same findings the rules and the score read, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.reconcile.match_evidence import Profile
from tieout.reconcile.match_findings import Agree, Findings, How, Level, Veto
from tieout.reconcile.match_names import Kind

ONLY_BY: Mapping[How, str] = {
    How.ORDER: "the order of the words",
    How.SPELLING: "a slip in spelling",
    How.NICKNAME: "a nickname",
    How.INITIAL: "an initial",
    How.GIVEN_MISSING: "a given name that one side leaves out",
    How.MIDDLE_MISSING: "a middle name that one side leaves out",
    How.MIDDLE_USED: "the middle name being used",
    How.SPOUSE_MISSING: "the spouse, whom one side leaves out",
    How.OTHER_SPOUSE: "naming the other spouse",
    How.PART_OF_SURNAME: "a part of the surname",
    How.ABBREVIATION: "an abbreviation",
    How.ACRONYM: "being an acronym of the other",
    How.SPACES: "where the words are split",
    How.WORDS_MISSING: "words that one side leaves out",
    How.TRUST_MISSING: "the kind of trust",
}
AGAINST: Mapping[Veto, str] = {
    Veto.NUMBERS: "The numbers in the names differ.",
    Veto.FORM: "The legal forms differ: {forms}.",
    Veto.MIDDLE: "The middle names differ.",
    Veto.GENERATION: "Jr, Sr or a number after the name stands on one side only, or differs.",
    Veto.SPOUSE: "The spouses differ.",
    Veto.TRUST: "They are different kinds of trust.",
    Veto.SECOND_NAME: "One side carries another company's name.",
    Veto.SURNAME_ONLY: "Only the surname is the same.",
    Veto.SURNAME: "The surnames differ.",
    Veto.GIVEN: "The given names differ.",
    Veto.WORD: "One name has a telling word that the other lacks.",
    Veto.TAG: "The client numbers in the names differ.",
    Veto.EXTERNAL_ID: "The external ids differ.",
}
NOT_PRESELECTED: Mapping[Veto, str] = {Veto.KIND: "this is {one} and that is {other}"}
_FACTS = ("email", "phone", "street")
_WORDS: Mapping[str, str] = {"email": "e-mail", "phone": "phone", "street": "street address"}


def reasons_for(one: Profile, other: Profile, found: Findings) -> tuple[str, ...]:
    """What speaks for it, most telling first."""
    reasons = [f"The {_WORDS[each]} is the same{_shared_by(found)}." for each in equal_facts(found)]
    if found.external_id is Agree.EQUAL:
        reasons.insert(0, "The external id is the same.")
    if found.email is Agree.NEAR:
        reasons.append("The e-mails differ by one character.")
    elif found.domain is Agree.EQUAL and found.email is not Agree.EQUAL:
        reasons.append("The e-mail or website domain is the same.")
    if found.phone is Agree.NEAR:
        reasons.append("The phone numbers are nearly the same.")
    if found.street is Agree.NEAR:
        reasons.append("The street addresses are nearly the same.")
    if sentence := _about_names(one, other, found):
        reasons.insert(0 if found.name.level is Level.EXACT else len(reasons), sentence)
    return tuple(reasons)


def _shared_by(found: Findings) -> str:
    return f" ({found.sharers} records have it)" if found.sharers > 2 else ""


def equal_facts(found: Findings) -> list[str]:
    return [each for each in _FACTS if getattr(found, each) is Agree.EQUAL]


def _about_names(one: Profile, other: Profile, found: Findings) -> str:
    name = found.name
    if one.name.plain == other.name.plain and one.name.plain:
        return "The names are the same."
    if name.level is Level.EXACT:
        return "The names differ only in how they are written."
    if name.level < Level.PART:
        return ""
    parts = [ONLY_BY[how] + _quoted(how, one, other) for how in name.how if how in ONLY_BY]
    if How.FORM_MISSING in name.how:
        parts.append((one.name.form or other.name.form or "the legal form").upper())
    through = " of the company" if How.SECOND_NAME in name.how else ""
    if not parts:
        return f"The names{through} say the same."
    return f"The names{through} differ only by {_and(parts)}."


def _quoted(how: How, one: Profile, other: Profile) -> str:
    """The two words it is about, where a person would not see them at once."""
    given = sorted({one.name.given, other.name.given} - {""})
    if how not in (How.NICKNAME, How.INITIAL) or len(given) != 2:
        return ""
    return f" (“{given[0].capitalize()}” and “{given[1].capitalize()}”)"


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def reasons_against(one: Profile, other: Profile, found: Findings) -> tuple[str, ...]:
    """What speaks against it: the vetoes, then contact facts that differ."""
    reasons = []
    if Veto.KIND in found.vetoes:
        facts = [f"the {_WORDS[each]} is the same" for each in equal_facts(found)]
        but = f"{_and(facts)}, but " if facts else ""
        sentence = f"{but}this is {_kind(one)} and that is {_kind(other)}."
        reasons.append(sentence[0].upper() + sentence[1:])
    forms = " and ".join(form.upper() for form in (one.name.form, other.name.form) if form)
    reasons += [AGAINST[veto].format(forms=forms) for veto in found.vetoes if veto in AGAINST]
    reasons += [f"The {_WORDS[each]} differs." for each in _FACTS if getattr(found, each) is Agree.DIFFERENT]
    return tuple(dict.fromkeys(reasons))


def _kind(profile: Profile) -> str:
    return "a single name" if profile.name.kind is Kind.UNCLEAR else profile.name.kind.value


def nothing_but_the_name(found: Findings) -> str:
    """Said when an equal name has no confirmation and is too common to do without."""
    if found.equal_contacts or found.different_contacts:
        return ""
    return "Nothing but the name speaks for it, and the name is a common one."
