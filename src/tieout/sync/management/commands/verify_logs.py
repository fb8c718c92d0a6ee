"""Acts: verifies both chained logs: each firm's history, and what was sent for each connection. Changes nothing.

    ./run manage verify_logs > logs-today.txt
    ./run manage verify_logs --kept logs-last-week.txt

Names the first entry that is wrong in each log that is not whole, and ends with an error then. What is missing from
the end of a log leaves a whole chain behind: of what was sent, the journal of writes tells; of the history, only what
was printed here before and kept where whoever can change the database cannot.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tieout.practice import audit_chain
from tieout.practice.actor import ChangeRecord
from tieout.practice.firms import Firm
from tieout.practice.isolation import every_firm_scope
from tieout.sync import write_log
from tieout.sync.models import Connection, WriteEntry

KEPT = re.compile(
    r"(History of firm \d+|Sent through connection \d+),.* \(([\d,]+) entries, last hash ([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class End:
    """The last entry a log had when it was printed."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Log:
    key: str
    """Stays when a firm or a company takes another name."""
    words: str
    entries: Any
    """Those that are chained."""
    waiting: int
    broken_at: int | None

    def cut_at(self, kept: End | None) -> int | None:
        """The first entry missing that was here when ``kept`` was printed, or that is another one now."""
        if kept is None or self.entries.filter(number=kept.number, hash=kept.hash).exists():
            return None
        last = self.entries.order_by("-number").values_list("number", flat=True).first() or 0
        return int(min(last + 1, kept.number))

    def told(self, place: int | None) -> str:
        last = self.entries.order_by("-number").first()
        count = f"{last.number:,} entries, last hash {last.hash}" if last else "no entries"
        later = f", {self.waiting:,} to be chained by the worker" if self.waiting else ""
        state = "whole" if place is None else f"BROKEN at entry {place:,}"
        return f"{self.key}, {self.words} ({count}{later}): {state}"


class Command(BaseCommand):
    help = "Verify that no entry of the audit log, or of what was sent to QuickBooks, was changed or removed"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--kept", type=Path, metavar="FILE", help="what this command printed earlier, kept elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kept = _read(options["kept"]) if options["kept"] else {}
        broken = 0
        with every_firm_scope():
            seen = set()
            for log in (*_histories(), *_write_logs()):
                seen.add(log.key)
                places = [each for each in (log.broken_at, log.cut_at(kept.get(log.key))) if each is not None]
                broken += bool(places)
                self.stdout.write(log.told(min(places, default=None)))
            for key in sorted(kept.keys() - seen):
                broken += 1
                self.stdout.write(f"{key}: BROKEN at entry 1, the whole log is gone")
        if broken:
            raise CommandError(
                f"{broken} log{' is' if broken == 1 else 's are'} not whole: entries were changed or removed past Tieout."
            )


def _read(path: Path) -> Mapping[str, End]:
    try:
        found = KEPT.findall(path.read_text())
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"{path} cannot be read: {problem}") from problem
    if not found:
        raise CommandError(f"{path} is not what verify_logs prints: it names no log with a last hash.")
    return {key: End(int(count.replace(",", "")), last) for key, count, last in found}


def _histories() -> Iterator[Log]:
    for firm in Firm.objects.order_by("pk"):
        entries = ChangeRecord.objects.filter(firm_id=firm.pk)
        yield Log(
            f"History of firm {firm.pk}",
            firm.name,
            entries.exclude(number=None),
            entries.filter(number=None).count(),
            audit_chain.broken_at(firm.pk),
        )


def _write_logs() -> Iterator[Log]:
    for connection in Connection.objects.select_related("firm").order_by("pk"):
        yield Log(
            f"Sent through connection {connection.pk}",
            f"to {connection.company_name} for {connection.firm.name}",
            WriteEntry.objects.filter(connection=connection),
            0,
            write_log.broken_at(connection),
        )
