"""Acts: drops what ties a connection's records together, for whoever disconnects and asks for it. Used by ``connections``."""

from __future__ import annotations

from tieout.sync.models import (
    UNRESOLVED,
    Attempt,
    Conflict,
    Connection,
    Cursor,
    Dirty,
    Hold,
    Issue,
    Link,
    Observation,
    Review,
    WriteEntry,
)


def forget(connection: Connection) -> None:
    """Drop everything that ties records together, inside the caller's transaction.

    The activity stays, and so does what is needed to send nothing twice: the log of what was sent, from which ``recall``
    knows documents again, and the writes that nobody knows the end of.
    """
    for table in (Conflict, Link, Dirty, Hold, Issue, Observation, Cursor, Review):
        table.objects.filter(connection=connection).delete()
    Attempt.objects.filter(connection=connection).exclude(state__in=UNRESOLVED).delete()
    sent = WriteEntry.objects.filter(connection=connection, operation="create", result="done")
    connection.recall = sorted(set(sent.values_list("entity", flat=True)))
    connection.sections, connection.retire_halt = {}, {}
    connection.save(update_fields=["sections", "retire_halt", "recall"])
