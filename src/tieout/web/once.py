"""Acts: a form that makes something does so once, however often its button is clicked.

The form carries a token (``new_token``). The session keeps which tokens were used, for what and where that led; an
advisory lock of the database makes a second click wait until the first is through, and then go where the first went.
A form that was saved, changed after "back" and sent again is no second click: what it says now was never saved.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, QueryDict

USED = "forms_used"
MOST_KEPT = 50
FIELD = "form_token"
_NOT_TYPED = frozenset({FIELD, "csrfmiddlewaretoken"})


class SavedAlready(Exception):
    """The form was saved before and says something else now. ``address``: where the first saving led."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__("This form was saved already. What was changed in it since then is not saved.")


def new_token() -> str:
    return uuid.uuid4().hex


def once(request: HttpRequest, make: Callable[[], str], *, edits: bool = False) -> str:
    """The address ``make`` returns, or the one it returned when this form was sent before.

    What ``make`` raises is raised, and the form may be sent again. Without a token there is nothing to compare.
    Raises SavedAlready, having made nothing. ``edits``: a record that is there, whose version says by itself that a
    form was changed after it was saved; ``make`` is then asked anew.
    """
    token = request.POST.get(FIELD, "")[:64]
    if not token:
        return make()
    said = fingerprint(request.POST)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(token.encode())])
        kept = type(request.session)(request.session.session_key).get(USED, [])
        for each, address, *before in reversed(kept):
            if each != token:
                continue
            if not before or before[0] == said:
                return str(address)
            if edits:
                break
            raise SavedAlready(str(address))
        address = make()
        request.session[USED] = [*kept[-MOST_KEPT:], [token, address, said]]
        request.session.save()
    return address


def fingerprint(form: QueryDict) -> str:
    """What a form says, in few characters: the same for the same, whatever tokens it carries."""
    told = hashlib.sha256()
    for name in sorted(form.keys() - _NOT_TYPED):
        for part in (name, *form.getlist(name)):
            told.update(hashlib.sha256(part.encode(errors="surrogatepass")).digest())
    return told.hexdigest()[:32]
