"""Decides what a name says: person, couple, organisation, trust or estate, and its parts. Pure; before ``match_evidence``.

One text in, one ``Name`` out, in time bounded by ``match_text.LONGEST``. Decoration is taken off; what tells two clients
apart (legal form, numbers, Jr, the kind of trust) is kept in a field of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from sys import intern

from tieout.reconcile import match_words as words_of
from tieout.reconcile.match_nicknames import GIVEN_NAMES
from tieout.reconcile.match_person_names import read_people
from tieout.reconcile.match_text import LONGEST, as_it_is, fold, has_digit, normalise, tokens, undecorated


class Kind(StrEnum):
    PERSON = "a person"
    COUPLE = "a couple"
    ORGANISATION = "a company"
    TRUST = "a trust"
    ESTATE = "an estate"
    UNCLEAR = "unclear"
    """A few words that could be either; compared as both."""


_PERSONAL = (Kind.PERSON, Kind.COUPLE)


@dataclass(frozen=True, slots=True)
class Name:
    """One name, taken apart. Empty texts mean that it does not say."""

    plain: str
    kind: Kind
    words: tuple[str, ...]
    """What names it: all of a person's names, an organisation's words without legal form. No numbers."""
    form: str = ""
    numbers: tuple[str, ...] = ()
    given: str = ""
    middle: str = ""
    surname: str = ""
    generation: str = ""
    spouse: str = ""
    spouse_surname: str = ""
    trust: frozenset[str] = frozenset()
    tag: str = ""
    """A client number that somebody wrote into the name."""
    also: str = ""
    """The name after "dba" or "formerly", as text."""
    bag: tuple[str, ...] = field(default=(), compare=False)
    """The words in order of the alphabet."""
    text: str = field(default="", compare=False)
    """The bag as one text."""
    tight: str = field(default="", compare=False)
    """The plain name without its spaces."""
    initials: str = field(default="", compare=False)
    """Of an organisation of several words, fillers and numbers included: "sahosp", "9hs"."""
    alone: str = field(default="", compare=False)
    """The one word that it consists of, legal form aside: it may be somebody's initials."""
    key: str = field(default="", compare=False)
    """Equal for names that say the same whatever their order and spelling; "" when there is nothing."""

    @property
    def is_personal(self) -> bool:
        return self.kind in _PERSONAL


@dataclass(frozen=True, slots=True)
class Hints:
    """What the record knows about its own name. All optional."""

    kind: Kind | None = None
    family: str = ""


NO_HINTS = Hints()

_TRUST = re.compile(r"\b(?:trust|trustees?|ttees?|tr)\b")
_ESTATE = re.compile(r"^(?:the )?est(?:ate)?\b|(?<!real )\bestate$")
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th)$")
_DATED = words_of.words("dated dtd uad uta")
_TRUST_NOISE = words_of.words(
    "trust trustee trustees ttee ttees tr the of off on under agreement fbo for benefit estate est decd deceased late"
)
_NO_TRUST = words_of.words("bank company co services")
_FORM_STARTS = frozenset(form.split()[0] for form in words_of.LEGAL_FORMS)
_FORM_ENDS = frozenset(form.split()[-1] for form in words_of.LEGAL_FORMS)
_MORE_THAN_WORDS = re.compile(r"[,.)]")
"""Without these, the words of a name are those of its plain form."""
_LEADING_FORMS = words_of.words("ooo oao pao zao ao jsc ojsc pjsc cjsc srl")
"""Forms of one word or two that stand before the name; longer ones may stand on either side."""


def parse(text: str, hints: Hints = NO_HINTS, to_latin: Callable[[str], str] = as_it_is) -> Name:
    """Take a name apart. Never fails; what has no letter or digit becomes an empty name."""
    plain = normalise(text)
    shown, also, tag = undecorated(text[:LONGEST], to_latin)
    if shown == text and not _MORE_THAN_WORDS.search(text):
        said = [plain.split()]
    else:
        said = [tokens(part) for part in shown.split(",")]
    parts = [[*map(intern, part)] for part in said if part]  # the same few words, in name after name
    if not parts:
        return Name(plain, Kind.UNCLEAR, (), tag=tag, also=also)
    flat = [token for part in parts for token in part]
    form, core = _without_form(flat)
    found = _sort_out(parts, flat, (form, core), hints)
    alone = core[0] if len(core) == 1 else ""
    initials = ""
    if not alone and not found.is_personal:
        initials = "".join(word[0] for word in core if word != "and")
    return _completed(found, plain=plain, tag=tag, also=also, alone=alone, initials=initials)


Parse = Callable[[str, Hints, Callable[[str], str]], Name]
"""As ``parse``, or what remembers its answers."""


def _sort_out(parts: list[list[str]], flat: list[str], formless: tuple[str, list[str]], hints: Hints) -> Name:
    """The kind first, from what only one kind has; then that kind's own reading.

    ``flat`` and ``formless``: all words, and what ``_without_form`` says of them.
    """
    if not words_of.MISSPELLED.keys().isdisjoint(flat):
        flat = [words_of.MISSPELLED.get(word, word) for word in flat]
        formless = _without_form(flat)
    text = " ".join(flat)
    if (
        ("estate" in flat or "est" in flat)
        and _ESTATE.search(text)
        and not any(map(_says_organisation, flat))
    ):
        return _trust(flat, Kind.ESTATE)
    if _TRUST.search(text) and not _NO_TRUST & set(flat) and (flat[-1] != "tr" or len(flat) > 2):
        return _trust(flat, Kind.TRUST)
    form, core = formless
    if form or _is_organisation(core, parts, hints):
        return _organisation(core, form)
    return _people(parts, hints) or _organisation(core, form)


def _without_form(flat: Sequence[str]) -> tuple[str, list[str]]:
    """The legal form, and the words without it. A name that is nothing but a form keeps its words."""
    core = list(flat)
    form = ""
    for size in range(min(6, len(core) - 1), 0, -1) if core[0] in _FORM_STARTS else ():
        leading = " ".join(core[:size])
        if leading in words_of.LEGAL_FORMS and (size > 2 or leading in _LEADING_FORMS):
            form, core = words_of.LEGAL_FORMS[leading], core[size:]
            break
    again = core[-1] in _FORM_ENDS
    while again and len(core) > 1:
        again = False
        for size in range(min(6, len(core) - 1), 0, -1):
            known = words_of.LEGAL_FORMS.get(" ".join(core[-size:]))
            if known is not None:
                form, core, again = form or known, core[:-size], True
                while len(core) > 1 and core[-1] in ("and", "a", "an"):
                    core.pop()
                break
    return form, core


def _is_organisation(core: Sequence[str], parts: Sequence[Sequence[str]], hints: Hints) -> bool:
    if hints.kind is Kind.ORGANISATION:
        return True
    if hints.kind is Kind.PERSON or core[0] in words_of.TITLES:
        return False
    numbered = [word for word in core if has_digit(word)]
    if numbered:  # "John Smith 2nd" is a person, "7108 Park Street II" is none
        return not all(word in words_of.GENERATIONS for word in numbered)
    if core[0] in words_of.NUMBER_WORDS:
        return True
    telling = sum(_says_organisation(word) for word in core)
    if len(parts) == 2 and telling <= 1 and parts[1][0] in GIVEN_NAMES and len(parts[0]) <= 2:
        return False
    if telling:
        return True
    if core[-1] in words_of.WEAK_FORMS or core[-1] in ("sons", "daughters", "son") or "the" in core:
        return True
    return "real" in core and "estate" in core


def _says_organisation(word: str) -> bool:
    return word in words_of.ORGANISATION_WORDS or (
        len(word) > 3 and words_of.ABBREVIATIONS.get(word, "") in words_of.ORGANISATION_WORDS
    )


def _organisation(core: Sequence[str], form: str) -> Name:
    """Abbreviations spelled out, Roman numerals and number words as digits, fillers and weak forms dropped."""
    said: list[str] = []
    numbers: list[str] = []
    for place, word in enumerate(core):
        if has_digit(word):
            numbers.append(_ORDINAL.sub(r"\1", word).lstrip("0") or "0")
        elif place and (
            word in words_of.ROMAN or (place == len(core) - 1 and word in words_of.LETTER_NUMERALS)
        ):
            numbers.append(words_of.ROMAN.get(word) or words_of.LETTER_NUMERALS[word])
        elif word in words_of.NUMBER_WORDS:
            numbers.append(words_of.NUMBER_WORDS[word])
        else:
            street = words_of.STREET_WORDS.get(word) if place > 1 and numbers else None
            said.append(street or words_of.ABBREVIATIONS.get(word, word))
    said = [part for word in _initials_joined(said) for part in word.split()]
    kept = [w for w in said if w not in words_of.FILLERS and w not in words_of.WEAK_FORMS] or said
    return Name("", Kind.ORGANISATION, tuple(kept), form=form, numbers=tuple(numbers))


def _people(parts: list[list[str]], hints: Hints) -> Name | None:
    found = read_people(parts, fold(hints.family), certain=hints.kind is Kind.PERSON)
    if found is None:
        return None
    kind = Kind.UNCLEAR if not found.clearly else Kind.COUPLE if found.second else Kind.PERSON
    return Name(
        "",
        kind,
        (*found.first, *found.surname, *found.second, *found.second_surname),
        given=found.first[0] if found.first else "",
        middle=" ".join(found.first[1:]),
        surname=" ".join(found.surname),
        generation=found.generation,
        spouse=found.second[0] if found.second else "",
        spouse_surname=" ".join(found.second_surname),
    )


def _initials_joined(said: Sequence[str]) -> list[str]:
    """ "A B C Plumbing" is "ABC Plumbing"; a single letter stays."""
    joined: list[str] = []
    run = ""
    for word in [*said, ""]:
        if len(word) == 1:
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        if word:
            joined.append(word)
    return joined


def _trust(flat: Sequence[str], kind: Kind) -> Name:
    form, core = _without_form(flat)
    core = core[: next((at for at, word in enumerate(core) if word in _DATED and at), len(core))]
    text = " ".join(core)
    kinds = {meaning for word, meaning in words_of.TRUST_WORDS.items() if f" {word} " in f" {text} "}
    if "living" in kinds and "irrevocable" not in kinds:
        kinds = (kinds - {"living"}) | {"revocable"}
    said: list[str] = []
    numbers: list[str] = []
    for place, word in enumerate(core):
        if has_digit(word):
            numbers.append(word)
        elif place and word in words_of.ROMAN:
            numbers.append(words_of.ROMAN[word])
        elif word not in _TRUST_NOISE and word not in words_of.TRUST_WORDS and word != "and":
            said.append(word)
    return Name("", kind, tuple(said), form=form, numbers=tuple(numbers), trust=frozenset(kinds))


def _completed(name: Name, *, plain: str, tag: str, also: str, alone: str, initials: str) -> Name:
    """The name with what is derived from its parts. Texts that say the same are one text: long lists have many."""
    extra = [name.form and words_of.ALSO_CALLED.get(name.form, name.form), name.generation, *name.numbers]
    bag = tuple(sorted(name.words))
    said = [*bag, *sorted(filter(None, [*extra, *name.trust]))]
    kind = name.kind.value if name.trust or name.kind in (Kind.TRUST, Kind.ESTATE) else ""
    text, key = " ".join(bag), " ".join([kind, *said]).strip()
    text = plain if text == plain else text
    if not name.words and not name.numbers:
        key = ""
    return replace(
        name,
        plain=plain,
        tag=tag,
        also=also,
        bag=name.words if bag == name.words else bag,
        text=text,
        tight=(plain if plain.isascii() else "".join(name.words)).replace(" ", ""),
        initials=initials,
        alone=alone,
        key=text if key == text else key,
    )


def with_company(
    name: Name, company: str, to_latin: Callable[[str], str] = as_it_is, parse: Parse = parse
) -> tuple[Name, Name | None]:
    """The name, and the record's other one: what follows "dba", else a company name that says something else.

    A company name that says the same only with its legal form lends that form to the name.
    """
    for text in (name.also, company):
        if not text:
            continue
        other = parse(text, NO_HINTS, to_latin)
        if not other.key or other.key == name.key:
            continue
        if sorted(other.words) == sorted(name.words) and other.numbers == name.numbers and not name.trust:
            if other.form and not name.form and name.kind in (Kind.ORGANISATION, Kind.UNCLEAR):
                name = _completed(
                    replace(name, form=other.form),
                    plain=name.plain,
                    tag=name.tag,
                    also=name.also,
                    alone=name.alone,
                    initials=name.initials,
                )
            continue
        return name, other
    return name, None
