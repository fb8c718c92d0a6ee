"""Decides nothing, writes nothing: which records of the other side one record may be linked to. Suggestions and search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from tieout.practice.client_search import found_ids
from tieout.practice.clients import CLIENT
from tieout.reconcile.match import Candidate, Proposal
from tieout.reconcile.match_contacts import read_contacts
from tieout.reconcile.match_text import normalise
from tieout.reconcile.ports import LedgerError
from tieout.reconcile.state import Key, Side
from tieout.sync import match_memory
from tieout.sync.engine import Engine
from tieout.sync.matching import FAST, PROPOSERS, Index, proposer
from tieout.sync.models import LIVE_STATES, Connection, Link, Observation
from tieout.sync.review import spec_of
from tieout.sync.review_rows import candidates, details

NEAREST = 100
"""Near names that are compared in full for one record's suggestions."""
MOST_ALIKE = 50
"""Records with one fact that are compared; a fact that more have tells nobody apart."""
MOST_FOUND = 20
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Partner:
    """One record of the other side, as offered."""

    id: str
    name: str
    details: dict[str, Any]
    """By unit; empty when they were not looked at."""
    linked_to: str = ""
    """The name of the record it is linked to already; then it cannot be chosen."""
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


def record(connection: Connection, key: Key, *, engine: Engine | None = None) -> Partner | None:
    """The record itself as last seen; None when it is not known any more."""
    spec = spec_of(connection, key.entity, engine or Engine())
    found = candidates(connection, spec, key.side, [key.id])
    return Partner(key.id, found[0].name, details(found[0])) if found else None


def suggested(connection: Connection, key: Key, *, engine: Engine | None = None) -> list[Partner]:
    """The unlinked records that fit best, with the reasons for and against each. Empty when none is likely.

    Found by a near name, or, of clients, by an equal e-mail or phone under any name.
    """
    spec = spec_of(connection, key.entity, engine or Engine())
    mine = candidates(connection, spec, key.side, [key.id])
    if not mine:
        return []
    taken = _linked_ids(connection, key)
    ids = dict.fromkeys([*_near(connection, key, mine[0].name), *_of_same_facts(connection, key, mine[0])])
    others = candidates(connection, spec, key.side.other, [one for one in ids if one not in taken])
    never = match_memory.never_pairs(connection, key.entity)
    if key.entity in PROPOSERS:
        offers = _proposed(key, mine, others, never)
    else:
        lists = ((), others) if key.side is Side.PRACTICE else (others, ())
        found = Index(*lists).suggest(mine[0], most=len(others), one_fact_is_enough=True)
        offers = [_partner(one.record, one.reasons, one.against) for one in found]
    return [one for one in offers if _pair(key, one.id) not in never][:MOST_SUGGESTED]


def found(connection: Connection, key: Key, text: str, *, engine: Engine | None = None) -> list[Partner]:
    """Records of the other side whose names have all these words, by name, with what tells namesakes apart.

    Linked ones are shown as such.
    """
    spec = spec_of(connection, key.entity, engine or Engine())
    rows = Observation.objects.filter(
        connection=connection, entity=key.entity, side=key.side.other, absent=""
    )
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    shown = list(rows.order_by("name", "record_id")[:MOST_FOUND])
    ids = [row.record_id for row in shown]
    linked = _linked(connection, key.entity, key.side.other, ids)
    seen = {one.key.id: details(one) for one in candidates(connection, spec, key.side.other, ids)}
    return [
        Partner(row.record_id, row.name, seen.get(row.record_id, {}), linked.get(row.record_id, ""))
        for row in shown
    ]


def called_there(firm_id: int, entity: str, name: str) -> list[str]:
    """The records here whose partners there are called exactly this, as a document numbered there is. One query, by index."""
    key = normalise(name)[:1000]
    if not key:
        return []
    there = Observation.objects.filter(
        connection__state__in=LIVE_STATES,
        connection__firm_id=firm_id,
        entity=entity,
        side=Side.LEDGER,
        name_key=key,
        absent="",
    )
    links = Link.objects.filter(
        connection__state__in=LIVE_STATES,
        connection__firm_id=firm_id,
        entity=entity,
        ledger_id__in=there.values("record_id"),
    )
    return list(links.values_list("practice_id", flat=True)[:MOST_ALIKE])


def deep_link(connection: Connection, entity: str, ledger_id: str, *, engine: Engine | None = None) -> str:
    """Where a person sees this record in the ledger; empty when this installation cannot say."""
    try:
        return (engine or Engine()).provider(connection.ledger).record_url(entity, ledger_id)
    except LedgerError:
        return ""


def settings_link(connection: Connection, *, engine: Engine | None = None) -> str:
    """Where a person changes the ledger's own settings; empty when this installation cannot say."""
    try:
        return (engine or Engine()).provider(connection.ledger).settings_url()
    except LedgerError:
        return ""


def billing_link(ledger: str, *, engine: Engine | None = None) -> str:
    """Where a person pays for the ledger; empty when this installation cannot say."""
    try:
        return (engine or Engine()).provider(ledger).billing_url()
    except LedgerError:
        return ""


# -- suggestions -----------------------------------------------------------------------------------------------


def _linked_ids(connection: Connection, key: Key) -> set[str]:
    column = "practice_id" if key.side.other is Side.PRACTICE else "ledger_id"
    return set(Link.objects.filter(connection=connection, entity=key.entity).values_list(column, flat=True))


def _near(connection: Connection, key: Key, name: str) -> list[str]:
    names = dict(
        Observation.objects.filter(
            connection=connection, entity=key.entity, side=key.side.other, absent=""
        ).values_list("record_id", "name_key")
    )
    near = process.extract(normalise(name), names, scorer=fuzz.token_set_ratio, limit=NEAREST)
    return [record_id for _, _, record_id in near]


def _of_same_facts(connection: Connection, key: Key, mine: Candidate) -> list[str]:
    """Records of the other side with an equal e-mail or phone. Each question is answered by an index.

    Phones are written in many ways: here by their last four digits, there by their last ten; the comparison decides.
    """
    contacts = read_contacts(mine.evidence, FAST.phone)
    if key.entity != CLIENT:
        return []
    if key.side is Side.LEDGER:
        texts = [contacts.email, *(phone[-4:] for phone in contacts.phones)]
        found = [ids for text in texts if text and (ids := found_ids(text, MOST_ALIKE)) is not None]
        return [str(one) for ids in found for one in ids]
    numbers = [phone[-10:] for phone in contacts.phones]
    rows = Observation.objects.filter(connection=connection, entity=key.entity, side=Side.LEDGER, absent="")
    wanted = [{"email_key": contacts.email}] if contacts.email else []
    wanted += [{f"{which}_key": one} for one in numbers for which in ("phone", "mobile")]
    return [
        record_id
        for one in wanted
        for record_id in rows.filter(**one).values_list("record_id", flat=True)[:MOST_ALIKE]
    ]


def _proposed(
    key: Key, mine: list[Candidate], others: list[Candidate], never: Collection[tuple[str, str]]
) -> list[Partner]:
    """As the review of such records would suggest them."""
    pair = (mine, others) if key.side is Side.PRACTICE else (others, mine)
    proposals = proposer(key.entity)(*pair, never, lambda done, total: None)
    offers: dict[str, Partner] = {}
    for one in _offers(key, proposals):
        offers.setdefault(one.id, one)
    return list(offers.values())


def _pair(key: Key, other: str) -> tuple[str, str]:
    return (key.id, other) if key.side is Side.PRACTICE else (other, key.id)


def _offers(key: Key, proposals: Sequence[Proposal]) -> Iterable[Partner]:
    mine = next(one for one in proposals if key in _keys(one))
    for other in proposals:
        # A certain partner stands in the same line, an uncertain one in the same group.
        if other is mine or other.group == mine.group:
            for each in (other.practice, other.ledger):
                if each is not None and each.key.side is not key.side:
                    yield _partner(each, other.reasons, other.against)
    for suggestion in mine.suggestions:
        yield _partner(suggestion.record, suggestion.reasons, suggestion.against)


def _keys(proposal: Proposal) -> set[Key]:
    return {each.key for each in (proposal.practice, proposal.ledger) if each is not None}


def _partner(one: Candidate, reasons: tuple[str, ...], against: tuple[str, ...]) -> Partner:
    return Partner(one.key.id, one.name, details(one), reasons=reasons, against=against)


def _linked(connection: Connection, entity: str, side: Side, ids: Collection[str]) -> dict[str, str]:
    """Of these records, those that are linked -> the name of their partner."""
    mine, other = ("practice_id", "ledger_id") if side is Side.PRACTICE else ("ledger_id", "practice_id")
    links = Link.objects.filter(connection=connection, entity=entity, **{f"{mine}__in": ids})
    partners = dict(links.values_list(mine, other))
    names = dict(
        Observation.objects.filter(
            connection=connection, entity=entity, side=side.other, record_id__in=partners.values()
        ).values_list("record_id", "name")
    )
    return {one: names.get(partner) or "another record" for one, partner in partners.items()}
