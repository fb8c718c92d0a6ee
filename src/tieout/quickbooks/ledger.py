"""Acts: QuickBooks Online as a ``tieout.reconcile.ports.Ledger``. A thin shell over ``api.client``.

Entities are asked for by either word (``Customer`` or ``client``); keys and prepared writes carry the ledger's. Where
QuickBooks keeps two of our entities as one (categories are Items), its answers are sorted out here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from tieout.quickbooks import looking, notes, numbers, receivables, writing
from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api import query
from tieout.quickbooks.api.client import CHANGE_CAP, Changes, Client
from tieout.quickbooks.api.fault_meanings import Disposition
from tieout.quickbooks.api.faults import ApiError, Fault, ruled
from tieout.quickbooks.api.query import ANY_ACTIVITY, ONLY_ACTIVE, ONLY_INACTIVE, Condition, one_of
from tieout.quickbooks.company_rules import CompanyRules, Settings
from tieout.quickbooks.company_told import CompanyTold
from tieout.quickbooks.entity import QuickBooksEntity, Unreadable
from tieout.quickbooks.errors import in_ledger_words
from tieout.quickbooks.looking import NOT_FOUND
from tieout.quickbooks.names import with_holder_named
from tieout.quickbooks.sending import send_many
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.company import Company
from tieout.reconcile.memory import Memory
from tieout.reconcile.owing import OpenItem, Owed
from tieout.reconcile.ports import (
    Activity,
    Answer,
    Bug,
    ChangeSet,
    Found,
    Glance,
    LedgerError,
    PreparedWrite,
    Row,
    UnknownOutcome,
)
from tieout.reconcile.spec import Document, EntitySpec
from tieout.reconcile.state import Absent, Key, Observation, Present, Side, Unknown

log = logging.getLogger(__name__)

IDS_PER_QUESTION = 300
"""Ids in one ``Id IN (...)``: one metered call for many records, well below one page of rows."""
PREFERENCES = "Preferences"
_ACTIVITY: Mapping[Activity, Condition] = {
    Activity.ACTIVE: ONLY_ACTIVE,
    Activity.INACTIVE: ONLY_INACTIVE,
    Activity.ALL: ANY_ACTIVITY,
}
_MAY_BE_THE_SETTINGS = (Disposition.FIX_DATA, Disposition.ASK_HUMAN, Disposition.REPAIR_REFERENCE)
"""How a document is refused that would not have been written so if a setting had not changed."""
_T = TypeVar("_T")


class QuickBooksLedger:
    """One company. Every method may raise ``LedgerError``; none repeats a call by itself."""

    def __init__(
        self,
        client: Client,
        entities: Sequence[QuickBooksEntity],
        settings: Settings | None = None,
        memory: Memory | None = None,
    ) -> None:
        """``settings``: what the firm chose for this connection, see ``company_rules.SETTINGS``. ``memory``: keeps what
        the company told of its own."""
        self._client = client
        self._told = CompanyTold(client, dict(settings or {}), memory)
        self._entities = {
            word.lower(): one for one in entities for word in (one.spec.ledger, one.spec.practice)
        }
        self.specs: Sequence[EntitySpec] = tuple(one.spec for one in entities)

    def company(self) -> Company:
        """Who is there, and the preferences a pre-flight check needs, under ``facts["preferences"]``."""
        with in_ledger_words():
            info = self._client.company_info()
            preferences = self._client.preferences()
        facts = {
            "preferences": preferences,
            "legal_name": info.get("LegalName", ""),
            "plan": _told(info, "OfferingSku"),
        }
        name = str(info.get("CompanyName", ""))
        return Company(self._client.company_id, name, str(info.get("Country", "")), facts)

    def count(self, entity: str, activity: Activity) -> int:
        kind = self._entity(entity)
        with in_ledger_words(kind):
            return self._client.count(kind.resource, *kind.among, *_only(kind, activity))

    def list(self, entity: str, activity: Activity) -> Iterator[Sequence[Row]]:
        kind = self._entity(entity)
        with in_ledger_words(kind):
            for page in self._client.pages(kind.resource, *kind.among, *_only(kind, activity)):
                yield _readable(kind, page)

    def read(self, entity: str, ids: Collection[str]) -> Mapping[str, Observation]:
        """Those records. An id the list leaves out is asked for by itself: only "not found" for it means absent."""
        kind = self._entity(entity)
        found: dict[str, Observation] = {}
        with in_ledger_words(kind):
            for some in _chunks(ids, IDS_PER_QUESTION):
                conditions = (one_of("Id", some), *_only(kind, Activity.ALL))
                for document in self._client.rows(kind.resource, *conditions):
                    if (one := str(document.get("Id"))) in some:
                        found[one] = _seen(kind, document)
            for missing in [one for one in ids if one not in found]:
                found[missing] = self._read_alone(kind, missing)
        return found

    def _read_alone(self, kind: QuickBooksEntity, record_id: str) -> Observation:
        try:
            return _seen(kind, self._client.read(kind.resource, record_id))
        except ApiError as error:
            if error.fault.code == NOT_FOUND:
                return Absent("not found")
            if error.ruling.disposition is Disposition.RECONNECT or error.retry_after is not None:
                raise
            return Unknown(str(error))  # this record only: it must not stop the others

    def changes(self, entities: Collection[str], since: datetime) -> ChangeSet:
        """One question for all entities; when its answer is cut, one for each; when that is cut, not complete."""
        kinds = [self._entity(entity) for entity in entities]
        asked = sorted({kind.resource for kind in kinds})
        with in_ledger_words():
            answers = [self._client.changes(asked, since)]
            if answers[0].total >= CHANGE_CAP and len(asked) > 1:
                answers = [self._client.changes([one], since) for one in asked]
            until = min(_clock_of(answer) for answer in answers)
        complete = all(answer.total < CHANGE_CAP for answer in answers)
        return _change_set(kinds, answers, until, complete=complete)

    def glance(
        self, entities: Collection[str], since: datetime, counted: Collection[str], listed: Collection[str]
    ) -> Glance:
        """One batch: the change feed, up to 28 questions and the preferences, metered once. Its objects are capped
        together, so an answer near the cap counts as cut."""
        kinds = [self._entity(entity) for entity in entities]
        counting, listing = [[self._entity(one) for one in some] for some in (counted, listed)]
        questions = [query.count(one.resource, *one.among, *_only(one, Activity.ALL)) for one in counting]
        questions += [query.select(one.resource, *one.among, *_only(one, Activity.ALL)) for one in listing]
        questions.append(query.select(PREFERENCES))
        with in_ledger_words():
            asked = sorted({kind.resource for kind in kinds})
            changes, told = self._client.changes_and(asked, since, questions)
            numbers_told, lists, settings = told[: len(counting)], told[len(counting) : -1], told[-1]
            rows = [answer.get(one.resource, []) for one, answer in zip(listing, lists, strict=True)]
            complete = changes.total + sum(map(len, rows)) < CHANGE_CAP
            found = _change_set(kinds, [changes], _clock_of(changes), complete=complete)
        counts = {
            word: int(answer.get("totalCount", -1))
            for word, answer in zip(counted, numbers_told, strict=True)
        }
        shown = {word: _readable(one, some) for word, one, some in zip(listed, listing, rows, strict=True)}
        return Glance(found, counts, shown, {"preferences": next(iter(settings.get(PREFERENCES, [])), {})})

    def owed_on(self, day: date) -> Owed:
        with in_ledger_words():
            return receivables.owed_on(self._client, day)

    def documents_of(self, customer_ids: Collection[str], day: date) -> Sequence[OpenItem]:
        with in_ledger_words():
            return receivables.documents_of(self._client, customer_ids, day)

    def prepare(
        self, action: Create | Update | Retire, request_id: str, *, shown: Present | None = None
    ) -> PreparedWrite:
        """See ``writing.prepare``. ``shown``: the ledger record as last seen, wanted when it is made active again.

        A document needs the company's preferences, and its terms if it has some: see ``company_told``.
        """
        kind = self._kind_of(action)
        with in_ledger_words(kind):
            return writing.prepare(kind, action, request_id, shown, self._rules_for(kind))

    def preflight(self, action: Create | Update | Retire, *, shown: Present | None = None) -> None:
        """See ``writing.preflight``."""
        kind = self._kind_of(action)
        with in_ledger_words(kind):
            writing.preflight(kind, action, shown, self._rules_for(kind))

    def _kind_of(self, action: Create | Update | Retire) -> QuickBooksEntity:
        if action.side is not Side.LEDGER:
            raise Bug(
                "A write for Tieout's own side was handed to QuickBooks. Nothing was sent. Please report this."
            )
        return self._entity((action.source if isinstance(action, Create) else action.target).entity)

    def _rules_for(self, kind: QuickBooksEntity) -> CompanyRules:
        return self._told.rules() if kind.steps else CompanyRules()

    def send(self, write: PreparedWrite) -> Answer:
        try:
            return self._send(write)
        finally:
            self._told.settle()

    def _send(self, write: PreparedWrite) -> Answer:
        kind = self._entity(write.entity)
        with in_ledger_words(kind):
            try:
                return self._written(kind, write)
            except Unreadable as error:
                # It may well have been written: what there is of it is looked for like any unanswered write.
                raise UnknownOutcome(str(error)) from error

    def _written(self, kind: QuickBooksEntity, write: PreparedWrite) -> Answer:
        try:
            written = self._client.write(kind.resource, write.path, write.body)
        except ApiError as error:
            return self._after_refusal(kind, write, error)
        row = kind.row(written.document)
        elsewhere = (
            row.id != write.record_id if write.record_id else not _answers(kind, write, written.document)
        )
        if elsewhere:
            raise UnknownOutcome(
                "QuickBooks answered for another record than the one that was sent. Nothing is sent twice: "
                "Tieout looks in QuickBooks first.",
                reference=written.reference,
            )
        return Answer(row, written.reference)

    def send_many(
        self, writes: Iterable[PreparedWrite], may_leave: Callable[[PreparedWrite], bool], at_once: int
    ) -> Iterator[tuple[PreparedWrite, Answer | LedgerError]]:
        """See ``sending``. The caller's thread waits for the pace; helper threads only speak HTTP."""
        turns = self._client.take_turn, self._client.drop_turn
        for came in send_many(self._send, writes, may_leave, at_once, *turns):
            self._told.settle()
            yield came

    def _after_refusal(self, kind: QuickBooksEntity, write: PreparedWrite, error: ApiError) -> Answer:
        """What can be found out about a refusal is found out before a person is asked. Raises ``ApiError``."""
        if kind.steps and error.ruling.disposition in _MAY_BE_THE_SETTINGS:
            self._told.doubt()
        if error.fault.code == NOT_FOUND and write.record_id and not kind.spec.depends_on:
            raise _gone(error) from error
        if error.fault.code == numbers.DUPLICATE_NUMBER:
            if (found := numbers.our_own(error, self._client, kind, write)) is not None:
                return Answer(kind.row(found), error.reference)
            raise numbers.with_a_free_number(error, self._client, kind, write) from error
        raise with_holder_named(error, self._client, kind, writing.sent_document(write)) from error

    def look_for(
        self, write: PreparedWrite, *, sent_at: datetime | None = None, everywhere: bool = False
    ) -> Found:
        """See ``looking``."""
        kind = self._entity(write.entity)
        with in_ledger_words(kind):
            return looking.look_for(self._client, kind, write, sent_at=sent_at, everywhere=everywhere)

    def _entity(self, word: str) -> QuickBooksEntity:
        found = self._entities.get(word.lower())
        if found is None:
            raise Bug(f"Tieout does not sync {word!r} with QuickBooks. Nothing was sent. Please report this.")
        return found


def _change_set(
    kinds: Sequence[QuickBooksEntity], answers: Sequence[Changes], until: datetime, *, complete: bool
) -> ChangeSet:
    keys: list[Key] = []
    absent: dict[Key, str] = {}
    rows: dict[Key, Present] = {}
    for answer in answers:
        for kind in kinds:
            for document in answer.of(kind.resource):
                key = Key(kind.name, Side.LEDGER, str(document["Id"]))
                if str(document.get("status", "")).lower() == "deleted":
                    absent[key] = "deleted there"
                elif kind.belongs(document):
                    for row in _readable(kind, [document]):
                        rows[key] = row.record
                else:
                    continue
                keys.append(key)
    rows = {key: row for key, row in rows.items() if key not in absent}
    return ChangeSet(tuple(dict.fromkeys(keys)), absent, rows, until, complete)


def _answers(kind: QuickBooksEntity, write: PreparedWrite, document: Document) -> bool:
    """Whether an answer to a create is about what was sent: the same name, or no mark but ours."""
    if kind.signed:
        return notes.marker_of(document) in ("", write.request_id)
    sent = writing.sent_document(write).get(kind.name_field)
    shown = kind.tidy(document).get(kind.name_field)
    return not kind.name_field or _plain(shown) == _plain(sent)


def _plain(name: object) -> str:
    return " ".join(str(name or "").split()).casefold()


def _only(kind: QuickBooksEntity, activity: Activity) -> tuple[Condition, ...]:
    return (_ACTIVITY[activity],) if kind.is_name_list else ()


def _seen(kind: QuickBooksEntity, document: Document) -> Observation:
    try:
        if not kind.belongs(document):
            return Absent("it is another kind of record there")
        return kind.row(document).record
    except Unreadable as error:
        log.exception("%s", error)
        return Unknown(str(error))  # this record only: it must not stop the others


def _readable(kind: QuickBooksEntity, documents: Iterable[Document]) -> Sequence[Row]:
    """Their rows without those in a shape nobody has seen. Whoever misses one asks for it by itself, and is told why."""
    rows: list[Row] = []
    for document in documents:
        try:
            rows.append(kind.row(document))
        except Unreadable as error:
            log.exception("%s", error)
    return rows


def _chunks(items: Collection[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(dict.fromkeys(items))
    while some := list(islice(rest, size)):
        yield some


def _clock_of(answer: Changes) -> datetime:
    """An answer that does not tell its time cannot move a cursor: it is no answer."""
    if answer.at is None:
        fault = Fault(None, "change capture without a time", status=200)
        raise ApiError(fault, ruled(means.READ_FAILED, fault))
    return answer.at


def _gone(error: ApiError) -> ApiError:
    """An update refused as "not found" for a record that refers to nothing: the record itself is gone."""
    return ApiError(error.fault, ruled(means.GONE, error.fault), reference=error.reference)


def _told(info: Mapping[str, Any], name: str) -> str:
    """One of the name-value pairs a company tells about itself; empty when it does not."""
    pairs = {str(one.get("Name")): str(one.get("Value") or "") for one in info.get("NameValue") or ()}
    return pairs.get(name, "")
