"""Decides nothing: what the engine needs of a ledger, and the words in which a ledger says no.

A ledger package implements ``Ledger``; the shared contract suite decides when it is done. Nothing above this line knows
a vendor's error codes, and nothing below it knows the practice. The error tree, one class per next step::

    LedgerError
    ├── RetryLater       throttled, down, under maintenance: the same call may work later
    ├── Replan           the record moved on: read it again and decide anew
    ├── Reconnect        we are no longer let in: a person signs in again
    ├── FixData          one field is not acceptable: a person edits it
    ├── ChooseMatch      the name or number is taken: a person says by whom
    ├── RepairReference  something it refers to is missing or inactive
    ├── AskHuman         closed books, a lapsed subscription, a rule of theirs
    ├── UnknownOutcome   no clear answer to a write: look before sending again
    └── Bug              everything else: ours to mend, shown as such
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.company import Company, Setting
from tieout.reconcile.memory import Memory
from tieout.reconcile.owing import OpenItem, Owed
from tieout.reconcile.spec import EntitySpec
from tieout.reconcile.state import Key, Observation, Present

TOPICS = frozenset(
    {
        "number_taken",
        "closed_period",
        "inactive_there",
        "subscription",
        "no_permission",
        "feature_off",
        "open_balance",
        "no_room",
        "locked_there",
        "auto_apply",
        "setting_missing",
    }
)
"""What refusals with one next step may be about. Each has its own words and buttons for a person."""


class LedgerError(Exception):
    """A call that did not do what it should. ``str()`` is a sentence for a person."""

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "",
        detail: str = "",
        reference: str = "",
        topic: str = "",
        holder: str = "",
        suggestion: str = "",
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        """The ledger's own code, for the issue row and for support; never shown without the sentence."""
        self.detail = detail
        self.reference = reference
        """The ledger's request reference (Intuit's ``intuit_tid``)."""
        self.topic = topic
        """One of ``TOPICS``, when the class alone does not tell the story; empty otherwise."""
        self.holder = holder
        """The ledger's id of the record that has the name, when it is one of the same kind."""
        self.suggestion = suggestion
        """A value that would do: the next number that is free."""


class RetryLater(LedgerError):
    def __init__(self, sentence: str, *, after: timedelta | None = None, **rest: str) -> None:
        super().__init__(sentence, **rest)
        self.after = after


class Replan(LedgerError):
    pass


class Reconnect(LedgerError):
    pass


class FixData(LedgerError):
    def __init__(self, sentence: str, *, unit: str = "", **rest: str) -> None:
        super().__init__(sentence, **rest)
        self.unit = unit


class ChooseMatch(LedgerError):
    pass


class RepairReference(LedgerError):
    pass


class AskHuman(LedgerError):
    pass


class UnknownOutcome(LedgerError):
    pass


class Bug(LedgerError):
    pass


class Activity(StrEnum):
    """Which records of a name list: the three choices at set-up."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """One ledger record as read: its id and what it showed."""

    id: str
    record: Present


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a change feed said. ``complete`` is False when the answer was cut at its cap: the cursor stays."""

    keys: tuple[Key, ...]
    absent: Mapping[Key, str]
    """Keys with evidence that they are gone -> the evidence."""
    rows: Mapping[Key, Present]
    """Records the feed already carried whole; saves reading them again."""
    until: datetime
    """The ledger's own clock when it began to answer: the next cursor (minus an overlap)."""
    complete: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What one cheap look at everything showed."""

    changes: ChangeSet
    counts: Mapping[str, int]
    """Ledger word -> how many records there are, inactive ones too."""
    lists: Mapping[str, Sequence[Row]]
    """Ledger word -> every record, for short lists that the change feed does not carry."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the company told of its settings along with it."""


@dataclass(frozen=True, slots=True)
class PreparedWrite:
    """One write as exact bytes, to be journalled before it is sent and replayed unchanged if unanswered."""

    request_id: str
    """Idempotency id, stored first, used for every sending of these bytes and for no others."""
    entity: str
    operation: str
    """``create`` or ``update``."""
    path: str
    body: bytes
    record_id: str = ""
    """The ledger id that is updated; empty for a create."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A clear yes: the record as the ledger now shows it."""

    row: Row
    reference: str = ""
    changed_since: bool = False
    """Somebody has changed the record after the write took place: only what still reads as sent is agreed."""


@dataclass(frozen=True, slots=True)
class Found:
    """What looking for an unanswered write found."""

    row: Row | None
    """The one record that is certainly what we sent."""
    lookalikes: tuple[Row, ...] = ()
    """Records that carry the same name or number but are not certainly ours."""
    changed_since: bool = False
    """It was changed there after it was made: what it shows now may be a person's, not the answer to our write."""
    may_be_sent: bool = True
    """False: a second sending could make a second record, because what is there may be the first."""
    perhaps_changed_back: bool = False
    """An update that does not show, on a record changed more than once since: a person may have changed it back."""
    look_again: bool = False
    """It is not where it was put, and may have been moved since: look once more, later and everywhere, before it is
    sent again."""


class Ledger(Protocol):
    """One firm's authorised way into its ledger company. All calls may raise ``LedgerError``.

    An error is never an empty answer: listings and feeds raise half-way rather than end early.
    """

    specs: Sequence[EntitySpec]

    def company(self) -> Company: ...

    def count(self, entity: str, activity: Activity) -> int: ...

    def list(self, entity: str, activity: Activity) -> Iterator[Sequence[Row]]:
        """Every record, a page at a time, each id once."""
        ...

    def read(self, entity: str, ids: Collection[str]) -> Mapping[str, Observation]:
        """Those records now, in as few calls as possible. Missing with evidence is ``Absent``."""
        ...

    def changes(self, entities: Collection[str], since: datetime) -> ChangeSet:
        """What changed at or after ``since``. Raises ``WindowTooOld`` when the feed does not reach back so far."""
        ...

    def owed_on(self, day: date) -> Owed:
        """What customers owed at the end of a day, as the ledger's own books say. One call."""
        ...

    def documents_of(self, customer_ids: Collection[str], day: date) -> Sequence[OpenItem]:
        """The sales documents of these customers up to a day, each with its whole amount; in as few calls as possible."""
        ...

    def glance(
        self, entities: Collection[str], since: datetime, counted: Collection[str], listed: Collection[str]
    ) -> Glance:
        """``changes`` of these, the number of those and the whole of some short lists, as cheaply as can be."""
        ...

    def prepare(
        self, action: Create | Update | Retire, request_id: str, *, shown: Present | None = None
    ) -> PreparedWrite:
        """The exact bytes for an action on the ledger side. Pure; raises ``FixData`` for what cannot be said there.

        ``shown``: the ledger record as last seen, for a ledger that wants some of it repeated.
        """
        ...

    def preflight(self, action: Create | Update | Retire, *, shown: Present | None = None) -> None:
        """Raise as ``prepare`` would for what the ledger's own settings forbid by now, such as closed books. Asked again
        before the same bytes are sent once more."""
        ...

    def send(self, write: PreparedWrite) -> Answer:
        """Send once. Raises ``UnknownOutcome`` whenever it cannot be told whether the write took place."""
        ...

    def send_many(
        self, writes: Iterable[PreparedWrite], may_leave: Callable[[PreparedWrite], bool], at_once: int
    ) -> Iterator[tuple[PreparedWrite, Answer | LedgerError]]:
        """Send each of these once, up to so many at the same time, and give what came of each as it comes.

        ``writes`` is read as room comes free. ``may_leave`` is asked at the last moment, in the caller's thread;
        what may not leave is not sent and not given. Errors are given, not raised.
        """
        ...

    def look_for(
        self, write: PreparedWrite, *, sent_at: datetime | None = None, everywhere: bool = False
    ) -> Found:
        """Whether an unanswered write took place, by its marker; reads only.

        ``sent_at``: when it was first sent, by our clock; something much older cannot be ours. ``everywhere``: also
        where a person may have moved it since; asked for when an earlier look found nothing.
        """
        ...


class WindowTooOld(LedgerError):
    """The change feed no longer reaches back to the cursor: a full comparison is due."""


class Misconfigured(LedgerError):
    """Our own keys or addresses are refused: the person who runs the installation must act."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gave us. The refresh token changes; whoever refreshes stores the new pair before using it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    hard_expires_at: datetime | None = None
    """The day on which no refresh helps any more and a person signs in again, if the ledger has told."""


@dataclass(frozen=True, slots=True)
class Callback:
    """What a ledger's sign-in page sent back with the browser. Untrusted until the state is checked."""

    state: str
    code: str = field(repr=False)
    company_id: str
    error: str
    """OAuth's error code (``access_denied``: the person said no); empty when there is none."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One webhook event: a key that may have changed, in a company. Never the facts."""

    event_id: str
    company_id: str
    entity: str
    """The ledger's word, in lower case."""
    record_id: str
    operation: str
    at: datetime | None
    other_id: str = ""
    by_the_second: bool = False
    """Two changes of the record within a second have the same ``event_id``."""


class BadSignature(Exception):
    """A webhook that does not prove that it comes from the ledger. Nothing of it is stored."""


class TokenSource(Protocol):
    """Where a ledger client gets its access token from; refreshing is single-flight behind it."""

    def access(self) -> str: ...

    def renew(self, refused: str) -> str:
        """A token other than the ``refused`` one. Raises ``Reconnect`` when there is none to be had."""
        ...


class LedgerProvider(Protocol):
    """One kind of ledger, as an installation is configured for it."""

    name: str
    title: str
    specs: Sequence[EntitySpec]
    settings: Sequence[Setting]
    """What a firm can choose for its connection."""

    def authorize_url(self, *, state: str, verifier: str) -> str:
        """Where to send the browser. ``verifier`` is the PKCE secret that ``exchange`` will show again."""
        ...

    def read_callback(self, query: Mapping[str, str]) -> Callback: ...

    def exchange(self, code: str, *, verifier: str) -> Tokens:
        """Redeem a code, once. Raises ``Reconnect`` (used, expired), ``RetryLater`` or ``Misconfigured``."""
        ...

    def refresh(self, tokens: Tokens) -> Tokens:
        """A new pair. Raises ``Reconnect`` when the grant is dead, ``RetryLater`` when it may still be alive."""
        ...

    def revoke(self, tokens: Tokens) -> None: ...

    def open(
        self,
        company_id: str,
        tokens: TokenSource,
        meter: Callable[[str], None] | None = None,
        settings: Mapping[str, str] | None = None,
        turns: Callable[[int], float] | None = None,
        memory: Memory | None = None,
    ) -> Ledger:
        """One company. ``meter`` is told the class of each call that succeeded; ``settings``: what the firm chose;
        ``turns`` takes the next call's turn among all processes and gives the seconds to wait for it; it is told how
        many calls are to follow at once."""
        ...

    def notices(self, headers: Mapping[str, str], body: bytes) -> Sequence[Notice]:
        """Verify and read one webhook delivery. Raises ``BadSignature``."""

    def lists_used(self, told: Mapping[str, Any]) -> Mapping[str, bool]:
        """Practice word of a list -> whether the company uses it, by what it told of its settings (``Company.facts``,
        ``Memory.keep``, ``Glance.told``). What it does not tell is left out."""

    def record_url(self, entity: str, record_id: str) -> str:
        """Where a person sees this record in the ledger."""

    def settings_url(self) -> str:
        """Where a person changes the settings of the ledger itself."""

    def billing_url(self) -> str:
        """Where a person renews the subscription of the ledger."""
