"""Acts: looks whether payments may be turned on: what is not set there yet, and QuickBooks spending credits by itself.

Source of the rule: with "Automatically apply credits" on, QuickBooks applies a credit memo to an open invoice the moment
it arrives (Intuit's help on customer credits), and the application sent afterwards finds nothing left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tieout.sync import settings_doctor
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, Issue, SettingsCheck

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
    missing = Issue.objects.filter(connection=connection, entity="invoice", side="practice", closed_at=None)
    missing = missing.exclude(listing="left_out")
    return PaymentsGate(check, auto_apply(check), missing.values("record_id").distinct().count())


def auto_apply(check: SettingsCheck) -> AutoApply:
    """What QuickBooks told. An old answer that could not be renewed is no answer."""
    preferences = (check.facts.get("preferences") or {}).get("SalesFormsPrefs") or {}
    on = None if check.problem else preferences.get("AutoApplyCredit")
    if on is None:
        return AutoApply.UNKNOWN
    return AutoApply.ON if on else AutoApply.OFF
