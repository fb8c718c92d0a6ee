"""Acts: tells whether the database's tables are those that this program was written for. Asked by ``worker``.

After an update, programs of two versions may meet. That they take turns at a connection does no harm: one lane each,
and what is on its way stands in the journal as bytes. But one that does not know the tables any more must not go on.
"""

from __future__ import annotations

from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

OLDER = "The database is older than this program ({}). Run prepare_database first."
NEWER = "The database was updated past this program ({}). Start the new version."


def mismatch() -> str:
    """Why this program must not work on this database, as a sentence; empty when it may. One query."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    here = _migrations_here()
    missing = sorted(here - applied)
    if missing:
        return OLDER.format(".".join(missing[0]))
    last = {app: max(name for each, name in here if each == app) for app in {app for app, _ in here}}
    # Only later ones: those that were squashed away since are in the table, and not here.
    unknown = sorted((app, name) for app, name in applied - here if app in last and name > last[app])
    return NEWER.format(".".join(unknown[0])) if unknown else ""


@cache
def _migrations_here() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
