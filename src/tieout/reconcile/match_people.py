"""Decides what two people's names have in common. Pure; used by ``match_evidence``."""

from __future__ import annotations

from enum import IntEnum

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
from tieout.reconcile.match_names import Name
from tieout.reconcile.match_nicknames import GIVEN_NAMES, NICKNAMES

_NOBODY: frozenset[str] = frozenset()


class _Given(IntEnum):
    """How two given names compare, best first."""

    EQUAL = 0
    NICKNAME = 1
    INITIAL = 2
    SLIP = 3
    MISSING = 4
    DIFFERENT = 5


# As in ``match_findings``: members by themselves, for speed.
_EQUAL, _NICKNAME, _INITIAL, _SLIP, _MISSING, _DIFFERENT = _Given
_OTHER_SPOUSE, _PART_OF_SURNAME, _SPELLING = How.OTHER_SPOUSE, How.PART_OF_SURNAME, How.SPELLING
_HOW = {
    _NICKNAME: [How.NICKNAME],
    _INITIAL: [How.INITIAL],
    _SLIP: [How.SPELLING],
    _MISSING: [How.GIVEN_MISSING],
}


def compare_people(one: Name, other: Name, rarity: Rarity, measures: Measures) -> NameFindings:
    """Surname first, then the person, then what sets namesakes apart: middle name, Jr/Sr, spouse."""
    if one.words != other.words and one.tight == other.tight and len(one.tight) > 5:
        return _found(NEAR_NAME, one, other, [How.SPACES], [], rarity)
    surname = _surname(one.surname, other.surname, measures)
    given, how, vetoes = _who(one, other, measures)
    if surname is None:
        if one.given and one.given == other.surname and one.surname == other.given:
            return _found(NEAR_NAME, one, other, [How.ORDER], [], rarity)
        level = SOME_NAME if given is _EQUAL and one.given else NO_NAME
        return _found(level, one, other, how, [Veto.SURNAME, *vetoes], rarity)
    how = [*surname, *how]
    slips = len(surname) + (given in (_NICKNAME, _INITIAL, _SLIP))
    if given is _DIFFERENT:
        return _found(SOME_NAME, one, other, how, [Veto.GIVEN, *vetoes], rarity)
    if given is _MISSING:
        return _found(SOME_NAME, one, other, how, [Veto.SURNAME_ONLY, *vetoes], rarity)
    if _OTHER_SPOUSE in how:
        return _found(PART_NAME, one, other, how, vetoes, rarity)
    level = SAME_NAME if not slips else NEAR_NAME if slips == 1 else Level.LIKELY
    if _PART_OF_SURNAME in how:
        level = min(level, Level.LIKELY)
    if one.key == other.key and level is SAME_NAME:
        level = EXACT_NAME
    return _found(level, one, other, how, vetoes, rarity)


def _surname(one: str, other: str, measures: Measures) -> list[How] | None:
    """How the surnames differ though they are one; None when they are two."""
    if one == other and one:
        return []
    if not one or not other:
        return None
    tight, packed = one.replace(" ", ""), other.replace(" ", "")
    if tight == packed or nearly(tight, packed, measures):
        return [_SPELLING]
    ours, theirs = set(one.split()), set(other.split())
    if len(ours) != len(theirs) and (ours <= theirs or theirs <= ours):
        return [_PART_OF_SURNAME]
    return None


def _given(one: str, other: str, measures: Measures) -> _Given:
    if not one or not other:
        return _MISSING
    if one == other:
        return _EQUAL
    if len(one) == 1 or len(other) == 1:
        return _INITIAL if one[0] == other[0] else _DIFFERENT
    if other in NICKNAMES.get(one, _NOBODY):
        return _NICKNAME
    if nearly(one, other, measures) and one[0] == other[0] and not _two_names(one, other):
        return _SLIP
    return _DIFFERENT


def _two_names(one: str, other: str) -> bool:
    """Both well known: "Patrick" and "Patrik" may be a slip, "Maria" and "Mario" are two people."""
    return one in GIVEN_NAMES and other in GIVEN_NAMES


def _who(one: Name, other: Name, measures: Measures) -> tuple[_Given, list[How], list[Veto]]:
    """The best reading of who is who, couples included."""
    given = _given(one.given, other.given, measures)
    how: list[How] = []
    vetoes: list[Veto] = []
    if given is _DIFFERENT:
        if one.spouse and other.spouse:
            crossed = _given(one.given, other.spouse, measures), _given(one.spouse, other.given, measures)
            if _DIFFERENT not in crossed:
                worst = max(crossed)
                return worst, [How.ORDER, *_as_how(worst)], _set_apart(one, other, middle=False)
        elif (one.spouse and _is(one.spouse, other.given, measures)) or (
            other.spouse and _is(other.spouse, one.given, measures)
        ):
            return _EQUAL, [_OTHER_SPOUSE], _set_apart(one, other, middle=False)
        if _by_middle(one, other) or _by_middle(other, one):
            given, how = _NICKNAME, [How.MIDDLE_USED]
            return given, how, _set_apart(one, other, middle=False)
    how += _as_how(given)
    vetoes += _set_apart(one, other, middle=True)
    if one.spouse and other.spouse:
        if _given(one.spouse, other.spouse, measures) is _DIFFERENT:
            vetoes.append(Veto.SPOUSE)
    elif one.spouse or other.spouse:
        how.append(How.SPOUSE_MISSING)
    if bool(one.middle) != bool(other.middle):
        how.append(How.MIDDLE_MISSING)
    return given, how, vetoes


def _is(one: str, other: str, measures: Measures) -> bool:
    return _given(one, other, measures) in (_EQUAL, _NICKNAME)


def _as_how(given: _Given) -> list[How]:
    return _HOW.get(given, [])


def _by_middle(one: Name, other: Name) -> bool:
    """ "J Robert Smith" is "Robert Smith"."""
    return len(one.middle) > 1 and one.middle.split()[0] == other.given and len(one.given) == 1


def _set_apart(one: Name, other: Name, *, middle: bool) -> list[Veto]:
    vetoes = []
    if middle and one.middle and other.middle and not _same_middle(one.middle, other.middle):
        vetoes.append(Veto.MIDDLE)
    if one.generation != other.generation:
        vetoes.append(Veto.GENERATION)
    return vetoes


def _same_middle(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) == 1 and long.startswith(short)) or (len(short) > 3 and short in long)


def _found(
    level: Level, one: Name, other: Name, how: list[How], vetoes: list[Veto], rarity: Rarity
) -> NameFindings:
    shared = [*{*one.words} & {*other.words}]
    nats = rarity.of(shared)
    if _SPELLING in how:
        left = [*({*one.words} ^ {*other.words})]
        nats += 0.5 * max((rarity.word(word) for word in left), default=0.0)
    return NameFindings(level, tuple(dict.fromkeys(how)), tuple(dict.fromkeys(vetoes)), nats)
