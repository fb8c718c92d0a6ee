"""Acts: QuickBooks Online as a ``tieout.reconcile.ports.Ledger``. A thin shell over ``api.client``.

Entities are asked for by either word (``Customer`` or ``client``); keys and prepared writes carry QuickBooks' word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from tieout.quickbooks import writing
from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.client import CHANGE_CAP, Changes, Client, moment
from tieout.quickbooks.api.fault_meanings import Disposition
from tieout.quickbooks.api.faults import ApiError, Fault, ruled
from tieout.quickbooks.api.query import ANY_ACTIVITY, ONLY_ACTIVE, ONLY_INACTIVE, Condition, one_of
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.errors import in_ledger_words
from tieout.quickbooks.names import with_holder_named
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.ports import (
    Activity,
    Answer,
    Bug,
    ChangeSet,
    Company,
    Found,
    PreparedWrite,
    Row,
    UnknownOutcome,
)
from tieout.reconcile.spec import Document, EntitySpec
from tieout.reconcile.state import Absent, Key, Observation, Present, Side, Units, Unknown

NOT_FOUND = 610
IDS_PER_QUESTION = 300
"""Ids in one ``Id IN (...)``: one metered call for many records, well below one page of rows."""
CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far QuickBooks' clock may be behind ours when a record is judged to be newer than our sending."""

_ACTIVITY: Mapping[Activity, Condition] = {
    Activity.ACTIVE: ONLY_ACTIVE,
    Activity.INACTIVE: ONLY_INACTIVE,
    Activity.ALL: ANY_ACTIVITY,
}
_T = TypeVar("_T")


class QuickBooksLedger:
    """One company. Every method may raise ``LedgerError``; none repeats a call by itself."""

    def __init__(self, client: Client, entities: Sequence[QuickBooksEntity]) -> None:
        self._client = client
        self._entities = {
            word.lower(): one for one in entities for word in (one.spec.ledger, one.spec.practice)
        }
        self.specs: Sequence[EntitySpec] = tuple(one.spec for one in entities)

    def company(self) -> Company:
        """Who is there, and the preferences a pre-flight check needs, under ``facts["preferences"]``."""
        with in_ledger_words():
            info = self._client.company_info()
            preferences = self._client.preferences()
        facts = {"preferences": preferences, "legal_name": info.get("LegalName", "")}
        name = str(info.get("CompanyName", ""))
        return Company(self._client.company_id, name, str(info.get("Country", "")), facts)

    def count(self, entity: str, activity: Activity) -> int:
        kind = self._entity(entity)
        with in_ledger_words(kind.spec):
            return self._client.count(kind.name, *_only(kind, activity))

    def list(self, entity: str, activity: Activity) -> Iterator[Sequence[Row]]:
        kind = self._entity(entity)
        with in_ledger_words(kind.spec):
            for page in self._client.pages(kind.name, *_only(kind, activity)):
                yield [kind.row(document) for document in page]

    def read(self, entity: str, ids: Collection[str]) -> Mapping[str, Observation]:
        """Those records. An id the list leaves out is asked for by itself: only "not found" for it means absent."""
        kind = self._entity(entity)
        found: dict[str, Observation] = {}
        with in_ledger_words(kind.spec):
            for some in _chunks(ids, IDS_PER_QUESTION):
                conditions = (one_of("Id", some), *_only(kind, Activity.ALL))
                rows = map(kind.row, self._client.rows(kind.name, *conditions))
                found.update((row.id, row.record) for row in rows if row.id in some)
            for missing in [one for one in ids if one not in found]:
                found[missing] = self._read_alone(kind, missing)
        return found

    def _read_alone(self, kind: QuickBooksEntity, record_id: str) -> Observation:
        try:
            return kind.row(self._client.read(kind.name, record_id)).record
        except ApiError as error:
            if error.fault.code == NOT_FOUND:
                return Absent("not found")
            if error.ruling.disposition is Disposition.RECONNECT or error.retry_after is not None:
                raise
            return Unknown(str(error))  # this record only: it must not stop the others

    def changes(self, entities: Collection[str], since: datetime) -> ChangeSet:
        """One question for all entities; when its answer is cut, one for each; when that is cut, not complete."""
        kinds = [self._entity(entity) for entity in entities]
        with in_ledger_words():
            answers = [self._client.changes([kind.name for kind in kinds], since)]
            if answers[0].total >= CHANGE_CAP and len(kinds) > 1:
                answers = [self._client.changes([kind.name], since) for kind in kinds]
            until = min(_clock_of(answer) for answer in answers)
        keys: list[Key] = []
        absent: dict[Key, str] = {}
        rows: dict[Key, Present] = {}
        for answer in answers:
            for kind in kinds:
                for document in answer.of(kind.name):
                    key = Key(kind.name, Side.LEDGER, str(document["Id"]))
                    keys.append(key)
                    if str(document.get("status", "")).lower() == "deleted":
                        absent[key] = "deleted there"
                    else:
                        rows[key] = kind.row(document).record
        rows = {key: row for key, row in rows.items() if key not in absent}
        complete = all(answer.total < CHANGE_CAP for answer in answers)
        return ChangeSet(tuple(dict.fromkeys(keys)), absent, rows, until, complete)

    def prepare(
        self, action: Create | Update | Retire, request_id: str, *, shown: Present | None = None
    ) -> PreparedWrite:
        """See ``writing.prepare``. ``shown``: the ledger record as last seen, wanted when it is made active again."""
        if action.side is not Side.LEDGER:
            raise Bug(
                "A write for Tieout's own side was handed to QuickBooks. Nothing was sent. Please report this."
            )
        key = action.source if isinstance(action, Create) else action.target
        return writing.prepare(self._entity(key.entity), action, request_id, shown)

    def send(self, write: PreparedWrite) -> Answer:
        kind = self._entity(write.entity)
        with in_ledger_words(kind.spec):
            try:
                written = self._client.write(kind.name, write.path, write.body)
            except ApiError as error:
                if error.fault.code == NOT_FOUND and write.record_id and not kind.spec.depends_on:
                    raise _gone(error) from error
                raise with_holder_named(error, self._client, kind, writing.sent_document(write)) from error
        row = kind.row(written.document)
        if write.record_id and row.id != write.record_id:
            raise UnknownOutcome(
                "QuickBooks answered for another record than the one that was sent. Nothing is sent twice: "
                "Tieout looks in QuickBooks first.",
                reference=written.reference,
            )
        return Answer(row, written.reference)

    def look_for(self, write: PreparedWrite, *, sent_at: datetime | None = None) -> Found:
        """``sent_at``: when the attempt was first sent; a record that is older than that cannot be it."""
        kind = self._entity(write.entity)
        sent = writing.sent_document(write)
        units = writing.sent_units(kind, sent)
        with in_ledger_words(kind.spec):
            if write.record_id:
                return self._look_for_update(
                    kind, write.record_id, units=units, expected=str(sent["SyncToken"])
                )
            conditions = (*kind.marker(sent), *_only(kind, Activity.ALL))
            documents = self._client.rows(kind.name, *conditions)
        certain: list[Row] = []
        alike: list[Row] = []
        for document in documents:
            row = kind.row(document)
            ours = writing.shows(row, units) and _made_after(document, sent_at)
            (certain if ours else alike).append(row)
        if len(certain) == 1:
            return Found(certain[0], tuple(alike))
        return Found(None, (*certain, *alike))

    def _look_for_update(
        self, kind: QuickBooksEntity, record_id: str, *, units: Units, expected: str
    ) -> Found:
        try:
            row = kind.row(self._client.read(kind.name, record_id))
        except ApiError as error:
            if error.fault.code == NOT_FOUND:
                return Found(None)
            raise
        moved = _is_newer(row.record.token, expected)
        return Found(row if moved and writing.shows(row, units) else None)

    def _entity(self, word: str) -> QuickBooksEntity:
        found = self._entities.get(word.lower())
        if found is None:
            raise Bug(f"Tieout does not sync {word!r} with QuickBooks. Nothing was sent. Please report this.")
        return found


def _only(kind: QuickBooksEntity, activity: Activity) -> tuple[Condition, ...]:
    return (_ACTIVITY[activity],) if kind.is_name_list else ()


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


def _made_after(document: Document, sent_at: datetime | None) -> bool:
    if sent_at is None:
        return True
    made = moment((document.get("MetaData") or {}).get("CreateTime"))
    return made is not None and made >= sent_at - CLOCK_TOLERANCE


def _is_newer(token: str, expected: str) -> bool:
    """SyncTokens are counters written as text."""
    if token.isdecimal() and expected.isdecimal():
        return int(token) > int(expected)
    return token != expected
