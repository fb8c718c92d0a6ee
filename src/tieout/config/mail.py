"""Decides: how TIEOUT_EMAIL_URL becomes Django's mail settings. Pure; read once by ``settings``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tieout.config.environment import SettingsProblem

SMTP = "django.core.mail.backends.smtp.EmailBackend"
OUTBOX = "tieout.practice.mail_outbox.OutboxBackend"
NOWHERE = "tieout.practice.mail.NotSetUpBackend"
_PORTS = {"smtp": 587, "smtps": 465}
_FORM = (
    "TIEOUT_EMAIL_URL is smtp://user:password@mail.example.com:587 (with STARTTLS), smtps://...:465 (with TLS from "
    "the start), or file:///a/folder to keep mails as files."
)


@dataclass(frozen=True, slots=True)
class MailSettings:
    backend: str
    sender: str
    """``Name <address>``."""
    outbox: str = ""
    """The folder mails are kept in as files; empty when they are not."""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False
    """From the first byte."""


def mail_settings(url: str, sender: str) -> MailSettings:
    """What the address says. Empty: mails are refused, and pages say that and what to do.

    ``smtp`` asks for STARTTLS unless the address ends in ``?tls=no``, for a relay on the same machine.
    Raises SettingsProblem.
    """
    if not url:
        return MailSettings(NOWHERE, sender)
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return MailSettings(
            OUTBOX, sender or "Tieout <tieout@localhost>", outbox=str(Path(unquote(parts.path)))
        )
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingsProblem(_FORM)
    if "@" not in sender:
        raise SettingsProblem(
            "TIEOUT_EMAIL_FROM is the address mails come from, such as 'Byrne & Cole <billing@example.com>'."
        )
    try:
        port = parts.port or _PORTS[parts.scheme]
    except ValueError as error:
        raise SettingsProblem(_FORM) from error
    return MailSettings(
        SMTP,
        sender,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and parse_qs(parts.query).get("tls") != ["no"],
        tls=parts.scheme == "smtps",
    )
