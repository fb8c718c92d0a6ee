"""Decides: for each way a connecting can end without success, what to do about it and which pages lead on. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WayBack:
    steps: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]
    """(Label, name of the address), the likeliest first."""
    billing: bool = False
    """Whether the way leads through QuickBooks' own billing page first."""


AGAIN, MANAGE = ("Try again", "quickbooks-connect"), ("Back to Manage", "quickbooks")

WAYS: Mapping[str, WayBack] = {
    "denied": WayBack((), (AGAIN, MANAGE)),  # Intuit answers access_denied for a cancelled sign-in too
    "expired": WayBack(
        (
            "Have the password and the second factor of a QuickBooks administrator at hand.",
            "Start again, and finish within ten minutes.",
        ),
        (AGAIN, MANAGE),
    ),
    "state_mismatch": WayBack(
        (
            "Close other windows of the QuickBooks sign-in.",
            "Start from here, and stay in this browser until you are back.",
        ),
        (AGAIN, MANAGE),
    ),
    "reused": WayBack((), (MANAGE, AGAIN)),
    "wrong_company": WayBack(
        (
            "To stay with the linked company: try again, and choose it at the top of QuickBooks' list.",
            "To change to the other one: disconnect first. You choose there whether the links are kept.",
        ),
        (AGAIN, ("Disconnect the linked company", "quickbooks-disconnect"), MANAGE),
    ),
    "linked_elsewhere": WayBack(
        (
            "Is it your own second firm here? Sign in to that one and disconnect it there.",
            "Somebody else's? Ask whoever administers the QuickBooks company which other app firm uses it.",
            "Or choose another company.",
        ),
        (("Choose another company", "quickbooks-connect"), MANAGE),
    ),
    "not_admin": WayBack(
        (
            "In QuickBooks, Gear > Manage users shows who is an administrator of the company.",
            "Ask one of them to sign in when you try again; it need not be your own sign-in.",
            "Or have them make you a company administrator.",
        ),
        (("Try again with an administrator", "quickbooks-connect"), MANAGE),
    ),
    "subscription": WayBack(
        (
            "In QuickBooks, Gear > Subscriptions and billing says what the company's plan is, and what is owed for it.",
            "Whoever pays for it, which may be an accountant, renews it there.",
            "Try again when the company can be worked in there; nothing has to be set up anew.",
        ),
        (AGAIN, MANAGE),
        billing=True,
    ),
    "unavailable": WayBack((), (AGAIN, MANAGE)),
    "misconfigured": WayBack(
        (
            "The client id and secret have to be those of the app in Intuit's developer portal.",
            "The redirect address there has to be this installation's, to the letter.",
        ),
        (MANAGE, AGAIN),
    ),
}
"""How a sign-in ended (``sync.sign_in_ends.Outcome.kind``) -> what leads on from there."""


def way_back(kind: str) -> WayBack:
    """What is not known leads back to the start: no end without a way on."""
    return WAYS.get(kind, WayBack((), (AGAIN, MANAGE)))
