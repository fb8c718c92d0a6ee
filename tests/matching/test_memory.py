"""What people decided about pairs is kept, honored at the next review, and counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.sync.rig import Rig
from tieout.sync import match_memory, review, review_jobs, review_lists
from tieout.sync.models import MatchDecision, Review, Verdict

pytestmark = pytest.mark.django_db

THEN = datetime(2026, 5, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    assert rig.connect().ok
    return rig


def decide(rig: Rig, verdict: Verdict, practice_id: str = "1", ledger_id: str = "7") -> MatchDecision:
    return match_memory.remember(rig.connection, "client", practice_id, ledger_id, verdict, rig.member, THEN)


def collected(rig: Rig) -> Review:
    found = review.start(rig.connection, "client", activity="all", actor_member=rig.member)
    review_jobs.collect(found.pk, rig.engine)
    found.refresh_from_db()
    assert found.state == "ready", found.problem
    return found


def test_the_latest_verdict_counts(rig: Rig) -> None:
    with rig.here():
        decide(rig, Verdict.REJECT)
        decide(rig, Verdict.REJECT, "2", "8")
        assert match_memory.never_pairs(rig.connection, "client") == {("1", "7"), ("2", "8")}
        decide(rig, Verdict.ACCEPT)
        assert match_memory.never_pairs(rig.connection, "client") == {("2", "8")}


def test_precision_is_what_was_linked_and_not_undone(rig: Rig) -> None:
    with rig.here():
        assert match_memory.measured(rig.connection, "client").worst_case == 1.0
        for number in range(60):
            decided = decide(rig, Verdict.ACCEPT, str(number), str(number))
            MatchDecision.objects.filter(pk=decided.pk).update(proposed=match_memory.CONFIRMED)
        assert match_memory.measured(rig.connection, "client").worst_case == pytest.approx(0.0487, abs=0.0005)
        decide(rig, Verdict.UNLINK, "3", "3")
        found = match_memory.measured(rig.connection, "client")
        assert (found.accepted, found.undone) == (60, 1)
        assert found.sentence.startswith("60 pairs linked, 1 undone since: at least 92.")


def test_a_pair_rejected_once_is_not_proposed_by_the_next_review(rig: Rig) -> None:
    customer = rig.add_customer("Ifeoma Oyelaran")
    client = rig.add_client("Ifeoma Oyelaran")
    with rig.here():
        first = collected(rig)
        [row] = first.rows.filter(bucket="match")
        assert (row.confirmed, row.practice_id, row.ledger_id) == (True, client, customer)
        decide(rig, Verdict.REJECT, client, customer)
        review.cancel(first, rig.member)
        second = collected(rig)
        assert not second.rows.filter(bucket="match").exists()
        assert not any(row.suggestions for row in second.rows.all())


def test_a_pair_to_be_checked_is_linked_only_when_accepted(rig: Rig) -> None:
    pairs = []
    for name in ("Ifeoma Oyelaran", "Thu Zellweger"):
        customer = rig.add_customer(name, PrimaryEmailAddr={"Address": "one@example.org"})
        pairs.append((rig.add_client(name, email=f"{name[:3].lower()}@elsewhere.example"), customer))
    with rig.here():
        found = collected(rig)
        rows = {row.practice_id: row for row in found.rows.filter(bucket="match")}
        assert [rows[client].confirmed for client, _ in pairs] == [False, False]
        assert "The e-mail differs." in rows[pairs[0][0]].against
        found.rows.filter(practice_id=pairs[0][0]).update(decision="accept")
        assert review_lists.forecast(found)["link"] == 1
        assert review_lists.forecast(found)["leave"] == 1
        review.apply(found, rig.member)
        review_jobs.apply_now(found.pk, rig.engine)
        decided = MatchDecision.objects.get()
        assert (decided.practice_id, decided.ledger_id, decided.proposed) == (*pairs[0], match_memory.CHECK)
        assert decided.evidence["against"] == ["The e-mail differs."]
    assert rig.links() == dict(pairs[:1])
