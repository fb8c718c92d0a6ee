"""What a plan would do can be read before anything is done."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.sync.rig import Rig
from tieout.reconcile.state import Side
from tieout.sync import advanced, lease
from tieout.sync.dry_run import planned
from tieout.sync.models import Dirty

pytestmark = pytest.mark.django_db


def told(rig: Rig) -> list[tuple[str, str]]:
    return [(one.glyph, one.sentence) for one in planned(rig.connection, rig.engine)]


def test_it_says_what_is_created_changed_and_left_alone_and_why(rig: Rig) -> None:
    ada = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    with rig.here():
        advanced.turn(rig.member, "client", "create", Side.LEDGER, False, engine=rig.engine)
    rig.edit_client(ada, phone="2")
    rig.add_client("Bo Diaz")
    assert told(rig) == [
        ("~", "Change phone of Ada Byrne in QuickBooks"),
        ("!", "Bo Diaz: Creating clients there is switched off."),
    ]


def test_it_writes_to_neither_side_and_leaves_the_work_to_the_next_run(rig: Rig) -> None:
    rig.add_client("Ada Byrne")
    rig.emulator.log.clear()
    assert told(rig) == [("+", "Create Ada Byrne in QuickBooks")]
    assert told(rig) == [("+", "Create Ada Byrne in QuickBooks")]
    assert [one for one in rig.emulator.log.entries() if one.operation == "create"] == []
    with rig.here():
        assert Dirty.objects.filter(connection=rig.connection).exists()
    rig.settle()
    assert len(rig.customers_named("Ada Byrne")) == 1
    assert told(rig) == []


def test_the_command_prints_it_for_one_firm_or_says_what_to_do(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.sync.dry_run.Engine", lambda: rig.engine)
    rig.add_client("Ada Byrne")
    out = io.StringIO()
    call_command("show_plan", rig.firm.name, stdout=out)
    assert "  + Create Ada Byrne in QuickBooks\n  1 +" in out.getvalue()
    with pytest.raises(CommandError, match="No firm of that name"):
        call_command("show_plan", "Nobody")
    with rig.here():
        assert lease.take(rig.connection.pk, rig.engine)
    with pytest.raises(CommandError, match="ask again"):
        call_command("show_plan")
