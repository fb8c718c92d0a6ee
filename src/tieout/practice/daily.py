"""Acts: what a practice does by itself once a day: writes recurring invoices that have come due, asks about
pending charges, adds late fees, forgets answers kept for programs that repeat a call.

Safe to call as often as one likes: each act knows what it has done already. A firm's day is that of its time zone.
"""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from tieout.practice.actions.api_tokens import forget_answers
from tieout.practice.actions.asking_again import ask_about_pending
from tieout.practice.actions.late_fees import add_late_fees
from tieout.practice.actions.recurring import write_due_invoices
from tieout.practice.actor import Actor, ActorKind
from tieout.practice.firms import Firm
from tieout.practice.isolation import every_firm_scope, firm_scope

log = logging.getLogger(__name__)
ACTOR = Actor(ActorKind.SYSTEM, "Tieout")


def do_what_is_due(now: datetime) -> int:
    """For every firm. ``now``: an aware instant. Returns how many invoices were written or charged a fee."""
    with every_firm_scope():
        firms = list(Firm.objects.values_list("id", "time_zone"))
    return sum(_of_one_firm(firm_id, time_zone, now) for firm_id, time_zone in firms)


def _of_one_firm(firm_id: int, time_zone: str, now: datetime) -> int:
    today = now.astimezone(ZoneInfo(time_zone)).date()
    try:
        with firm_scope(firm_id):
            written = write_due_invoices(firm_id=firm_id, actor=ACTOR, today=today, now=now)
            ask_about_pending(firm_id=firm_id, actor=ACTOR, today=today, now=now)
            charged = add_late_fees(firm_id=firm_id, actor=ACTOR, today=today, now=now)
            forget_answers(firm_id, now)
    except Exception:
        # One firm's trouble must not keep the others from their invoices; it is tried again with the next call.
        log.exception("what is due daily failed for firm %s", firm_id)
        return 0
    return len(written) + len(charged)
