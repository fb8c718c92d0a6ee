"""Acts: a call with an idempotency key happens once, however often it is sent, also at the same moment.

The key's lock makes a repeat wait for the first call. What that did and what it was answered are committed together, so
a crash leaves both or neither. A call that was refused has saved nothing, and its key may be used again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.http import HttpResponse

from tieout.practice.api_tokens import ApiToken, KeptAnswer
from tieout.web.api.problems import Problem

LONGEST = 80
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
REPLAYED = "Idempotency-Replayed"


def key_problem(key: str) -> str:
    """Why this is no key; empty when it is one."""
    if 0 < len(key) <= LONGEST and key.isascii() and key.isprintable():
        return ""
    return f"Idempotency-Key is 1 to {LONGEST} printable ASCII characters, such as a UUID."


def fingerprint(*parts: str | bytes) -> str:
    """What a call asked for, to tell a repeat from another call under the same key."""
    told = hashlib.sha256()
    for part in parts:
        told.update(hashlib.sha256(part.encode() if isinstance(part, str) else part).digest())
    return told.hexdigest()


def whole(run: Callable[[], HttpResponse]) -> HttpResponse:
    """In one transaction, which a refusal rolls back."""
    with transaction.atomic():
        answer = run()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
        return answer


def once(
    token: ApiToken, key: str, asked: str, now: datetime, run: Callable[[], HttpResponse], *, apart: bool
) -> HttpResponse:
    """Run the call, or answer what it was answered before. ``asked``: its fingerprint.

    ``apart``: the verb has transactions of its own and knows by itself what it has done already; the answer is kept
    after it. Raises Problem when the key was used for another call.
    """
    with _lock_of(token, key):
        kept = KeptAnswer.objects.filter(firm_id=token.firm_id, token=token, key=key).first()
        if kept is not None:
            return _again(kept, asked)

        def run_and_keep() -> HttpResponse:
            answer = run()
            if answer.status_code < 400:
                _keep(token, key, asked, now, answer)
            return answer

        return run_and_keep() if apart else whole(run_and_keep)


def _again(kept: KeptAnswer, asked: str) -> HttpResponse:
    if kept.fingerprint != asked:
        sentence = "This Idempotency-Key was used for another call. Nothing was done; send a new key."
        raise Problem("key-reused", sentence, errors=[("Idempotency-Key", sentence)])
    return HttpResponse(kept.body, status=kept.status, headers={**kept.headers, REPLAYED: "true"})


def _keep(token: ApiToken, key: str, asked: str, now: datetime, answer: HttpResponse) -> None:
    KeptAnswer.objects.create(
        firm_id=token.firm_id,
        token=token,
        key=key,
        fingerprint=asked,
        status=answer.status_code,
        headers={name: answer[name] for name in KEPT_HEADERS if name in answer},
        body=answer.content.decode(),
        created_at=now,
    )


@contextmanager
def _lock_of(token: ApiToken, key: str) -> Iterator[None]:
    """A lock of the session, because some verbs begin and end transactions. Lost connection: released."""
    told = hashlib.sha256(f"{token.pk}:{key}".encode()).digest()
    number = int.from_bytes(told[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
