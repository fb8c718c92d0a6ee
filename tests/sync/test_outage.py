"""QuickBooks is down, or closed to us, or somebody signs in again beside a run: few calls, and nothing put back."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tieout.sync import connections, decisions, sending
from tieout.sync.models import Attempt, Connection, Issue

pytestmark = pytest.mark.django_db


def test_an_outage_ends_the_run_after_a_few_writes_instead_of_putting_all_in_doubt(rig: Rig) -> None:
    for number in range(20):
        rig.add_client(f"Ada {number}")
    rig.fault("status", status=503, entity="customer", operation="create")
    passed = rig.run()
    assert passed is not None
    assert passed.outcome == "waiting"
    with rig.here():
        assert Attempt.objects.filter(state="in_doubt").count() == sending.MOST_SILENT
    assert {cause for cause, _ in rig.issues()} == {"in_flight"}
    rig.emulator.control.clear_faults()
    rig.advance(60)
    rig.settle()
    assert len(rig.customers()) == len({one["DisplayName"] for one in rig.customers().values()}) == 20


def test_an_ended_subscription_is_not_asked_for_every_record(rig: Rig) -> None:
    for number in range(20):
        rig.add_client(f"Ada {number}")
    rig.emulator.log.clear()
    rig.fault("fault", code="6190", status=403, entity="customer", operation="create")
    rig.run()
    assert (
        len([one for one in rig.emulator.log.entries() if one.method == "POST" and "/customer" in one.path])
        <= 6
    )
    assert {cause for cause, _ in rig.issues()} == {"subscription"}
    rig.emulator.control.clear_faults()
    with rig.here():
        decisions.retry(rig.member, list(Issue.objects.values_list("pk", flat=True)), engine=rig.engine)
    rig.settle()
    assert len(rig.customers()) == 20


def test_reauthorizing_beside_a_run_does_not_put_back_what_the_run_and_others_have_changed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_before = rig.connection
    with rig.here():
        Connection.objects.update(epoch=99, switches={"client": {"create": {"ledger": False}}})
    monkeypatch.setattr(connections, "connection_of", lambda firm_id: seen_before)
    assert rig.connect().kind == "reconnected"
    monkeypatch.undo()
    assert (rig.connection.epoch, rig.connection.switches) == (99, {"client": {"create": {"ledger": False}}})
