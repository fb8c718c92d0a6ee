"""Decides how QuickBooks' refusals are said in the words of the ledger port. Around every call ``ledger`` makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tieout.quickbooks.api import oauth
from tieout.quickbooks.api.config import ConfigurationError
from tieout.quickbooks.api.fault_meanings import Disposition
from tieout.quickbooks.api.faults import ApiError
from tieout.quickbooks.api.transport import ForbiddenHost
from tieout.quickbooks.entity import QuickBooksEntity, Unreadable
from tieout.reconcile.ports import (
    AskHuman,
    Bug,
    ChooseMatch,
    FixData,
    LedgerError,
    Misconfigured,
    Reconnect,
    RepairReference,
    Replan,
    RetryLater,
    UnknownOutcome,
    WindowTooOld,
)

CLASSES: dict[Disposition, type[LedgerError]] = {
    Disposition.RETRY_LATER: RetryLater,
    Disposition.REPLAN: Replan,
    Disposition.RECONNECT: Reconnect,
    Disposition.FIX_DATA: FixData,
    Disposition.CHOOSE_MATCH: ChooseMatch,
    Disposition.REPAIR_REFERENCE: RepairReference,
    Disposition.ASK_HUMAN: AskHuman,
    Disposition.UNKNOWN_OUTCOME: UnknownOutcome,
    Disposition.WINDOW_TOO_OLD: WindowTooOld,
    Disposition.BUG: Bug,
}

SIGN_IN_CLASSES: dict[type[oauth.OAuthError], type[LedgerError]] = {
    oauth.GrantDead: Reconnect,
    oauth.ConsentDenied: Reconnect,
    oauth.ClientRefused: Misconfigured,
    oauth.TokenServiceUnavailable: RetryLater,
    oauth.OAuthBug: Bug,
}


@contextmanager
def in_ledger_words(entity: QuickBooksEntity | None = None) -> Iterator[None]:
    """Raise what the calls inside raise as ``LedgerError``. Errors already in the port's words pass through."""
    try:
        yield
    except ApiError as error:
        raise ledger_error(error, entity) from error
    except oauth.OAuthError as error:
        raise SIGN_IN_CLASSES[type(error)](str(error), code=error.error, reference=error.reference) from error
    except Unreadable as error:
        raise Bug(str(error)) from error
    except ConfigurationError as error:
        raise Misconfigured(str(error)) from error
    except ForbiddenHost as error:
        raise Bug(
            f"Tieout tried to reach a host it must not. Nothing was sent. Please report this. ({error})"
        ) from error


def ledger_error(error: ApiError, entity: QuickBooksEntity | None = None) -> LedgerError:
    kind = CLASSES[error.ruling.disposition]
    rest = {
        "code": "" if error.fault.code is None else str(error.fault.code),
        "detail": error.fault.detail or error.fault.message,
        "reference": error.reference,
        "topic": error.ruling.topic,
        **_found_out(error.fault.detail, entity),
    }
    sentence = error.ruling.sentence
    if kind is RetryLater:
        after = None if error.retry_after is None else timedelta(seconds=error.retry_after)
        return RetryLater(sentence, after=after, **rest)
    if kind is FixData:
        return FixData(sentence, unit=unit_about(error.ruling.field, entity), **rest)
    return kind(sentence, **rest)


_HELD = re.compile(r"held by (?P<kind>[A-Za-z ]+) (?P<id>\d+)")
_FREE = re.compile(r"next free number: (?P<number>\S+)")


def _found_out(detail: str, entity: QuickBooksEntity | None) -> dict[str, str]:
    """What ``names`` and ``numbers`` found: the record that has the name, when it is one of the same kind, and a free number."""
    found: dict[str, str] = {}
    held, free = _HELD.search(detail), _FREE.search(detail)
    if held and entity is not None and held["kind"].replace(" ", "") == entity.resource:
        found["holder"] = held["id"]
    if free:
        found["suggestion"] = free["number"]
    return found


def unit_about(path: str, entity: QuickBooksEntity | None) -> str:
    """The unit a fault's ``element`` speaks of; empty when it speaks of none of ours.

    QuickBooks names the field itself (``PrimaryEmailAddr.Address``), only its object (``BillAddr``), or something
    deep inside of it (``Line.SalesItemLineDetail.ItemRef``).
    """
    wanted = path.lower()
    if not wanted or entity is None:
        return ""
    for unit in entity.spec.units:
        ours = [one.lower() for one in entity.paths(unit)]
        if any(one == wanted or one.startswith(f"{wanted}.") or wanted.startswith(f"{one}.") for one in ours):
            return unit.name
    return ""
