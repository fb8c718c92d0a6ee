"""The place for documents: a client, an item and the lists they need, with every setting chosen."""

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from tests.contract.place import COMPANY, Place, place
from tieout.reconcile.action import Create, Retire, Update
from tieout.reconcile.state import Key, Side

D = Decimal
TODAY = "2026-11-20"
SETTINGS = {
    "income_account": "1",
    "write_off_item": "2",
    "credit_item": "1",
    "refund_item": "1",
    "refund_account": "35",
    "tax_code": "2",
    "payment_method.check": "2",
}


def row(item="1", quantity="1", rate="100", *, taxable=False, **more):
    amount = (D(quantity) * D(rate)).quantize(D("0.01"))
    return {
        "kind": "item",
        "item": item,
        "description": "Work",
        "quantity": D(quantity),
        "rate": D(rate),
        "amount": amount,
        "date": "",
        "taxable": taxable,
        "class": "",
        **more,
    }


def total_row(kind, amount, **more):
    one = {"kind": kind, "description": kind, "quantity": D(1), "rate": D(amount), "amount": D(amount)}
    return {"item": "", "date": "", "taxable": False, "class": "", **one, **more}


@dataclass
class Books:
    """Documents by the practice's words, sent through the port."""

    here: Place
    client: str

    def units(self, entity, **units):
        """What the practice would show of one record, with as little as it needs."""
        least = {
            "service_item": {"name": "Tax return", "active": True, "taxable": False},
            "invoice": {
                "client": self.client,
                "number": "INV-1",
                "date": TODAY,
                "due_date": "2026-12-20",
                "terms": "Net 30",
                "content": (row(),),
                "total": D("100.00"),
                "state": "open",
            },
            "payment": {
                "client": self.client,
                "date": TODAY,
                "amount": D("40.00"),
                "method": "check",
                "state": "open",
            },
            "refund": {
                "client": self.client,
                "date": TODAY,
                "amount": D("10.00"),
                "method": "check",
                "reason": "Too much",
            },
            "credit": {
                "client": self.client,
                "number": "CR-1",
                "date": TODAY,
                "description": "Goodwill",
                "quantity": D(1),
                "rate": D("25.5"),
                "amount": D("25.50"),
                "state": "open",
            },
            "credit_application": {"client": self.client, "date": TODAY, "state": "open"},
        }[entity]
        return {**least, **units}

    def write(self, entity, **units):
        action = Create(Side.LEDGER, Key(entity, Side.PRACTICE, "1"), self.units(entity, **units))
        return self.here.prepare(action)

    def create(self, entity, **units):
        return self.here.ledger.send(self.write(entity, **units)).row

    def change(self, entity, row, **units):
        return self.here.do(self.update(entity, row, **units), shown=row.record)

    def update(self, entity, row, **units):
        return Update(Side.LEDGER, Key(entity, Side.LEDGER, row.id), units, row.record.token)

    def retire(self, entity, row):
        return self.here.do(Retire(Side.LEDGER, Key(entity, Side.LEDGER, row.id), row.record.token))

    def see(self, entity, row):
        """The record now, as a row with its token."""
        return type(row)(row.id, self.here.ledger.read(entity, [row.id])[row.id])

    def raw(self, kind, record_id):
        """The document as QuickBooks keeps it."""
        found = [one for one in self.here.emulator.control.records(COMPANY, kind) if one["Id"] == record_id]
        return found[0]

    def prefer(self, **groups):
        """Turn preferences as a person would: ``prefer(SalesFormsPrefs={"CustomTxnNumbers": True})``."""
        self.here.emulator.control.set_preferences(COMPANY, groups)

    def choose(self, **settings):
        """What the firm chose for its connection, beside what it chose before: ``choose(location="3")``."""
        here = self.here
        here.ledger = here.provider.open(COMPANY, here.held, settings={**SETTINGS, **settings})

    def knob(self, **knobs):
        self.here.emulator.control.set_knobs(msgspec.structs.replace(self.here.emulator.knobs, **knobs))


def books(settings=None, world="sample", **preferences):
    here = place(world, settings=SETTINGS if settings is None else settings)
    made = Books(here, "")
    if preferences:
        made.prefer(**preferences)
    made.client = here.create(name="Acme").id
    return made
