"""Decides: whether a write was seen before by its request id, and keeps the answer to say it again."""

from __future__ import annotations

import hashlib

import msgspec

from quickbooks_emulator import faults
from quickbooks_emulator.knobs import Knobs
from quickbooks_emulator.store import Store, Transaction

LONGEST = 50


class Answer(msgspec.Struct, frozen=True):
    """A stored answer. `digest` is of the request's body; `at` in seconds since 1970."""

    status: int
    body: bytes
    digest: str
    at: int


def check_length(request_id: str) -> None:
    """6000 for more than 50 characters (recorded for the id a batch joins from its own and the item's)."""
    if len(request_id) > LONGEST:
        raise faults.business("You cannot enter more than 50 characters in the request_id field")


def find(store: Store, knobs: Knobs, realm: str, request_id: str, body: bytes, now: int) -> Answer | None:
    """The answer given before under this id within the memory's time. 600 for another body in strict mode."""
    answer: Answer | None = store.collection(f"answers/{realm}").get(request_id)
    if answer is None or now - answer.at > knobs.request_id_seconds:
        return None
    if knobs.request_id_strict and answer.digest != digest(body):
        raise faults.duplicate_request()
    return answer


def keep(
    store: Store, knobs: Knobs, transaction: Transaction, realm: str, request_id: str, answer: Answer
) -> None:
    """Remember an answer, and forget those whose time is over: the oldest stand first."""
    name = f"answers/{realm}"
    gone = []
    for key, kept in store.collection(name).rows.items():
        if answer.at - kept.at <= knobs.request_id_seconds:
            break
        gone.append(key)
    for key in gone:
        transaction.remove(name, key)
    transaction.put(name, request_id, answer)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
