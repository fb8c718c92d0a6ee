"""Acts: people who work on both sides of one invoice: money is received on it in QuickBooks, it is voided here, and
somebody answers what that asks. Drawn from a stream of its own, after every step."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F

from tests.sim.acts import edit_there, records
from tests.sim.storm import Storm
from tests.sync.rig import SOMEBODY
from tieout.practice.actions.invoice_life import void_invoice
from tieout.practice.invoices import Invoice, Status
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, repairs
from tieout.sync.models import Issue, Link

OFTEN = 0.05
UNDONE = "undone_by_void"


def over_money(storm: Storm) -> None:
    """Now and then an invoice is paid there and voided here, in either order; what waits for an answer may get one."""
    if "invoice" not in storm.town.words:
        return
    begins, answers = storm.undoing.random() < OFTEN, storm.undoing.random() < 0.5
    if begins:
        _paid_there_and_void_here(storm)
    with storm.town.here():
        asked = list(Issue.objects.filter(closed_at=None, cause=UNDONE).order_by("id"))
    for issue in asked:
        if issue.pk not in storm.memory.asked:
            storm.memory.asked.add(issue.pk)
            storm.probes["void asked about"] += 1
    if asked and answers:
        try:
            with storm.town.here():
                answer(storm, storm.undoing.choice(asked))
        except decisions.CannotDecide as cannot:
            storm.tell(f"cannot: {cannot}")


def answer(storm: Storm, issue: Issue) -> None:
    """Have it voided with all that was done there, or keep it there and take the two apart. Raises ``CannotDecide``."""
    town, key = storm.town, Key(issue.entity, Side(issue.side), issue.record_id)
    if storm.undoing.random() < 0.65:
        there = repairs.partner_of(town.member, key)
        repairs.void_there(town.member, key, engine=town.engine)
        storm.tell(f"void {key.entity} {key.id} there all the same")
        storm.probes["void confirmed"] += 1
        town.witness.allow(there)
    else:
        repairs.detach(town.member, key, engine=town.engine)
        storm.tell(f"keep {key.entity} {key.id} there and take apart")
        storm.probes["void not wanted"] += 1


def received_there(storm: Storm, invoice: Mapping[str, Any], share: Decimal = Decimal(1)) -> bool:
    """A person in QuickBooks takes in this share of what is still to be paid on an invoice. Whether QuickBooks took it."""
    received = max(round(invoice["Balance"] * share, 2), Decimal("0.01"))
    link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
    fields = {
        "CustomerRef": invoice["CustomerRef"],
        "TotalAmt": received,
        "Line": [{"Amount": received, "LinkedTxn": [link]}],
    }
    if made := edit_there(storm, "Payment", None, fields, "create"):
        storm.touched_by_hand(invoice)
        storm.town.witness.by_hand.add(made)
    return bool(made)


def _paid_there_and_void_here(storm: Storm) -> None:
    rng: random.Random = storm.undoing
    town = storm.town
    with town.here():
        pairs = dict(Link.objects.filter(entity="invoice").values_list("ledger_id", "practice_id"))
        unpaid = Invoice.objects.exclude(status__in=[Status.DRAFT, Status.VOID]).filter(balance=F("total"))
        ours = {str(pk) for pk in unpaid.values_list("pk", flat=True)}
    found = [one for one in records(storm, "Invoice") if one["Balance"] and pairs.get(str(one["Id"])) in ours]
    if not found:
        return
    one, share, paid_first = rng.choice(found), rng.choice([Decimal(1), Decimal("0.4")]), rng.random() < 0.5
    if paid_first:
        received_there(storm, one, share)
    with town.here():
        practice_id = pairs[str(one["Id"])]
        storm.tell(f"invoice {practice_id} voided here")
        void_invoice(firm_id=town.firm.pk, invoice_id=practice_id, actor=SOMEBODY, now=town.our_time())
    if not paid_first:
        received_there(storm, one, share)
