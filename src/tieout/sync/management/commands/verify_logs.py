"""Acts: verifies both chained logs: each firm's history, and what was sent for each connection. Changes nothing.

    ./run manage verify_logs

Ends with an error when a chain is broken. The last hash it prints is worth keeping elsewhere: with it, entries missing
from the end of a log would be noticed too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tieout.practice import audit_chain
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm
from tieout.practice.isolation import every_firm_scope
from tieout.sync import write_log
from tieout.sync.models import Connection, WriteEntry


class Command(BaseCommand):
    help = "Verify that no entry of the audit log, or of what was sent to QuickBooks, was changed or removed"

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        with every_firm_scope():
            for words, place in (*_histories(), *_write_logs()):
                broken += place is not None
                self.stdout.write(f"{words}: {'whole' if place is None else f'BROKEN at entry {place:,}'}")
        if broken:
            raise CommandError(
                f"{broken} log{' is' if broken == 1 else 's are'} not whole: entries were changed or removed past Tieout."
            )


def _histories() -> Iterator[tuple[str, int | None]]:
    for firm in Firm.objects.order_by("pk"):
        entries = ChangeRecord.objects.filter(firm_id=firm.pk)
        last = entries.exclude(number=None).order_by("-number").first()
        waiting = entries.filter(number=None).count()
        told = f"{last.number:,} entries, last hash {last.hash}" if last else "no entries"
        later = f", {waiting:,} to be chained by the worker" if waiting else ""
        yield f"History of {firm.name} ({told}{later})", audit_chain.broken_at(firm.pk)


def _write_logs() -> Iterator[tuple[str, int | None]]:
    for connection in Connection.objects.select_related("firm").order_by("pk"):
        last = WriteEntry.objects.filter(connection=connection).order_by("-number").first()
        told = f"{last.number:,} entries, last hash {last.hash}" if last else "no entries"
        yield (
            f"Sent to {connection.company_name} for {connection.firm.name} ({told})",
            write_log.broken_at(connection),
        )
