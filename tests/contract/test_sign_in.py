"""Signing in, staying in and being put out, against the emulator's OAuth server."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from tests.contract.place import COMPANY, Held
from tieout.reconcile.ports import Activity, Reconnect


def consent(here, decision="connect"):
    """A person at the consent page; returns what the browser brings back."""
    url = here.provider.authorize_url(state="state-1", verifier="v" * 43)
    browser = httpx2.Client(transport=httpx2.WSGITransport(app=here.emulator.wsgi))
    page = browser.get(url)
    assert page.status_code == 200
    form = {**dict(parse_qsl(urlsplit(url).query)), "decision": decision, "realm": COMPANY}
    answer = browser.post(url.partition("?")[0], data=form)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def test_a_consent_becomes_tokens_that_open_the_company(here):
    brought = here.provider.read_callback(consent(here))
    assert (brought.state, brought.company_id, brought.error) == ("state-1", COMPANY, "")
    tokens = here.provider.exchange(brought.code, verifier="v" * 43)
    assert tokens.access_expires_at == here.now + timedelta(hours=1)
    assert tokens.hard_expires_at is not None
    opened = here.provider.open(COMPANY, Held(here.provider, tokens))
    assert opened.company().name == "Craig's Design and Landscaping Services"


def test_a_code_is_good_once(here):
    brought = here.provider.read_callback(consent(here))
    here.provider.exchange(brought.code, verifier="v" * 43)
    with pytest.raises(Reconnect):
        here.provider.exchange(brought.code, verifier="v" * 43)


def test_declining_connects_nothing(here):
    brought = here.provider.read_callback(consent(here, "cancel"))
    assert brought.error
    assert not brought.code


def test_a_revoked_grant_is_over(here):
    here.provider.revoke(here.held.tokens)
    with pytest.raises(Reconnect):
        here.ledger.count("Customer", Activity.ALL)


def test_a_token_that_expires_in_the_middle_is_renewed_once_and_the_work_goes_on(here):
    row = here.create(name="Before")
    here.emulator.clock.advance(3601)
    here.emulator.log.clear()
    here.update(row, name="After")
    assert here.held.refreshes == 1
    assert here.see(row.id).units["name"] == "After"
    writes = [entry for entry in here.emulator.log.entries() if entry.operation == "update"]
    assert [entry.status for entry in writes] == [401, 200]
    assert len({entry.request_id for entry in writes}) == 1


def test_a_connection_ended_in_quickbooks_asks_for_a_new_sign_in(here):
    here.emulator.control.revoke(COMPANY)
    with pytest.raises(Reconnect, match=r"[Cc]onnect QuickBooks again"):
        here.create(name="Never")
    assert here.customers("Never") == []


def test_another_company_is_not_opened_with_this_ones_tokens(here):
    other = here.provider.open("9341450000000002", here.held)
    with pytest.raises(Reconnect):
        other.company()
    assert here.held.refreshes == 0
