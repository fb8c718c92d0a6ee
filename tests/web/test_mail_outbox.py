"""A demonstration shows the mails it would have sent to anybody at the machine; a real installation has no such page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tieout.practice.mail import Attached, deliver
from tieout.practice.mail_outbox import kept_mails


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "tieout.practice.mail_outbox.OutboxBackend"
    settings.MAIL_OUTBOX, settings.MAIL_IS_SET_UP = str(tmp_path / "outbox"), True
    settings.DEFAULT_FROM_EMAIL = "Tieout <billing@example.com>"


@pytest.mark.usefixtures("outbox", "db")
def test_a_demonstration_shows_its_mails_and_what_is_attached(client: Client) -> None:
    assert "No mail yet" in client.get("/outbox/").content.decode()
    deliver(
        ["ada@example.com"],
        "Invoice <b>7</b>",
        "Join: https://example.com/join/abc",
        attached=[Attached("7.pdf", b"%PDF", "application/pdf")],
    )
    page = client.get("/outbox/").content.decode()
    assert "Invoice &lt;b&gt;7&lt;/b&gt;" in page
    (kept,) = kept_mails()
    shown = client.get(f"/outbox/{kept.name}/").content.decode()
    assert 'href="https://example.com/join/abc"' in shown
    file = client.get(f"/outbox/{kept.name}/1/")
    assert (file.content, file["Content-Type"]) == (b"%PDF", "application/pdf")
    assert client.get(f"/outbox/{kept.name}/2/").status_code == 404
    assert client.get("/outbox/none/").status_code == 404


@pytest.mark.usefixtures("outbox", "db")
def test_there_is_no_such_page_in_production(client: Client, settings: Any) -> None:
    deliver(["ada@example.com"], "Secret", "Text")
    (kept,) = kept_mails()
    settings.MODE = "production"
    for address in ("/outbox/", f"/outbox/{kept.name}/", f"/outbox/{kept.name}/1/"):
        assert client.get(address).status_code == 404
