"""Acts: hands one mail to whatever sends mails here. Everything the product mails goes through ``deliver``.

Which way mails go is the installation's choice (``TIEOUT_EMAIL_URL``). Whether a mail was read, nobody knows; this
knows only whether the mail server took it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)
NOT_SET_UP = (
    "This installation does not send e-mail yet. Whoever runs it sets TIEOUT_EMAIL_URL and TIEOUT_EMAIL_FROM."
)


class NotSent(Exception):
    """The mail was not taken; ``str()`` says why and what to do. Nothing was delivered to anybody."""


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    content: bytes
    type: str
    """Such as ``application/pdf``."""


def mail_is_set_up() -> bool:
    """Whether mails can be sent at all; pages grey what needs it and say ``NOT_SET_UP``."""
    return bool(settings.MAIL_IS_SET_UP)


def deliver(
    to: Sequence[str],
    subject: str,
    text: str,
    *,
    sender_name: str = "",
    reply_to: str = "",
    attached: Iterable[Attached] = (),
) -> None:
    """Send one plain-text mail. ``sender_name``: who it comes from, before the installation's own address.

    Raises NotSent.
    """
    if not mail_is_set_up():
        raise NotSent(NOT_SET_UP)
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMessage(
        subject=" ".join(subject.split()),
        body=text,
        from_email=formataddr((" ".join(sender_name.split()) or name, address)),
        to=list(to),
        reply_to=[reply_to] if reply_to else None,
        attachments=[(each.name, each.content, each.type) for each in attached],
    )
    try:
        message.send()
    except SMTPRecipientsRefused as refused:
        raise NotSent(
            f"The mail server refused the address {', '.join(to)}. Correct it and send again."
        ) from refused
    except (SMTPException, OSError) as problem:
        log.warning("a mail was not sent: %s", problem)
        raise NotSent(
            "The mail server could not be reached or did not take the mail. Try again later."
        ) from problem
    except ValueError as problem:  # a header that no mail can have
        raise NotSent(f"This cannot be sent to {', '.join(to)}. Check the address.") from problem


class NotSetUpBackend(BaseEmailBackend):
    """Where mails go when nobody said where: nowhere, and aloud."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise OSError(NOT_SET_UP)
