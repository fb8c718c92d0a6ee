"""Decides nothing, writes nothing: the open issues as a list to work through: causes with count and oldest, then rows.

A row carries what a person needs to decide in place: the unit's label, both values of a conflict, the records a
lookalike may be, the partner's id. ``web.integrations`` knows which buttons that makes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from tieout.practice.billing_access import rows_of
from tieout.practice.credits import CREDIT, Credit
from tieout.practice.invoices import INVOICE, Invoice
from tieout.practice.models import Member
from tieout.practice.numbering import unused_numbers
from tieout.practice.payments import PAYMENT, Payment
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Side
from tieout.sync import awaiting, observations, strays
from tieout.sync.as_shown import OF_VERSIONS, stamp_of_versions
from tieout.sync.awaited import Awaited, stopped
from tieout.sync.engine import Engine
from tieout.sync.issues import CAUSES, HELD_UP, TWICE, Cause, Listing
from tieout.sync.models import Connection, Dirty, Issue, Link, Observation
from tieout.sync.policy import takes_no_part
from tieout.sync.review import spec_of
from tieout.sync.two_values import TwoValues, two_values

PER_PAGE = 300
PUT_OFF = "put_off"
"""The tab of what would be asked now, had nobody put it off."""
AMOUNTS: Mapping[str, tuple[Any, str]] = {
    INVOICE: (Invoice, "total"),
    PAYMENT: (Payment, "amount"),
    CREDIT: (Credit, "amount"),
}
"""Documents that carry money -> their rows, and the column it stands in."""
NUMBERED = frozenset({INVOICE, CREDIT})
"""Documents whose numbers are ours to give."""
AT_ONCE = 2_000
"""Rows of an export that are read in one go."""
Rows = Mapping[tuple[str, str, str], Observation]
"""By entity, side and id."""


@dataclass(frozen=True, slots=True)
class Group:
    """All open issues of one cause."""

    cause: Cause
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Other:
    """A record of the other side that a row is about."""

    id: str
    name: str
    partner_id: str = ""
    """The record it is linked to already; empty when it is free."""
    in_use: bool = True
    """False: it is inactive."""
    why_not_void: str = ""
    """Of one that is there beside the linked one, with the same mark: why it may not be voided from here."""
    why_not_link: str = ""
    """It takes no part in the sync, and this sentence says why."""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One open issue."""

    id: int
    cause: Cause
    key: Key
    name: str
    unit_label: str
    """Empty when the issue is about the whole record."""
    sentence: str
    since: datetime
    reference: str
    partner_id: str
    """The linked record's id on the other side; empty without a link."""
    values: TwoValues | None
    options: tuple[Other, ...]
    under_way: bool
    """It was decided or has changed, and the next run looks at it."""
    suggestion: str = ""
    """A value that would do, such as the next number that is free."""
    holder: str = ""
    """The ledger's id of the document that has its number, as the refusal named it."""
    assigned_to: str = ""
    """The full name of the colleague who looks after it."""
    put_off_until: datetime | None = None
    """It is asked again from then on."""
    awaited: tuple[Awaited, ...] = ()
    """The records that hold it up, as they stand now."""
    versions: str = ""
    """The stamp of the versions it was asked of: see ``as_shown.stamp_of_versions``."""

    @property
    def stamp(self) -> str:
        """Of what the page shows of it, where a decision holds for that only; else empty."""
        return self.values.stamp if self.values else self.versions

    @property
    def title(self) -> str:
        """Phone of Ada Byrne, or only Ada Byrne."""
        name = self.name or "A record without a name"
        return f"{self.unit_label} of {name}" if self.unit_label else name

    @property
    def practice_id(self) -> str:
        return self.key.id if self.key.side is Side.PRACTICE else self.partner_id

    @property
    def ledger_id(self) -> str:
        return self.key.id if self.key.side is Side.LEDGER else self.partner_id


@dataclass(frozen=True, slots=True)
class WorkPage:
    rows: list[WorkRow]
    page: int
    pages: int
    total: int


def groups(
    connection: Connection,
    listing: str,
    *,
    of: Member | None = None,
    about: Collection[str] = (),
    now: datetime | None = None,
) -> list[Group]:
    """The causes of one tab, the one with the oldest issue first.

    With ``of`` only what this colleague looks after; with ``about`` only records of these entities.
    """
    mine = Q() if of is None else Q(assigned_to=of)
    found = (
        _open(connection, about)
        .filter(mine, in_tab(listing, now or Engine().now()))
        .values_list("cause")
        .annotate(count=Count("id"), oldest=Min("opened_at"))
        .order_by("oldest", "cause")
    )
    return [Group(CAUSES.get(cause, CAUSES["bug"]), count, oldest) for cause, count, oldest in found]


def money(
    connection: Connection,
    listing: str,
    *,
    of: Member | None = None,
    about: Collection[str] = (),
    now: datetime | None = None,
) -> dict[str, list[tuple[str, Decimal]]]:
    """Cause -> currency and sum of the documents listed under it, each counted once. One query for each kind of document."""
    mine = Q() if of is None else Q(assigned_to=of)
    asked = _open(connection, about).filter(mine, in_tab(listing, now or Engine().now()))
    asked = asked.filter(side=Side.PRACTICE, entity__in=AMOUNTS)
    found = set(asked.values_list("cause", "entity", "record_id"))
    sums: dict[tuple[str, str], Decimal] = {}
    for entity, (model, column) in AMOUNTS.items():
        causes: dict[str, set[str]] = {}
        for cause, _, record_id in (one for one in found if one[1] == entity and one[2].isdecimal()):
            causes.setdefault(record_id, set()).add(cause)
        if not causes:
            continue
        rows = rows_of(model, connection.firm_id).filter(pk__in=list(causes))
        for record_id, currency, amount in rows.values_list("pk", "currency", column):
            for cause in causes[str(record_id)]:
                sums[(cause, currency)] = sums.get((cause, currency), Decimal(0)) + amount
    told: dict[str, list[tuple[str, Decimal]]] = {}
    for (cause, currency), amount in sorted(sums.items()):
        told.setdefault(cause, []).append((currency, amount))
    return told


def totals(
    connection: Connection, *, about: Collection[str] = (), now: datetime | None = None
) -> dict[str, int]:
    """Tab -> open issues in it; a tab without any is missing."""
    found = dict(_open(connection, about).values_list("listing").annotate(Count("id")))
    later = _open(connection, about).filter(in_tab(PUT_OFF, now or Engine().now())).count()
    asked = found.get(Listing.NEEDS_YOU.value, 0) - later
    return {
        tab: count
        for tab, count in {**found, Listing.NEEDS_YOU.value: asked, PUT_OFF: later}.items()
        if count
    }


def totals_of(connection: Connection, cause: str) -> int:
    """Open issues of one cause, in whatever tab."""
    return _open(connection).filter(cause=cause).count()


def page_of(
    connection: Connection,
    listing: str,
    cause: str,
    *,
    search: str = "",
    of: Member | None = None,
    about: Collection[str] = (),
    page: int = 1,
    per_page: int = PER_PAGE,
    engine: Engine | None = None,
) -> WorkPage:
    """One page of a cause's rows, oldest first; with ``of`` those this colleague looks after. Few queries."""
    engine = engine or Engine()
    found = _open(connection, about).filter(in_tab(listing, engine.now()), cause=cause)
    if of is not None:
        found = found.filter(assigned_to=of)
    for word in search.split():
        found = found.filter(name__icontains=word)
    total = found.count()
    pages = max(1, ceil(total / per_page))
    page = min(max(1, page), pages)
    shown = list(found.order_by("opened_at", "id")[(page - 1) * per_page : page * per_page])
    return WorkPage(_rows(connection, shown, engine), page, pages, total)


def chosen(connection: Connection, ids: Collection[int], *, engine: Engine | None = None) -> list[WorkRow]:
    """These issues, as far as they are still open."""
    return _rows(connection, list(_open(connection).filter(pk__in=ids).order_by("id")), engine or Engine())


def every(connection: Connection, listing: str, *, engine: Engine | None = None) -> Iterator[WorkRow]:
    """All rows of a tab, cause by cause; for files."""
    engine = engine or Engine()
    found = _open(connection).filter(in_tab(listing, engine.now())).order_by("cause", "opened_at", "id")
    start = 0
    while some := list(found[start : start + AT_ONCE]):
        yield from _rows(connection, some, engine)
        start += AT_ONCE


def of_record(
    connection: Connection, entity: str, practice_id: str, *, engine: Engine | None = None
) -> list[WorkRow]:
    """What is open about one practice record, its partner included."""
    link = Link.objects.filter(connection=connection, entity=entity, practice_id=practice_id).first()
    mine = Q(side=Side.PRACTICE, record_id=practice_id)
    if link:
        mine |= Q(side=Side.LEDGER, record_id=link.ledger_id)
    found = _open(connection).filter(mine, entity=entity).order_by("opened_at", "id")
    return _rows(connection, list(found), engine or Engine())


def still_open(connection: Connection, ids: Collection[int]) -> set[int]:
    """Of these issues, those that are open yet."""
    return set(_open(connection).filter(pk__in=ids).values_list("id", flat=True)) if ids else set()


# -- one page laid out -----------------------------------------------------------------------------------------


def _open(connection: Connection, about: Collection[str] = ()) -> QuerySet[Issue]:
    only = {"entity__in": about} if about else {}
    found = Issue.objects.filter(connection=connection, closed_at=None, **only)
    return found.select_related("assigned_to__user")


def in_tab(listing: str, now: datetime) -> Q:
    """What needs a person stands in one of two tabs: asked now, or put off."""
    later = Q(put_off_until__gt=now)
    if listing == PUT_OFF:
        return Q(listing=Listing.NEEDS_YOU) & later
    return Q(listing=listing) & ~later if listing == Listing.NEEDS_YOU else Q(listing=listing)


def _rows(connection: Connection, issues: Sequence[Issue], engine: Engine) -> list[WorkRow]:
    if not issues:
        return []
    specs = {entity: spec_of(connection, entity, engine) for entity in {issue.entity for issue in issues}}
    keys = {issue.pk: Key(issue.entity, Side(issue.side), issue.record_id) for issue in issues}
    partners = _partners(connection, keys.values())
    values = two_values(connection, issues)
    offered = _offered(connection, issues, partners)
    named = {option for one in issues if one.cause == HELD_UP for option in one.options}
    held_up_by = awaiting.look(connection, named)
    options = [Key(one.entity, Side(one.side).other, option) for one in issues for option in one.options]
    taken = _partners(connection, options)
    dirty = _dirty(connection, keys.values(), partners)
    suggested = {issue.suggestion for issue in issues if issue.suggestion and issue.entity in NUMBERED}
    # What was free in the ledger when it was asked may be on another document here by now.
    numbers = unused_numbers(connection.firm_id, suggested) if suggested else {}
    # A run that ended between the questions has settled what now looks untouched: neither open nor under way.
    still = still_open(connection, [issue.pk for issue in issues if keys[issue.pk] not in dirty])
    return [
        WorkRow(
            id=issue.pk,
            cause=CAUSES.get(issue.cause, CAUSES["bug"]),
            key=(key := keys[issue.pk]),
            name=issue.name,
            unit_label=_label(specs[issue.entity], issue.unit),
            sentence=issue.sentence,
            since=issue.opened_at,
            reference=issue.reference,
            partner_id=partners.get(key, ""),
            values=values.get((issue.entity, issue.record_id, issue.unit)),
            options=_options(connection, issue, specs[issue.entity], offered, taken, partners.get(key, "")),
            under_way=key in dirty,
            suggestion=numbers.get(issue.suggestion, "") if issue.entity in NUMBERED else issue.suggestion,
            holder=issue.options[0] if issue.cause == "number_taken" and issue.options else "",
            put_off_until=issue.put_off_until,
            versions=_versions(issue, offered, partners.get(key, "")),
            assigned_to=issue.assigned_to.user.get_full_name() if issue.assigned_to else "",
            awaited=tuple(stopped(held_up_by[one] for one in issue.options))
            if issue.cause == HELD_UP
            else (),
        )
        for issue in issues
        if keys[issue.pk] in dirty or issue.pk in still
    ]


def _label(spec: EntitySpec, unit: str) -> str:
    return next((each.label for each in spec.units if each.name == unit), unit)


def _partners(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    if not keys:
        return {}
    ours = {key.id for key in keys if key.side is Side.PRACTICE}
    theirs = {key.id for key in keys if key.side is Side.LEDGER}
    links = Link.objects.filter(
        Q(practice_id__in=ours) | Q(ledger_id__in=theirs),
        connection=connection,
        entity__in={key.entity for key in keys},
    )
    found: dict[Key, str] = {}
    for link in links:
        found[Key(link.entity, Side.PRACTICE, link.practice_id)] = link.ledger_id
        found[Key(link.entity, Side.LEDGER, link.ledger_id)] = link.practice_id
    return found


def _offered(connection: Connection, issues: Sequence[Issue], partners: Mapping[Key, str]) -> Rows:
    """The records that the issues offer to choose from, as last seen; with those that they are compared with, or about."""
    asked = {option for issue in issues for option in issue.options}
    about = [Key(one.entity, Side(one.side), one.record_id) for one in issues if one.cause in OF_VERSIONS]
    asked |= {partners[key] for key in about if key in partners}
    rows = Observation.objects.filter(connection=connection, record_id__in=asked) if asked else []
    return {(row.entity, row.side, row.record_id): row for row in rows}


def _options(
    connection: Connection, issue: Issue, spec: EntitySpec, seen: Rows, taken: Mapping[Key, str], partner: str
) -> tuple[Other, ...]:
    other = Side(issue.side).other
    linked = seen.get((issue.entity, other.value, partner)) if issue.cause == TWICE else None
    return tuple(
        Other(
            option,
            row.name,
            taken.get(Key(issue.entity, other, option), ""),
            row.units.get(spec.active_unit) is not False,
            strays.why_not_void(spec, linked, row) if linked else "",
            takes_no_part(connection, spec, other, observations.as_seen(row)) if other is Side.LEDGER else "",
        )
        for option in issue.options
        if (row := seen.get((issue.entity, other.value, option))) is not None
    )


def _versions(issue: Issue, seen: Rows, partner: str) -> str:
    ids = [one for one in (partner, *issue.options) if one]
    rows = {one: seen.get((issue.entity, Side(issue.side).other.value, one)) for one in ids}
    tokens = {one: row.token for one, row in rows.items() if row is not None}
    return stamp_of_versions(issue.cause, issue.sentence, ids, tokens)


def _dirty(connection: Connection, keys: Collection[Key], partners: Mapping[Key, str]) -> set[Key]:
    """Those that the next run looks at, for news on either side. One that waits for its time is not among them."""
    ids = {key.id for key in keys} | set(partners.values())
    marked = {
        Key(entity, Side(side), record_id)
        for entity, side, record_id in Dirty.objects.filter(
            connection=connection, record_id__in=ids, not_before=None
        ).values_list("entity", "side", "record_id")
    }
    return {
        key
        for key in keys
        if key in marked or (key in partners and Key(key.entity, key.side.other, partners[key]) in marked)
    }
