"""A passkey in a real browser with a virtual authenticator: added, signed in with, asked for, taken off again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.test_billing import look
from tieout.demo.people import PASSWORD, PEOPLE

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SAM = PEOPLE[1]


def plug_in_authenticator(page: Page) -> None:
    """As a laptop with a fingerprint reader whose owner always agrees."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    is_like = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    options = {**is_like, "isUserVerified": True, "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_signs_in_alone_and_as_second_factor_and_is_removed(
    page: Page, demo: Demo
) -> None:
    app = demo.app.replace("127.0.0.1", "localhost")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    plug_in_authenticator(page)

    def sign_in_with_password() -> None:
        page.goto(f"{app}/sign-in/")
        page.get_by_label("E-mail").fill(SAM.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    def sign_out() -> None:
        page.goto(f"{app}/sign-out/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()

    # added: the password is asked for once more, then the recovery codes are shown once
    sign_in_with_password()
    page.wait_for_url(f"{app}/")
    page.goto(f"{app}/settings/two-factor/")
    look(page, "two-factor")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    look(page, "passkey-add")
    page.get_by_label("Name").fill("Sam's laptop")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(10)
    look(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Rename Sam's laptop")).to_be_visible()

    # alone, without the password
    sign_out()
    page.goto(f"{app}/sign-in/")
    look(page, "sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{app}/")

    # after the password
    sign_out()
    sign_in_with_password()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    look(page, "second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{app}/")

    # an app besides it: the code to scan is a picture of our own page
    page.goto(f"{app}/settings/two-factor/app/")
    expect(page.get_by_role("heading", name=re.compile("Confirm|Set up"))).to_be_visible()
    if page.get_by_role("heading", name="Confirm that it is you").count():
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    qr = page.get_by_role("img", name=re.compile("to be scanned"))
    expect(qr).to_be_visible()
    assert qr.evaluate("image => image.complete && image.naturalWidth > 0"), "the policy must let it be shown"
    look(page, "app")

    # renamed and removed; afterwards the password is enough again
    page.goto(f"{app}/settings/two-factor/")
    page.get_by_role("link", name="Rename Sam's laptop").click()
    page.get_by_label("Name").fill("Old laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Remove Old laptop").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Old laptop")).to_have_count(0)
    sign_out()
    sign_in_with_password()
    page.wait_for_url(f"{app}/")
    assert not complaints, complaints
