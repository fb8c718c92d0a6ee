"""Acts: mails kept as files instead of sent, one ``.eml`` each, and the reading of them. For demonstrations.

Only this user may read the folder. A name says when the mail was written, so that the newest is the last by name.
"""

from __future__ import annotations

import email
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage as Mail
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from tieout.practice.mail import Attached

MOST_LISTED = 200
_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


class OutboxBackend(BaseEmailBackend):
    """Django's way to send: writes each mail to the folder ``MAIL_OUTBOX``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            half = folder / f"{name}.part"
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.message().as_bytes())
            half.rename(folder / f"{name}.eml")  # whoever lists sees whole mails only
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class KeptMail:
    name: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    attached: tuple[Attached, ...]


def kept_mails() -> list[KeptMail]:
    """The newest first, at most ``MOST_LISTED``."""
    names = sorted((each.stem for each in _folder().glob("*.eml")), reverse=True)
    found = (kept_mail(name) for name in names[:MOST_LISTED])
    return [each for each in found if each is not None]


def kept_mail(name: str) -> KeptMail | None:
    """One mail by its name; None when there is none of it."""
    if not _NAME.fullmatch(name):
        return None
    try:
        content = (_folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(content, _class=Mail, policy=policy.default)
    body = message.get_body(("plain",))
    return KeptMail(
        name=name,
        at=datetime.strptime(f"{name.split('-')[0]}+0000", "%Y%m%dT%H%M%S%f%z"),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
        attached=tuple(_attached(part) for part in message.iter_attachments() if isinstance(part, Mail)),
    )


def _attached(part: Mail) -> Attached:
    content = part.get_content()
    return Attached(
        name=part.get_filename() or "attachment",
        content=content if isinstance(content, bytes) else str(content).encode(),
        type=part.get_content_type(),
    )


def _folder() -> Path:
    return Path(settings.MAIL_OUTBOX)
