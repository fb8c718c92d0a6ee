"""Acts: mails the report of a finished run to whoever pressed Sync. A mail that is not taken is said in the activity."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.mail import NotSent, deliver
from tieout.sync import set_up_report
from tieout.sync.engine import Engine
from tieout.sync.listing import say
from tieout.sync.models import Connection, Review


def send(review_id: int, engine: Engine | None = None) -> None:
    engine = engine or Engine()
    with every_firm_scope():
        found = Review.objects.select_related("applied_by__user").filter(pk=review_id).first()
    if found is None or found.applied_by is None:
        return
    with firm_scope(found.firm_id):
        connection = Connection.objects.get(pk=found.connection_id)
        told = set_up_report.report(connection, found)
        address = settings.BASE_URL + reverse("quickbooks-report", args=[found.pk])
        to = found.applied_by.user.email
        try:
            deliver([to], told.subject, set_up_report.text(told, address))
        except NotSent as problem:
            sentence, result = f"The set-up report could not be mailed to {to}. {problem}", "info"
        else:
            sentence, result = f"The set-up report was mailed to {to}", "info"
        say(connection, engine.now(), sentence, result=result, entity=found.entity)
