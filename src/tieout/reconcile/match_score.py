"""Decides how likely two records are one client: a sum of weights, one for each thing that holds. Pure; only ranks.

Weights of agreement are never negative and those of differences never positive, so more agreeing evidence never
lowers a score. They are fitted (``bench.fit``) and come in as data; which of two records fits better is weighed by
the share each has of the record's evidence (``against_rivals``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import exp, log

from tieout.reconcile.match_findings import Agree, Findings, How, Level, Veto
from tieout.reconcile.match_habits import Habits

_STEPS = (Agree.MISSING, Agree.NEAR, Agree.EQUAL)
_SURPLUS = (-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 11.0)
_LIKENESS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
LIKENESS_TRAITS = tuple(f"likeness {bound:g}" for bound in _LIKENESS)
_COVER = (0.3, 0.5, 0.7, 0.8, 0.9)
_APART = (2.0, 5.0, 8.0)
"""Surplus below which an equal name with another address is rather a namesake."""
_FEW = 4
"""A contact fact of more records than this counts singly, but not as one of several that agree."""
MOST_CERTAIN = 0.999
"""The highest probability ever shown: nothing here has been tried often enough to promise more."""


def traits(found: Findings) -> Iterator[str]:
    """What holds for a pair, as names of weights. Cumulative: who has a step has all steps below it."""
    yield from _of_name(*_name_facts(found))
    yield from _of_contacts(*_contact_facts(found))


_NameFacts = tuple[bool, Level, tuple[How, ...], tuple[Veto, ...], int, int, int]
_ContactFacts = tuple[bool, Level, Agree, Agree, Agree, Agree, Agree, Agree, bool, int, int]


def _name_facts(found: Findings) -> _NameFacts:
    name = found.name
    return (
        found.personal,
        name.level,
        name.how,
        found.vetoes,
        bisect_right(_SURPLUS, found.surplus),
        bisect_right(_LIKENESS, found.likeness),
        bisect_right(_COVER, name.cover) if name.level else 0,
    )


def _contact_facts(found: Findings) -> _ContactFacts:
    return (
        found.personal,
        found.name.level,
        found.email,
        found.phone,
        found.street,
        found.place,
        found.domain,
        found.external_id,
        found.sharers <= _FEW,
        bisect_right(_LIKENESS, found.likeness),
        bisect_right(_APART, found.surplus),
    )


def _of_name(
    personal: bool,
    level: Level,
    how: tuple[How, ...],
    vetoes: tuple[Veto, ...],
    surplus: int,
    likeness: int,
    cover: int,
) -> Iterator[str]:
    who = "people" if personal else "others"
    for step in Level:
        if Level.NONE < step <= level:
            yield f"{who} name {step.name}"
    for bound in _SURPLUS[:surplus]:
        yield f"surplus {bound:g}"
        if level >= Level.NEAR:
            yield f"surplus {bound:g}, name NEAR"
    for bound in _LIKENESS[:likeness]:
        yield f"likeness {bound:g}"
    for bound in _COVER[:cover]:
        yield f"cover {bound:g}"
    if not vetoes:
        yield "no veto"
        if level >= Level.NEAR:
            yield f"no veto, {who} name NEAR"
    if How.ACRONYM in how:
        yield "is acronym"
    for each in how:
        yield f"how {each.value}"
    for veto in vetoes:
        yield f"veto {veto.value}"


def _of_contacts(
    personal: bool,
    level: Level,
    email: Agree,
    phone: Agree,
    street: Agree,
    place: Agree,
    domain: Agree,
    external_id: Agree,
    few: bool,
    likeness: int,
    rare: int,
) -> Iterator[str]:
    who = "people" if personal else "others"
    facts = {
        "email": email,
        "phone": phone,
        "street": street,
        "place": place,
        "domain": domain,
        "external id": external_id,
    }
    for what, fact in facts.items():
        for agree in _STEPS:
            if fact >= agree:
                yield f"{what} {agree.name}"
    main = (email, phone, street)
    equal, different = main.count(Agree.EQUAL), main.count(Agree.DIFFERENT)
    if few:
        for count in range(1, equal + 1):
            yield f"{count} contacts"
            for step in (Level.PART, Level.LIKELY, Level.NEAR, Level.SAME):
                if level >= step:
                    yield f"{count} contacts, {who} name {step.name}"
            for bound in _LIKENESS[:likeness:2]:
                yield f"{count} contacts, likeness {bound:g}"
    if place is Agree.EQUAL:
        for bound in _LIKENESS[:likeness:2]:
            yield f"same place, likeness {bound:g}"
            if street >= Agree.NEAR:
                yield f"same place, near street, likeness {bound:g}"
    if place is Agree.DIFFERENT and street is not Agree.EQUAL:
        yield f"apart {who} in another place"
        if street is Agree.DIFFERENT:
            yield f"apart {who} at another address"
            for bound in _APART[rare:]:
                yield f"apart {who} at another address, surplus below {bound:g}"
            if phone is Agree.DIFFERENT or email is Agree.DIFFERENT:
                yield f"apart {who} at another address and contact"
    if not different:
        yield "nothing different"
        if level >= Level.SAME:
            yield f"nothing different, {who} name SAME"
    for most in (1, 2):
        if different <= most:
            yield f"{most} different at most"
            if level >= Level.NEAR:
                yield f"{most} different at most, {who} name NEAR"


def may_be_negative(trait: str) -> bool:
    """Differences pull down; everything else pulls up."""
    return trait.startswith(("how ", "veto ", "apart ", "start"))


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Weights in nats (log odds). ``slope`` and ``shift`` calibrate the result to a probability."""

    weights: Mapping[str, float]
    slope: float = 1.0
    shift: float = 0.0
    name: str = "unfitted"
    usual: Habits = field(default_factory=Habits)
    """The habits of the lists that the weights were fitted to."""
    _known: dict[_NameFacts | _ContactFacts, float] = field(default_factory=dict, compare=False, repr=False)
    """Sums already made: few combinations of facts are frequent."""

    def score(self, found: Findings) -> float:
        """Log odds of the pair taken by itself."""
        name, contacts = _name_facts(found), _contact_facts(found)
        known = self._known
        of_name, of_contacts = known.get(name), known.get(contacts)
        if of_name is None:
            of_name = known[name] = self._sum(_of_name(*name))
        if of_contacts is None:
            of_contacts = known[contacts] = self._sum(_of_contacts(*contacts))
        return self.weights.get("start", 0.0) + of_name + of_contacts

    def _sum(self, traits: Iterable[str]) -> float:
        return sum(self.weights.get(trait, 0.0) for trait in traits)

    def against_rivals(self, score: float, rivals: Iterable[float]) -> float:
        """Log odds that this is the partner, when the others are possible too."""
        return score - log(1.0 + sum(exp(min(rival, 50.0)) for rival in rivals))

    def chance(self, log_odds: float) -> float:
        """Calibrated probability, as fitted."""
        calibrated = self.slope * log_odds + self.shift
        return 1.0 / (1.0 + exp(-max(-50.0, min(50.0, calibrated))))

    def log_odds(self, chance: float) -> float:
        """From which a pair has this chance."""
        return (log(chance / (1.0 - chance)) - self.shift) / self.slope

    def probability(self, log_odds: float) -> float:
        """The chance as it may be shown: never above ``MOST_CERTAIN``."""
        return min(MOST_CERTAIN, self.chance(log_odds))


UNFITTED = ScoreModel(
    {
        "start": -9.0,
        **{f"{who} name {step.name}": 1.5 for who in ("people", "others") for step in Level if step},
        **{f"{what} EQUAL": 3.0 for what in ("email", "phone", "street", "external id")},
        "no veto": 2.0,
        "surplus 4": 1.5,
        **{f"veto {veto.value}": -2.0 for veto in Veto},
        **{f"how {how.value}": -0.3 for how in How},
    }
)
"""Weights set by hand, for callers without the fitted ones."""
