"""Signing in again ends no pause and sets nothing up anew; what a disconnected company left can be read, by its firm alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.reconcile.ports import Reconnect
from tieout.sync import connections, tokens
from tieout.sync.models import Connection, TieOut

pytestmark = pytest.mark.django_db
MANAGE = "/settings/integrations/quickbooks/"


def set_up() -> Rig:
    rig = Rig()
    rig.add_customer("Ada Byrne")
    rig.set_up()
    return rig


@pytest.mark.parametrize(
    "reason", ["Paused by Dana Reyes.", "QuickBooks shows none of the 1,204 customers any more."]
)
def test_a_pause_and_a_guards_stop_outlive_a_new_sign_in(reason: str) -> None:
    rig = set_up()
    with rig.here():
        Connection.objects.update(state="paused", state_reason=reason)
    outcome = rig.connect()
    assert outcome.ok
    assert outcome.next_step == f"{reason} It stays so until somebody presses Resume on Manage."
    assert (rig.connection.state, rig.connection.state_reason) == ("paused", reason)


@pytest.mark.parametrize("state", ["active", "needs_reconnect", "disconnected"])
def test_a_company_that_was_set_up_goes_on_where_it_stopped(state: str) -> None:
    rig = set_up()
    with rig.here():
        if state == "disconnected":
            connections.disconnect(rig.member, engine=rig.engine)
        else:
            Connection.objects.update(state=state)
        browser = entered(rig.member)
        page = browser.get(MANAGE + "connect/").content.decode()
        assert "Reconnect QuickBooks Online" in page
        assert f'data-popup-after="{MANAGE}"' in page
    outcome = rig.connect()
    assert (outcome.ok, outcome.kind) == (True, "reconnected")
    assert (
        outcome.next_step == "Links and settings are as they were. What happened meanwhile is compared now."
    )
    assert rig.connection.state == "active"
    rig.settle()
    assert len(rig.links()) == 1
    assert len(rig.clients()) == 1


def test_a_company_whose_links_were_forgotten_begins_anew() -> None:
    rig = set_up()
    with rig.here():
        connections.disconnect(rig.member, forget_links=True, engine=rig.engine)
        assert connections.kept_of(rig.firm.pk) is None
        page = entered(rig.member).get(MANAGE + "connect/").content.decode()
        assert f'data-popup-after="{MANAGE}clients/"' in page
    outcome = rig.connect()
    assert (outcome.kind, outcome.next_step) == ("connected", "Continue with the clients.")


def test_what_a_disconnected_company_left_is_read_by_its_firm_alone_and_gone_when_forgotten() -> None:
    rig = set_up()
    with rig.here():
        found = rig.connection
        name, review_id = found.company_name, found.reviews.get().pk
        tied = TieOut.objects.create(
            firm=rig.firm, connection=found, day=rig.clock.now().date(), checked_at=rig.clock.now()
        )
        connections.disconnect(rig.member, engine=rig.engine)
    paths = [
        MANAGE + "activity/",
        MANAGE + "activity/export.csv",
        MANAGE + "tie-out/",
        f"{MANAGE}tie-out/{tied.pk}/export.csv",
        f"{MANAGE}tie-out/{tied.pk}/print.pdf",
        MANAGE + "reports/",
        f"{MANAGE}reports/{review_id}/",
        f"{MANAGE}reports/{review_id}/export.csv",
    ]
    browser = entered(rig.member)
    page = unescape(browser.get(MANAGE).content.decode())
    assert f"Links with {name} are kept" in page
    assert "Not connected yet" not in page
    assert "Sign in to that company" in browser.get(MANAGE + "connect/").content.decode()
    assert "Sign in to that company" not in browser.get(MANAGE + "connect/?change=1").content.decode()
    for path in paths:
        assert browser.get(path).status_code == 200, path
    shown = browser.get(MANAGE + "tie-out/").content.decode()
    assert "is not connected" in shown
    assert "tie-out/compare/" not in shown
    assert "Connect the company again, then roll back." in browser.get(paths[-2]).content.decode()

    stranger = entered(Rig(seed=1, emulator=rig.emulator).member)
    assert "are kept" not in stranger.get(MANAGE).content.decode()
    assert_closed(stranger, paths)
    with rig.here():
        Connection.objects.update(sections={}, connected_at=rig.clock.now() - timedelta(days=1))
    assert "Not connected yet" in browser.get(MANAGE).content.decode()
    assert_closed(browser, paths)


def assert_closed(browser: Client, paths: list[str]) -> None:
    for path in paths:
        assert browser.get(path)["Location"] == MANAGE, path


def when_a_refresh_is_refused(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """The token row is free again, and what has waited for it goes first: the refusal is noted only afterwards."""
    renew, left = tokens.StoredTokens._renew, [act]

    def then(source: tokens.StoredTokens, refused: str) -> str:
        try:
            return renew(source, refused)
        except Reconnect:
            if left:
                left.pop()()
            raise

    monkeypatch.setattr(tokens.StoredTokens, "_renew", then)


@pytest.mark.parametrize("who", ["a run", "the weekly refresh"])
def test_a_fresh_sign_in_is_not_called_dead_for_the_grant_before_it(
    who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = set_up()
    rig.advance(timedelta(days=8).total_seconds())
    rig.emulator.control.revoke(rig.realm)
    when_a_refresh_is_refused(monkeypatch, rig.connect)
    if who == "a run":
        rig.run()
    else:
        with rig.here():
            tokens.keep_alive(Connection.objects.get(), rig.engine)
    assert (rig.connection.state, rig.connection.state_reason) == ("active", "")
    passed = rig.run()
    assert passed is not None
    assert passed.outcome == "done"


@pytest.mark.parametrize(
    "reason", ["Paused by Dana Reyes.", "QuickBooks shows none of the 1,204 customers any more."]
)
def test_a_pause_outlives_a_grant_that_died_under_it(reason: str) -> None:
    rig = set_up()
    with rig.here():
        Connection.objects.update(state="paused", state_reason=reason, retire_halt={"kept": 1})
    rig.advance(timedelta(days=8).total_seconds())
    rig.emulator.control.revoke(rig.realm)
    with rig.here():
        assert not tokens.keep_alive(Connection.objects.get(), rig.engine)
    assert rig.connection.state == "needs_reconnect"
    outcome = rig.connect()
    assert outcome.next_step == f"{reason} It stays so until somebody presses Resume on Manage."
    assert (rig.connection.state, rig.connection.state_reason) == ("paused", reason)
    with rig.here():
        Connection.objects.update(retire_halt={})
        connections.resume(rig.member, engine=rig.engine)
    assert rig.connect().ok
    assert (rig.connection.state, rig.connection.state_reason) == ("active", ""), "resumed is resumed"


def test_a_pause_pressed_while_a_run_learns_that_its_grant_is_dead_is_put_back_by_the_next_sign_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = set_up()
    rig.advance(timedelta(days=8).total_seconds())
    rig.emulator.control.revoke(rig.realm)
    when_a_refresh_is_refused(monkeypatch, lambda: connections.pause(rig.member, engine=rig.engine))
    rig.run()
    assert rig.connection.state == "needs_reconnect"
    assert rig.connect().ok
    assert (rig.connection.state, rig.connection.state_reason) == ("paused", "Paused by Dana Reyes.")
