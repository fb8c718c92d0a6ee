"""Acts: compares what clients owe on both sides on a day, keeps the answer, and takes a person's name under it.

What QuickBooks owes is read from its own report, never from what we remember of it: an error of ours cannot hide
itself. When the sums agree, that one metered read is all; only customers that differ have their documents read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from django.db import transaction
from django.db.models import QuerySet

from tieout.practice import receivables
from tieout.practice.access import clients_of
from tieout.practice.models import Member, OutboxNote
from tieout.reconcile import tie_out as pure
from tieout.reconcile.owing import OpenItem, Owed
from tieout.reconcile.tie_out import ZERO, Document, Line, Owes, Part, Reason
from tieout.sync.engine import Engine
from tieout.sync.issues import CAUSES
from tieout.sync.ledgers import counted
from tieout.sync.listing import say
from tieout.sync.models import Conflict, Connection, Dirty, Issue, Link, Observation, SectionState
from tieout.sync.tie_out_tables import TieOut, TieOutLine

DOCUMENTS = ("invoice", "payment", "credit", "refund")
CLIENT = "client"
ON_ITS_WAY = Reason("waits", "It is on its way: the next run sends it.")


class ClientsGone(Exception):
    """Only the figures of a comparison are left. ``str()`` is a sentence for a person."""


def check(connection: Connection, day: date, *, engine: Engine | None = None) -> TieOut:
    """Compare now, as of the end of ``day``. Raises ``LedgerError``; then nothing is kept."""
    engine = engine or Engine()
    with counted(connection, engine) as ledger:
        owed = ledger.owed_on(day)
        lines = _compared(connection, day, owed)
        differing = [line for line in lines if line.difference]
        asked = [line.ledger_id for line in differing if line.practice_id and line.ledger_id]
        there = ledger.documents_of(asked, day) if asked else ()
    parts = _explained(connection, day, differing, there, owed)
    return _keep(connection, day, lines, parts, engine)


def _compared(connection: Connection, day: date, owed: Owed) -> list[Line]:
    here = [Owes(one.client_id, one.name, one.owed) for one in receivables.owed_on(connection.firm_id, day)]
    there = [Owes(one, owed.names[one], amount) for one, amount in owed.sums.items()]
    links = dict(
        Link.objects.filter(connection=connection, entity=CLIENT).values_list("practice_id", "ledger_id")
    )
    lines = pure.compare(here, there, links)
    ids = [line.practice_id for line in lines if line.practice_id]
    ours = {
        str(pk): name
        for pk, name in clients_of(connection.firm_id).filter(pk__in=ids).values_list("pk", "name")
    }
    return [
        Line(line.practice_id, line.ledger_id, ours.get(line.practice_id) or line.name, line.here, line.there)
        for line in lines
    ]


def _explained(
    connection: Connection,
    day: date,
    lines: Sequence[Line],
    there: Sequence[OpenItem],
    owed: Owed,
) -> dict[Line, list[Part]]:
    """Per client that differs, the documents that make the difference. A constant number of queries."""
    ours: dict[str, list[Document]] = defaultdict(list)
    for one in receivables.posted_by(
        connection.firm_id, day, [line.practice_id for line in lines if line.practice_id]
    ):
        ours[one.client_id].append(Document(one.kind, one.id, one.label, one.date.isoformat(), one.amount))
    theirs: dict[str, list[OpenItem]] = defaultdict(list)
    for item in there:
        theirs[item.customer_id].append(item)
    still_open: dict[str, list[OpenItem]] = defaultdict(list)
    for item in owed.items:
        still_open[item.customer_id].append(item)
    links = _links(connection)
    keys = {(doc.kind, doc.id) for docs in ours.values() for doc in docs}
    keys |= {(CLIENT, line.practice_id) for line in lines if line.practice_id}
    reasons = _reasons(connection, keys, links)
    return {
        line: pure.explain(
            line,
            ours[line.practice_id],
            theirs[line.ledger_id],
            still_open[line.ledger_id],
            links,
            reasons,
        )
        for line in lines
    }


def _links(connection: Connection) -> dict[tuple[str, str], str]:
    rows = Link.objects.filter(connection=connection, entity__in=DOCUMENTS)
    return {
        (entity, ours): theirs
        for entity, ours, theirs in rows.values_list("entity", "practice_id", "ledger_id")
    }


def _reasons(
    connection: Connection,
    keys: Collection[tuple[str, str]],
    links: Mapping[tuple[str, str], str],
) -> dict[tuple[str, str], Reason]:
    """Why each of these is not in step: its open issue, or that it is on its way, or that its section is off."""
    by_ledger = {(entity, theirs): ours for (entity, ours), theirs in links.items()}
    found: dict[tuple[str, str], Reason] = {}

    def ours(entity: str, side: str, record_id: str) -> tuple[str, str]:
        return (entity, record_id if side == "practice" else by_ledger.get((entity, record_id), ""))

    for entity in (*DOCUMENTS, CLIENT):
        if connection.section(entity) is not SectionState.ON:
            off = Reason("not_set_up", "This part is not set up with QuickBooks yet.")
            found |= {key: off for key in keys if key[0] == entity and key not in links}
    notes = OutboxNote.objects.filter(firm_id=connection.firm_id, kind__in=(*DOCUMENTS, CLIENT))
    found |= dict.fromkeys(notes.values_list("kind", "record_id"), ON_ITS_WAY)
    of = {"connection": connection, "entity__in": (*DOCUMENTS, CLIENT)}
    for entity, side, one in Dirty.objects.filter(**of).values_list("entity", "side", "record_id"):
        found[ours(entity, side, one)] = ON_ITS_WAY
    issues = Issue.objects.filter(**of, closed_at=None).order_by("listing", "-id")
    for entity, side, one, cause, sentence in issues.values_list(
        "entity", "side", "record_id", "cause", "sentence"
    ):
        title = CAUSES.get(cause, CAUSES["bug"]).title
        found[ours(entity, side, one)] = Reason(cause, sentence or f"{title}.")
    return _accepted(connection, links) | {key: reason for key, reason in found.items() if key in keys}


def _accepted(connection: Connection, links: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], Reason]:
    """Linked documents whose amounts a person looked at and let stand. Only while both sides still show those very amounts."""
    rows = Conflict.objects.filter(connection=connection, entity__in=DOCUMENTS, unit="total").exclude(
        closed_at=None
    )
    settled = {(row.entity, row.link.practice_id): row for row in rows.select_related("link").order_by("id")}
    seen = dict(
        Observation.objects.filter(
            connection=connection,
            entity__in=DOCUMENTS,
            side="ledger",
            record_id__in=[links[key] for key in settled if key in links],
        ).values_list("record_id", "units__total")
    )
    why = Reason("amount_differs", "Somebody looked at the two amounts and let them stand.")
    return {
        key: why
        for key, row in settled.items()
        if row.keep and key in links and seen.get(links[key]) == row.ledger_value
    }


# -- keeping -------------------------------------------------------------------------------------------------------


def _keep(
    connection: Connection,
    day: date,
    lines: Sequence[Line],
    parts: Mapping[Line, Sequence[Part]],
    engine: Engine,
) -> TieOut:
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        unsigned = TieOut.objects.filter(connection=connection, signed_at=None)
        unsigned.filter(day=day).delete()
        TieOutLine.objects.filter(tie_out__in=_worn(unsigned, day)).delete()
        made = TieOut.objects.create(
            firm_id=connection.firm_id,
            connection=connection,
            day=day,
            checked_at=engine.now(),
            clients=len(lines),
            differing=len(parts),
            here=sum((line.here for line in lines), ZERO),
            there=sum((line.there for line in lines), ZERO),
            unexplained=sum((pure.unexplained(of_line) for of_line in parts.values()), ZERO),
            causes=_by_cause(part for of_line in parts.values() for part in of_line),
        )
        rows = (_row(made, line, parts.get(line, ())) for line in lines)
        kept = (row for row in rows if row.here or row.there or row.parts)
        TieOutLine.objects.bulk_create(kept, batch_size=1_000)
    return made


def _worn(unsigned: QuerySet[TieOut], day: date) -> list[int]:
    """Earlier comparisons whose lines nobody will ask for: neither signed nor of a month's last day."""
    earlier = unsigned.filter(day__lt=day).values_list("pk", "day")
    return [pk for pk, on in earlier if (on + timedelta(days=1)).day != 1]


def _by_cause(parts: Iterable[Part]) -> dict[str, list[object]]:
    found: dict[str, tuple[int, Decimal]] = {}
    for part in parts:
        count, amount = found.get(part.cause, (0, ZERO))
        found[part.cause] = (count + 1, amount + part.difference)
    return {cause: [count, str(amount)] for cause, (count, amount) in found.items()}


def _row(made: TieOut, line: Line, parts: Sequence[Part]) -> TieOutLine:
    return TieOutLine(
        firm_id=made.firm_id,
        tie_out=made,
        practice_id=line.practice_id,
        ledger_id=line.ledger_id,
        name=line.name[:1000],
        here=line.here,
        there=line.there,
        difference=line.difference,
        unexplained=pure.unexplained(parts),
        parts=[asdict(part) for part in parts],
    )


# -- reading and signing -------------------------------------------------------------------------------------------


def latest(connection: Connection) -> TieOut | None:
    """How the books stand: the last comparison of the latest day compared. A look back at an older day changes nothing in
    it, and a day to come is never compared. Whoever shows it shows its day."""
    rows = TieOut.objects.filter(connection_id=connection.pk)
    return rows.order_by("-day", "-checked_at", "-id").first()


def is_first_agreement(found: TieOut) -> bool:
    """Whether this is the first comparison that left nothing unexplained. One query."""
    return (
        found.agrees
        and not TieOut.objects.filter(
            connection_id=found.connection_id, unexplained=0, pk__lt=found.pk
        ).exists()
    )


def of_day(connection: Connection, day: date) -> TieOut | None:
    """The last comparison of that day."""
    found = TieOut.objects.filter(connection=connection, day=day).select_related("signed_by")
    return found.order_by("-checked_at", "-id").first()


def over_time(connection: Connection, *, most: int = 60) -> list[TieOut]:
    """The last comparison of each of the latest days, the oldest first."""
    rows = TieOut.objects.filter(connection=connection).order_by("-day", "-id").distinct("day")[:most]
    return sorted(rows, key=lambda one: one.day)


def snapshots(connection: Connection) -> list[TieOut]:
    """Those that somebody put their name to, the latest first."""
    return list(TieOut.objects.filter(connection=connection).exclude(signed_at=None).order_by("-day", "-id"))


def clients_are_gone(found: TieOut) -> bool:
    """Whether only its figures are left (``_worn``): they say what differs, but of no client any more. One query."""
    had_some = bool(found.differing or found.here or found.there)
    return had_some and not TieOutLine.objects.filter(tie_out=found).exists()


def sign(member: Member, found: TieOut, note: str = "", *, engine: Engine | None = None) -> bool:
    """Put the member's name to a comparison: from then on it stays as it is. False when somebody did already.

    Raises ``ClientsGone`` for one whose clients are no longer kept: nobody could look up what was signed.
    """
    engine = engine or Engine()
    name = member.user.get_full_name()
    with transaction.atomic():
        # Held until the end: a comparison that is made meanwhile could take the clients away.
        Connection.objects.select_for_update(no_key=True).get(pk=found.connection_id)
        if clients_are_gone(found):
            raise ClientsGone(
                "The clients of this day are no longer kept. Nothing was signed: compare it again first."
            )
        unsigned = TieOut.objects.filter(pk=found.pk, firm_id=member.firm_id, signed_at=None)
        signed = unsigned.update(
            signed_by=member, signed_at=engine.now(), signed_name=name[:200], note=note.strip()[:500]
        )
        if signed:
            say(
                found.connection,
                engine.now(),
                f"{name} signed the tie-out of {found.day}",
                result="info",
                by=member,
            )
    return bool(signed)


@dataclass(frozen=True, slots=True)
class LinePage:
    rows: list[TieOutLine]
    page: int
    pages: int
    total: int


def lines_of(
    found: TieOut, *, search: str = "", all_clients: bool = False, page: int = 1, per_page: int = 300
) -> LinePage:
    """Its clients by name; only those that differ unless ``all_clients``. Two queries."""
    rows = TieOutLine.objects.filter(tie_out=found).order_by("id")
    if not all_clients:
        rows = rows.exclude(parts=[])
    for word in search.split():
        rows = rows.filter(name__icontains=word)
    total = rows.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    return LinePage(list(rows[(page - 1) * per_page : page * per_page]), page, pages, total)
