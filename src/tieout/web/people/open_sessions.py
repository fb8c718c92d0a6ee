"""Acts: the sessions that are open: whose, from where, since when; and ending them.

Sessions are kept without their user, so all that are open are looked through; that is a few per person who works here.
They are shown by a digest: their keys are secrets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

SEEN = "seen"
"""In a session's data: ``since`` and ``last`` (seconds since 1970), ``agent`` and ``address``."""
NOTED_EVERY = 60
"""Seconds between two notes of somebody being active; a session is not written for each page."""
_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("OPR/", "Opera"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OpenSession:
    digest: str
    place: str
    """Such as ``Firefox on Windows, 203.0.113.7``."""
    since: datetime
    last: datetime
    ends: datetime
    """When it ends even if it is used."""
    is_this: bool


def sessions_of(user_id: int, this_key: str | None) -> list[OpenSession]:
    """Of one person, this one first, then the latest used."""
    found = [_told(each, this_key) for each in _open(user_id)]
    return sorted(found, key=lambda each: (not each.is_this, -each.last.timestamp()))


def count_sessions(user_ids: Collection[int]) -> dict[int, int]:
    """How many sessions each of these people has open, by their id; all sessions are looked through once."""
    wanted = {str(each): each for each in user_ids}
    found: Counter[int] = Counter()
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if (user := str(session.get_decoded().get(SESSION_KEY))) in wanted:
            found[wanted[user]] += 1
    return dict(found)


def end_sessions(user_id: int, *, only: str = "", besides: str | None = None) -> int:
    """End the one whose digest is ``only``, or all, but never the one whose key is ``besides``. Returns how many."""
    ended = 0
    for each in _open(user_id):
        if each.session_key != besides and only in ("", _digest(each.session_key)):
            each.delete()
            ended += 1
    return ended


def note_seen(request: HttpRequest) -> bool:
    """Note that the person at this session is there. False when it has ended: idle, or open, for too long.

    What a page fetches by itself is no sign of a person.
    """
    now = timezone.now().timestamp()
    noted = request.session.get(SEEN)
    seen = noted or dict.fromkeys(("since", "last"), _signed_in_at(request) or now)
    if now - seen["last"] > settings.IDLE_SECONDS or now - seen["since"] > settings.SESSION_COOKIE_AGE:
        return False
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    if noted is None or (now - seen["last"] >= NOTED_EVERY and not by_itself):
        request.session[SEEN] = {
            "since": seen["since"],
            "last": now,
            "agent": agent_words(request.headers.get("User-Agent", "")),
            "address": request.META.get("REMOTE_ADDR", ""),
        }
    return True


def agent_words(user_agent: str) -> str:
    """``Firefox on Windows`` for what a browser says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def _signed_in_at(request: HttpRequest) -> float:
    return min((proof["at"] for proof in get_authentication_records(request, request.user)), default=0.0)


def _told(session: Session, this_key: str | None) -> OpenSession:
    lasts = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    seen: Mapping[str, Any] = session.get_decoded().get(SEEN, {})
    saved = (session.expire_date - lasts).timestamp()
    since = datetime.fromtimestamp(seen.get("since", saved), UTC)
    return OpenSession(
        digest=_digest(session.session_key),
        place=", ".join(filter(None, (seen.get("agent", "A browser"), seen.get("address", "")))),
        since=since,
        last=datetime.fromtimestamp(seen.get("last", saved), UTC),
        ends=since + lasts,
        is_this=session.session_key == this_key,
    )


def _open(user_id: int) -> Iterator[Session]:
    for each in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if str(each.get_decoded().get(SESSION_KEY)) == str(user_id):
            yield each


def _digest(key: str) -> str:
    return salted_hmac("tieout.web.people.sessions", key, algorithm="sha256").hexdigest()
