"""Shows what holds for every page there is: the strict content policy, forms with their token, a shape a reader can follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.web.fake_sync import FakeSync, a_connection, a_line, a_review, a_row, an_issue
from tieout.practice.firms import Member

MANAGE = "/settings/integrations/quickbooks/"
PAGES: dict[str, tuple[str, str, str]] = {
    # name: (connection's state, review's state, address)
    "dashboard": ("active", "", "/"),
    "settings": ("active", "", "/settings/"),
    "password": ("", "", "/settings/password/"),
    "sign out": ("", "", "/sign-out/"),
    "not found": ("", "", "/nowhere/"),
    "tiles, not connected": ("", "", "/settings/integrations/"),
    "tiles": ("active", "", "/settings/integrations/"),
    "manage, not connected": ("", "", MANAGE),
    "manage": ("active", "", MANAGE),
    "manage, paused": ("paused", "", MANAGE),
    "manage, signed out by QuickBooks": ("needs_reconnect", "", MANAGE),
    "connect": ("", "", MANAGE + "connect/"),
    "landing": ("", "", MANAGE + "connected/"),
    "disconnect": ("active", "", MANAGE + "disconnect/"),
    "disconnected": ("", "", "/integrations/quickbooks/disconnected"),
    "activity": ("active", "", MANAGE + "activity/"),
    "needs you": ("active", "", MANAGE + "needs-you/"),
    "choose": ("active", "", MANAGE + "clients/"),
    "choose, one under way": ("active", "ready", MANAGE + "clients/"),
    "progress": ("active", "collecting", MANAGE + "clients/progress/"),
    "stopped": ("active", "failed", MANAGE + "clients/progress/"),
    "duplicates": ("active", "ready", MANAGE + "clients/review/duplicates/"),
    "unmatched": ("active", "ready", MANAGE + "clients/review/unmatched/"),
    "matches": ("active", "ready", MANAGE + "clients/review/matches/"),
    "new clients": ("active", "ready", MANAGE + "clients/review/new-clients/"),
    "done": ("active", "done", MANAGE + "clients/done/"),
}
INPUTS_WITHOUT_LABEL = {"hidden", "submit"}


class Reading(HTMLParser):
    """What a page consists of, as far as the promises go."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()
        self.headings: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.inputs: list[tuple[str, str]] = []
        self.inside_label = False
        self.posting = False
        self.token = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.faults += [
            f"<{tag} {name}>" for name in given if name == "style" or name.startswith(("on", "hx-on"))
        ]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.faults.append(f"inline <{tag}>")
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.faults.append("a script from elsewhere")
        if tag == "svg" and given.get("aria-hidden") != "true":
            self.faults.append("an icon that is read aloud")
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag in ("h1", "h2", "h3"):
            self.headings[tag] += 1
        if tag == "label":
            self.inside_label = True
            self.labels.add(given.get("for", ""))
        is_input = tag in ("input", "select", "textarea") and given.get("type") not in INPUTS_WITHOUT_LABEL
        if is_input and not self.inside_label and "aria-label" not in given:
            self.inputs.append((tag, given.get("id", "")))
        if tag == "form":
            self.posting, self.token = given.get("method", "").lower() == "post", False
        if given.get("name") == "csrfmiddlewaretoken":
            self.token = True
        if tag == "a" and "href" not in given:
            self.faults.append("a link to nowhere")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.inside_label = False
        if tag == "form" and self.posting and not self.token:
            self.faults.append("a form without its token")

    def problems(self) -> list[str]:
        unnamed = [f"{tag} without a label" for tag, id_ in self.inputs if id_ not in self.labels]
        twice = [f"id {name} twice" for name, count in self.ids.items() if count > 1]
        heading = [] if self.headings["h1"] == 1 else [f"{self.headings['h1']} h1"]
        return self.faults + unnamed + twice + heading


@pytest.fixture
def visit(
    members: dict[str, Member], signed_in: Callable[[str], Client], sync: FakeSync
) -> Callable[[str], tuple[Client, str]]:
    """Opens a page by its name, in the state it is listed with."""

    def go(name: str) -> tuple[Client, str]:
        connection, review, address = PAGES[name]
        if connection:
            sync.connection = a_connection(members["admin"], connection, sections={"client": "on"})
            sync.needs_you = 2
        if review:
            assert sync.connection is not None
            sync.review = a_review(sync.connection, review, progress_done=1, progress_total=4)
        details = {"email": "a@example.com", "city": "Omaha"}
        for bucket in ("duplicate", "unmatched", "match", "new"):
            sync.review_rows.append(
                a_row(bucket, "Ada", "Ada", practice_details=details, ledger_details={"city": "X"})
            )
        sync.lines = [a_line("Ada sent to QuickBooks.", "done", "tid-1")]
        sync.open_issues = [an_issue("Ada", "name_taken")]
        return signed_in("admin"), address

    return go


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_keeps_the_promises_of_all_pages(
    name: str, visit: Callable[[str], tuple[Client, str]]
) -> None:
    browser, address = visit(name)
    answer = browser.get(address)
    reading = Reading()
    reading.feed(answer.content.decode())
    assert reading.problems() == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_comes_with_the_strict_headers(name: str, visit: Callable[[str], tuple[Client, str]]) -> None:
    browser, address = visit(name)
    headers = browser.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_the_reading_itself_finds_what_it_looks_for() -> None:
    reading = Reading()
    reading.feed(
        "<p style='x'><a onclick='x'>y</a><script>1</script><svg></svg><input id='a'><i id='b'></i><i id='b'></i>"
        "<form method='post'></form>"
    )
    assert len(reading.problems()) == 10
