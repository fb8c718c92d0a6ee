"""Acts: the verbs on service items, and how often each is used. One transaction each, with history and note."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Unpack

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.billing_access import choices_in, row_to_change, rows_of
from tieout.practice.billing_validation import Checks
from tieout.practice.ledger_lists import LedgerList, TaxRate
from tieout.practice.service_item_fields import ServiceItemFields, clean_item
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.practice.validation import Invalid

EARNING_TYPES = frozenset({"", "Income", "Other Income"})
"""Account types an item can earn into; empty: the ledger did not say."""


def create_service_item(*, firm_id: int, actor: Actor, **fields: Unpack[ServiceItemFields]) -> ServiceItem:
    """A new service item. Raises Invalid."""
    with transaction.atomic():
        values = _values(firm_id, fields, new=True, now=None)
        item = ServiceItem(firm_id=firm_id, **values)
        _save(item)
        record_created(item, SERVICE_ITEM, actor, given(values))
    return item


def change_service_item(
    *,
    firm_id: int,
    item_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[ServiceItemFields],
) -> ServiceItem:
    """Set the given fields and leave the rest. What changes nothing is no change.

    Documents that exist keep what they say. Raises RecordChangedMeanwhile, Invalid, NotYours.
    """
    with transaction.atomic():
        item = row_to_change(ServiceItem, firm_id, item_id)
        check_version(item, SERVICE_ITEM, expected_version)
        changes = set_values(item, _values(firm_id, fields, new=False, now=item))
        if changes:
            _save(item)
            record_changed(item, SERVICE_ITEM, _verb_for(changes), actor, changes)
    return item


def archive_service_item(
    *, firm_id: int, item_id: int | str, actor: Actor, expected_version: int | None = None
) -> ServiceItem:
    """Not offered on new documents any more; ``restore_service_item`` brings it back."""
    return change_service_item(
        firm_id=firm_id, item_id=item_id, actor=actor, expected_version=expected_version, is_active=False
    )


def restore_service_item(
    *, firm_id: int, item_id: int | str, actor: Actor, expected_version: int | None = None
) -> ServiceItem:
    """Raises Invalid when another active item has taken the name meanwhile."""
    return change_service_item(
        firm_id=firm_id, item_id=item_id, actor=actor, expected_version=expected_version, is_active=True
    )


@dataclass(frozen=True, slots=True)
class UsedBy:
    """Where an item stands now: what a person wants to know before changing or archiving it."""

    drafts: int = 0
    invoices: int = 0
    credits: int = 0
    recurring: int = 0
    many: bool = False
    """On more invoices than are counted."""


MOST_USES = 200


_USES = """
SELECT item.id,
  (SELECT count(DISTINCT few.invoice_id) FROM (
    SELECT line.invoice_id FROM practice_invoiceline line
    WHERE line.item_id = item.id AND line.firm_id = %(firm)s ORDER BY line.invoice_id LIMIT %(most)s) few),
  (SELECT count(*) FROM practice_credit credit WHERE credit.item_id = item.id AND credit.firm_id = %(firm)s)
FROM unnest(%(items)s::bigint[]) AS item(id)
"""
_DRAFTS = """
SELECT line.item_id, count(DISTINCT draft.id)
FROM practice_invoice draft,
  LATERAL (SELECT item_id FROM practice_invoiceline WHERE invoice_id = draft.id AND firm_id = %(firm)s OFFSET 0) line
WHERE draft.firm_id = %(firm)s AND draft.status = 'draft' AND line.item_id = ANY(%(items)s::bigint[])
GROUP BY line.item_id
"""
"""From the drafts, which are few, to their lines; OFFSET keeps the database from going the other way."""
_RECURRING = """
SELECT item.id, count(DISTINCT recurring.id)
FROM practice_recurringinvoice recurring, jsonb_array_elements(recurring.content->'lines') line,
  unnest(%(items)s::bigint[]) AS item(id)
WHERE recurring.firm_id = %(firm)s AND recurring.is_active AND line->'item_id' = to_jsonb(item.id)
GROUP BY item.id
"""


def used_by(firm_id: int, item_ids: Collection[int]) -> dict[int, UsedBy]:
    """How many documents each item is on. Three queries, however many items; more than ``MOST_USES`` are not counted."""
    told: dict[str, int | list[int]] = {"firm": firm_id, "most": MOST_USES + 1, "items": list(item_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_USES, told)
        on_documents = {item: (invoices, credits) for item, invoices, credits in cursor.fetchall()}
        cursor.execute(_RECURRING, told)
        recurring = dict(cursor.fetchall())
        cursor.execute(_DRAFTS, told)
        drafts = dict(cursor.fetchall())
    return {
        each: UsedBy(
            drafts.get(each, 0),
            max(0, on_documents[each][0] - drafts.get(each, 0)),
            on_documents[each][1],
            recurring.get(each, 0),
            many=on_documents[each][0] > MOST_USES,
        )
        for each in item_ids
    }


def _values(firm_id: int, fields: ServiceItemFields, *, new: bool, now: ServiceItem | None) -> dict[str, Any]:
    """Valid values with the rows they refer to. What an item refers to already may stay, retired or not."""
    checks = Checks()
    values = clean_item(fields, checks, new=new)
    if "tax_rate_id" in fields:
        rates = rows_of(TaxRate, firm_id).filter(Q(is_active=True) | Q(pk=now.tax_rate_id if now else None))
        values["tax_rate"] = checks.row(
            "tax_rate_id", fields["tax_rate_id"], rates.in_bulk(), "Choose one of your tax rates."
        )
    for field, of in (("income_account", LedgerList.ACCOUNT), ("category", LedgerList.CATEGORY)):
        if f"{field}_id" in fields:
            types = EARNING_TYPES if of == LedgerList.ACCOUNT else ()
            entries = choices_in(firm_id, of, types=types, kept=getattr(now, f"{field}_id", None))
            values[field] = checks.row(
                f"{field}_id",
                fields[f"{field}_id"],  # type: ignore[literal-required]
                entries.in_bulk(),
                "Choose an income account from the list."
                if of == LedgerList.ACCOUNT
                else "Choose a category from the list.",
            )
    checks.done()
    return values


def _save(item: ServiceItem) -> None:
    """Two writers may take one name at the same time: the database lets one through."""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        if "service_item_name_once" not in str(error):
            raise
        where = f" in the category {item.category}" if item.category else ""
        raise Invalid(
            {"name": f"Another active service item{where} is called {item.name}. Choose another name."}
        ) from error


def _verb_for(changes: dict[str, list[Any]]) -> str:
    if "is_active" in changes:
        return "restored" if changes["is_active"][1] else "archived"
    return "changed"
