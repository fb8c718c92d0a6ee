"""A faithful, strict, stateful, offline stand-in for the QuickBooks Online Accounting API and Intuit's OAuth server."""

from quickbooks_emulator.clock import VirtualClock
from quickbooks_emulator.emulator import Emulator
from quickbooks_emulator.knobs import NO_LIMITS, Knobs, Limits
from quickbooks_emulator.messages import ConnectionDropped, Request, Response
from quickbooks_emulator.store import SqliteJournal

__all__ = [
    "NO_LIMITS",
    "ConnectionDropped",
    "Emulator",
    "Knobs",
    "Limits",
    "Request",
    "Response",
    "SqliteJournal",
    "VirtualClock",
]
