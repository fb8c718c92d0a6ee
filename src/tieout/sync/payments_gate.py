"""Acts: looks whether payments may be turned on: what is not set there yet, and QuickBooks spending credits by itself.

Source of the rule: with "Automatically apply credits" on, QuickBooks applies a credit memo to an open invoice the moment
it arrives (Intuit's help on customer credits), and the application sent afterwards finds nothing left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import CharField
from django.db.models.functions import Cast

from tieout.practice.billing_access import rows_of
from tieout.practice.payments import Payment, PaymentStatus
from tieout.sync import settings_doctor
from tieout.sync.engine import Engine
from tieout.sync.issues import Listing
from tieout.sync.models import Connection, Issue, SettingsCheck
from tieout.sync.sections import start_from

FRESH = timedelta(seconds=20)
"""While somebody waits for a change in QuickBooks, it is looked at this often: each look is two metered reads."""


class AutoApply(StrEnum):
    ON = "on"
    OFF = "off"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaymentsGate:
    check: SettingsCheck
    auto_apply: AutoApply
    invoices_missing: int
    """Invoices that are not in QuickBooks yet: their payments wait for them."""
    paid_left_out: int = 0
    """Invoices that are left out, by a person or as too old, and have payments since the start: a person is asked about each
    of those payments."""

    @property
    def cannot_read(self) -> bool:
        """QuickBooks did not answer, or does not let us look: that may pass, unlike its not telling."""
        return bool(self.check.problem)

    @property
    def closed(self) -> bool:
        """Nothing helps but changing the setting there. Where QuickBooks does not tell, a person has to look."""
        return self.auto_apply is AutoApply.ON


def look(connection: Connection, *, engine: Engine | None = None) -> PaymentsGate:
    """As it is now: asks QuickBooks unless that was just done."""
    engine = engine or Engine()
    last = SettingsCheck.objects.filter(connection=connection).first()
    fresh = last is not None and not last.problem and last.checked_at >= engine.now() - FRESH
    check = last if fresh and last else settings_doctor.examine(connection, engine=engine)
    invoices = Issue.objects.filter(connection=connection, entity="invoice", side="practice", closed_at=None)
    missing = invoices.exclude(listing=Listing.LEFT_OUT)
    left_out = invoices.filter(listing=Listing.LEFT_OUT)
    since = start_from(connection, "payment") or start_from(connection, "invoice")
    paid = rows_of(Payment, connection.firm_id).filter(
        status=PaymentStatus.RECEIVED, date__gte=since or date.min, allocations__isnull=False
    )
    paid = paid.annotate(pays=Cast("allocations__invoice_id", CharField()))
    return PaymentsGate(
        check,
        auto_apply(check),
        missing.values("record_id").distinct().count(),
        paid.filter(pays__in=left_out.values("record_id")).values("pays").distinct().count(),
    )


def auto_apply(check: SettingsCheck) -> AutoApply:
    """What QuickBooks told. An old answer that could not be renewed is no answer."""
    preferences = (check.facts.get("preferences") or {}).get("SalesFormsPrefs") or {}
    on = None if check.problem else preferences.get("AutoApplyCredit")
    if on is None:
        return AutoApply.UNKNOWN
    return AutoApply.ON if on else AutoApply.OFF
