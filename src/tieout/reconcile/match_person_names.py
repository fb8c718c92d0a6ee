"""Decides which words of a person's or couple's name are given names, surname, generation. Pure; used by ``match_names``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.reconcile import match_words as words_of
from tieout.reconcile.match_nicknames import GIVEN_NAMES


@dataclass(frozen=True, slots=True)
class PersonParts:
    """The parts in order; a second person has a surname of its own only when it is another one."""

    first: list[str]
    surname: list[str]
    second: list[str]
    second_surname: list[str]
    generation: str
    clearly: bool
    """False for a few words that may as well be a company."""


def read_people(parts: Sequence[Sequence[str]], family: str, *, certain: bool) -> PersonParts | None:
    """``parts`` are the words between commas; ``family`` is the surname if the record knows it.

    None when the words are no people's. ``certain``: the record says that this is a person.
    """
    told, generation = _without_titles(parts)
    if not told:
        return None
    inverted = len(told) > 1
    surname: list[str] = told[0] if inverted else []
    rest = [word for part in told[1:] for word in part] if inverted else told[0]
    if "and" in surname:  # "Smith and Doe, ..." is a firm's way
        return None
    first, second = _at_and(rest)
    if not first:
        return None
    if not inverted:
        first, surname = _split_surname(first, second, family.split())
    second, second_surname = _spouse(second, surname) if second else ([], [])
    clearly = certain or inverted or _looks_personal(told[0])
    return PersonParts(first, surname, second, second_surname, generation, clearly)


def _without_titles(parts: Sequence[Sequence[str]]) -> tuple[list[list[str]], str]:
    """The words without titles and credentials, and the generation (Jr, III) that stood among them."""
    generation = ""
    told: list[list[str]] = []
    for number, part in enumerate(parts):
        words = list(part)
        while len(words) > 1 and (
            words[0] in words_of.TITLES or (words[0] == "and" and words[1] in words_of.TITLES)
        ):
            words.pop(0)
        kept: list[str] = []
        for place, word in enumerate(words):
            if word in words_of.GENERATIONS and (place or number) and (word != "v" or place > 1):
                generation = generation or words_of.GENERATIONS[word]
            elif not (word in words_of.CREDENTIALS and (number or place > 1)):
                kept.append(word)
        if kept:
            told.append(kept)
    return told, generation


def _at_and(words: list[str]) -> tuple[list[str], list[str]]:
    if "and" not in words:
        return words, []
    at = words.index("and")
    second = [w for w in words[at + 1 :] if w not in words_of.TITLES and w != "and"]
    return words[:at], second


def _split_surname(first: list[str], second: list[str], family: list[str]) -> tuple[list[str], list[str]]:
    """Given names and surname of "John Q Smith", "SMITH JOHN" or the first half of "John and Jane Smith"."""
    whole = (
        first
        if not second or (len(first) > 1 and len(second) == 1 and first[-1] not in GIVEN_NAMES)
        else second
    )
    if second and len(first) > 1 and len(first[-1]) > 1 and first[-1] not in GIVEN_NAMES:
        whole = first
    if family:
        if whole[: len(family)] == family and len(whole) > len(family):
            return [w for w in first if w not in family], family
        if whole[-len(family) :] == family:
            return (first if whole is second else first[: -len(family)]), family
    if whole is second:
        return first, whole[_surname_starts(whole) :]
    if len(whole) > 1 and whole[0] not in GIVEN_NAMES and len(whole[0]) > 1 and _given_follows(whole):
        return whole[1:], whole[:1]
    if len(whole) == 1:
        return [], whole
    if len(whole[-1]) == 1 and whole[0] not in GIVEN_NAMES and len(whole[0]) > 1:  # "Oyelaran J"
        return whole[1:], whole[:1]
    starts = _surname_starts(whole)
    return whole[:starts], whole[starts:]


def _given_follows(whole: Sequence[str]) -> bool:
    """ "SMITH JOHN" or "SMITH JOHN Q": a given name second, and no better surname at the end."""
    return whole[1] in GIVEN_NAMES and (len(whole) == 2 or len(whole[-1]) == 1)


def _surname_starts(words: Sequence[str]) -> int:
    place = len(words) - 1
    while place > 1 and words[place - 1] in words_of.PARTICLES and len(words[place - 1]) > 1:
        place -= 1
    return max(place, 0)


def _spouse(second: list[str], surname: list[str]) -> tuple[list[str], list[str]]:
    """Given names and own surname of the second person; the surname only when it is another one."""
    size = len(surname)
    if size and second[-size:] == surname and len(second) > size:
        return second[:-size], []
    if len(second) > 1 and len(second[-1]) > 1:
        return second[:-1], second[-1:]
    return second, []


def _looks_personal(words: Sequence[str]) -> bool:
    return (
        len(words) > 1 and len(words) < 6 and any(word in GIVEN_NAMES or len(word) == 1 for word in words[:3])
    )
