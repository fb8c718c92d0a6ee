"""Shows the service items step against the engine's own tables, where only the ledger and the job queue are missing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from tests.sync.rig import SOMEBODY
from tieout.practice.actions.service_items import UsedBy, create_service_item
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.sync.models import Connection, Observation, Review, ReviewRow, ReviewState

SignedIn = Callable[[str], Client]
ITEMS = "/settings/integrations/quickbooks/service-items/"


def stored(firm: Firm, member: Member, sections: dict[str, str]) -> Connection:
    return Connection.objects.create(
        firm=firm,
        company_sealed="x",
        company_digest="d" * 64,
        company_name="Smith & Lee CPA LLC",
        connected_by=member,
        sections=sections,
    )


@pytest.fixture
def review(firm: Firm, members: dict[str, Member]) -> Iterator[Review]:
    with firm_scope(firm.pk):
        connection = stored(firm, members["admin"], {"client": "on", "service_item": "in_review"})
        found = Review.objects.create(
            firm=firm,
            connection=connection,
            entity="service_item",
            state=ReviewState.READY,
            activity="active",
        )
        near = {"side": "ledger", "id": "7", "name": "Payroll monthly", "details": {"rate": "95"}}
        put(found, "match", "Tax return", "Tax return", practice_id="1", ledger_id="6", confirmed=True)
        put(
            found,
            "unmatched",
            "Payroll monthly",
            "",
            practice_id="2",
            practice_details={"rate": "90"},
            suggestions=[near],
            against=["The rates are not the same."],
        )
        put(found, "unmatched", "", "Payroll monthly", ledger_id="7", ledger_details={"rate": "95"})
        put(found, "new", "", "Gardening", ledger_id="8")
        Observation.objects.create(
            firm=firm,
            connection=connection,
            entity="service_item",
            side="ledger",
            record_id="7",
            name="Payroll monthly",
            observed_at=connection.connected_at,
        )
        yield found


def put(review: Review, bucket: str, here: str, there: str, **fields: Any) -> None:
    ReviewRow.objects.create(
        firm=review.firm,
        review=review,
        bucket=bucket,
        group=here or there,
        practice_name=here,
        ledger_name=there,
        sort_name=here or there,
        **fields,
    )


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_items_wait_for_the_clients(firm: Firm, members: dict[str, Member], signed_in: SignedIn) -> None:
    with firm_scope(firm.pk):
        stored(firm, members["admin"], {"client": "in_review"})
    answer = signed_in("admin").get(ITEMS, follow=True)
    assert "Service items: Comes after clients." in text(answer)


def test_each_list_shows_its_rows_and_the_failing_field_is_marked(
    signed_in: SignedIn, review: Review
) -> None:
    browser = signed_in("admin")
    unmatched = text(browser.get(ITEMS + "review/"))
    assert 'Rate:</span> 90 <span class="text-secondary">here,</span> 95' in unmatched
    assert unmatched.count("Not the same</span>") == 1
    assert "Gardening" not in unmatched
    assert "Gardening" in text(browser.get(ITEMS + "review/only-in-quickbooks/"))
    assert "Tax return" in text(browser.get(ITEMS + "review/matched/"))


def test_one_sides_values_pair_the_two_and_undo_takes_it_back(signed_in: SignedIn, review: Review) -> None:
    browser = signed_in("admin")
    with firm_scope(review.firm_id):
        row = review.rows.get(practice_id="2")
    browser.post(ITEMS + "decide/", {"one": f"use_ledger:{row.pk}", "back": ITEMS + "review/"})
    matched = text(browser.get(ITEMS + "review/matched/"))
    assert "Will be linked with Payroll monthly, with QuickBooks' values" in matched.replace("&#x27;", "'")
    with firm_scope(review.firm_id):
        row.refresh_from_db()
        assert row.choice["keep"] == {"name": "ledger", "rate": "ledger"}
        assert review.rows.get(ledger_id="7").choice["with"] == "2"
    browser.post(ITEMS + "undo/", {"back": ITEMS + "review/"})
    with firm_scope(review.firm_id):
        row.refresh_from_db()
        assert (row.decision, row.choice) == ("", {})


def test_quickbooks_rates_are_adopted_in_bulk_after_the_open_drafts_were_named(
    signed_in: SignedIn, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("admin")
    monkeypatch.setattr("tieout.web.integrations.items.used_by", lambda firm, ids: {2: UsedBy(drafts=3)})
    page = text(browser.get(ITEMS + "review/"))
    said = page.split('id="rates-preview">')[1].split("</p>")[0]
    assert said.startswith("1 item differs from QuickBooks in the rate alone. It is on 3 open drafts")
    page = text(
        browser.post(ITEMS + "decide/", {"do": "adopt_rates", "back": ITEMS + "review/"}, follow=True)
    )
    assert "QuickBooks&#x27; rate adopted: 1 item." in page
    assert 'id="rates-preview"' not in page, "there is nothing left to adopt"
    with firm_scope(review.firm_id):
        row = review.rows.get(practice_id="2")
        assert (row.decision, row.choice["keep"]["rate"]) == ("link", "ledger")
    browser.post(ITEMS + "undo/", {"back": ITEMS + "review/"})
    with firm_scope(review.firm_id):
        row.refresh_from_db()
        assert row.decision == ""


def test_a_rate_that_one_side_lacks_is_not_adopted_in_bulk(signed_in: SignedIn, review: Review) -> None:
    with firm_scope(review.firm_id):
        review.rows.filter(practice_id="2").update(against=["There is no rate in QuickBooks."])
    page = text(signed_in("admin").get(ITEMS + "review/"))
    assert 'id="rates-preview"' not in page
    assert "There is no rate in QuickBooks." in page


def test_switched_off_nothing_of_quickbooks_is_created_here(signed_in: SignedIn, review: Review) -> None:
    browser = signed_in("admin")
    assert "1 new service item in Tieout" in text(browser.get(ITEMS + "review/"))
    answer = browser.post(ITEMS + "create-new/", {}, follow=True)
    assert "0 new service items in Tieout" in text(answer)


def test_another_firm_sees_nothing_of_it(review: Review) -> None:
    from tests.web.conftest import entered, make_firm, make_members

    stranger = entered(make_members(make_firm("Another firm"))["admin"])
    with firm_scope(review.firm_id):
        row = review.rows.get(practice_id="2")
    for path in ("", "review/", "progress/", "done/", "confirm/"):
        assert stranger.get(ITEMS + path)["Location"] == "/settings/integrations/quickbooks/"
    for path in (f"row/{row.pk}/edit/", f"row/{row.pk}/recheck/", "decide/", "sync/", "cancel/"):
        stranger.post(ITEMS + path, {"one": f"exclude:{row.pk}"})
    with firm_scope(review.firm_id):
        row.refresh_from_db()
        assert row.decision == ""


def test_what_cannot_be_kept_is_shown_again_as_it_was_typed(signed_in: SignedIn, review: Review) -> None:
    browser = signed_in("admin")
    with firm_scope(review.firm_id):
        item = create_service_item(firm_id=review.firm_id, actor=SOMEBODY, name="Payroll", rate="90")
        ReviewRow.objects.filter(practice_id="2").update(practice_id=str(item.pk))
        row = review.rows.get(practice_name="Payroll monthly")
    edit = f"{ITEMS}row/{row.pk}/edit/"
    typed = {
        "name": "Payroll anew",
        "rate": "ninety-five",
        "sku": "P-1",
        "back": ITEMS + "review/unmatched/?page=1",
    }
    answer = browser.post(edit, typed)
    page = text(answer)
    assert answer.status_code == 422
    assert 'value="Payroll anew"' in page
    assert 'value="ninety-five" inputmode="decimal" aria-invalid="true"' in page
    assert 'value="P-1"' in page
    assert 'class="mend" open' in page
    with firm_scope(review.firm_id):
        item.refresh_from_db()
        assert item.name == "Payroll"
    assert browser.get(edit + "?search=pay")["Location"] == ITEMS + "review/unmatched/?search=pay"


def test_each_list_of_items_is_a_file_too(signed_in: SignedIn, review: Review) -> None:
    browser = signed_in("admin")
    assert "unmatched/export.csv" in text(browser.get(ITEMS + "review/unmatched/"))
    answer = browser.get(ITEMS + "review/unmatched/export.csv")
    (row,) = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
    assert row["Name here"] == row["Name in QuickBooks"] == "Payroll monthly"
    assert (row["Rate here"], row["Rate in QuickBooks"], row["Not the same"]) == ("90", "95", "rate")
    assert "But: The rates are not the same." in row["Why"]
    assert browser.get(ITEMS + "review/surprises/export.csv").status_code == 404
    assert "Payroll" not in browser.get(ITEMS + "review/unmatched/export.csv?search=zz").content.decode()


def test_the_final_plan_of_items_promises_no_contacts(signed_in: SignedIn, review: Review) -> None:
    Observation.objects.filter(record_id="7").update(units={"name": "Gardening"})
    review.rows.filter(bucket="new").update(ledger_id="7")
    page = text(signed_in("admin").get(ITEMS + "confirm/"))
    assert "New service items in Tieout" in page
    assert "primary contact" not in page


def test_who_may_not_change_items_is_told_so_before_typing(
    signed_in: SignedIn, review: Review, members: dict[str, Member]
) -> None:
    assert 'id="no-mend-' not in text(signed_in("admin").get(ITEMS + "review/unmatched/"))
    role = members["admin"].role
    role.permissions = [one for one in role.permissions if one != "edit_service_items"]
    role.save()
    page = text(signed_in("admin").get(ITEMS + "review/unmatched/"))
    assert 'disabled aria-describedby="no-mend-' in page
    assert "You need the permission “Service Items”" in page
