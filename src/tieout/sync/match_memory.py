"""Acts: remembers what people decided about pairs, so that nothing is asked twice, and measures how often matching was right."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from math import exp, lgamma, log

from django.db import connection as database

from tieout.practice.models import Member
from tieout.sync.match_tables import MatchDecision, Verdict
from tieout.sync.models import Connection, ReviewRow

KEPT_APART = (Verdict.REJECT, Verdict.UNLINK)
"""Decisions after which two records are no pair."""
CONFIRMED, CHECK, SUGGESTED = "confirmed", "check", "suggested"


def remember(
    connection: Connection,
    entity: str,
    practice_id: str,
    ledger_id: str,
    verdict: Verdict,
    member: Member | None,
    at: datetime,
    *,
    token: str = "",
) -> MatchDecision:
    """Note one decision. What the last review showed of the pair is kept with it.

    ``token``: the version of the ledger's record that it was decided on, where it holds for that one only.
    """
    rows = ReviewRow.objects.filter(review__connection=connection, review__entity=entity)
    shown = rows.filter(practice_id=practice_id, ledger_id=ledger_id).order_by("-id").first()
    suggested = None if shown else rows.filter(practice_id=practice_id).order_by("-id").first()
    proposed, evidence = _as_shown(shown, suggested, ledger_id)
    return MatchDecision.objects.create(
        firm_id=connection.firm_id,
        connection=connection,
        entity=entity,
        practice_id=practice_id,
        ledger_id=ledger_id,
        verdict=verdict,
        proposed=proposed,
        evidence={**evidence, "token": token} if token else evidence,
        decided_by=member,
        decided_at=at,
    )


def remember_applied(
    connection: Connection, entity: str, rows: Iterable[ReviewRow], member: Member | None, at: datetime
) -> None:
    """Note the pairs of a review that are being linked, all at once."""
    MatchDecision.objects.bulk_create(
        (
            MatchDecision(
                firm_id=connection.firm_id,
                connection=connection,
                entity=entity,
                practice_id=row.practice_id,
                ledger_id=row.ledger_id,
                verdict=Verdict.ACCEPT,
                proposed=CONFIRMED if row.confirmed else CHECK,
                evidence=_snapshot(row),
                decided_by=member,
                decided_at=at,
            )
            for row in rows
        ),
        batch_size=1_000,
    )


def _as_shown(
    pair: ReviewRow | None, lone: ReviewRow | None, ledger_id: str
) -> tuple[str, dict[str, object]]:
    if pair is not None:
        return CONFIRMED if pair.confirmed else CHECK, _snapshot(pair)
    for each in lone.suggestions if lone else ():
        if each.get("id") == ledger_id:
            return SUGGESTED, {**each, "practice_name": lone.practice_name if lone else ""}
    return "", {}


def _snapshot(row: ReviewRow) -> dict[str, object]:
    return {
        "practice_name": row.practice_name,
        "ledger_name": row.ledger_name,
        "practice_details": row.practice_details,
        "ledger_details": row.ledger_details,
        "reasons": row.reasons,
        "against": row.against,
        "certainty": row.certainty,
    }


def never_pairs(
    connection: Connection, entity: str, practice_ids: Collection[str] | None = None
) -> frozenset[tuple[str, str]]:
    """(practice id, ledger id) of the pairs a person declared different, and did not link since.

    ``practice_ids``: look at the pairs of these records only.
    """
    last: dict[tuple[str, str], str] = {}
    decisions = MatchDecision.objects.filter(connection=connection, entity=entity).order_by("id")
    if practice_ids is not None:
        decisions = decisions.filter(practice_id__in=practice_ids)
    for practice_id, ledger_id, verdict in decisions.values_list("practice_id", "ledger_id", "verdict"):
        last[(practice_id, ledger_id)] = verdict
    return frozenset(pair for pair, verdict in last.items() if verdict in KEPT_APART)


def latest(
    connection: Connection, entity: str, practice_ids: Collection[str]
) -> dict[tuple[str, str], MatchDecision]:
    """The decision that counts about each pair of these records, by practice and ledger id. One query."""
    rows = MatchDecision.objects.filter(connection=connection, entity=entity, practice_id__in=practice_ids)
    return {(row.practice_id, row.ledger_id): row for row in rows.order_by("id")}


def taken_apart(
    connection: Connection, entity: str, practice_ids: Collection[str]
) -> frozenset[tuple[str, str]]:
    """(practice id, ledger id) of the pairs of these records that were linked and that a person took apart. One query."""
    said = latest(connection, entity, practice_ids)
    return frozenset(pair for pair, row in said.items() if row.verdict == Verdict.UNLINK)


@dataclass(frozen=True, slots=True)
class Measured:
    """How often proposals of one kind turned out wrong, as far as anybody has said."""

    accepted: int
    undone: int
    """Of the accepted, those that were unlinked or declared different afterwards."""

    @property
    def worst_case(self) -> float:
        """The share of wrong links that these numbers still allow, with 95 % confidence. 1.0 when there are none."""
        return _upper_bound(self.undone, self.accepted)

    @property
    def sentence(self) -> str:
        if not self.accepted:
            return "No pair has been linked yet, so nothing is known about how often matching is right here."
        return (
            f"{self.accepted:,} pair{'s' if self.accepted != 1 else ''} linked, {self.undone:,} undone since: "
            f"at least {100 * (1 - self.worst_case):.1f} % right, with 95 % confidence."
        )


_MEASURED = """
WITH taken AS (
    SELECT practice_id, ledger_id, min(id) AS at FROM sync_matchdecision
    WHERE connection_id = %(connection)s AND entity = %(entity)s AND verdict = 'accept' AND proposed = %(proposed)s
    GROUP BY practice_id, ledger_id
)
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM sync_matchdecision later
    WHERE later.connection_id = %(connection)s AND later.entity = %(entity)s AND later.id > taken.at
    AND later.practice_id = taken.practice_id AND later.ledger_id = taken.ledger_id AND later.verdict <> 'accept'
)) FROM taken
"""


def measured(connection: Connection, entity: str, proposed: str = CONFIRMED) -> Measured:
    """Of the pairs that were proposed as ``proposed`` and linked, how many were taken apart again. One question."""
    asked: dict[str, int | str] = {"connection": connection.pk, "entity": entity, "proposed": proposed}
    with database.cursor() as cursor:
        cursor.execute(_MEASURED, asked)
        accepted, undone = cursor.fetchone()
    return Measured(accepted, undone)


def _upper_bound(wrong: int, total: int, confidence: float = 0.95) -> float:
    """Exact binomial (Clopper-Pearson), by bisection."""
    if total == 0 or wrong == total:
        return 1.0
    low, high = wrong / total, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _at_most(wrong, total, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(wrong: int, total: int, rate: float) -> float:
    return sum(
        exp(
            lgamma(total + 1)
            - lgamma(k + 1)
            - lgamma(total - k + 1)
            + k * log(rate)
            + (total - k) * log(1 - rate)
        )
        for k in range(wrong + 1)
    )
