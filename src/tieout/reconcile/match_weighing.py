"""Decides what every pair worth comparing weighs, by itself and beside its rivals. Pure; between ``match_score`` and ``match``.

Long lists have millions of pairs, nearly all of which never come up again. A pair therefore keeps only what the others
need to know of it; the findings are kept of those that may be linked or shown, and made again for any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from tieout.reconcile.match_evidence import Profile, Surroundings, compare
from tieout.reconcile.match_findings import Findings
from tieout.reconcile.match_habits import NOTHING_SPECIAL, Compared, Habits, Telling, compared, is_sure
from tieout.reconcile.match_measures import PLAIN, Measures
from tieout.reconcile.match_proposals import POSSIBLE, Candidate
from tieout.reconcile.match_rules import Rule, Standing, has_minimum, rule_for
from tieout.reconcile.match_score import UNFITTED, ScoreModel

MOST_ALIKE = 9
"""Records of one side with the same name that are compared with those of the other side that have it too."""
MOST_RIVALS = 200
"""A record that a crowd resembles is weighed beside the strongest of it: more would change nothing that is shown."""
PROGRESS_EVERY = 500
"""Records."""
_ALONE = Standing()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What sorting uses beyond the two lists. The default compares equal names only."""

    partners: Callable[[int], Collection[int]] = lambda place: ()
    """Place in the practice's list, as given -> places in the ledger's that are worth comparing with it."""
    measures: Measures = PLAIN
    model: ScoreModel = UNFITTED
    profiles: tuple[Sequence[Profile], Sequence[Profile]] | None = None
    """The records as already read, in the order given."""
    around: Surroundings | None = None
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass(slots=True)
class WeighedPair:
    """Two records that were compared. ``ours`` and ``theirs`` are places in the lists given."""

    ours: int
    theirs: int
    score: float
    compared: Compared
    rule: Rule | None
    """That would link the two if nothing else stood in the way."""
    found: Findings | None
    """None when it is unlikely to be asked for; see ``Weighing.found``."""


class Weighing:
    """All pairs of two lists that were compared and have something in common, by id of ours, then of theirs."""

    def __init__(
        self,
        ours: Sequence[Candidate],
        theirs: Sequence[Candidate],
        profiles: tuple[Sequence[Profile], Sequence[Profile]],
        alike: Collection[tuple[list[int], list[int]]],
        never_pair: Collection[tuple[str, str]],
        knowledge: Knowledge,
        *,
        keep_all: bool = False,
    ) -> None:
        """``alike``: places of both sides that have one name, by id. ``keep_all``: the findings of every pair."""
        self._ours, self._theirs, self._never = ours, theirs, never_pair
        self._profiles, self._known = profiles, knowledge
        self._around = knowledge.around or Surroundings.of(*profiles)
        self._same_name = {
            i: others[:MOST_ALIKE] for places, others in alike if others for i in places[:MOST_ALIKE]
        }
        self._least = -inf if keep_all else knowledge.model.log_odds(POSSIBLE) - 1e-9
        self.of_ours = self._weighed()
        """Place -> its pairs, by id of theirs."""
        self.pairs = [pair for place in _by_id(ours) for pair in self.of_ours.get(place, ())]
        self.of_theirs: dict[int, list[WeighedPair]] = defaultdict(list)
        """Place -> its pairs, by id of ours."""
        for pair in self.pairs:
            self.of_theirs[pair.theirs].append(pair)
        self._add_what_contacts_tell()
        self._crowds: dict[tuple[int, int], list[WeighedPair]] = {}

    def found(self, pair: WeighedPair) -> Findings:
        return pair.found or self._compared(pair.ours, pair.theirs)

    def _compared(self, ours: int, theirs: int) -> Findings:
        return compare(self._profiles[0][ours], self._profiles[1][theirs], self._around, self._known.measures)

    def lead(self, pair: WeighedPair) -> float:
        """Of its score, to the best other pair of either record."""
        return pair.score - max(self._rivals(pair), default=-inf)

    def log_odds(self, pair: WeighedPair) -> float:
        """That this is the partner, beside all others compared with either record."""
        return self._known.model.against_rivals(pair.score, self._rivals(pair))

    def may_be_shown(self, pair: WeighedPair) -> bool:
        """False when not even without rivals."""
        return pair.score >= self._least

    def _rivals(self, pair: WeighedPair) -> list[float]:
        beside = (
            self._strongest(0, pair.ours, self.of_ours[pair.ours]),
            self._strongest(1, pair.theirs, self.of_theirs[pair.theirs]),
        )
        return [other.score for pairs in beside for other in pairs if other is not pair]

    def _strongest(self, side: int, place: int, pairs: list[WeighedPair]) -> list[WeighedPair]:
        if len(pairs) <= MOST_RIVALS:
            return pairs
        found = self._crowds.get((side, place))
        if found is None:
            found = sorted(pairs, key=lambda pair: -pair.score)[:MOST_RIVALS]
            self._crowds[side, place] = found
        return found

    # -- each pair by itself -------------------------------------------------------------------------------

    def _weighed(self) -> dict[int, list[WeighedPair]]:
        """In the order of the lists, so that the caller may put side by side what is compared with the same records."""
        found: dict[int, list[WeighedPair]] = {}
        rank = {place: number for number, place in enumerate(_by_id(self._theirs))}
        facts: dict[Compared, Compared] = {}
        for ours in range(len(self._ours)):
            if ours % PROGRESS_EVERY == 0:
                self._known.progress(ours, len(self._ours))
            wanted = {*self._known.partners(ours), *self._same_name.get(ours, ())}
            if self._never:
                wanted -= self._declared_different(ours, wanted)
            pairs = [
                pair
                for theirs in sorted(wanted, key=rank.__getitem__)
                if (pair := self._weigh(ours, theirs, facts))
            ]
            if pairs:
                found[ours] = pairs
        return found

    def _declared_different(self, ours: int, among: Iterable[int]) -> set[int]:
        id = self._ours[ours].key.id
        return {theirs for theirs in among if (id, self._theirs[theirs].key.id) in self._never}

    def _weigh(self, ours: int, theirs: int, facts: dict[Compared, Compared]) -> WeighedPair | None:
        """None when the two have nothing in common. ``facts``: those of earlier pairs; few combinations are frequent."""
        found = self._compared(ours, theirs)
        if not has_minimum(found):
            return None
        score, rule, seen = self._known.model.score(found), rule_for(found, _ALONE), compared(found)
        kept = (
            score >= self._least
            or rule is not None
            or is_sure(found)
            or self._profiles[0][ours].name.plain == self._profiles[1][theirs].name.plain
        )
        return WeighedPair(ours, theirs, score, facts.setdefault(seen, seen), rule, found if kept else None)

    # -- beside all others ---------------------------------------------------------------------------------

    def _add_what_contacts_tell(self) -> None:
        """What contact facts are worth in these lists."""
        telling = self._telling()
        nats = {facts: telling.adds(facts) for facts in {pair.compared for pair in self.pairs}}
        for pair in self.pairs:
            pair.score += nats[pair.compared]

    def _telling(self) -> Telling:
        usual = self._known.model.usual
        if not usual.shared:
            return NOTHING_SPECIAL
        sure = (pair.found for pair in self.pairs if pair.found is not None and is_sure(pair.found))
        return Telling.beside(usual, Habits.of(sure, self._profiles, usual))


def _by_id(records: Sequence[Candidate]) -> list[int]:
    """Places."""
    return sorted(range(len(records)), key=lambda place: records[place].key.id)
