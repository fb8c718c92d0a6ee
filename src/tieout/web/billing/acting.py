"""Acts: what every billing verb is told of the person at the page, and how a page answers a verb's refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypedDict

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actor import Actor
from tieout.practice.firms import Member
from tieout.practice.invoice_terms import today_at
from tieout.practice.validation import Invalid


class By(TypedDict):
    firm_id: int
    actor: Actor


def by(member: Member) -> By:
    return {"firm_id": member.firm_id, "actor": Actor.of(member)}


def today_of(member: Member) -> date:
    """The date at the firm, which decides what is of the future."""
    return today_at(timezone.now(), member.firm.time_zone)


def carried_out(request: HttpRequest, act: Callable[[], Any], told: str) -> bool:
    """Do it and say ``told`` on the next page, or say there why it was refused. For buttons without a form."""
    try:
        act()
    except (Invalid, ChangedMeanwhile) as problem:
        messages.error(request, str(problem))
        return False
    messages.success(request, told)
    return True


def version_seen(text: str | None) -> int | None:
    """The version the page was made from; None when it does not say, and then any will do."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
