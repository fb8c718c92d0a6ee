"""A choice from the lists of another of the ledger's companies is not sent, and a person is told. Pure."""

from __future__ import annotations

import pytest

from tieout.quickbooks.entities import invoice, item, payment
from tieout.reconcile.action import Update
from tieout.reconcile.plan import Blocked, Linked, Switches, Unlinked, Why, plan
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Baseline, Key, Present, Side

ITEM = item.ENTITY.spec


@pytest.mark.parametrize(
    ("spec", "unit"),
    [
        (payment.ENTITY.spec, "deposit_to"),
        (invoice.ENTITY.spec, "content"),
        (invoice.ENTITY.spec, "location"),
        (ITEM, "income_account"),
    ],
)
def test_a_new_record_with_such_a_choice_is_not_sent_and_says_which(spec: EntitySpec, unit: str) -> None:
    key = Key(spec.practice, Side.PRACTICE, "1")
    units = {"client": "7", "date": "2026-03-02", "name": "Advice", "state": "open", "active": True}
    shown = Present({one.name: units.get(one.name) for one in spec.units}, "1", {"other_company": unit})
    found = plan(spec, [Unlinked(key, shown)], Switches())
    ((blocked,),) = found.outcomes.values()
    assert isinstance(blocked, Blocked)
    assert (blocked.why, blocked.unit) == (Why.OTHER_COMPANY, unit)
    assert blocked.sentence.startswith(f"{spec.unit(unit).label}: what is chosen is of another")


def linked(theirs: str, agreed: str) -> Linked:
    """An item whose income account is of another company."""
    here = {"name": "Advice", "income_account": "", "active": True}
    there = {**here, "income_account": theirs}
    return Linked(
        Key("service_item", Side.PRACTICE, "1"),
        Key("service_item", Side.LEDGER, "9"),
        Present(here, "2", {"other_company": "income_account"}),
        Present(there, "3"),
        Baseline({**here, "income_account": agreed}, {**here, "income_account": agreed}),
    )


def test_a_linked_record_takes_what_the_ledger_has_and_never_empties_it() -> None:
    filled = plan(ITEM, [linked("35", "")], Switches())
    assert [(one.side, one.units) for one in filled.actions if isinstance(one, Update)] == [
        (Side.PRACTICE, {"income_account": "35"})
    ]
    for theirs in ("35", "40"):
        back = plan(ITEM, [linked(theirs, "35")], Switches())
        assert not back.actions
        ((blocked,),) = back.outcomes.values()
        assert isinstance(blocked, Blocked)
        assert blocked.why is Why.OTHER_COMPANY
