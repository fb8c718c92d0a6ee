"""Every form of the practice, found on its pages, is sent nonsense: no page breaks, and what is refused saves nothing.

A refusal says on the page what is wrong. Each sending is rolled back, so that the next meets the same firm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client as Browser

from tests.web.whole_firm import open_firm, pages
from tieout.practice.actor import ChangeRecord
from tieout.practice.isolation import firm_scope
from tieout.practice.outbox import OutboxNote

pytestmark = pytest.mark.django_db

NONSENSE = (
    "",
    "x" * 5000,
    "NaN",
    "-1",
    "9" * 30,
    "1e400",
    "2026-02-30",
    "a\x00b",
    "٣",
    "²",
    "'; DROP TABLE practice_client; --",
    "<script>alert(1)</script>",
)
"""What every field is sent at once, and then one field after the other."""
OURS = ("/clients/", "/billing/", "/settings/")
NOT_OURS = ("/settings/integrations/", "/settings/two-factor/", "/settings/password/")
"""QuickBooks' pages have tests of their own; the others are allauth's forms."""
KEPT = ("csrfmiddlewaretoken", "form_token")


@dataclass
class Form:
    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)
    """Those a person types in."""
    buttons: set[tuple[str, str]] = field(default_factory=set)
    """Name and value of those that say which it was."""


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.open = page, list[Form](), None

    open: Form | None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form" and (told.get("method") or "").lower() == "post":
            self.open = Form(self.page, urljoin(self.page, told.get("action") or self.page))
            self.forms.append(self.open)
        name = told.get("name")
        if self.open is None or not name:
            return
        if tag in ("input", "textarea", "select", "button"):
            self.open.fields[name] = told.get("value") or ""
        if tag == "button":
            self.open.buttons.add((name, told.get("value") or ""))
        if tag in ("textarea", "select") or told.get("type") not in (None, "hidden", "submit"):
            self.open.typed.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def forms(browser: Browser, addresses: list[str]) -> Iterator[Form]:
    """Each once: forms of the same fields that lead to the same place are one."""
    seen = set()
    for address in addresses:
        reader = Reader(address)
        reader.feed(browser.get(address).content.decode())
        for form in reader.forms:
            if form.action.startswith(NOT_OURS) or not form.action.startswith(OURS):
                continue
            if (form.action, frozenset(form.fields)) not in seen:
                seen.add((form.action, frozenset(form.fields)))
                yield form


def nonsense(form: Form) -> Iterator[dict[str, str]]:
    """All fields at once, hidden ones too; then each that is typed in, beside what the page would send.

    Then what each kind of button says, of a row that there is and of one that is none.
    """
    sent = {name: value for name, value in form.fields.items() if name not in KEPT}
    for each in NONSENSE:
        yield dict.fromkeys(sent, each)
    for number, name in enumerate(sorted(form.typed)):
        yield {**sent, name: NONSENSE[number % len(NONSENSE)]}
    for name, verb, row in sorted({(name, *value.partition("-")[::2]) for name, value in form.buttons}):
        for each in (row, "²", "9" * 30) if row.isdigit() else (row,):
            yield {**sent, name: f"{verb}-{each}" if row else verb}


def test_no_form_breaks_and_what_is_refused_says_why_and_saves_nothing(settings: Any) -> None:
    firm = open_firm(settings)
    settings.BULK_BELL = ""
    browser = firm.browser()
    found = list(forms(browser, [each.address for each in pages(firm) if each.address]))
    assert len({form.action for form in found}) > 50
    faults, refused = [], 0
    for form in found:
        for sent in nonsense(form):
            with transaction.atomic():
                before = marks(firm.rig.firm.pk)
                answer = browser.post(form.action, sent)
                after = marks(firm.rig.firm.pk)
                transaction.set_rollback(True)
            what = f"{form.action} (on {form.page}), {sent!r:.300}: {answer.status_code}"
            if answer.status_code >= 500:
                faults.append(what)
            elif answer.status_code == 422:
                refused += 1
                if b'role="alert"' not in answer.content and b"note-error" not in answer.content:
                    faults.append(f"{what} says nothing")
                if before != after:
                    faults.append(f"{what} saved something")
    assert not faults, "\n".join(faults)
    assert refused > 100, "hardly anything was refused, so hardly anything was tried"


def marks(firm_id: int) -> tuple[int, int]:
    """Every verb leaves a line in the history; those that others hear of a note as well."""
    with firm_scope(firm_id):
        return ChangeRecord.objects.count(), OutboxNote.objects.count()
