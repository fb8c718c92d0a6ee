"""Invoices against the emulator in one process: created, compared, edited in place, voided, found again."""

import pytest

from tests.contract.bookkeeping import SETTINGS, D, books, row, total_row
from tests.contract.place import COMPANY
from tieout.reconcile.ports import AskHuman, ChooseMatch, FixData, Replan, UnknownOutcome
from tieout.reconcile.state import same

NUMBERS_OURS = {"SalesFormsPrefs": {"CustomTxnNumbers": True}}
LOST = [
    ("drop_after", {}),
    ("apply_then", {"status": 500}),
    ("apply_then", {"status": 503}),
    ("cut", {"bytes": 25}),
]


@pytest.fixture
def desk():
    return books(**NUMBERS_OURS)


def invoices(desk):
    return [
        one
        for one in desk.here.emulator.control.records(COMPANY, "Invoice")
        if one["CustomerRef"]["value"] == desk.client
    ]


FULL = (
    row("1", "2.5", "120", description="Advice", date="2026-11-18", taxable=True),
    row("2", "1", "33.33333", description="Filing fee"),
    total_row("discount", "-33.33"),
    total_row("tax", "22.55"),
)
FULL_TOTAL = D("322.55")


def test_a_created_invoice_shows_what_was_sent_and_comes_to_the_same(desk):
    sent = desk.units("invoice", content=FULL, total=FULL_TOTAL, memo="Thank you")
    made = desk.create("invoice", content=FULL, total=FULL_TOTAL, memo="Thank you")
    shown = made.record.units
    compared = [name for name in sent if name != "content"]
    assert {name: shown[name] for name in compared} == {name: sent[name] for name in compared}
    assert [(one["kind"], one["amount"]) for one in shown["content"]] == [
        ("item", D("300.00")),
        ("item", D("33.33")),
        ("discount", D("-33.33")),
        ("tax", D("22.55")),
    ]
    items = shown["content"][:2]
    assert all(same(items[at].get(part), FULL[at].get(part)) for at in (0, 1) for part in FULL[at])
    assert made.record.facts["balance"] == FULL_TOTAL


def test_an_exact_round_trip_of_item_rows_needs_no_second_thought(desk):
    content = (row("1", "2", "50", date="2026-11-18"), row("2", "1", "10"))
    made = desk.create("invoice", content=content, total=D("110.00"))
    assert same(made.record.units["content"], content)


def test_the_note_carries_our_readable_marker(desk):
    made = desk.create("invoice")
    note = desk.raw("Invoice", made.id)["PrivateNote"]
    assert note == f"Tieout {made.record.facts['marker']}"
    assert note.startswith("Tieout request-")


def test_a_write_off_is_a_row_of_its_own_item(desk):
    made = desk.create("invoice", content=(row(), total_row("write_off", "-40")), total=D("60.00"))
    assert made.record.units["total"] == D("60.00")
    assert [(one["kind"], one["amount"]) for one in made.record.units["content"]] == [
        ("item", D("100.00")),
        ("write_off", D("-40.00")),
    ]
    line = desk.raw("Invoice", made.id)["Line"][1]
    assert line["SalesItemLineDetail"]["ItemRef"]["value"] == "2"


def test_what_the_settings_lack_is_said_before_anything_is_sent():
    desk = books(settings={})
    desk.here.emulator.log.clear()
    with pytest.raises(FixData, match="written off") as raised:
        desk.create("invoice", content=(row(), total_row("write_off", "-40")), total=D("60.00"))
    assert raised.value.unit == "content"
    assert [one.operation for one in desk.here.emulator.log.entries()] == ["read", "query"]


# -- numbers -------------------------------------------------------------------------------------------


def test_with_numbers_of_ours_the_number_is_sent(desk):
    assert desk.create("invoice", number="INV-7").record.units["number"] == "INV-7"


def test_where_quickbooks_numbers_by_itself_ours_is_not_sent_and_its_own_comes_back():
    desk = books()
    made = desk.create("invoice", number="INV-7")
    assert made.record.units["number"] not in ("", "INV-7")
    changed = desk.change("invoice", made, number="INV-8", memo="Again")
    assert changed.record.units["number"] == made.record.units["number"]


def test_a_taken_number_is_refused_with_one_that_is_free(desk):
    first = desk.create("invoice", number="INV-009")
    desk.create("invoice", number="INV-010")
    with pytest.raises(ChooseMatch, match="number") as raised:
        desk.create("invoice", number="INV-009")
    assert raised.value.detail == f"INV-009 is held by Invoice {first.id}; next free number: INV-011"
    assert raised.value.code == "6140"
    assert len(invoices(desk)) == 2


# -- terms, classes, locations, tax --------------------------------------------------------------------


@pytest.mark.parametrize(
    "terms, term", [("Net 30", "3"), ("Due on receipt", "1"), ("Net 45", None), ("", None)]
)
def test_terms_are_found_by_their_days_and_the_due_date_is_always_ours(desk, terms, term):
    made = desk.create("invoice", terms=terms, due_date="2026-12-24")
    document = desk.raw("Invoice", made.id)
    assert document.get("SalesTermRef", {}).get("value") == term
    assert made.record.units["due_date"] == "2026-12-24"


def test_classes_go_where_quickbooks_keeps_them():
    for place in ("lines", "document"):
        per_line = place == "lines"
        desk = books(
            AccountingInfoPrefs={"ClassTrackingPerTxnLine": per_line, "ClassTrackingPerTxn": not per_line}
        )
        found = desk.here.person("Class", Name="Audit")
        made = desk.create("invoice", content=(row(**{"class": found}),))
        assert [one["class"] for one in made.record.units["content"]] == [found]
        assert ("ClassRef" in desk.raw("Invoice", made.id)) is not per_line


def test_different_classes_do_not_fit_on_one_document():
    desk = books(AccountingInfoPrefs={"ClassTrackingPerTxnLine": False, "ClassTrackingPerTxn": True})
    one, other = desk.here.person("Class", Name="Audit"), desk.here.person("Class", Name="Tax")
    with pytest.raises(FixData, match="different classes"):
        desk.create("invoice", content=(row(**{"class": one}), row(**{"class": other})), total=D(200))


def test_what_is_turned_off_there_is_refused_and_not_dropped_in_silence():
    desk = books()
    found, place = desk.here.person("Class", Name="Audit"), desk.here.person("Department", Name="East")
    made = desk.create("invoice", location=place)
    assert made.record.units["location"] == place
    assert desk.change("invoice", made, location="").record.units["location"] == ""
    desk = books(
        AccountingInfoPrefs={
            "ClassTrackingPerTxnLine": False,
            "ClassTrackingPerTxn": False,
            "TrackDepartments": False,
        },
        TaxPrefs={"UsingSalesTax": False},
    )
    for units, word in (
        ({"location": place}, "locations are turned off"),
        ({"content": (row(**{"class": found}),)}, "classes are turned off"),
        ({"content": (row(taxable=True), total_row("tax", "8")), "total": D(108)}, "sales tax is turned off"),
    ):
        with pytest.raises(FixData, match=word):
            desk.create("invoice", **units)


def test_the_class_and_the_location_chosen_for_invoices_without_one_are_theirs_when_made():
    desk = books(AccountingInfoPrefs={"ClassTrackingPerTxnLine": True, "TrackDepartments": True})
    audit, tax = (desk.here.person("Class", Name=name) for name in ("Audit", "Tax"))
    east, west = (desk.here.person("Department", Name=name) for name in ("East", "West"))
    desk.choose(tracking_class=audit, location=east)
    made = desk.create("invoice", content=(row(), row(**{"class": tax})), total=D(200))
    assert [one["class"] for one in made.record.units["content"]] == [audit, tax]
    assert made.record.units["location"] == east
    assert desk.create("invoice", location=west).record.units["location"] == west
    # what somebody takes off afterwards stays off
    assert desk.change("invoice", made, location="").record.units["location"] == ""


def test_where_locations_are_off_the_one_chosen_is_not_sent():
    desk = books(AccountingInfoPrefs={"TrackDepartments": False})
    desk.choose(location="1")
    assert "DepartmentRef" not in desk.raw("Invoice", desk.create("invoice").id)


@pytest.mark.parametrize("automated", [False, True])
def test_our_tax_stands_even_where_quickbooks_would_compute_another(automated):
    desk = books(TaxPrefs={"PartnerTaxEnabled": automated})
    content = (row("1", "1", "100", taxable=True), total_row("tax", "9.13"))
    made = desk.create("invoice", content=content, total=D("109.13"))
    assert made.record.units["total"] == D("109.13")
    more = (row("1", "2", "100", taxable=True), total_row("tax", "18.26"))
    changed = desk.change("invoice", made, content=more)
    assert changed.record.units["total"] == D("218.26")
    none = desk.change("invoice", changed, content=(row("1", "2", "100"),))
    assert none.record.units["total"] == D("200.00")


def test_a_tax_code_of_the_rows_own_goes_before_the_settings(desk):
    content = (row(taxable=True, tax_code="3"), total_row("tax", "9.10"))
    made = desk.create("invoice", content=content, total=D("109.10"))
    assert desk.raw("Invoice", made.id)["TxnTaxDetail"]["TxnTaxCodeRef"]["value"] == "3"
    assert made.record.units["content"][-1]["tax_code"] == "3"


def test_outside_the_us_each_row_has_the_code_of_its_own_rate():
    exempt, reduced, standard = "1", "3", "4"
    chosen = {**SETTINGS, "taxed_code": standard, "untaxed_code": exempt}
    desk = books(world="uk", settings=chosen)
    content = (
        row(taxable=True, tax_code=standard),
        row(taxable=True, tax_code=reduced),
        row(),
        row(taxable=True),
        total_row("tax", "45.00"),
    )
    made = desk.create("invoice", content=content, total=D("445.00"))

    def codes(there):
        lines = [one.get("SalesItemLineDetail") for one in desk.raw("Invoice", there.id)["Line"]]
        return [one["TaxCodeRef"]["value"] for one in lines if one]

    assert codes(made) == [standard, reduced, exempt, standard]
    assert made.record.units["total"] == D("445.00")
    assert made.record.facts["line_codes"] == "4 3 1 4"
    more = (*content[:3], row(quantity="2", taxable=True), total_row("tax", "65.00"))
    changed = desk.change("invoice", made, content=more)
    assert (codes(changed), changed.record.units["total"]) == (codes(made), D("565.00"))


# -- edits ---------------------------------------------------------------------------------------------


def test_an_invoice_is_edited_in_place_and_keeps_its_marker(desk):
    made = desk.create("invoice", memo="First")
    more = (row("1", "3", "100"), row("2", "1", "5"))
    changed = desk.change("invoice", made, content=more, memo="", date="2026-11-19", due_date="2026-12-19")
    assert changed.id == made.id
    shown = changed.record.units
    assert (shown["total"], shown["memo"], shown["date"]) == (D("305.00"), "", "2026-11-19")
    assert same(shown["content"], more)
    assert changed.record.facts["marker"] == made.record.facts["marker"]


def test_a_payment_in_quickbooks_makes_our_token_old(desk):
    made = desk.create("invoice")
    desk.create("payment", allocations=({"invoice": made.id, "amount": D(40)},))
    with pytest.raises(Replan):
        desk.change("invoice", made, memo="x")
    fresh = desk.see("invoice", made)
    assert fresh.record.facts["balance"] == D("60.00")
    assert desk.change("invoice", fresh, memo="x").record.units["memo"] == "x"


def test_voiding_keeps_the_invoice_its_number_and_its_marker(desk):
    made = desk.create("invoice")
    gone = desk.change("invoice", made, state="void")
    assert (gone.record.units["state"], gone.record.units["number"]) == ("void", "INV-1")
    assert gone.record.facts["marker"] == made.record.facts["marker"]
    assert desk.raw("Invoice", made.id)["TotalAmt"] == 0
    with pytest.raises(AskHuman, match="cannot be opened again"):
        desk.change("invoice", gone, state="open")


def test_retiring_an_invoice_voids_it(desk):
    made = desk.create("invoice")
    assert desk.retire("invoice", made).record.units["state"] == "void"


def test_a_refused_void_of_a_paid_invoice_is_said(desk):
    desk.knob(void_unlinks_payments=False)
    made = desk.create("invoice")
    desk.create("payment", allocations=({"invoice": made.id, "amount": D(40)},))
    with pytest.raises(AskHuman, match="payments"):
        desk.change("invoice", desk.see("invoice", made), state="void")


def test_closed_books_are_said_before_anything_is_sent(desk):
    desk.prefer(AccountingInfoPrefs={"BookCloseDate": "2026-12-31"})
    before = len(desk.here.emulator.log.entries())
    with pytest.raises(AskHuman, match="closed period"):
        desk.create("invoice")
    sent = [one.operation for one in desk.here.emulator.log.entries()[before:]]
    assert "create" not in sent


# -- lost answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("preferences", [{}, NUMBERS_OURS], ids=["their numbers", "our numbers"])
@pytest.mark.parametrize("effect, more", LOST)
def test_an_invoice_whose_answer_is_lost_is_found_by_its_marker(preferences, effect, more):
    desk = books(**preferences)
    twin = desk.create("invoice", number="INV-0")
    write = desk.write("invoice")
    sent_at = desk.here.now
    assert desk.here.ledger.look_for(write, sent_at=sent_at).row is None
    desk.here.fault(effect, operation="create", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        desk.here.ledger.send(write)
    found = desk.here.ledger.look_for(write, sent_at=sent_at)
    assert found.row.id != twin.id
    assert found.lookalikes == ()
    assert found.row.record.facts["marker"] == write.request_id
    assert desk.here.ledger.send(write).row.id == found.row.id
    assert len(invoices(desk)) == 2


def test_without_its_marker_ours_is_only_alike_and_another_is_not_even_that(desk):
    write = desk.write("invoice")
    made = desk.here.ledger.send(write).row
    desk.create("invoice", number="INV-2", content=(row(rate="99"),), total=D(99))
    desk.here.person("Invoice", made.id, PrivateNote="checked by Ann")
    found = desk.here.ledger.look_for(write)
    assert (found.row, [one.id for one in found.lookalikes]) == (None, [made.id])


def test_ours_is_found_even_if_it_was_voided_since(desk):
    write = desk.write("invoice")
    made = desk.here.ledger.send(write).row
    desk.change("invoice", made, state="void")
    assert desk.here.ledger.look_for(write).row.id == made.id


def test_a_number_that_our_own_lost_invoice_has_is_no_trouble(desk):
    write = desk.write("invoice")
    first = desk.here.ledger.send(write).row
    desk.here.emulator.clock.advance(
        3 * 24 * 3600
    )  # long enough for QuickBooks to have forgotten the request
    assert desk.here.ledger.send(write).row.id == first.id
    assert len(invoices(desk)) == 1


@pytest.mark.parametrize("effect, more", LOST)
@pytest.mark.parametrize(
    "units", [{"memo": "x", "content": (row(rate="7"),)}, {"state": "void"}], ids=["edit", "void"]
)
def test_a_change_whose_answer_is_lost_is_found(desk, effect, more, units):
    made = desk.create("invoice")
    write = desk.here.prepare(desk.update("invoice", made, **units), shown=made.record)
    assert desk.here.ledger.look_for(write).row is None
    desk.here.fault(effect, entity="invoice", nth=1, **more)
    with pytest.raises(UnknownOutcome):
        desk.here.ledger.send(write)
    desk.here.calm()
    assert desk.here.ledger.look_for(write).row.id == made.id


def test_a_row_without_an_item_is_sold_as_the_one_chosen_for_it_or_as_the_companys_own(desk):
    bare = (row("", rate="60"), row("2", rate="40"))
    by_default = desk.create("invoice", content=bare).record.units["content"]
    desk.choose(row_item="3")
    chosen = desk.create("invoice", content=bare, number="INV-2")
    assert [one["item"] for one in by_default] == ["1", "2"]
    assert [one["item"] for one in chosen.record.units["content"]] == ["3", "2"]
    more = (*bare, row("", rate="5"))
    changed = desk.change("invoice", chosen, content=more).record.units["content"]
    assert [one["item"] for one in changed] == ["3", "2", "3"]


def test_where_the_company_has_no_item_of_its_own_a_row_without_one_waits_for_the_setting(desk):
    desk.prefer(OtherPrefs={"NameValue": [{"Name": "SalesFormsPrefs.DefaultItem", "Value": ""}]})
    with pytest.raises(FixData, match="Choose the item for invoice rows without one") as raised:
        desk.create("invoice", content=(row(""),))
    assert (raised.value.topic, raised.value.unit) == ("setting_missing", "content")
    desk.choose(row_item="3")
    assert desk.create("invoice", content=(row(""),)).record.units["content"][0]["item"] == "3"
