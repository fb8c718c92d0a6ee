"""A mail is taken or refused with a sentence; a demonstration keeps it as a file and reads it back as it was."""

from __future__ import annotations

from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail

from tieout.practice.mail import Attached, NotSent, deliver
from tieout.practice.mail_outbox import kept_mail, kept_mails


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "tieout.practice.mail_outbox.OutboxBackend"
    settings.MAIL_OUTBOX, settings.MAIL_IS_SET_UP = str(tmp_path / "outbox"), True
    settings.DEFAULT_FROM_EMAIL = "Tieout <billing@example.com>"
    return tmp_path / "outbox"


def test_a_mail_kept_as_a_file_is_read_back_as_it_was(outbox: Path) -> None:
    pdf = Attached("Rechnung-Nº 7.pdf", b"%PDF-1.7\r\n\x00\xff", "application/pdf")
    deliver(
        ["ada@example.com"],
        "Invoice 7 for Zoë",
        "Hello Zoë,\n\n.\nFrom us",
        sender_name="Byrne & Cole, CPA",
        attached=[pdf],
    )
    deliver(["bob@example.com"], "Later", "Second")
    later, first = kept_mails()
    assert later.subject == "Later"
    assert (first.to, first.subject) == ("ada@example.com", "Invoice 7 for Zoë")
    assert first.sender == '"Byrne & Cole, CPA" <billing@example.com>'
    assert first.text.replace("\r\n", "\n").rstrip("\n") == "Hello Zoë,\n\n.\nFrom us"
    assert first.attached == (pdf,)
    assert {each.stat().st_mode & 0o777 for each in outbox.iterdir()} == {0o600}
    assert outbox.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["../secret_key", "20260101T000000000000-00000000", "", "a/b"])
def test_a_name_that_is_no_mail_finds_nothing(outbox: Path, name: str) -> None:
    deliver(["ada@example.com"], "Here", "Text")
    assert kept_mail(name) is None


def test_a_line_break_in_a_subject_or_name_adds_no_header(outbox: Path) -> None:
    deliver(["ada@example.com"], "Invoice\r\nBcc: eve@example.com", "Text", sender_name="Byrne\r\nX: y")
    (kept,) = kept_mails()
    assert kept.subject == "Invoice Bcc: eve@example.com"
    assert b"\nBcc:" not in next(outbox.glob("*.eml")).read_bytes()


def test_an_address_that_would_be_a_header_is_refused(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = True
    with pytest.raises(NotSent, match="Check the address"):
        deliver(["ada@example.com\r\nBcc: eve@example.com"], "Invoice", "Text")


def test_an_installation_without_a_mail_server_says_what_is_missing(settings: Any) -> None:
    settings.MAIL_IS_SET_UP = False
    with pytest.raises(NotSent, match="TIEOUT_EMAIL_URL"):
        deliver(["ada@example.com"], "Invoice", "Text")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (SMTPRecipientsRefused({}), "refused the address ada@example.com"),
        (ConnectionRefusedError(), "could not be reached"),
        (TimeoutError(), "could not be reached"),
    ],
)
def test_what_the_mail_server_says_becomes_a_sentence(
    settings: Any, monkeypatch: pytest.MonkeyPatch, problem: Exception, sentence: str
) -> None:
    settings.MAIL_IS_SET_UP = True

    def refuse(self: Any, **_: Any) -> int:
        raise problem

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    with pytest.raises(NotSent, match=sentence):
        deliver(["ada@example.com"], "Invoice", "Text")
