"""Decides: the words and addresses of each section whose set-up has a review: clients, and service items. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tieout.sync.models import ReviewState


@dataclass(frozen=True, slots=True)
class Flow:
    """One set-up from choosing to done."""

    entity: str
    one: str
    many: str
    there: str
    """What QuickBooks calls many of them."""
    pages: str
    """How the names of its addresses begin."""
    made_here: str
    """What comes with one that is created in Tieout."""

    @property
    def choose(self) -> str:
        return self.pages

    @property
    def progress(self) -> str:
        return f"{self.pages}-progress"

    @property
    def cancel(self) -> str:
        return f"{self.pages}-cancel"

    @property
    def tell(self) -> str:
        return f"{self.pages}-tell"

    @property
    def review(self) -> str:
        return f"{self.pages}-review"

    @property
    def confirm(self) -> str:
        return f"{self.pages}-confirm"

    @property
    def export(self) -> str:
        return f"{self.pages}-confirm-export"

    @property
    def printed(self) -> str:
        return f"{self.pages}-confirm-pdf"

    @property
    def apply(self) -> str:
        return f"{self.pages}-apply"

    @property
    def done(self) -> str:
        return f"{self.pages}-done"

    def place(self, state: str) -> str:
        """Where a person belongs at each state of a review; back, refresh and old links all lead there."""
        return {
            ReviewState.COLLECTING: self.progress,
            ReviewState.READY: self.review,
            ReviewState.APPLYING: self.progress,
            ReviewState.DONE: self.done,
            ReviewState.FAILED: self.progress,
            ReviewState.CANCELLED: self.choose,
        }[ReviewState(state)]


CLIENTS = Flow(
    "client",
    "client",
    "clients",
    "customers",
    "quickbooks-clients",
    "Each individual client also gets a primary contact.",
)
ITEMS = Flow(
    "service_item",
    "service item",
    "service items",
    "items",
    "quickbooks-items",
    "With name, rate, SKU, income account and category as they are in QuickBooks.",
)
FLOWS: Mapping[str, Flow] = {flow.entity: flow for flow in (CLIENTS, ITEMS)}
