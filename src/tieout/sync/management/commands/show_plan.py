"""Acts: prints what the next run would do for each connected firm, and does none of it.

    ./run manage show_plan
    ./run manage show_plan "Byrne & Cole CPA"

``+`` creates, ``~`` changes, ``-`` archives or voids, ``=`` records an agreement, ``.`` forgets a link, ``!`` is left
alone, with the reason.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tieout.practice.isolation import every_firm_scope
from tieout.reconcile.ports import LedgerError
from tieout.sync.dry_run import LaneTaken, planned
from tieout.sync.models import Connection, ConnectionState


class Command(BaseCommand):
    help = "Print what the next run would do, writing nothing to either side"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("firm", nargs="?", help="the firm's name; without it, every connected firm")

    def handle(self, *args: Any, **options: Any) -> None:
        with every_firm_scope():
            connected = Connection.objects.select_related("firm").order_by("pk")
            if options["firm"]:
                connected = connected.filter(firm__name=options["firm"])
            connections = list(connected.exclude(state=ConnectionState.DISCONNECTED))
        if not connections:
            raise CommandError("No firm of that name is connected to QuickBooks.")
        for connection in connections:
            self.stdout.write(f"{connection.firm.name}, {connection.company_name}:")
            self._show(connection)

    def _show(self, connection: Connection) -> None:
        counts: Counter[str] = Counter()
        try:
            for one in planned(connection):
                counts[one.glyph] += 1
                self.stdout.write(f"  {one.glyph} {one.sentence}")
        except LaneTaken:
            raise CommandError(
                "A run is under way, or syncing is paused. Wait a moment, or resume it, and ask again."
            ) from None
        except LedgerError as error:
            raise CommandError(error.sentence) from error
        told = ", ".join(f"{counts[glyph]:,} {glyph}" for glyph in "+~-=.!" if counts[glyph])
        self.stdout.write(f"  {told or 'Nothing is waiting.'}")
