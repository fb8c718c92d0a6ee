"""Decides how the lists that only come from QuickBooks are declared: one shape, a fact or two of their own.

Accounts, classes, locations, categories, terms, tax codes and payment methods are chosen from here and kept there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tieout.quickbooks.api.query import Condition
from tieout.quickbooks.codecs import reference
from tieout.quickbooks.entity import QuickBooksEntity
from tieout.quickbooks.inactive_names import unmarked
from tieout.reconcile.codecs import flag, text
from tieout.reconcile.spec import Direction, Document, EntitySpec, Field, Owner, Whole
from tieout.reconcile.state import Scalar, Value

Facts = Mapping[str, Scalar]


def no_more(document: Document) -> Facts:
    return {}


def from_quickbooks(
    practice: str,
    ledger: str,
    label: str,
    plural: str,
    *,
    page: str,
    more: Callable[[Document], Facts] = no_more,
    also: tuple[Field, ...] = (),
    kept_as: str = "",
    among: tuple[Condition, ...] = (),
    belongs: Callable[[Document], bool] = lambda document: True,
    in_change_feed: bool = True,
) -> QuickBooksEntity:
    """A list that is read and never written. ``also``: what else of an entry is kept in step."""

    def facts(document: Document) -> Facts:
        times = document.get("MetaData") or {}
        return {
            "ledger_id": str(document.get("Id") or ""),
            "updated_at": times.get("LastUpdatedTime"),
            **more(document),
        }

    spec = EntitySpec(
        practice=practice,
        ledger=ledger,
        label=label,
        plural=plural,
        direction=Direction.FROM_LEDGER,
        units=(
            Field("name", "Name", text(500), "Name", Owner.LEDGER, required=True),
            Whole("full_name", "Full name", _full_name, _never_written, owner=Owner.LEDGER),
            Field("parent", "ParentRef.value", reference(), "Under", Owner.LEDGER),
            Field("active", "Active", flag(default=True), "Active", Owner.LEDGER),
            *also,
        ),
        name_unit="full_name",
        active_unit="active",
        in_change_feed=in_change_feed,
    )
    return QuickBooksEntity(
        spec=spec,
        facts=facts,
        page=page,
        tidy=unmarked("Name", "FullyQualifiedName"),
        kept_as=kept_as,
        among=among,
        belongs=belongs,
    )


def _full_name(document: Document) -> Value:
    """Flat lists have no FullyQualifiedName."""
    return str(document.get("FullyQualifiedName") or document.get("Name") or "")


def _never_written(value: Value, document: dict[str, Any]) -> None:
    return None


def part_of(document: Document, member: str) -> str:
    return str(document.get(member) or "")
