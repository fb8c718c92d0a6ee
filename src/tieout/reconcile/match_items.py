"""Decides which service items of the two sides are the same. Pure; beside ``match``, whose buckets it fills.

What tells two services apart is a word or two ("1040", "quarterly", "senior"): those must be equal before anything else
counts. Then the name, then the SKU as confirmation; the rate only breaks ties, since round numbers repeat. Only equal
name, rate and SKU link without asking.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tieout.reconcile.match import Bucket, Candidate, Proposal, Suggestion
from tieout.reconcile.match_measures import plain_likeness
from tieout.reconcile.match_text import fold, normalise

RATE, SKU = "rate", "sku"
"""The words under which a candidate's evidence holds them, as text."""
ENOUGH = 0.80
"""Likeness of the names from which two items with equal critical words may be one."""
CONFIRMED_BY_SKU = 0.55
TIE = 0.03

_MEANINGS: Mapping[str, str] = {
    spelling: meaning
    for meaning, spellings in {
        "monthly": "monthly month mo mthly mnthly per-month",
        "quarterly": "quarterly quarter qtr qtrly qrtly",
        "annual": "annual annually yearly year yr yrly",
        "weekly": "weekly week wk wkly",
        "biweekly": "biweekly fortnightly bi-weekly",
        "hourly": "hourly hour hr hrs hrly",
        "basic": "basic bronze starter",
        "standard": "standard std silver",
        "premium": "premium prem gold plus",
        "platinum": "platinum enterprise",
        "partner": "partner ptr principal",
        "manager": "manager mgr",
        "senior": "senior sr snr",
        "junior": "junior jr",
        "staff": "staff",
        "admin": "admin administrative clerk",
        "individual": "individual indiv ind personal",
        "corporate": "corporate corp corporation",
        "partnership": "partnership pship",
        "trust": "trust estate fiduciary",
        "nonprofit": "nonprofit npo",
        "federal": "federal fed",
        "state": "state",
        "local": "local city county",
        "amended": "amended amend amendment",
        "extension": "extension ext",
        "setup": "setup onboarding",
        "cleanup": "cleanup catchup",
        "rush": "rush expedited",
    }.items()
    for spelling in spellings.split()
}
"""Spelling -> critical word: what makes it another service."""
_STATES = frozenset(
    [
        "al",
        "ak",
        "az",
        "ar",
        "ca",
        "co",
        "ct",
        "de",
        "fl",
        "ga",
        "hi",
        "id",
        "il",
        "ia",
        "ks",
        "ky",
        "la",
        "md",
        "ma",
        "mi",
        "mn",
        "ms",
        "mo",
        "mt",
        "ne",
        "nv",
        "nh",
        "nj",
        "nm",
        "ny",
        "nc",
        "nd",
        "oh",
        "ok",
        "or",
        "pa",
        "ri",
        "sc",
        "sd",
        "tn",
        "tx",
        "ut",
        "vt",
        "va",
        "wa",
        "wv",
        "wi",
        "wy",
        "dc",
    ]
)
_STATE_NAMES: Mapping[str, str] = {
    "california": "ca", "texas": "tx", "florida": "fl", "york": "ny", "illinois": "il", "ohio": "oh", "georgia": "ga",
    "oregon": "or", "washington": "wa", "colorado": "co", "arizona": "az", "nevada": "nv", "michigan": "mi",
    "pennsylvania": "pa", "virginia": "va", "jersey": "nj", "massachusetts": "ma", "wisconsin": "wi", "minnesota": "mn",
}  # fmt: skip
_SPELLED: Mapping[str, str] = {
    "prep": "preparation", "preparing": "preparation", "svc": "service", "svcs": "service", "services": "service",
    "bkkp": "bookkeeping", "bkpg": "bookkeeping", "books": "bookkeeping", "acctg": "accounting", "acct": "accounting",
    "accts": "accounting", "consult": "consulting", "consultation": "consulting", "mgmt": "management", "ret": "return",
    "rtn": "return", "returns": "return", "stmt": "statement", "stmts": "statement", "statements": "statement",
    "fin": "financial", "rec": "reconciliation", "recon": "reconciliation", "pr": "payroll", "adv": "advisory",
    "advice": "advisory", "rev": "review", "proc": "processing", "biz": "business", "rpt": "report", "reports": "report",
    "reporting": "report", "cfo": "cfo", "txs": "tax", "taxes": "tax", "filing": "filing", "filings": "filing",
}  # fmt: skip
_FILLERS = frozenset(["the", "a", "of", "for", "and", "fee", "fees", "form", "irs", "per", "with", "service"])
_FORM = re.compile(r"^\d{2,4}[a-z]{0,3}$")


@dataclass(frozen=True, slots=True)
class _Item:
    candidate: Candidate
    plain: str
    critical: frozenset[str]
    text: str
    rate: Decimal | None
    sku: str


@dataclass(frozen=True, slots=True)
class _Fit:
    ours: int
    theirs: int
    likeness: float
    same_sku: bool | None
    same_rate: bool | None

    @property
    def order(self) -> tuple[float, bool]:
        return (
            round(self.likeness + (0.3 if self.same_sku else -0.2 if self.same_sku is False else 0), 4),
            self.same_rate is True,
        )


def read_item(candidate: Candidate) -> _Item:
    name = candidate.name.rsplit(":", 1)[-1] if ":" in candidate.name else candidate.name
    spaced = re.sub(r"(\d)\s*-\s*([a-z]{1,3})\b", r"\1\2", name[:300].lower())
    critical: Counter[str] = Counter()
    said: list[str] = []
    missouri = "MO" in candidate.name and not candidate.name.isupper()
    for word in fold(spaced).split():
        if _FORM.match(word) or re.fullmatch(r"q[1-4]", word):
            critical[word] += 1
        elif word in _MEANINGS and not (word == "mo" and missouri):
            critical[_MEANINGS[word]] += 1
        elif word in _STATE_NAMES:
            critical[_STATE_NAMES[word]] += 1
        elif (len(word) == 2 and word in _STATES and word.upper() in candidate.name) or word.isdigit():
            critical[word] += 1
        elif (spelled := _SPELLED.get(word, word)) not in _FILLERS:
            said.append(spelled)
    return _Item(
        candidate,
        normalise(name),
        frozenset(critical),
        " ".join(sorted(said)),
        _rate(candidate.evidence.get(RATE, "")),
        candidate.evidence.get(SKU, "").strip().casefold(),
    )


def _rate(text: str) -> Decimal | None:
    try:
        return Decimal(text).normalize() if text else None
    except InvalidOperation:
        return None


def sort_items_into_buckets(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    likeness: Callable[[str, str], float] = plain_likeness,
) -> list[Proposal]:
    """Every item of both sides exactly once; deterministic and independent of order, like its namesake for clients."""
    ours = [read_item(each) for each in sorted(practice, key=lambda one: one.key.id)]
    theirs = [read_item(each) for each in sorted(ledger, key=lambda one: one.key.id)]
    doubled = _doubled(ours), _doubled(theirs)
    found: list[Proposal] = []
    taken: tuple[set[int], set[int]] = (set(), set())
    for side, items in enumerate((ours, theirs)):
        for place, item in enumerate(items):
            if (key := _identity(item)) in doubled[0] or key in doubled[1]:
                taken[side].add(place)
                found.append(
                    _lone(Bucket.DUPLICATE, item, side, ("More than one item has this name, rate and SKU.",))
                )
    fits = _fits(ours, theirs, taken, never_pair, likeness)
    for fit in _mutual(fits):
        taken[0].add(fit.ours)
        taken[1].add(fit.theirs)
        found.append(_pair(ours[fit.ours], theirs[fit.theirs], fit))
    by_ours: dict[int, list[_Fit]] = defaultdict(list)
    by_theirs: dict[int, list[_Fit]] = defaultdict(list)
    for fit in fits:
        by_ours[fit.ours].append(fit)
        by_theirs[fit.theirs].append(fit)
    for place, item in enumerate(ours):
        if place not in taken[0]:
            near = [_suggest(theirs[fit.theirs], fit) for fit in by_ours[place]]
            found.append(
                _lone(Bucket.UNMATCHED, item, 0, ("No item in QuickBooks is certain to be the same.",), near)
            )
    for place, item in enumerate(theirs):
        if place not in taken[1]:
            near = [_suggest(ours[fit.ours], fit) for fit in by_theirs[place]]
            found.append(
                _lone(
                    Bucket.UNMATCHED if near else Bucket.NEW,
                    item,
                    1,
                    ("No item here is certain to be the same.",),
                    near,
                )
            )
    return sorted(
        found,
        key=lambda each: (
            each.group,
            each.practice.key.id if each.practice else "",
            each.ledger.key.id if each.ledger else "",
        ),
    )


def _identity(item: _Item) -> tuple[str, Decimal | None, str]:
    return item.plain, item.rate, item.sku


def _doubled(items: Sequence[_Item]) -> set[tuple[str, Decimal | None, str]]:
    counts = Counter(map(_identity, items))
    return {identity for identity, count in counts.items() if count > 1 and identity[0]}


def _fits(
    ours: Sequence[_Item],
    theirs: Sequence[_Item],
    taken: tuple[set[int], set[int]],
    never_pair: Collection[tuple[str, str]],
    likeness: Callable[[str, str], float],
) -> list[_Fit]:
    by_critical: dict[frozenset[str], list[int]] = defaultdict(list)
    for place, item in enumerate(theirs):
        if place not in taken[1] and item.plain:
            by_critical[item.critical].append(place)
    found = []
    for place, item in enumerate(ours):
        if place in taken[0] or not item.plain:
            continue
        for other in by_critical.get(item.critical, ()):
            there = theirs[other]
            if (item.candidate.key.id, there.candidate.key.id) in never_pair:
                continue
            fit = _Fit(
                place,
                other,
                1.0 if item.text == there.text else likeness(item.text, there.text),
                item.sku == there.sku if item.sku and there.sku else None,
                item.rate == there.rate if item.rate is not None and there.rate is not None else None,
            )
            if fit.likeness >= (CONFIRMED_BY_SKU if fit.same_sku else ENOUGH):
                found.append(fit)
    return found


def _mutual(fits: Sequence[_Fit]) -> list[_Fit]:
    """The pairs that are best for both, by more than a tie. A tie is left to a person."""
    best_ours: dict[int, list[_Fit]] = defaultdict(list)
    best_theirs: dict[int, list[_Fit]] = defaultdict(list)
    for fit in fits:
        best_ours[fit.ours].append(fit)
        best_theirs[fit.theirs].append(fit)
    return [
        fit for fit in fits if _is_best(fit, best_ours[fit.ours]) and _is_best(fit, best_theirs[fit.theirs])
    ]


def _is_best(fit: _Fit, rivals: Sequence[_Fit]) -> bool:
    for rival in rivals:
        if rival is fit:
            continue
        behind = fit.order[0] - rival.order[0]
        if behind < -TIE or (abs(behind) <= TIE and fit.order[1] <= rival.order[1]):
            return False
    return True


def _pair(ours: _Item, theirs: _Item, fit: _Fit) -> Proposal:
    confirmed = ours.plain == theirs.plain and ours.rate == theirs.rate and ours.sku == theirs.sku
    reasons, against = _reasons(ours, theirs, fit)
    return Proposal(
        Bucket.MATCH,
        ours.candidate,
        theirs.candidate,
        ours.plain,
        reasons,
        against,
        confirmed,
        _as_probability(fit),
    )


def _reasons(ours: _Item, theirs: _Item, fit: _Fit) -> tuple[tuple[str, ...], tuple[str, ...]]:
    against: list[str] = []
    reasons = ["The names are the same." if ours.plain == theirs.plain else "The names say the same service."]
    for word, same in (("SKU", fit.same_sku), ("rate", fit.same_rate)):
        if same is not None:
            (reasons if same else against).append(f"The {word} {'is the same' if same else 'differs'}.")
    return tuple(reasons), tuple(against)


def _suggest(item: _Item, fit: _Fit) -> Suggestion:
    return Suggestion(item.candidate, _as_probability(fit), ("The names say a similar service.",))


def _as_probability(fit: _Fit) -> float:
    """Not calibrated: only ranks."""
    return max(0.05, min(0.999, fit.order[0]))


def _lone(
    bucket: Bucket, item: _Item, side: int, reasons: tuple[str, ...], near: Iterable[Suggestion] = ()
) -> Proposal:
    suggestions = tuple(sorted(near, key=lambda each: (-each.probability, each.record.key.id))[:5])
    ours, theirs = (item.candidate, None) if side == 0 else (None, item.candidate)
    group = item.plain or f"\x00{item.candidate.key.side}:{item.candidate.key.id}"
    return Proposal(bucket, ours, theirs, group, reasons, suggestions=suggestions)
