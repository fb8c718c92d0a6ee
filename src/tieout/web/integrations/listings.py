"""Decides: the tabs under which records that are not in step are listed, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    title: str
    explains: str
    empty_title: str
    empty_text: str


LISTINGS: Mapping[str, Listing] = {
    "needs_you": Listing(
        "Needs you",
        "Each of these waits for a person. Everything else goes on meanwhile.",
        "Nothing needs you",
        "Every record agrees with QuickBooks, is on its way by itself, or was left out or put off by a person.",
    ),
    "put_off": Listing(
        "Put off",
        "Each of these waits for a person too, and is asked again under Needs you from its day on. Nothing is written meanwhile.",
        "Nothing is put off",
        "What needs a person is under Needs you.",
    ),
    "clearing": Listing(
        "Clearing by itself",
        "Nothing to do here: these are tried again until they are through.",
        "Nothing is on its way",
        "What was changed has arrived.",
    ),
    "left_out": Listing(
        "Left out",
        "These take no part in the sync, by a decision or by a rule.",
        "Nothing is left out",
        "Every record takes part.",
    ),
}
