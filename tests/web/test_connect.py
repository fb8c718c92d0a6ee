"""Shows the way to QuickBooks' sign-in and back: no page shows a code, each ending has a sentence and a way on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.web.fake_sync import AUTHORIZE, FakeSync, a_connection
from tieout.practice.firms import Member
from tieout.sync import partners, sign_in_ends
from tieout.web.integrations.connect import INTUIT, TITLES
from tieout.web.integrations.ways_back import WAYS

SignedIn = Callable[[str], Client]
MANAGE = "/settings/integrations/quickbooks/"
CALLBACK = "/integrations/quickbooks/callback?code=SECRETCODE&state=SECRETSTATE&realmId=4620816365"
KINDS = [
    "connected", "reconnected", "denied", "expired", "state_mismatch", "reused", "wrong_company",
    "linked_elsewhere", "not_admin", "subscription", "unavailable", "misconfigured",
]  # fmt: skip


def test_the_page_before_says_what_is_read_written_and_never_touched(
    signed_in: SignedIn, sync: FakeSync
) -> None:
    page = signed_in("admin").get(MANAGE + "connect/").content.decode()
    assert all(
        words in page
        for words in ("What we read", "What we write", "What we never touch", "Who has to sign in")
    )
    assert f'href="{MANAGE}connect/start/?mode=tab"' in page
    assert f'data-popup="{MANAGE}connect/start/?mode=popup"' in page


@pytest.mark.parametrize("mode", ["tab", "popup"])
def test_the_same_link_works_in_the_tab_and_in_a_popup(
    mode: str, signed_in: SignedIn, sync: FakeSync
) -> None:
    answer = signed_in("admin").get(f"{MANAGE}connect/start/?mode={mode}")
    assert (answer.status_code, answer["Location"]) == (302, AUTHORIZE)
    assert sync.asked == [("begin", mode)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_back_answers_with_a_redirect_to_a_clean_address(
    kind: str, signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.outcome = kind
    answer = signed_in("admin").get(CALLBACK)
    assert answer.status_code == 302
    assert answer["Location"] == f"{MANAGE}connected/?outcome={kind}"
    assert answer.content == b""
    assert sync.asked == [("finish", {"code": "SECRETCODE", "state": "SECRETSTATE", "realmId": "4620816365"})]


def test_no_ending_has_a_page_that_nothing_leads_to() -> None:
    assert set(TITLES) == set(WAYS) | {"connected", "reconnected"}
    assert set(WAYS) == set(sign_in_ends.FAILURES)


@pytest.mark.parametrize("kind", KINDS)
def test_each_ending_has_its_page_and_a_way_on(kind: str, signed_in: SignedIn, sync: FakeSync) -> None:
    sync.outcome = kind
    browser = signed_in("admin")
    answer = browser.get(CALLBACK, follow=True)
    page = answer.content.decode()
    assert "SECRET" not in page
    assert "4620816365" not in page
    assert TITLES[kind] in page
    assert "A sentence about it." in page
    assert "A next step." in page
    ok = kind in ("connected", "reconnected")
    assert (f'data-popup-landing="{"ok" if ok else "problem"}"') in page
    assert (">Continue</a>" in page) is ok
    assert (f'href="{MANAGE}connect/"' in page) is not ok
    assert answer.status_code == 200


def test_a_lapsed_subscription_leads_to_quickbooks_billing_and_not_to_its_users(
    signed_in: SignedIn, sync: FakeSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "billing_link", lambda ledger: f"https://{ledger}.example/billing")
    sync.outcome = "subscription"
    page = signed_in("admin").get(CALLBACK, follow=True).content.decode()
    assert 'href="https://quickbooks.example/billing"' in page
    assert ">Try again</a>" in page
    assert "Manage users" not in page


def test_a_first_connection_goes_on_to_choosing_clients_and_a_renewed_one_to_manage(
    signed_in: SignedIn, sync: FakeSync
) -> None:
    browser = signed_in("admin")
    for kind, target in (("connected", MANAGE + "clients/"), ("reconnected", MANAGE)):
        sync.outcome = kind
        assert f'href="{target}">Continue' in browser.get(CALLBACK, follow=True).content.decode()


def test_a_session_that_ended_meanwhile_redeems_nothing_and_writes_the_code_nowhere(
    client: Client, db: None, sync: FakeSync
) -> None:
    answer = client.get(CALLBACK, follow=True)
    assert sync.asked == []
    assert [url for url, _ in answer.redirect_chain] == [
        f"{MANAGE}connected/?outcome=expired",
        f"/sign-in/?next={MANAGE}connected/%3Foutcome%3Dexpired",
    ]
    assert b"SECRET" not in answer.content


def test_someone_who_may_not_manage_redeems_nothing(signed_in: SignedIn, sync: FakeSync) -> None:
    answer = signed_in("staff-all").get(CALLBACK, follow=True)
    assert sync.asked == []
    assert "was not finished" in answer.content.decode()


def test_the_popups_pages_keep_their_tie_to_the_page_that_opened_them(
    signed_in: SignedIn, sync: FakeSync
) -> None:
    browser = signed_in("admin")
    policy = "Cross-Origin-Opener-Policy"
    assert browser.get(MANAGE + "connect/")[policy] == "same-origin-allow-popups"
    for path in (MANAGE + "connect/start/", CALLBACK, MANAGE + "connected/"):
        assert browser.get(path)[policy] == "unsafe-none"


def test_reconnecting_asks_for_the_same_company(
    members: dict[str, Member], signed_in: SignedIn, sync: FakeSync
) -> None:
    sync.connection = a_connection(members["admin"], "needs_reconnect")
    page = signed_in("admin").get(MANAGE + "connect/").content.decode()
    assert "Sign in to the same company" in page
    assert f'data-popup-after="{MANAGE}"' in page


def test_the_page_after_disconnecting_there_is_open_and_drops_the_company_from_its_address(
    client: Client, db: None
) -> None:
    answer = client.get("/integrations/quickbooks/disconnected?realmId=4620816365")
    assert answer["Location"] == "/integrations/quickbooks/disconnected"
    page = client.get(answer["Location"]).content.decode()
    assert "no longer reads or writes" in page
    assert "To connect again" in page


def test_reconnect_in_quickbooks_leads_to_the_page_before(signed_in: SignedIn, sync: FakeSync) -> None:
    answer = signed_in("admin").get("/integrations/quickbooks/reconnect?realmId=4620816365")
    assert answer["Location"] == MANAGE + "connect/"


def test_a_notice_is_handed_over_as_it_came_without_a_form_token(db: None, sync: FakeSync) -> None:
    sender = Client(enforce_csrf_checks=True)
    body = b'[{"specversion": "1.0"}]'
    answers = [
        sender.post(
            "/webhooks/quickbooks",
            body,
            content_type="application/json",
            headers={"intuit-signature": signature},
        ).status_code
        for signature in ("right", "wrong")
    ]
    assert answers == [200, 401]
    assert sync.asked == [("receive", body, "right"), ("receive", body, "wrong")]
    assert sender.get("/webhooks/quickbooks").status_code == 405


def test_the_page_before_leads_to_what_intuit_says_about_apps(signed_in: SignedIn, sync: FakeSync) -> None:
    page = signed_in("admin").get(MANAGE + "connect/").content.decode()
    assert all(f'href="{address}" rel="noopener noreferrer"' in page for address in INTUIT.values())
