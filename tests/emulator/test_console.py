"""What the web console shows and does: plain pages, escaped values, edits as if in QuickBooks."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx2
import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.clock import VirtualClock
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
        if tag in ("input", "select", "textarea") and named.get("type") != "hidden":
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
    "path",
    [
        "/",
        COMPANY,
        f"{COMPANY}/customers/7",
        f"{COMPANY}/settings",
        f"{COMPANY}/records/Invoice",
        "/_console/state",
        "/_console/webhooks",
        "/_console/requests",
        "/_console/faults",
    ],
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
    web.post("/_console/faults", data={"effect": "throttle", "per_minute": "50"})
    assert [(one.effect, one.per_minute) for one in emulator.control.faults()] == [("throttle", 50)]
    emulator.control.clear_faults()
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


def said(answer: httpx2.Response) -> str:
    """The sentence a page shows after a form was sent."""
    read(answer.text)
    return answer.text.partition('<p role="status">')[2].partition("</p>")[0]


def test_a_world_begins_anew_and_the_clock_moves_by_forms(web: httpx2.Client, emulator: Emulator) -> None:
    assert "no world" in said(
        web.post("/_console/state/world", data={"world": "nowhere"}, follow_redirects=True)
    )
    assert said(web.post("/_console/state/world", data={"world": "uk"}, follow_redirects=True))
    assert emulator.companies()[0].country == "GB"
    before = emulator.clock.seconds()
    web.post("/_console/state/clock", data={"advance_seconds": "90"})
    assert emulator.clock.seconds() - before == 90
    assert "cannot be set" in said(
        web.post("/_console/state/clock", data={"set": "tomorrow"}, follow_redirects=True)
    )
    web.post("/_console/state/clock", data={"set": "2027-01-01T00:00:00+00:00"})
    assert emulator.clock.now().year == 2027
    for step in ("1e18", "-1e18", "inf", "nan"):
        moved = web.post("/_console/state/clock", data={"advance_seconds": step}, follow_redirects=True)
        assert "cannot be set" in said(moved)


def test_a_snapshot_shows_what_changed_and_brings_it_back(web: httpx2.Client, emulator: Emulator) -> None:
    web.post("/_console/state/snapshot", data={"name": "before"})
    web.post(f"{COMPANY}/customers", data={"DisplayName": "Later"})
    page = web.get("/_console/state?diff=before").text
    read(page)
    assert f"<td>{SAMPLE}</td><td>Customer</td><td>56</td>" in page
    assert said(web.post("/_console/state/restore", data={"name": "before"}, follow_redirects=True))
    assert len(emulator.control.records(SAMPLE, "Customer")) == 29
    assert "no snapshot" in said(
        web.post("/_console/state/restore", data={"name": "never"}, follow_redirects=True)
    )


def test_switches_plan_and_closing_date_turn_by_forms(web: httpx2.Client, emulator: Emulator) -> None:
    settings = f"{COMPANY}/settings"
    web.post(settings, data={"group": "SalesFormsPrefs", "name": "CustomTxnNumbers"})
    web.post(f"{COMPANY}/texts", data={"BookCloseDate": "2025-12-31", "DefaultCustomerMessage": ""})
    (preferences,) = emulator.control.records(SAMPLE, "Preferences")
    assert preferences["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert preferences["AccountingInfoPrefs"]["BookCloseDate"] == "2025-12-31"
    assert "no switch" in said(web.post(settings, data={"group": "X", "name": "Y"}, follow_redirects=True))
    refused = web.post(f"{COMPANY}/texts", data={"BookCloseDate": "soon"}, follow_redirects=True)
    assert "QuickBooks refuses" in said(refused)
    web.post(f"{COMPANY}/plan", data={"sku": "QuickBooks Online Essentials", "status": "EXPIRED"})
    page = web.get(settings).text
    assert 'value="QuickBooks Online Essentials"' in page
    assert 'value="EXPIRED"' in page
    assert ">BookCloseDate</label>" in page
    assert "sku" in said(web.post(f"{COMPANY}/plan", data={}, follow_redirects=True))


def test_customers_are_merged_and_records_looked_at(web: httpx2.Client, emulator: Emulator) -> None:
    assert (
        said(web.post(f"{COMPANY}/customers/3/merge", data={"into": "2"}, follow_redirects=True)) == "Saved."
    )
    assert "QuickBooks refuses" in said(
        web.post(f"{COMPANY}/customers/3/merge", data={"into": "2"}, follow_redirects=True)
    )
    page = web.get(f"{COMPANY}/records/Customer").text
    assert "Cool Cars (deleted)" in page
    assert web.get(f"{COMPANY}/records/Nothing").status_code == 404


def test_a_switch_that_the_company_does_not_tell_is_turned_all_the_same(
    web: httpx2.Client, emulator: Emulator
) -> None:
    assert "SalesFormsPrefs.AutoApplyCredit" in web.get(f"{COMPANY}/settings").text
    for expected in (True, False):
        form = {"group": "SalesFormsPrefs", "name": "AutoApplyCredit"}
        assert said(web.post(f"{COMPANY}/settings", data=form, follow_redirects=True)) == "Saved."
        (preferences,) = emulator.control.records(SAMPLE, "Preferences")
        assert preferences["SalesFormsPrefs"]["AutoApplyCredit"] is expected


def test_any_record_is_made_edited_retired_and_deleted_as_a_person_does(
    web: httpx2.Client, emulator: Emulator
) -> None:
    def press(path: str, **form: str) -> str:
        return said(web.post(f"{COMPANY}/records/{path}", data=form, follow_redirects=True))

    assert press("Vendor", fields='{"DisplayName": "Pine Supply"}') == "Saved."
    assert "QuickBooks refuses" in press("Vendor", fields='{"DisplayName": "Pine Supply"}')
    assert "not JSON" in press("Vendor", fields="{")
    vendor = next(
        one for one in emulator.control.records(SAMPLE, "Vendor") if one["DisplayName"] == "Pine Supply"
    )
    assert press(f"Vendor/{vendor['Id']}", fields='{"CompanyName": "Pine"}') == "Saved."
    assert press(f"Vendor/{vendor['Id']}/deactivate") == "Saved."
    read(page := web.get(f"{COMPANY}/records/Vendor/{vendor['Id']}").text)
    assert "Make active" in page
    assert "Pine" in page

    invoice = next(
        one
        for one in emulator.control.records(SAMPLE, "Invoice")
        if "SalesItemLineDetail" in one["Line"][0] and one["Balance"] == one["TotalAmt"]
    )
    assert press(f"Invoice/{invoice['Id']}/cent") == "Saved."
    changed = next(one for one in emulator.control.records(SAMPLE, "Invoice") if one["Id"] == invoice["Id"])
    assert changed["TotalAmt"] > invoice["TotalAmt"]
    read(web.get(f"{COMPANY}/records/Invoice/{invoice['Id']}").text)
    assert press(f"Invoice/{invoice['Id']}/delete") == "Saved."
    assert web.get(f"{COMPANY}/records/Invoice/{invoice['Id']}").status_code == 404


def test_the_addresses_that_apps_link_to_lead_to_the_console(web: httpx2.Client) -> None:
    def leads_to(address: str) -> str:
        answer = web.get(address, follow_redirects=True)
        assert answer.status_code == 200
        return answer.url.path + (f"?{answer.url.query.decode()}" if answer.url.query else "")

    assert leads_to("/app/customerdetail?nameId=7") == f"{COMPANY}/customers/7"
    assert leads_to("/app/invoice?txnId=12") == f"{COMPANY}/records/Invoice?id=12"
    assert leads_to("/app/items") == f"{COMPANY}/records/Item"
    assert leads_to("/app/settings?panel=advanced") == f"{COMPANY}/settings"
    assert web.get("/app/nowhere").status_code == 404


def test_webhook_weather_is_set_and_what_waits_is_shown(web: httpx2.Client, emulator: Emulator) -> None:
    settings = {"url": "http://127.0.0.1:1/hook", "format": "legacy", "schedule": "current", "delay": "0..90",
                "repeat": "2", "drop": "0.5", "reorder": "true", "hold": "true", "seed": "3"}  # fmt: skip
    assert said(web.post("/_console/webhooks", data=settings, follow_redirects=True)) == "Saved."
    assert emulator.webhooks.settings.delay == "0..90"
    assert (emulator.webhooks.settings.repeat, emulator.webhooks.settings.hold) == (2, True)
    web.post("/_console/webhooks", data={**settings, "drop": "0"})
    web.post(f"{COMPANY}/customers", data={"DisplayName": "Told"})
    page = web.get("/_console/webhooks").text
    read(page)
    assert f"Create Customer 56 ({SAMPLE})" in page
    web.post("/_console/webhooks/clear")
    assert emulator.webhooks.pending() == []
    for wrong in ({"url": "nowhere"}, {"delay": "soon"}, {"repeat": "often"}):
        answer = web.post("/_console/webhooks", data={**settings, **wrong}, follow_redirects=True)
        assert said(answer) not in ("", "Saved.")


def test_a_person_disconnects_and_connects_again_from_quickbooks(
    web: httpx2.Client, emulator: Emulator
) -> None:
    token = emulator.control.connect(SAMPLE).access_token
    link = f"/app/connect/oauth2/request?appId=EMULATOR-CLIENT-ID&realmId={SAMPLE}&mode=reconnect"
    page = web.get(f"{COMPANY}/settings").text
    assert link.replace("&", "&amp;") in page
    assert "<td>living</td>" in page
    assert "no reconnect address" in web.get(link).text
    app = {"reconnect_url": "http://practice.test/again", "disconnect_url": "http://practice.test/gone"}
    assert web.post("/_control/credentials", json=app).json()["reconnect_url"] == app["reconnect_url"]
    again = web.get(link)
    assert (again.status_code, again.headers["location"]) == (
        302,
        f"http://practice.test/again?realmId={SAMPLE}",
    )
    gone = web.post(f"{COMPANY}/disconnect")
    assert gone.headers["location"] == f"http://practice.test/gone?realmId={SAMPLE}"
    assert (
        web.get(
            f"/v3/company/{SAMPLE}/companyinfo/1", headers={"Authorization": f"Bearer {token}"}
        ).status_code
        == 401
    )
    assert "<td>revoked</td>" in web.get(f"{COMPANY}/settings").text


def test_a_consent_is_made_to_end_soon_with_one_press_and_a_later_one_is_not(
    web: httpx2.Client, emulator: Emulator
) -> None:
    days = 86_400
    given = emulator.control.connect(SAMPLE)
    company = f"/v3/company/{SAMPLE}/companyinfo/1"
    assert "Let the consent end in 20 days" in web.get(f"{COMPANY}/settings").text
    pressed = web.post(f"{COMPANY}/end-consents", follow_redirects=True)
    assert "It ends in 20 days" in pressed.text
    headers = {"Authorization": f"Bearer {given.access_token}"}
    assert web.get(company, headers=headers).status_code == 401, "so that the app refreshes, and is told"
    app = emulator.control.app()
    told = web.post(
        "/oauth2/v1/tokens/bearer",
        data={"grant_type": "refresh_token", "refresh_token": given.refresh_token},
        auth=(app.client_id, app.client_secret),
        headers={"x-include-refresh-token-hard-expires-in": "true"},
    ).json()
    assert told["x_refresh_token_hard_expires_in"] == 20 * days
    assert emulator.control.connect(SAMPLE).hard_seconds > 1800 * days
    emulator.control.revoke(SAMPLE)
    assert "There is no living consent" in web.post(f"{COMPANY}/end-consents", follow_redirects=True).text


@pytest.mark.parametrize(
    ("old", "new"), [("EMULATOR", "ANOTHER"), (SAMPLE, "42"), ("mode=reconnect", "mode=x")]
)
def test_a_reconnect_link_for_something_else_goes_nowhere(
    web: httpx2.Client, emulator: Emulator, old: str, new: str
) -> None:
    emulator.control.set_addresses({"reconnect_url": "http://practice.test/again"})
    link = f"/app/connect/oauth2/request?appId=EMULATOR-CLIENT-ID&realmId={SAMPLE}&mode=reconnect"
    answer = web.get(link.replace(old, new))
    assert answer.status_code == 400
    read(answer.text)


def test_a_clock_that_follows_another_is_frozen_and_let_run() -> None:
    emulator = Emulator(clock=VirtualClock(source=lambda: 1_800_000_000))
    with httpx2.Client(
        transport=httpx2.WSGITransport(app=emulator.wsgi), base_url="http://quickbooks.test"
    ) as web:
        assert "running" in web.get("/_console/state").text
        for frozen in (True, False):
            web.post("/_console/state/clock", data={"turn": "1"})
            assert emulator.clock.frozen is frozen
