"""What the web console shows and does: plain pages, escaped values, edits as if in QuickBooks."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx2
import pytest

from quickbooks_emulator import Emulator
from tests.emulator.client import SAMPLE

COMPANY = f"/_console/companies/{SAMPLE}"


class StrictReader(HTMLParser):
    """Fails on anything that runs or styles inline, on unclosed elements, on inputs without a label."""

    VOID = ("meta", "link", "input", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.labels: set[str] = set()
        self.inputs: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert tag != "script"
        assert not any(name == "style" or name.startswith("on") for name in named)
        if tag == "label":
            self.labels.add(named["for"] or "")
        if tag in ("input", "select") and named.get("type") != "hidden":
            self.inputs.add(named["id"] or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> None:
    reader = StrictReader()
    reader.feed(text)
    assert reader.open == []
    assert reader.inputs == reader.labels


@pytest.mark.parametrize(
    "path", ["/", COMPANY, f"{COMPANY}/customers/7", "/_console/requests", "/_console/faults"]
)
def test_every_page_is_strict_marked_and_scriptless(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert "Simulator" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    read(answer.text)


def test_a_customer_is_created_edited_and_deactivated_by_forms(
    web: httpx2.Client, emulator: Emulator
) -> None:
    made = web.post(f"{COMPANY}/customers", data={"DisplayName": "<b>Bold</b>", "Mail": "bold@example.com"})
    assert made.status_code == 302
    page = web.get(COMPANY).text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert "<b>Bold" not in page
    web.post(f"{COMPANY}/customers/56", data={"DisplayName": "Calm", "Phone": "555-0100"})
    web.post(f"{COMPANY}/customers/56/deactivate")
    record = emulator.control.records(SAMPLE, "Customer")[-1]
    assert record["DisplayName"] == "Calm (deleted)"
    assert record["PrimaryPhone"] == {"FreeFormNumber": "555-0100"}
    assert record["PrimaryEmailAddr"] == {"Address": "bold@example.com"}


def test_a_refused_edit_says_what_quickbooks_would_say(web: httpx2.Client) -> None:
    answer = web.post(f"{COMPANY}/customers", data={"DisplayName": "Cool Cars"}, follow_redirects=True)
    assert "QuickBooks refuses: The name supplied already exists" in answer.text


def test_a_fault_is_switched_on_and_off(web: httpx2.Client, emulator: Emulator) -> None:
    web.post("/_console/faults", data={"effect": "drop_after", "entity": "customer", "times": "2"})
    (rule,) = emulator.control.faults()
    assert (rule.effect, rule.entity, rule.times) == ("drop_after", "customer", 2)
    read(web.get("/_console/faults").text)
    web.post(f"/_console/faults/{rule.id}/clear")
    assert emulator.control.faults() == []
    said = web.post("/_console/faults", data={"effect": "delay", "seconds": "soon"}, follow_redirects=True)
    assert "Seconds are a number" in said.text


def test_requests_are_listed_newest_first(web: httpx2.Client) -> None:
    web.get("/.well-known/openid_configuration")
    web.get("/op/v1/jwks")
    page = web.get("/_console/requests").text
    assert page.index("/op/v1/jwks") < page.index("openid_configuration")


def test_a_missing_page_company_or_customer_is_404(web: httpx2.Client) -> None:
    for path in ("/nowhere", "/_console/companies/42", f"{COMPANY}/customers/999"):
        answer = web.get(path)
        assert answer.status_code == 404
        read(answer.text)
