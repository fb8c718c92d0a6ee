"""Decides what two records have in common and what sets them apart. Pure; between ``match_names`` and ``match_rules``.

Symmetric: ``compare(a, b)`` says the same as ``compare(b, a)``. It never decides whether they are one client.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from operator import ne

from tieout.reconcile.match_contacts import Contacts, Evidence, read_contacts
from tieout.reconcile.match_findings import (
    DIFFERENT,
    EQUAL,
    MISSING,
    NEAR_NAME,
    NEARLY,
    NO_NAME,
    PART_NAME,
    Agree,
    Findings,
    How,
    Level,
    NameFindings,
    Rarity,
    Veto,
)
from tieout.reconcile.match_measures import PLAIN, Measures
from tieout.reconcile.match_names import NO_HINTS, Hints, Kind, Name, Parse, parse, with_company
from tieout.reconcile.match_people import compare_people
from tieout.reconcile.match_text import fold
from tieout.reconcile.match_wording import compare_wording, compares_as_people

_PEOPLE_AND_UNCLEAR = (Kind.PERSON, Kind.COUPLE, Kind.UNCLEAR)
_MAY_BE_ONE = {Kind.ORGANISATION, Kind.UNCLEAR}
_KIND = Veto.KIND


@dataclass(frozen=True, slots=True)
class Profile:
    """One record, read once: its name taken apart and its contact facts in comparable form."""

    name: Name
    second: Name | None
    contacts: Contacts
    facts: frozenset[str] = frozenset()
    """What it may be found by; see ``facts_of``."""
    bracket: frozenset[str] = frozenset()
    """The words that end its name in brackets, when they are not its own town: they may be the other record's."""
    before_bracket: Name | None = None

    def beside(self, other: Profile) -> Profile:
        """As it is compared with the other: "Spago (Los Angeles)" of Hollywood is "Spago" to one of Los Angeles."""
        if self.before_bracket is None or not _is_town(self.bracket, other.contacts.city):
            return self
        return replace(self, name=self.before_bracket, bracket=frozenset(), before_bracket=None)

    def comes_before(self, other: Profile) -> bool:
        """Where the two differ in a name, the same answer whichever is asked."""
        if self.name.plain != other.name.plain:  # nearly always
            return self.name.plain < other.name.plain
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, str, str]:
        second = self.second.plain if self.second else ""
        return self.name.plain, self.name.key, second

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.name.words, *self.name.numbers, *(self.second.words if self.second else ()))


def read(
    name: str,
    evidence: Evidence,
    hints: Hints = NO_HINTS,
    measures: Measures = PLAIN,
    parse: Parse = parse,
) -> Profile:
    bracket: frozenset[str] = frozenset()
    before = None
    if "(" in name and (found := _IN_BRACKETS.search(name)):
        said, rest = frozenset(fold(found.group(1)).split()), name[: found.start()]
        if _is_town(said, fold(evidence.get("city", "")[:80])):
            name = rest
        elif said:
            bracket, before = said, parse(rest, hints, measures.to_latin)
    parsed = parse(name, hints, measures.to_latin)
    company = evidence.get("company", "")
    second = None
    if company or parsed.also:
        parsed, second = with_company(parsed, company, measures.to_latin, parse)
    contacts = read_contacts(evidence, measures.phone)
    return Profile(parsed, second, contacts, frozenset(facts_of(contacts)), bracket, before)


_IN_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")


def _is_town(said: frozenset[str], city: str) -> bool:
    """Only in brackets is a town left out of a name: "Acme of Fresno" may be a sister of "Acme"."""
    words = {*city.split()}
    return bool(said and words) and (said <= words or words <= said)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the two lists as wholes tell about a pair: how rare words are, and how many share a contact fact."""

    rarity: Rarity
    sharers: Mapping[str, int]
    """Contact fact -> the most records of one side that have it; facts of one record alone are left out."""

    @classmethod
    def of(cls, *sides: Iterable[Profile]) -> Surroundings:
        lists = [list(side) for side in sides]
        rarity = Rarity.in_names(profile.words for side in lists for profile in side)
        sharers: Counter[str] = Counter()
        for side in lists:
            here = Counter(fact for profile in side for fact in profile.facts)
            for fact, count in here.items():
                if count > max(1, sharers[fact]):
                    sharers[fact] = count
        return cls(rarity, {fact: count for fact, count in sharers.items() if count > 1})


def facts_of(contacts: Contacts) -> list[str]:
    """The facts by which a record may be found, each marked with what it is."""
    found = [f"p{number}" for number in contacts.phones]
    if contacts.email:
        found.append(f"e{contacts.email}")
    if contacts.place_key:
        found.append(f"s{contacts.place_key}")
    if contacts.external_id:
        found.append(f"x{contacts.external_id}")
    return found


def compare(one: Profile, other: Profile, around: Surroundings, measures: Measures = PLAIN) -> Findings:
    if other.comes_before(one):  # so that both ways round are one computation
        one, other = other, one
    if one.before_bracket is not None or other.before_bracket is not None:
        one, other = one.beside(other), other.beside(one)
    name = compare_names(one, other, around.rarity, measures)
    ours, theirs = one.contacts, other.contacts
    vetoes = name.vetoes
    if one.name.tag and other.name.tag and one.name.tag != other.name.tag:
        vetoes = (*vetoes, Veto.TAG)
    external = _agree(ours.external_id, theirs.external_id)
    if external is DIFFERENT:
        vetoes = (*vetoes, Veto.EXTERNAL_ID)
    street, place = _streets(ours, theirs, measures)
    common = one.facts & other.facts
    return Findings(
        name,
        surplus=around.rarity.surplus(name.nats),
        likeness=_likeness(one.name, other.name, measures),
        email=_emails(ours.email, theirs.email, measures),
        domain=_agree(ours.domain, theirs.domain),
        phone=_phones(ours, theirs),
        street=street,
        place=place,
        external_id=external,
        sharers=max(around.sharers.get(fact, 1) for fact in common) if common else 1,
        personal=one.name.is_personal and other.name.is_personal,
        vetoes=tuple(dict.fromkeys(vetoes)) if len(vetoes) > 1 else vetoes,
    )


LEAST_LIKENESS = 0.5
"""How unlike two names are below this nobody asks: it is the first step of the score, and of all else that looks at it."""


def _likeness(one: Name, other: Name, measures: Measures) -> float:
    """Word for word, or run together: "SergeiLavrov" is "Sergei Lavrov"."""
    if one.bag == other.bag or (one.tight and one.tight == other.tight):
        return 1.0
    together = measures.likeness(one.tight, other.tight)
    return max(together, measures.alike(one.text, other.text, max(together, LEAST_LIKENESS)))


# -- names -----------------------------------------------------------------------------------------------------


def compare_names(one: Profile, other: Profile, rarity: Rarity, measures: Measures) -> NameFindings:
    """The two names; where they fail, also a company name or the name after "dba"."""
    best = compare_two(one.name, other.name, rarity, measures)
    if one.second is None and other.second is None:
        return best
    through = [
        compare_two(a, b, rarity, measures)
        for a, b in ((one.second, other.name), (one.name, other.second), (one.second, other.second))
        if a is not None and b is not None
    ]
    other_best = max(through, key=lambda found: (found.level, -len(found.vetoes), found.nats))
    if best.level < NEAR_NAME and (other_best.level, -len(other_best.vetoes)) > (
        best.level,
        -len(best.vetoes),
    ):
        return other_best._replace(
            level=min(other_best.level, NEAR_NAME), how=(*other_best.how, How.SECOND_NAME)
        )
    if other_best.level < _enough_of_second(one, other):
        return best._replace(vetoes=(*best.vetoes, Veto.SECOND_NAME))
    return best


def _enough_of_second(one: Profile, other: Profile) -> Level:
    """How well a second name must be known to the other side. A person's company may bear the person's own name,
    and is another client all the same: there a part is not enough."""
    for profile in (one, other):
        second = profile.second
        if (
            profile.name.kind is not Kind.ORGANISATION
            and second
            and second.kind is Kind.ORGANISATION
            and second.form
        ):
            return NEAR_NAME
    return PART_NAME


def compare_two(one: Name, other: Name, rarity: Rarity, measures: Measures) -> NameFindings:
    if not one.key or not other.key:
        return NameFindings(NO_NAME, cover=0.0)
    if compares_as_people(one, other):
        return compare_people(one, other, rarity, measures)
    found = compare_wording(one, other, rarity, measures)
    if _other_kind(one.kind, other.kind):
        return found._replace(vetoes=(_KIND, *found.vetoes))
    return found


def _other_kind(one: Kind, other: Kind) -> bool:
    if one is other or (one in _PEOPLE_AND_UNCLEAR and other in _PEOPLE_AND_UNCLEAR):
        return False
    return {one, other} != _MAY_BE_ONE


# -- contact facts ---------------------------------------------------------------------------------------------


def _agree(one: str, other: str) -> Agree:
    if not one or not other:
        return MISSING
    return EQUAL if one == other else DIFFERENT


def _emails(one: str, other: str, measures: Measures) -> Agree:
    found = _agree(one, other)
    if found is DIFFERENT and measures.edits(one, other, 1) <= 1:
        return NEARLY
    return found


def _phones(one: Contacts, other: Contacts) -> Agree:
    if not one.phones or not other.phones:
        return MISSING
    if any(number in other.phones for number in one.phones):
        return EQUAL
    return _nearly_phone(one, other)


def _nearly_phone(one: Contacts, other: Contacts) -> Agree:
    """Without the area code, or a slip of one digit, is near; it never counts as equal."""
    for a in one.phones:
        for b in other.phones:
            if len(a) != len(b):
                if min(len(a), len(b)) >= 7 and (a.endswith(b) or b.endswith(a)):
                    return NEARLY
            elif sum(map(ne, a, b)) == 1:
                return NEARLY
    return DIFFERENT


def _streets(one: Contacts, other: Contacts, measures: Measures) -> tuple[Agree, Agree]:
    """The street, and the place (city or postal code)."""
    place = _places(one, other, measures)
    ours, theirs = one.street, other.street
    if len(ours) < 2 or len(theirs) < 2:
        return MISSING, place
    number = ours[0] == theirs[0]
    name = ours[1] == theirs[1] or nearly_words(ours[1:], theirs[1:], measures)
    if number and name:
        return (NEARLY if place is DIFFERENT else EQUAL), place
    if name and (ours[0] == "-" or theirs[0] == "-" or measures.edits(ours[0], theirs[0], 1) <= 1):
        return NEARLY, place
    return DIFFERENT, place


def nearly_words(one: tuple[str, ...], other: tuple[str, ...], measures: Measures) -> bool:
    a, b = "".join(one), "".join(other)
    shorter = min(len(a), len(b))
    if shorter >= 5 and a[:shorter] == b[:shorter]:  # "Legge" and "Leggestreet"
        return True
    most = 1 if shorter < 8 else 2
    return measures.edits(a, b, most) <= most or (
        len(one[0]) > 3 and measures.edits(one[0], other[0], 1) <= 1
    )


def _places(one: Contacts, other: Contacts, measures: Measures) -> Agree:
    postal, city = _agree(one.postal_code, other.postal_code), _agree(one.city, other.city)
    if postal is EQUAL or city is EQUAL:
        return EQUAL
    if city is DIFFERENT:
        ours, theirs = {*one.city.split()}, {*other.city.split()}
        if ours <= theirs or theirs <= ours:  # "New York" and "New York City"
            return EQUAL if postal is not DIFFERENT else NEARLY
        if measures.edits(one.city, other.city, 2) <= 2:
            return NEARLY
    if postal is DIFFERENT and measures.edits(one.postal_code, other.postal_code, 1) <= 1:
        return NEARLY
    return DIFFERENT if postal is DIFFERENT or city is DIFFERENT else MISSING
