"""Decides nothing: the plain data that comparing two records yields. Read by the rules, the score and the sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from math import log
from typing import NamedTuple

from tieout.reconcile.match_nicknames import GIVEN_NAMES
from tieout.reconcile.match_words import COMMON_SURNAMES, ORGANISATION_WORDS


class Level(IntEnum):
    """How far two names say the same. An order: more is never worse."""

    NONE = 0
    SOME = 1
    """A surname or a telling word is shared."""
    PART = 2
    """One is a part, the acronym, or the other half of a couple, of the other."""
    LIKELY = 3
    NEAR = 4
    """One slip, abbreviation, nickname or initial apart."""
    SAME = 5
    """Every word is equal; a legal form, a middle name or a spouse may be left out on one side."""
    EXACT = 6


class How(StrEnum):
    """A harmless way in which two names differ."""

    ORDER = "order"
    SPELLING = "spelling"
    NICKNAME = "nickname"
    INITIAL = "initial"
    GIVEN_MISSING = "given missing"
    MIDDLE_MISSING = "middle missing"
    MIDDLE_USED = "middle used"
    SPOUSE_MISSING = "spouse missing"
    OTHER_SPOUSE = "other spouse"
    PART_OF_SURNAME = "part of surname"
    FORM_MISSING = "form missing"
    ABBREVIATION = "abbreviation"
    ACRONYM = "acronym"
    SPACES = "spaces"
    WORDS_MISSING = "words missing"
    TRUST_MISSING = "trust missing"
    SECOND_NAME = "second name"
    """The agreement is with a company name or the name after "dba"."""


class Veto(StrEnum):
    """What no score overrides: with one of these a pair is never linked without a person's decision."""

    KIND = "kind"
    NUMBERS = "numbers"
    FORM = "form"
    MIDDLE = "middle"
    GENERATION = "generation"
    SPOUSE = "spouse"
    TRUST = "trust"
    SECOND_NAME = "second name"
    SURNAME_ONLY = "surname only"
    SURNAME = "surname"
    GIVEN = "given"
    WORD = "word"
    TAG = "tag"
    EXTERNAL_ID = "external id"


class Agree(IntEnum):
    """How one contact fact compares."""

    DIFFERENT = -1
    MISSING = 0
    NEAR = 1
    EQUAL = 2


# A member by itself: looking one up in its class takes ten times as long, and long lists ask for a hundred million.
DIFFERENT, MISSING, NEARLY, EQUAL = Agree.DIFFERENT, Agree.MISSING, Agree.NEAR, Agree.EQUAL
NO_NAME, SOME_NAME, PART_NAME, NEAR_NAME, SAME_NAME, EXACT_NAME = (
    Level.NONE, Level.SOME, Level.PART, Level.NEAR, Level.SAME, Level.EXACT
)  # fmt: skip


class NameFindings(NamedTuple):
    level: Level
    how: tuple[How, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    nats: float = 0.0
    """How rare the shared words are: the sum of -ln(share of records that have the word); nearly equal words count half."""
    cover: float = 1.0
    """Which share of the names, weighed by rarity, is shared; of the side where it is less."""


class Findings(NamedTuple):
    """All that two records show about being one client. Symmetric.

    A tuple because long lists need a million of them: a frozen dataclass takes four times as long to make.
    """

    name: NameFindings
    surplus: float = 0.0
    """``name.nats`` beyond what lists of this length make a coincidence; see ``Rarity.surplus``."""
    likeness: float = 0.0
    """Of the names as texts, 0 to 1; only ranks."""
    email: Agree = Agree.MISSING
    domain: Agree = Agree.MISSING
    phone: Agree = Agree.MISSING
    street: Agree = Agree.MISSING
    place: Agree = Agree.MISSING
    """City or postal code."""
    external_id: Agree = Agree.MISSING
    sharers: int = 1
    """The most records of one side that have one of the equal contact facts; 1 when it is theirs alone."""
    personal: bool = False
    vetoes: tuple[Veto, ...] = ()

    @property
    def equal_contacts(self) -> int:
        return sum(fact is Agree.EQUAL for fact in (self.email, self.phone, self.street))

    @property
    def different_contacts(self) -> int:
        return sum(fact is Agree.DIFFERENT for fact in (self.email, self.phone, self.street))


EXPECTED = 2_000
"""Records that what is generally known about names is worth, beside the records at hand."""
UNKNOWN_WORD = 1 / 30_000
GIVEN_NAME = 1 / 300
TRADE_WORD = 1 / 100


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare words are, so that "Smith" weighs less than "Oyelaran": from the lists at hand, and what is known anyway."""

    counts: Mapping[str, int] = field(default_factory=dict)
    records: int = 1
    _known: dict[str, float] = field(default_factory=dict, compare=False, repr=False)

    def of(self, words: Iterable[str]) -> float:
        """Nats: -ln of the share of records that would have all these words if they were independent."""
        known = self._known
        nats = 0.0
        for each in words:
            found = known.get(each)
            nats += self.word(each) if found is None else found
        return nats

    def word(self, word: str) -> float:
        nats = self._known.get(word)
        if nats is None:
            expected = self.counts.get(word, 0) + EXPECTED * _known_share(word)
            nats = max(0.05, log((self.records + EXPECTED) / max(expected, 0.5)))
            self._known[word] = nats
        return nats

    def surplus(self, nats: float) -> float:
        """Nats beyond what it takes that one record of these lists, and no second, is expected to have the name."""
        return nats - log(max(self.records / 2, 1.0))

    @classmethod
    def in_names(cls, names: Iterable[Iterable[str]]) -> Rarity:
        counts: Counter[str] = Counter()
        records = 0
        for words in names:
            counts.update({*words})
            records += 1
        return cls(counts, max(records, 1))


def _known_share(word: str) -> float:
    if word in COMMON_SURNAMES:
        return COMMON_SURNAMES[word]
    if word in GIVEN_NAMES:
        return GIVEN_NAME
    return TRADE_WORD if word in ORGANISATION_WORDS else UNKNOWN_WORD
