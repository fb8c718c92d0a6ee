"""Decides nothing: where Django looks for this app's tables."""

from tieout.sync.choice_tables import KeptSettings, SettingsCheck, SwitchChange, Told
from tieout.sync.connection_tables import (
    LIVE_STATES,
    CallMeter,
    CallTurn,
    Connection,
    ConnectionState,
    Cursor,
    InboxEvent,
    Run,
    SectionState,
    TokenSet,
)
from tieout.sync.match_tables import MatchDecision, Verdict
from tieout.sync.record_tables import (
    UNRESOLVED,
    ActivityLine,
    Attempt,
    AttemptState,
    Conflict,
    Dirty,
    Hold,
    Issue,
    Link,
    Observation,
)
from tieout.sync.review_tables import OPEN_STATES, Review, ReviewRow, ReviewState, ReviewVisit, WorkVisit
from tieout.sync.tie_out_tables import TieOut, TieOutLine
from tieout.sync.write_log import WriteEntry

__all__ = [
    "LIVE_STATES",
    "OPEN_STATES",
    "UNRESOLVED",
    "ActivityLine",
    "Attempt",
    "AttemptState",
    "CallMeter",
    "CallTurn",
    "Conflict",
    "Connection",
    "ConnectionState",
    "Cursor",
    "Dirty",
    "Hold",
    "InboxEvent",
    "Issue",
    "KeptSettings",
    "Link",
    "MatchDecision",
    "Observation",
    "Review",
    "ReviewRow",
    "ReviewState",
    "ReviewVisit",
    "Run",
    "SectionState",
    "SettingsCheck",
    "SwitchChange",
    "TieOut",
    "TieOutLine",
    "TokenSet",
    "Told",
    "Verdict",
    "WorkVisit",
    "WriteEntry",
]
