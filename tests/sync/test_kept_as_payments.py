"""An applied credit is a payment in QuickBooks: neither is taken for the other, whatever their numbers here are."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tests.sync.test_documents import TODAY
from tests.sync.test_void_asks_first import Desk
from tieout.practice.actions.credits import apply_credit, create_credit, unapply_credit
from tieout.sync.models import Dirty, Issue, Observation
from tieout.sync.record_tables import COPY_OF, STRAY

pytestmark = pytest.mark.django_db
MIGRATION = import_module("tieout.sync.migrations.0033_no_payment_for_a_credit")


def test_a_payment_and_an_applied_credit_of_one_number_are_not_there_twice() -> None:
    desk = Desk()
    (paid, _), (credited, there) = desk.bill(), desk.bill()
    payment = desk.pay(paid, "60")
    with connection.cursor() as cursor:
        table = "pg_get_serial_sequence('practice_creditapplication', 'id')"
        cursor.execute(f"SELECT setval({table}, %s, false)", [payment.pk])
    with desk.here():
        credit = create_credit(
            **desk.by,
            today=TODAY,
            client_id=desk.client,
            item_id=desk.sold.pk,
            date=TODAY,
            quantity=Decimal(1),
            rate=Decimal(30),
        )
        (applied,) = apply_credit(
            **desk.by, credit_id=credit.pk, today=TODAY, allocations=[(credited.pk, Decimal(30))]
        )
    assert applied.pk == payment.pk
    for _ in range(2):
        desk.settle()
        desk.until_the_change_feed_is_asked()
    with desk.here():
        assert not Issue.objects.filter(closed_at=None, cause="twice_there").exists()
        assert not Observation.objects.filter(facts__has_key=COPY_OF).exists()
        unapply_credit(**desk.by, application_id=applied.pk)
    desk.settle()
    assert desk.shows(there) == (100, 100)
    with desk.here():
        _an_older_version_took_one_for_the_other(str(payment.pk))
        MIGRATION.forget(apps, None)
        assert not Observation.objects.filter(facts__has_key=COPY_OF).exists()
        assert Dirty.objects.filter(entity="payment", record_id=str(payment.pk)).exists()


def _an_older_version_took_one_for_the_other(number: str) -> None:
    row = Observation.objects.get(entity="credit_application", side="ledger", absent="")
    row.pk, row.entity, row.facts = None, "payment", {**row.facts, COPY_OF: number, STRAY: True}
    row.save(force_insert=True)
