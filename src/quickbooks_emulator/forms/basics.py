"""Decides: what all transaction forms have in common: date, currency, closed periods, header classes, custom fields."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from quickbooks_emulator import faults
from quickbooks_emulator.entities import settings
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import Body, Field, Rule
from quickbooks_emulator.entities.exchange_rate import rate_on
from quickbooks_emulator.entities.term import due_date
from quickbooks_emulator.entities.values import FORMS
from quickbooks_emulator.forms.shapes import padded
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

VOIDED = "Voided"


def today(books: Books) -> str:
    """The date in the company's time zone."""
    zone = ZoneInfo(books.company.time_zone)
    return datetime.fromtimestamp(books.now, UTC).astimezone(zone).date().isoformat()


def date_it(change: Change) -> None:
    """TxnDate left out is today, on a full update too (recorded)."""
    change.body.setdefault("TxnDate", today(change.books))


def require(*names: str) -> Rule:
    """2020 for each header member the entity cannot be without."""

    def rule(change: Change) -> None:
        for name in names:
            if name not in change.body:
                raise faults.required(name)

    return rule


def open_period(change: Change) -> None:
    """6210 when the old or the new date is on or before BookCloseDate (code and boundary are switches). A person in
    QuickBooks may pass with the closing password."""
    closed = settings.preference(change.books, "AccountingInfoPrefs", "BookCloseDate")
    if not closed or change.books.person:
        return
    knobs = change.books.knobs
    dates = [body["TxnDate"] for body in (change.before, change.body) if "TxnDate" in body]
    if any(day < closed or (day == closed and knobs.closing_day_is_closed) for day in dates):
        raise faults.period_closed(knobs.closed_period_code)


def currency_of(name_entity: str, reference: str) -> Rule:
    """The currency is the customer's or vendor's; another one is refused (documented). Amounts in a foreign one
    get the day's ExchangeRate unless one is sent."""

    def rule(change: Change) -> None:
        books, body = change.books, change.body
        home = books.company.currency
        name = books.get(name_entity, body.get(reference, {}).get("value", ""))
        wanted = name.body.get("CurrencyRef", {}).get("value", home) if name else home
        if name is None and change.given.get("CurrencyRef"):
            wanted = change.given["CurrencyRef"]["value"]
        sent = (change.given.get("CurrencyRef") or {}).get("value", wanted)
        if sent != wanted:
            raise faults.business(f"The currency {sent} is not the one of this name: {wanted}.")
        body["CurrencyRef"] = {"value": wanted, "name": books.currency_name(wanted)}
        if not settings.multicurrency(books):
            body.pop("ExchangeRate", None)
            return
        if wanted == home:
            body["ExchangeRate"] = Decimal(1)
        elif "ExchangeRate" not in body:
            body["ExchangeRate"] = rate_on(books, wanted, body["TxnDate"])

    return rule


def home_amount(body: Body, amount: Decimal) -> Decimal:
    """An amount of the transaction in home currency."""
    rate = Decimal(body.get("ExchangeRate", 1))
    return amount if rate == 1 else padded(amount * rate)


def header_tracking(change: Change) -> None:
    """ClassRef on the header only with ClassTrackingPerTxn, DepartmentRef only with TrackDepartments; sent anyway
    they are dropped without a word (reported; a switch refuses the class)."""
    if "ClassRef" in change.body and not settings.classes_per_transaction(change.books):
        refuse_misplaced_class(change.books)
        del change.body["ClassRef"]
    if "DepartmentRef" in change.body and not settings.departments(change.books):
        del change.body["DepartmentRef"]


def refuse_misplaced_class(books: Books) -> None:
    """By a switch a class on the wrong level is refused."""
    if books.knobs.misplaced_class_refused:
        raise faults.feature_off(books.knobs.feature_off_code, "Class tracking on this level")


def default_due_date(change: Change) -> None:
    """DueDate: sent, else by SalesTermRef, the customer's term (a switch), the company's default terms (recorded),
    else TxnDate (recorded)."""
    body, books = change.body, change.books
    if "DueDate" in change.given and "DueDate" in body:
        if books.knobs.due_before_date_refused and body["DueDate"] < body["TxnDate"]:
            raise faults.bad_value("2070", "Date Range", body["DueDate"], "DueDate")
        return
    if change.old is not None and "DueDate" in body and "SalesTermRef" not in change.given:
        return
    term = body.get("SalesTermRef")
    if term is None and books.knobs.customers_term_sets_due_date:
        term = _customers_term(change)
    if term is None:
        term = settings.preference(books, "SalesFormsPrefs", "DefaultTerms")
    record = books.get("Term", str(term["value"])) if term else None
    issued = date.fromisoformat(body["TxnDate"])
    body["DueDate"] = (due_date(record.body, issued) if record else issued).isoformat()


def customer_addresses(change: Change) -> None:
    """BillAddr and ShipAddr left out are the customer's own address objects, same Id (recorded)."""
    customer = change.books.get("Customer", change.body.get("CustomerRef", {}).get("value", ""))
    if customer is None:
        return
    moved = change.old is not None and change.changed("CustomerRef")
    for name in ("BillAddr", "ShipAddr"):
        if moved and name not in change.given:
            change.body.pop(name, None)
        address = customer.body.get(name) or customer.body.get("BillAddr")
        if name not in change.body and address is not None:
            change.body[name] = address


def custom_fields(kind: str) -> Rule:
    """The list follows from the preferences of `kind`, Sales or Purchase: {DefinitionId, Name, Type} with the value
    where one was sent (recorded); definitions the company does not have are dropped without a word (reported)."""

    def rule(change: Change) -> None:
        sent = {str(one.get("DefinitionId")): one for one in change.body.get("CustomField") or ()}
        values = {number: one["StringValue"] for number, one in sent.items() if one.get("StringValue")}
        change.body["CustomField"] = [
            {
                "DefinitionId": number,
                "Name": name,
                "Type": "StringType",
                **({"StringValue": values[number]} if number in values else {}),
            }
            for number, name in _custom_names(change.books, kind)
        ]

    return rule


def need_email(change: Change) -> None:
    """NeedToSend needs an address: 6420 (documented code), and shows as DeliveryInfo (recorded)."""
    if change.body.get("EmailStatus") != "NeedToSend":
        return
    if "DeliveryInfo" in change.entity.by_name:
        change.body.setdefault("DeliveryInfo", {"DeliveryType": "Email"})
    if "BillEmail" not in change.body:
        raise faults.Fault(
            "6420",
            "Email address needed",
            "An email address is required for delivery by email.",
            element="BillEmail",
        )


def bill_emails(field: Field, value: object) -> Body | None:
    """BillEmail may hold several addresses, separated by commas (reported); 100 characters over all."""
    if isinstance(value, dict) and isinstance(value.get("Address"), str) and "," in value["Address"]:
        whole = value["Address"]
        if len(whole) > 100:
            raise faults.bad_length("BillEmail.Address", 0, 100, len(whole))
        for part in whole.split(","):
            FORMS[field.kind](field, {"Address": part.strip()})
        return {"Address": whole}
    found: Body | None = FORMS[field.kind](field, value)
    return found


def calculation(field: Field, value: object) -> str:
    """A bad GlobalTaxCalculation is an opaque 400 (reported)."""
    if value not in ("TaxExcluded", "TaxInclusive", "NotApplicable"):
        raise faults.unreadable(f"GlobalTaxCalculation cannot be {value}")
    return str(value)


def void_note(change: Change) -> None:
    """PrivateNote becomes "Voided", before an old note "Voided - " (documented)."""
    note = change.body.get("PrivateNote", "")
    if not note.startswith(VOIDED):
        change.body["PrivateNote"] = f"{VOIDED} - {note}" if note else VOIDED


def is_voided(record: Record) -> bool:
    """No field says so: total zero and a note that begins with Voided (documented)."""
    return not record.body.get("TotalAmt") and str(record.body.get("PrivateNote", "")).startswith(VOIDED)


def _customers_term(change: Change) -> Body | None:
    customer = change.books.get("Customer", change.body.get("CustomerRef", {}).get("value", ""))
    return customer.body.get("SalesTermRef") if customer else None


_CUSTOM_OF = {
    "Sales": ("SalesFormsPrefs", "CustomField"),
    "Purchase": ("VendorAndPurchasesPrefs", "POCustomField"),
}


def _custom_names(books: Books, kind: str) -> list[tuple[str, str]]:
    """(definition id, name) of those of the three custom fields that are on."""
    used: set[str] = set()
    named: dict[str, str] = {}
    for group in settings.preference(books, *_CUSTOM_OF[kind], ()):
        for one in group.get("CustomField", ()):
            key = str(one.get("Name", ""))
            if f"Use{kind}Custom" in key and one.get("BooleanValue"):
                used.add(key[-1])
            elif f"{kind}CustomName" in key:
                named[key[-1]] = str(one.get("StringValue", ""))
    return [(number, named[number]) for number in sorted(used) if number in named]
