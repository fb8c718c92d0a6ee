"""Acts: mails the report of a finished run to whoever pressed Sync, and tries again while the mail server does not take it.

The run keeps what came of it, so that a job that is repeated mails nothing twice. The activity has one line for the
first try that failed, and one for how it ended.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.mail import NotSent, deliver, mail_is_set_up
from tieout.sync import set_up_report, tasks
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Connection, Review

AGAIN_AFTER = tuple(timedelta(minutes=each) for each in (2, 10, 60, 240, 720))
"""How long after each try that failed it is tried again; the last one ends it."""
MAILED, TRIES = "report_mailed_at", "report_tries"


def send(review_id: int, engine: Engine | None = None) -> None:
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.select_related("applied_by__user").filter(pk=review_id).first()
    if found is None or found.applied_by is None or MAILED in found.summary:
        return
    with firm_scope(found.firm_id):
        connection = Connection.objects.get(pk=found.connection_id)
        told = set_up_report.report(connection, found)
        address = settings.BASE_URL + reverse("quickbooks-report", args=[found.pk])
        to = found.applied_by.user.email
        try:
            deliver([to], told.subject, set_up_report.text(told, address))
        except NotSent as problem:
            _not_taken(connection, found, f"The set-up report could not be mailed to {to}. {problem}", engine)
            return
        _keep(found, {MAILED: engine.now().isoformat()})
        _say(connection, found, f"The set-up report was mailed to {to}", engine.now())


def _not_taken(connection: Connection, found: Review, sentence: str, engine: Engine) -> None:
    """Without a mail server there is nothing to wait for; else it is tried again, more and more seldom."""
    tries = int(found.summary.get(TRIES, 0))
    again = mail_is_set_up() and tries < len(AGAIN_AFTER)
    _keep(found, {TRIES: tries + 1})
    if again:
        tasks.mail_report_soon(found.pk, after=AGAIN_AFTER[tries])
    if not again or tries == 0:
        ends = " It is tried again by itself." if again else " It stays under Set-up reports."
        _say(connection, found, sentence + ends, engine.now())


def _keep(found: Review, what: dict[str, object]) -> None:
    found.summary = {**found.summary, **what}
    found.save(update_fields=["summary"])


def _say(connection: Connection, found: Review, sentence: str, now: datetime) -> None:
    say(connection, now, sentence, result="info", entity=found.entity)
