"""Builds the place where the ledger port is tried: our client and the emulator, in one process.

A new ledger package is done when the tests of this folder pass with its own ``Place``.
"""

from dataclasses import dataclass
from datetime import timedelta

import httpx2

from quickbooks_emulator import Emulator
from quickbooks_emulator.emulator import CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS, VERIFIER_TOKEN
from tests.over_httpx import OverHttpx
from tieout.quickbooks.api.config import AppKeys, Environment
from tieout.quickbooks.entities import READY
from tieout.quickbooks.provider import QuickBooksProvider, World
from tieout.reconcile.action import Create, Update
from tieout.reconcile.ports import Ledger, Tokens
from tieout.reconcile.state import Key, Side

BASE = "http://127.0.0.1:8399"
COMPANY = "9341450000000001"
OURS = Key("client", Side.PRACTICE, "12")
FULL = {
    "name": "Łódź & Sons \\ O'Neil",
    "company_name": "Łódź & Sons Ltd.",
    "person": {"title": "Dr.", "given": "Zoë", "middle": "Q", "family": "O'Neil", "suffix": "Jr."},
    "email": "zoe@example.com",
    "phone": "(555) 010-1000",
    "mobile": "(555) 010-1001",
    "website": "https://oneil.example",
    "billing_address": {
        "line1": "1 Main St",
        "line2": "Suite 5",
        "line3": "",
        "city": "Bayshore",
        "state": "CA",
        "postal_code": "94326",
        "country": "USA",
    },
    "mailing_address": {"line1": "PO Box 7", "city": "Bayshore", "state": "CA", "postal_code": "94326"},
    "active": True,
}


class Held:
    """A token source that keeps its pair in memory and refreshes through the provider."""

    def __init__(self, provider, tokens):
        self.provider, self.tokens, self.refreshes = provider, tokens, 0

    def access(self):
        return self.tokens.access

    def renew(self, refused):
        assert refused == self.tokens.access
        self.tokens = self.provider.refresh(self.tokens)
        self.refreshes += 1
        return self.tokens.access


@dataclass
class Place:
    """A ledger under test, and the desk from which its other side is moved."""

    emulator: Emulator
    provider: QuickBooksProvider
    held: Held
    ledger: Ledger
    metered: list[str]
    """The metered class of each call that succeeded."""
    numbers: int = 0

    @property
    def now(self):
        return self.emulator.clock.now()

    def fault(self, effect, **rule):
        self.emulator.control.add_fault(effect=effect, **rule)

    def calm(self):
        self.emulator.control.clear_faults()

    def person(self, entity="Customer", record_id=None, operation=None, **fields):
        """What somebody does in QuickBooks itself."""
        operation = operation or ("update" if record_id else "create")
        return self.emulator.control.edit(COMPANY, entity, record_id, fields, operation)["Id"]

    def customers(self, name):
        return [
            one for one in self.emulator.control.records(COMPANY, "Customer") if one["DisplayName"] == name
        ]

    def prepare(self, action, **more):
        self.numbers += 1
        return self.ledger.prepare(action, f"request-{self.numbers}", **more)

    def do(self, action, **more):
        return self.ledger.send(self.prepare(action, **more)).row

    def create(self, **units):
        return self.do(Create(Side.LEDGER, OURS, units))

    def update(self, row, **units):
        return self.do(change(row, **units))

    def see(self, record_id):
        return self.ledger.read("Customer", [record_id])[record_id]


def target(row):
    return Key("client", Side.LEDGER, row.id)


def change(row, **units):
    return Update(Side.LEDGER, target(row), units, row.record.token)


def place(world="sample", settings=None, **more):
    emulator = Emulator(world=world, **more)
    keys = AppKeys(CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS[0], Environment.CUSTOM, (VERIFIER_TOKEN,))
    outside = World(
        now=emulator.clock.now,
        network=OverHttpx(httpx2.WSGITransport(app=emulator.wsgi)),
        clock=lambda: emulator.clock.milliseconds() / 1000,
        sleep=emulator.clock.advance,
    )
    provider = QuickBooksProvider(keys, outside, BASE, READY)
    granted = emulator.control.connect(COMPANY)
    tokens = Tokens(
        granted.access_token,
        granted.refresh_token,
        emulator.clock.now() + timedelta(hours=1),
        emulator.clock.now() + timedelta(days=100),
    )
    held = Held(provider, tokens)
    metered = []
    ledger = provider.open(COMPANY, held, meter=metered.append, settings=settings)
    return Place(emulator, provider, held, ledger, metered)
