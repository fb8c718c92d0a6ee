"""Decides: how a sign-in to the ledger ended, in words with their next step. Pure; ``connections`` acts on it.

A sign-in has two halves: the code is exchanged, and the company is looked at for the first time. The same refusal means
something else in each: of the code, that it was too late; of the company, that whoever signed in may not connect it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tieout.reconcile.ports import AskHuman, LedgerError, Misconfigured, Reconnect, RetryLater


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sign-in ended, in words."""

    ok: bool
    kind: str
    sentence: str
    next_step: str
    company_name: str = ""


FAILURES: Mapping[str, tuple[str, str]] = {
    "denied": (
        "The QuickBooks sign-in ended without a connection: it was cancelled there, or access was not given.",
        "Nothing was changed. Start again whenever you like.",
    ),
    "expired": (
        "This sign-in took too long, so QuickBooks no longer accepts it.",
        "Nothing was changed. Start again; it must be finished within ten minutes.",
    ),
    "state_mismatch": (
        "This answer from QuickBooks does not belong to a sign-in you started here.",
        "Nothing was changed. Start again from Settings, in this browser.",
    ),
    "reused": (
        "This sign-in was finished already.",
        "Nothing more to do here; go back to the QuickBooks page.",
    ),
    "wrong_company": (
        "You signed in to another QuickBooks company than the one this firm is linked with.",
        "Nothing was written to either company. Start again and choose the linked company, or disconnect it first.",
    ),
    "linked_elsewhere": (
        "This QuickBooks company is already linked to another firm in Tieout.",
        "Nothing was changed. Disconnect it there first, or choose another company.",
    ),
    "not_admin": (
        "QuickBooks did not give access: only an administrator of the company can connect it.",
        "Ask a company administrator in QuickBooks to sign in here, or to make you one.",
    ),
    "subscription": (
        "The subscription of this QuickBooks company has ended, or has a billing problem.",
        "Nothing was changed. Whoever pays for it renews it in QuickBooks; then start again.",
    ),
    "unavailable": (
        "QuickBooks did not answer.",
        "Nothing was changed. Try again in a minute.",
    ),
    "misconfigured": (
        "QuickBooks does not accept this installation's keys or redirect address.",
        "Whoever runs Tieout should compare the client id, secret and redirect address with Intuit's portal.",
    ),
}


AT_SIGN_IN: Mapping[type[LedgerError], str] = {Reconnect: "expired", Misconfigured: "misconfigured"}
AT_COMPANY: Mapping[type[LedgerError], str] = {
    Reconnect: "not_admin",
    AskHuman: "not_admin",
    Misconfigured: "misconfigured",
}
"""How a refusal ends a sign-in: of the code, and of the first look at the company that follows. All others: no answer."""
_ABOUT: Mapping[str, str] = {"subscription": "subscription", "feature_off": "subscription"}
"""The same for the topics of which a company's administrator knows no more than anybody else."""


def not_let_in(error: LedgerError, kinds: Mapping[type[LedgerError], str]) -> Outcome:
    """A refusal in one of the two halves; ``kinds`` is ``AT_SIGN_IN`` or ``AT_COMPANY``."""
    kind = _ABOUT.get(error.topic) or kinds.get(type(error), "unavailable")
    own_words = isinstance(error, (Reconnect, Misconfigured, RetryLater)) or error.topic == kind
    return failed(kind, sentence="" if own_words else error.sentence)


def failed(kind: str, company_name: str = "", sentence: str = "") -> Outcome:
    """An end of one of ``FAILURES``, with another sentence where the ledger's own says more."""
    own, next_step = FAILURES[kind]
    return Outcome(False, kind, sentence or own, next_step, company_name)
