"""Decides: what the bank knows of a transaction and what that forbids. Marked over the control API: no call of the service
does it, a person or the bank feed does.
"""

from __future__ import annotations

from quickbooks_emulator.documented import documented
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

MATCHED, SETTLED = "_matched", "_settled"


def refuse_matched(books: Books, record: Record) -> None:
    """6480: what is matched to a downloaded bank transaction can be neither deleted nor voided (documented)."""
    if record.body.get(MATCHED):
        raise documented("6480")


def refuse_settled(books: Books, record: Record) -> None:
    """6450: a card payment the bank has settled cannot be voided (documented)."""
    if record.body.get(SETTLED):
        raise documented("6450")


def marked(body: Body, name: str, is_so: bool) -> Body:
    """The body with one of the marks set or taken off."""
    kept = {key: value for key, value in body.items() if key != name}
    return {**kept, name: True} if is_so else kept
