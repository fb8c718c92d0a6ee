"""How mails go out is one address in the environment; what it cannot mean is refused at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.config.environment import SettingsProblem, email_url
from tieout.config.mail import NOWHERE, OUTBOX, SMTP, MailSettings, mail_settings

SENDER = "Byrne & Cole <billing@example.com>"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", MailSettings(NOWHERE, SENDER)),
        (
            "smtp://ada:p%40ss@mail.example.com",
            MailSettings(SMTP, SENDER, "", "mail.example.com", 587, "ada", "p@ss", starttls=True),
        ),
        ("smtps://mail.example.com:4650", MailSettings(SMTP, SENDER, "", "mail.example.com", 4650, tls=True)),
        ("smtp://localhost:25?tls=no", MailSettings(SMTP, SENDER, "", "localhost", 25)),
        ("file:///var/mail%20box", MailSettings(OUTBOX, SENDER, "/var/mail box")),
    ],
)
def test_one_address_says_how_mails_go_out(url: str, expected: MailSettings) -> None:
    assert mail_settings(url, SENDER) == expected


@pytest.mark.parametrize("url", ["mail.example.com", "smtp://", "http://x", "file://host/x", "smtp://x:port"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingsProblem, match="TIEOUT_EMAIL_URL"):
        mail_settings(url, SENDER)


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(SettingsProblem, match="TIEOUT_EMAIL_FROM"):
        mail_settings("smtp://mail.example.com", "")


def test_production_sends_nothing_unless_told_how_and_a_demonstration_keeps_files(tmp_path: Path) -> None:
    environ = {"TIEOUT_HOME": str(tmp_path)}
    assert email_url("production", environ) == ""
    assert mail_settings(email_url("demo", environ), "").outbox == str(tmp_path / "outbox")
    assert email_url("demo", {"TIEOUT_EMAIL_URL": "smtp://x"}) == "smtp://x"
