"""Acts: a form that makes something does so once, however often its button is clicked.

The form carries a token (``new_token``). The session keeps which tokens were used and where that led; an advisory
lock of the database makes a second click wait until the first is through, and then go where the first went.
"""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest

USED = "forms_used"
MOST_KEPT = 50
FIELD = "form_token"


def new_token() -> str:
    return uuid.uuid4().hex


def once(request: HttpRequest, make: Callable[[], str]) -> str:
    """The address ``make`` returns, or the one it returned when this form was sent before.

    What ``make`` raises is raised, and the form may be sent again. Without a token there is nothing to compare.
    """
    token = request.POST.get(FIELD, "")[:64]
    if not token:
        return make()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(token.encode())])
        kept = type(request.session)(request.session.session_key).get(USED, [])
        for each, address in kept:
            if each == token:
                return str(address)
        address = make()
        request.session[USED] = [*kept[-MOST_KEPT:], [token, address]]
        request.session.save()
    return address
