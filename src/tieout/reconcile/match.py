"""Decides which records of the two sides are the same, before anything is linked. Pure; standard library only.

The order of deciding: what is repeated on a side is a *duplicate*; an equal normalised name is a *match*, confirmed
by a rule or else to be checked; other names are matched only by a rule (``match_rules``); what is left is *unmatched*
with ranked suggestions, or *new*. A tie is a duplicate, never a coin toss. Which pairs are looked at beyond equal
names is the caller's choice (``sync.matching`` searches them); the result does not depend on any order given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from tieout.reconcile.match_evidence import read
from tieout.reconcile.match_proposals import POSSIBLE, Bucket, Candidate, Proposal, Suggestion
from tieout.reconcile.match_reasons import nothing_but_the_name, reasons_against, reasons_for
from tieout.reconcile.match_rules import Rule, Standing
from tieout.reconcile.match_text import normalise
from tieout.reconcile.match_weighing import Knowledge, WeighedPair, Weighing
from tieout.reconcile.state import Side

__all__ = [
    "Bucket",
    "Candidate",
    "Knowledge",
    "Proposal",
    "Suggestion",
    "WeighedPair",
    "Weighing",
    "normalise",
    "sort_into_buckets",
    "weigh_pairs",
]

MOST_SUGGESTIONS = 5
CLEAR_LEAD = 2.0
"""Nats by which the runner-up must be behind before a pair is linked without asking."""


def sort_into_buckets(
    practice: Iterable[Candidate],
    ledger: Iterable[Candidate],
    never_pair: Collection[tuple[str, str]] = frozenset(),
    knowledge: Knowledge | None = None,
) -> list[Proposal]:
    """Every record of both sides exactly once. Deterministic; independent of the order given.

    ``never_pair`` holds (practice id, ledger id) pairs that a person has declared different.
    """
    return _Sorting(list(practice), list(ledger), never_pair, knowledge or Knowledge()).proposals()


def weigh_pairs(practice: Sequence[Candidate], ledger: Sequence[Candidate], knowledge: Knowledge) -> Weighing:
    """All pairs that were compared and have something in common, by id: what sorting decides on."""
    return _Sorting(list(practice), list(ledger), frozenset(), knowledge, keep_all=True).weighed


class _Sorting:
    """One sorting of two lists. Places are places in the lists given; ids decide every order."""

    def __init__(
        self,
        ours: list[Candidate],
        theirs: list[Candidate],
        never_pair: Collection[tuple[str, str]],
        knowledge: Knowledge,
        *,
        keep_all: bool = False,
    ) -> None:
        self.ours, self.theirs, self.known = ours, theirs, knowledge
        measures = knowledge.measures
        self.profiles = knowledge.profiles or (
            [read(one.name, one.evidence, one.hints, measures) for one in ours],
            [read(one.name, one.evidence, one.hints, measures) for one in theirs],
        )
        self.groups = self._groups()
        self.weighed = Weighing(
            ours,
            theirs,
            self.profiles,
            self.groups.values(),
            never_pair,
            knowledge,
            keep_all=keep_all,
        )

    # -- what belongs together by name ---------------------------------------------------------------------

    def _groups(self) -> dict[str, tuple[list[int], list[int]]]:
        groups: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, (records, profiles) in enumerate(
            ((self.ours, self.profiles[0]), (self.theirs, self.profiles[1]))
        ):
            for place in sorted(range(len(records)), key=lambda at: records[at].key.id):
                key = records[place].key
                # A name of nothing but punctuation is no name: such a record can equal nothing but itself.
                group = profiles[place].name.plain or f"\x00{key.side}:{key.id}"
                groups[group][side].append(place)
        return groups

    # -- the lines of the review ---------------------------------------------------------------------------

    def proposals(self) -> list[Proposal]:
        found: dict[str, list[Proposal]] = {}
        taken: tuple[set[int], set[int]] = (set(), set())
        for group, (ours, theirs) in self.groups.items():
            if len(ours) > 1 or len(theirs) > 1:
                found[group] = self._duplicates(group, ours, theirs)
                taken[0].update(ours)
                taken[1].update(theirs)
        repeated = (frozenset(taken[0]), frozenset(taken[1]))
        # Rules first: what passes one is the best of both its records, so no two meet. Then equal names to check.
        for pair in self.weighed.pairs:
            if pair.rule is not None and self._standing(pair, repeated).free:
                self._match(pair, pair.rule, found, taken)
        for ours, theirs in self.groups.values():
            if len(ours) == len(theirs) == 1:
                for pair in self.weighed.of_ours.get(ours[0], ()):
                    if pair.theirs == theirs[0]:
                        self._match(pair, None, found, taken)
        self._ties(found, taken)
        for side, records in enumerate((self.ours, self.theirs)):
            for place in range(len(records)):
                if place not in taken[side]:
                    group = self._group_of(side, place)
                    found.setdefault(group, []).append(self._alone(side, place, group))
        return [one for group in sorted(found) for one in sorted(found[group], key=_by_side_and_id)]

    def _group_of(self, side: int, place: int) -> str:
        key = (self.ours, self.theirs)[side][place].key
        return self.profiles[side][place].name.plain or f"\x00{key.side}:{key.id}"

    def _match(
        self,
        pair: WeighedPair,
        rule: Rule | None,
        found: dict[str, list[Proposal]],
        taken: tuple[set[int], set[int]],
    ) -> None:
        """Propose the pair, unless one of its records has a line already."""
        if pair.ours in taken[0] or pair.theirs in taken[1]:
            return
        findings = self.weighed.found(pair)
        group = self._group_of(0, pair.ours)
        one, other = self.profiles[0][pair.ours], self.profiles[1][pair.theirs]
        reasons = reasons_for(one, other, findings)
        against = reasons_against(one, other, findings)
        if rule is None:
            if self.weighed.lead(pair) < CLEAR_LEAD:
                against = (*against, "Another record fits nearly as well.")
            if not against:
                against = (nothing_but_the_name(findings) or "What speaks for it is not enough to be sure.",)
        ours, theirs = self.ours[pair.ours], self.theirs[pair.theirs]
        if ours.active != theirs.active:
            against = (*against, f"It is inactive {'here' if not ours.active else 'in QuickBooks'}.")
        taken[0].add(pair.ours)
        taken[1].add(pair.theirs)
        found.setdefault(group, []).append(
            Proposal(
                Bucket.MATCH,
                ours,
                theirs,
                group,
                reasons,
                against,
                rule is not None,
                self.known.model.probability(self.weighed.log_odds(pair)),
            )
        )

    def _standing(self, pair: WeighedPair, repeated: tuple[frozenset[int], frozenset[int]]) -> Standing:
        lead = self.weighed.lead(pair)
        return Standing(
            best=lead > 0,
            clear=lead >= CLEAR_LEAD,
            repeated=pair.ours in repeated[0] or pair.theirs in repeated[1],
        )

    def _ties(self, found: dict[str, list[Proposal]], taken: tuple[set[int], set[int]]) -> None:
        """Records for which two partners fit alike, each well enough to be linked: a duplicate, whichever it is."""
        for side, by_place in enumerate((self.weighed.of_ours, self.weighed.of_theirs)):
            records = (self.ours, self.theirs)[side]
            for place in sorted(by_place, key=lambda at: records[at].key.id):
                if place in taken[side]:
                    continue
                fitting = [p for p in by_place[place] if p.rule is not None]
                best = max((p.score for p in fitting), default=0.0)
                tied = [
                    p
                    for p in fitting
                    if best - p.score < CLEAR_LEAD
                    and (p.theirs if side == 0 else p.ours) not in taken[1 - side]
                ]
                if len(tied) > 1:
                    self._tie(side, place, tied, found, taken)

    def _tie(
        self,
        side: int,
        place: int,
        tied: list[WeighedPair],
        found: dict[str, list[Proposal]],
        taken: tuple[set[int], set[int]],
    ) -> None:
        group = self._group_of(side, place)
        others = [p.theirs if side == 0 else p.ours for p in tied]
        ours, theirs = ([place], others) if side == 0 else (others, [place])
        where = "in QuickBooks" if side == 0 else "here"
        name = (self.ours, self.theirs)[side][place].name
        reasons = (f"{len(others)} records {where} fit “{name[:80]}” equally well.",)
        found.setdefault(group, []).extend(
            [Proposal(Bucket.DUPLICATE, self.ours[i], None, group, reasons) for i in ours]
            + [Proposal(Bucket.DUPLICATE, None, self.theirs[j], group, reasons) for j in theirs]
        )
        taken[0].update(ours)
        taken[1].update(theirs)

    def _duplicates(self, group: str, ours: list[int], theirs: list[int]) -> list[Proposal]:
        mine, others = [self.ours[i] for i in ours], [self.theirs[j] for j in theirs]
        reasons = [
            f"{len(side)} records {where} have this name."
            for side, where in ((mine, "here"), (others, "in QuickBooks"))
            if len(side) > 1
        ]
        if any(not one.active for one in mine + others):
            reasons.append("One of them is inactive.")
        return [
            Proposal(
                Bucket.DUPLICATE, one, None, group, tuple(reasons), suggestions=self._suggestions(0, place)
            )
            for one, place in zip(mine, ours, strict=True)
        ] + [
            Proposal(
                Bucket.DUPLICATE, None, one, group, tuple(reasons), suggestions=self._suggestions(1, place)
            )
            for one, place in zip(others, theirs, strict=True)
        ]

    def _alone(self, side: int, place: int, group: str) -> Proposal:
        suggestions = self._suggestions(side, place)
        if side == 0:
            reason = "No QuickBooks record has this name." if not suggestions else _best(suggestions)
            return Proposal(
                Bucket.UNMATCHED, self.ours[place], None, group, (reason,), suggestions=suggestions
            )
        if not suggestions:
            return Proposal(Bucket.NEW, None, self.theirs[place], group, ("No client here has this name.",))
        # Whoever may already be a client here is not created a second time without a person's decision.
        return Proposal(
            Bucket.UNMATCHED, None, self.theirs[place], group, (_best(suggestions),), suggestions=suggestions
        )

    def _suggestions(self, side: int, place: int) -> tuple[Suggestion, ...]:
        pairs = (self.weighed.of_ours, self.weighed.of_theirs)[side].get(place, ())
        found = []
        for pair in filter(self.weighed.may_be_shown, pairs):
            probability = self.known.model.probability(self.weighed.log_odds(pair))
            if probability >= POSSIBLE:
                one, other = self.profiles[0][pair.ours], self.profiles[1][pair.theirs]
                findings = self.weighed.found(pair)
                record = self.theirs[pair.theirs] if side == 0 else self.ours[pair.ours]
                found.append(
                    Suggestion(
                        record,
                        probability,
                        reasons_for(one, other, findings),
                        reasons_against(one, other, findings),
                    )
                )
        found.sort(key=lambda each: (-each.probability, each.record.key.id))
        return tuple(found[:MOST_SUGGESTIONS])


def _best(suggestions: Sequence[Suggestion]) -> str:
    word = "likely" if suggestions[0].likely else "possible"
    return f"No record is certain to be the same; the best suggestion is {word}."


def _by_side_and_id(proposal: Proposal) -> tuple[str, str, str]:
    first = proposal.practice or proposal.ledger
    return (
        str(first is None or first.key.side != Side.PRACTICE),
        proposal.practice.key.id if proposal.practice else "",
        proposal.ledger.key.id if proposal.ledger else "",
    )
