"""Acts: the verbs on the lists that come from the ledger, and on the firm's tax rates.

People never make or change a list entry: only the records door calls ``keep_list_entry`` and ``change_list_entry``,
tells with ``say_lists_used`` which of the lists the ledger's company uses, and with ``use_entries_of`` which company it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.billing_access import choices_in, row_to_change, rows_of
from tieout.practice.billing_validation import MOST_PERCENT, Checks, Number
from tieout.practice.ledger_lists import TAX_RATE, LedgerList, ListEntry, TaxRate, UnusedList
from tieout.practice.outbox import note_change
from tieout.practice.validation import Invalid, TextRule

NAME = TextRule("Name", 500, required=True)
FULL_NAME = TextRule("Full name", 2000)
RATE_NAME = TextRule("Name", 100, required=True)


class ListEntryFields(TypedDict, total=False):
    name: str
    full_name: str
    parent: str
    is_active: bool
    account_type: str


def keep_list_entry(
    *,
    firm_id: int,
    of: LedgerList,
    ledger_id: str,
    actor: Actor,
    company: str = "",
    **fields: Unpack[ListEntryFields],
) -> ListEntry:
    """The entry as the ledger has it: a new one, or the one we have under this id of this company, brought up to date.

    So a firm that connects again finds its entries where it chose them. Raises Invalid.
    """
    if not ledger_id:
        raise Invalid({"ledger_id": "A list entry comes from the ledger and keeps its id."})
    values = _clean(fields, new=True)
    with transaction.atomic():
        known = rows_of(ListEntry, firm_id).filter(list=of, company=company, ledger_id=ledger_id)
        entry = known.select_for_update().first()
        if entry is not None:
            _set(entry, values, actor)
            return entry
        entry = ListEntry.objects.create(
            firm_id=firm_id, list=of, company=company, ledger_id=ledger_id, **values
        )
        record_created(entry, of.value, actor, given({"ledger_id": ledger_id, **values}))
    return entry


def change_list_entry(
    *,
    firm_id: int,
    of: LedgerList,
    entry_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[ListEntryFields],
) -> ListEntry:
    """Set the given fields. Raises RecordChangedMeanwhile, Invalid, NotYours."""
    values = _clean(fields, new=False)
    with transaction.atomic():
        entry = row_to_change(ListEntry, firm_id, entry_id)
        check_version(entry, of.value, expected_version)
        _set(entry, values, actor)
    return entry


def _clean(fields: ListEntryFields, *, new: bool) -> dict[str, Any]:
    checks = Checks()
    values: dict[str, Any] = dict(fields)
    if new or "name" in values:
        values["name"] = checks.text("name", values.get("name", ""), NAME)
    if new or "full_name" in values:
        values["full_name"] = checks.text(
            "full_name", values.get("full_name") or "", FULL_NAME
        ) or values.get("name", "")
    checks.done()
    return values


def _set(entry: ListEntry, values: dict[str, Any], actor: Actor) -> None:
    if changes := set_values(entry, values):
        record_changed(entry, entry.list, "changed", actor, changes)


def say_lists_used(*, firm_id: int, used: Mapping[LedgerList, bool]) -> dict[LedgerList, bool]:
    """Which of these lists the ledger's company uses. Returns what that changed; lists that are left out stay as they are."""
    changed: dict[LedgerList, bool] = {}
    for of, is_used in used.items():
        rows = UnusedList.objects.filter(firm_id=firm_id, list=of)
        if is_used:
            news = rows.delete()[0] > 0
        else:
            news = not rows.exists()
            UnusedList.objects.bulk_create([UnusedList(firm_id=firm_id, list=of)], ignore_conflicts=True)
        if news:
            changed[of] = is_used
    return changed


def use_entries_of(*, firm_id: int, company: str) -> int:
    """Only entries of this company of the ledger are offered and sent from now on. Returns how many that changed.

    Nothing that was chosen is taken off: what names an entry of another company asks for another choice when it is to be
    sent, and is right again when the firm goes back to that company.
    """
    entries = rows_of(ListEntry, firm_id)
    retired = entries.filter(is_current=True).exclude(company=company).update(is_current=False)
    return retired + entries.filter(is_current=False, company=company).update(is_current=True)


def company_is_now(*, firm_id: int, before: str, now: str) -> int:
    """The same company under another name of it. Returns how many entries that changed."""
    return rows_of(ListEntry, firm_id).filter(company=before).update(company=now)


class TaxRateFields(TypedDict, total=False):
    name: str
    percent: Number
    tax_code_id: int | str | None
    is_active: bool


def create_tax_rate(*, firm_id: int, actor: Actor, **fields: Unpack[TaxRateFields]) -> TaxRate:
    """A tax rate of the firm. ``percent``: 8.25 means 8.25 %. Raises Invalid."""
    with transaction.atomic():
        values = _clean_rate(firm_id, fields, new=True)
        rate = TaxRate(firm_id=firm_id, **values)
        _save_rate(rate)
        record_created(rate, TAX_RATE, actor, given(values))
    return rate


def change_tax_rate(
    *,
    firm_id: int,
    tax_rate_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[TaxRateFields],
) -> TaxRate:
    """Set the given fields. Lines that are written keep the percentage they were written with.

    Raises RecordChangedMeanwhile, Invalid, NotYours.
    """
    with transaction.atomic():
        rate = row_to_change(TaxRate, firm_id, tax_rate_id)
        check_version(rate, TAX_RATE, expected_version)
        if changes := set_values(rate, _clean_rate(firm_id, fields, new=False, kept=rate.tax_code_id)):
            _save_rate(rate)
            record_changed(rate, TAX_RATE, "changed", actor, changes)
            if "tax_code" in changes:
                note_change(firm_id, TAX_RATE, str(rate.pk), rate.version)  # documents may wait for it
    return rate


def _clean_rate(firm_id: int, fields: TaxRateFields, *, new: bool, kept: int | None = None) -> dict[str, Any]:
    """``kept``: the tax code it is mapped to already, which may stay."""
    checks = Checks()
    values: dict[str, Any] = {name: value for name, value in fields.items() if name != "tax_code_id"}
    if new or "name" in values:
        values["name"] = checks.text("name", values.get("name", ""), RATE_NAME)
    if new or "percent" in values:
        values["percent"] = checks.number(
            "percent", values.get("percent", ""), "The rate", places=4, most=MOST_PERCENT
        )
    if "tax_code_id" in fields:
        values["tax_code"] = checks.row(
            "tax_code_id",
            fields["tax_code_id"],
            choices_in(firm_id, LedgerList.TAX_CODE, kept=kept).in_bulk(),
            "Choose a tax code from the list.",
        )
    checks.done()
    return values


def _save_rate(rate: TaxRate) -> None:
    try:
        with transaction.atomic():
            rate.save()
    except IntegrityError as error:
        if "tax_rate_name_once" not in str(error):
            raise
        raise Invalid({"name": f"Another tax rate is called {rate.name}. Choose another name."}) from error
