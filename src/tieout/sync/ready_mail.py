"""Acts: mails that a review is ready, or stopped: to who started it and left, and to who asked. One mail each.

Queued in the transaction that ended the reading, and sent a minute later: whoever still sits before the page has been
led on by then, and needs no mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.mail import NotSent, deliver, mail_is_set_up
from tieout.practice.models import Member
from tieout.sync import review, tasks
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Review, ReviewState, ReviewVisit

AGAIN_AFTER = tuple(timedelta(minutes=each) for each in (2, 10, 60))
"""How long after each try that failed it is tried again; later than that, nobody waits for it any more."""
PAGES = {"client": "quickbooks-clients-review", "service_item": "quickbooks-items-review"}
ENDED = (ReviewState.READY, ReviewState.FAILED)


def ask(found: Review, member: Member) -> bool:
    """Mail this person too when it is ready. False when the reading is over, or it was asked already."""
    with transaction.atomic():
        row = Review.objects.select_for_update().filter(pk=found.pk, firm_id=member.firm_id).first()
        if row is None or row.state != ReviewState.COLLECTING or member.pk in row.tell:
            return False
        Review.objects.filter(pk=row.pk).update(tell=[*row.tell, member.pk])
    return True


def send(review_id: int, ended_at: datetime, tries: int = 0, engine: Engine | None = None) -> int:
    """Mail whoever is to be told that the reading which ended then is over. Returns how many were mailed.

    Nobody, when it has gone on since: it was applied, cancelled, or started anew.
    """
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.select_related("started_by").filter(pk=review_id, state__in=ENDED).first()
    if found is None or found.told_at is not None:
        return 0
    with firm_scope(found.firm_id):
        subject, text = _words(found, engine)
        told = 0
        for member in _to(found, ended_at):
            try:
                deliver([member.user.email], subject, text, sender_name="Tieout")
            except NotSent:
                if told == 0 and mail_is_set_up() and tries < len(AGAIN_AFTER):
                    tasks.mail_ready_soon(found.pk, ended_at, tries + 1, after=AGAIN_AFTER[tries])
                    return 0
                continue
            told += 1
        Review.objects.filter(pk=found.pk).update(told_at=engine.now())
    return told


def _to(found: Review, ended_at: datetime) -> list[Member]:
    """Who asked, and who started it unless they looked at the review since."""
    back = ReviewVisit.objects.filter(review=found, seen_at__gte=ended_at).values_list("member_id", flat=True)
    ids = {*found.tell, *({found.started_by_id} - set(back))} - {None}
    members = Member.objects.filter(firm_id=found.firm_id, pk__in=ids, is_active=True, user__is_active=True)
    return list(members.select_related("user").order_by("id"))


def _words(found: Review, engine: Engine) -> tuple[str, str]:
    connection = Connection.objects.get(pk=found.connection_id)
    plural = review.spec_of(connection, found.entity, engine).plural.lower()
    if found.state == ReviewState.FAILED:
        address = settings.BASE_URL + reverse("quickbooks")
        return (
            f"The comparison of {plural} stopped",
            f"{found.problem} Nothing was written.\n\nStart again whenever you like:\n{address}\n",
        )
    counts = review.bucket_counts(found)
    text = (
        f"Both sides are read and compared. Matches: {counts['match']:,}. Possible duplicates: {counts['duplicate']:,}. "
        f"Here without a partner: {counts['unmatched']:,}. Only in QuickBooks: {counts['new']:,}. Nothing is written "
        f"before you have looked.\n\n{settings.BASE_URL}{reverse(PAGES[found.entity])}\n"
    )
    return f"The comparison of {plural} is ready for you", text
