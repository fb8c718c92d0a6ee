"""Decides what the words of two organisations, trusts or unclear names have in common. Pure; used by ``match_evidence``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tieout.reconcile.match_findings import (
    EXACT_NAME,
    NEAR_NAME,
    NO_NAME,
    PART_NAME,
    SAME_NAME,
    SOME_NAME,
    How,
    Level,
    NameFindings,
    Rarity,
    Veto,
)
from tieout.reconcile.match_measures import Measures, nearly
from tieout.reconcile.match_names import Kind, Name
from tieout.reconcile.match_words import ALSO_CALLED, ORGANISATION_WORDS, TELLING_TRADES

# As in ``match_findings``: members by themselves, for speed.
_ORGANISATION = Kind.ORGANISATION
_WORDS_MISSING, _ACRONYM, _SPACES = How.WORDS_MISSING, How.ACRONYM, How.SPACES
TELLING = 3.0
"""Nats from which a word that one side has and the other lacks may be what tells them apart."""


@dataclass(slots=True)
class _Alignment:
    """Which words of one name stand for which of the other."""

    shared: list[str]
    ours: list[str]
    theirs: list[str]
    """Left over on either side."""
    pairs: list[tuple[str, str]]
    how: list[How]


def compare_wording(one: Name, other: Name, rarity: Rarity, measures: Measures) -> NameFindings:
    vetoes = _set_apart(one, other)
    how: list[How] = [How.FORM_MISSING] if bool(one.form) != bool(other.form) else []
    if one.trust != other.trust and not (one.trust and other.trust):
        how.append(How.TRUST_MISSING)
    if one.bag == other.bag:
        level = EXACT_NAME if one.key == other.key else SAME_NAME
        if one.words != other.words:
            how.append(How.ORDER)
        return NameFindings(level, tuple(how), tuple(vetoes), rarity.of({*one.words, *one.numbers}))
    initials = _is_initials(one, other) or _is_initials(other, one)
    if initials:
        vetoes = [veto for veto in vetoes if veto is not Veto.NUMBERS]
        aligned = _Alignment([one.alone or other.alone], [], [*one.words, *other.words], [], [_ACRONYM])
    else:
        aligned = _align(_once(one), _once(other), measures)
        if not aligned.shared and not aligned.pairs:  # most pairs of long lists
            return NameFindings(NO_NAME, (*how, _WORDS_MISSING), tuple(vetoes), cover=0.0)
    shared = rarity.of(aligned.shared)
    near = sum(max(rarity.word(a), rarity.word(b)) for a, b in aligned.pairs)
    left = rarity.of(aligned.ours), rarity.of(aligned.theirs)
    weight = shared + near
    cover = weight / (weight + max(left)) if weight else 0.0
    level = _level(aligned, rarity, weight, left, cover)
    if level >= SOME_NAME and _ACRONYM not in aligned.how and _telling(aligned, rarity):
        vetoes.append(Veto.WORD)
    how += aligned.how + ([_WORDS_MISSING] if aligned.ours or aligned.theirs else [])
    return NameFindings(level, tuple(dict.fromkeys(how)), tuple(vetoes), shared + 0.5 * near, cover)


def _is_initials(one: Name, other: Name) -> bool:
    return len(one.alone) > 1 and one.alone == other.initials


def _once(name: Name) -> Sequence[str]:
    """ "Gonzalez & Isenawick" may be a couple, and then bears the second name twice."""
    return name.words if name.kind is _ORGANISATION else tuple(dict.fromkeys(name.words))


def _numbered_alike(one: Name, other: Name) -> tuple[Name, Name]:
    """What follows a name that could be a person's is a generation; beside a company's number it is one, too."""
    if one.generation.isdigit() and other.numbers and not other.generation:
        return replace(one, numbers=(*one.numbers, one.generation), generation=""), other
    return one, other


def _set_apart(one: Name, other: Name) -> list[Veto]:
    vetoes = []
    if one.generation or other.generation:
        one, other = _numbered_alike(one, other)
        other, one = _numbered_alike(other, one)
    if one.form and other.form and one.form != other.form:
        plain = [ALSO_CALLED.get(form, form) for form in (one.form, other.form)]
        if plain[0] != plain[1]:
            vetoes.append(Veto.FORM)
    if one.numbers != other.numbers and sorted(one.numbers) != sorted(other.numbers):
        vetoes.append(Veto.NUMBERS)
    if one.trust and other.trust and not (one.trust <= other.trust or other.trust <= one.trust):
        vetoes.append(Veto.TRUST)
    if one.generation != other.generation:
        vetoes.append(Veto.GENERATION)
    return vetoes


def _level(
    aligned: _Alignment, rarity: Rarity, weight: float, left: tuple[float, float], cover: float
) -> Level:
    slips = len(aligned.pairs)
    if not weight:
        return NO_NAME
    if not aligned.ours and not aligned.theirs:
        if slips <= 1 or _SPACES in aligned.how:
            return NEAR_NAME
        return Level.LIKELY
    if _ACRONYM in aligned.how:
        return PART_NAME
    if cover >= 0.9 and slips <= 1 and not _telling(aligned, rarity):
        return NEAR_NAME
    if cover >= 0.75:
        return Level.LIKELY
    if min(left) <= 0.05 * weight and weight >= TELLING:
        return PART_NAME
    return (
        SOME_NAME
        if any(_tells(word, rarity) for word in [*aligned.shared, *(a for a, _ in aligned.pairs)])
        else NO_NAME
    )


def _telling(aligned: _Alignment, rarity: Rarity) -> bool:
    """A word left over that may be the difference between two sister companies."""
    return any(_tells(word, rarity) for word in [*aligned.ours, *aligned.theirs])


def _tells(word: str, rarity: Rarity) -> bool:
    if word in ORGANISATION_WORDS:
        return word in TELLING_TRADES
    return len(word) > 2 and rarity.word(word) >= TELLING


def _align(ours: Sequence[str], theirs: Sequence[str], measures: Measures) -> _Alignment:
    left, right = list(ours), list(theirs)
    shared: list[str] = []
    for word in ours:
        if word in right:
            right.remove(word)
            left.remove(word)
            shared.append(word)
    pairs: list[tuple[str, str]] = []
    how: list[How] = []
    if len(left) != len(right) and "".join(left) == "".join(right):
        _join(left, right, pairs, how, measures)
    for word in [*left]:
        for candidate in right:
            found = _stands_for(word, candidate, measures)
            if found:
                left.remove(word)
                right.remove(candidate)
                pairs.append((word, candidate))
                how.append(found)
                break
    if left and right:
        _join(left, right, pairs, how, measures)
    if (left or right) and len(ours) != len(theirs) and min(len(ours), len(theirs)) == 1:
        short, long = sorted((ours, theirs), key=len)
        if len(long) > 1 and short[0] == "".join(word[0] for word in long):
            return _Alignment([short[0]], [], list(long), [], [_ACRONYM])
    return _Alignment(shared, left, right, pairs, how)


def _stands_for(one: str, other: str, measures: Measures) -> How | None:
    if nearly(one, other, measures):
        return How.SPELLING
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    known = long in ORGANISATION_WORDS
    if (2 if known else 4) <= len(short) < len(long) and short[0] == long[0]:
        begins = long.startswith(short)
        return How.ABBREVIATION if begins or (known and _skips(short, long)) else None
    return None


def _skips(short: str, long: str) -> bool:
    """Whether the letters of ``short`` stand in ``long`` in that order, as in "mfg" for "manufacturing"."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def _join(
    left: list[str], right: list[str], pairs: list[tuple[str, str]], how: list[How], measures: Measures
) -> None:
    """ "Blue Sky" is "Bluesky"."""
    tight, packed = "".join(left), "".join(right)
    if tight == packed or (len(left) != len(right) and nearly(tight, packed, measures)):
        pairs.append((tight, packed))
        how.append(_SPACES)
        left.clear()
        right.clear()


_READABLE = (Kind.PERSON, Kind.COUPLE, Kind.UNCLEAR)


def compares_as_people(one: Name, other: Name) -> bool:
    """Whether both can be read as people, and one of them clearly is."""
    if one.kind not in _READABLE or other.kind not in _READABLE:
        return False
    return one.is_personal or other.is_personal
