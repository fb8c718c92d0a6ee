"""Shows each resource from its making to its end, as a program meets it: shapes, addresses, versions, exact money."""

from __future__ import annotations

import json

import pytest
from django.core.mail import EmailMessage

from tests.web.api.world import Program, Stock, fields

pytestmark = pytest.mark.django_db


def test_a_client_is_added_found_changed_archived_and_restored(program: Program, stock: Stock) -> None:
    answer = program.call(
        "POST",
        "/clients",
        {
            "kind": "individual",
            "name": "Ada Byrne",
            "given": "Ada",
            "family": "Byrne",
            "email": "ada@x.example",
        },
    )
    made = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, answer["Location"]) == (201, f"/api/v1/clients/{made['id']}")
    assert (answer["ETag"], made["contacts"][0]["family"]) == ('"1"', "Byrne")
    where = f"/clients/{made['id']}"
    changed = program.patch(where, {"phone": "555 0100"}, if_match='"1"')
    assert (changed["phone"], changed["version"], changed["name"]) == ("555 0100", 2, "Ada Byrne")
    assert (
        program.refused(412, "PATCH", where, {"phone": "1"}, if_match='"1"')["title"] == "Changed meanwhile"
    )
    assert program.get("/clients", search="ada byrne")["data"][0]["id"] == made["id"]
    program.post(f"{where}/archive")
    assert [each["id"] for each in program.get("/clients")["data"]] == [stock.ids["client_id"]]
    assert program.get("/clients", show="inactive")["data"][0]["id"] == made["id"]
    assert program.post(f"{where}/restore")["is_active"]
    verbs = [each["verb"] for each in program.get(f"{where}/history")["data"]]
    assert verbs == ["restored", "archived", "changed", "created"]


def test_the_history_names_the_token_and_for_whom_it_acts(program: Program) -> None:
    made = program.post("/clients", {"kind": "business", "name": "Acme"})
    entry = program.get(f"/clients/{made['id']}/history")["data"][0]
    assert (entry["actor_label"], entry["actor_kind"]) == ("Dana Reyes (API token Robot)", "api")


def test_people_of_a_client_are_added_made_primary_and_removed(program: Program, stock: Stock) -> None:
    where = f"/clients/{stock.ids['client_id']}"
    client = program.post(f"{where}/contacts", {"given": "Zoe", "relation_to_client": "spouse"})
    zoe = client["contacts"][-1]
    assert not zoe["is_primary"]
    client = program.post(f"{where}/contacts/{zoe['id']}/primary")
    assert [each["is_primary"] for each in client["contacts"] if each["id"] == zoe["id"]] == [True]
    client = program.patch(f"{where}/contacts/{zoe['id']}", {"phone": "1"}, if_match=f'"{client["version"]}"')
    program.refused(412, "DELETE", f"{where}/contacts/{zoe['id']}", if_match='"1"')
    client = program.ok("DELETE", f"{where}/contacts/{zoe['id']}")
    assert zoe["id"] not in [each["id"] for each in client["contacts"]]


def test_a_contact_with_the_longest_name_is_changed_and_the_history_says_whose(
    program: Program, stock: Stock
) -> None:
    where = f"/clients/{stock.ids['client_id']}"
    program.patch(f"{where}/contacts/{stock.ids['contact_id']}", {"family": "x" * 200})
    entry = program.get(f"{where}/history")["data"][0]
    assert (entry["verb"], entry["changes"]["family"]) == ("changed a contact", ["Roe", "x" * 200])
    assert entry["changes"]["contact"][0].endswith("x" * 200)


def test_a_group_takes_in_a_client_bills_it_and_lets_it_go(program: Program, stock: Stock) -> None:
    group = program.post("/client-groups", {"name": "Byrnes"})
    client = program.post("/clients", {"kind": "business", "name": "Byrne Holding"})
    where = f"/client-groups/{group['id']}"
    full = program.ok("PUT", f"{where}/clients/{client['id']}")
    assert (full["client_ids"], full["billed_client_id"]) == ([client["id"]], client["id"])
    refused = program.refused(422, "PUT", f"{where}/clients/{stock.ids['client_id']}")
    assert "is in the group" in fields(refused)["client_id"]
    assert program.patch(where, {"name": "The Byrnes"})["name"] == "The Byrnes"
    assert program.post(f"{where}/clients/{client['id']}/billed")["billed_client_id"] == client["id"]
    assert program.ok("DELETE", f"{where}/clients/{client['id']}")["client_ids"] == []


def test_a_service_item_keeps_its_rate_to_the_fifth_place(program: Program, stock: Stock) -> None:
    made = program.post("/service-items", {"name": "Audit", "rate": "125.12345", "charge": "hour"})
    assert (made["rate"], made["used_by"]["invoices"]) == ("125.12345", 0)
    where = f"/service-items/{made['id']}"
    assert program.patch(where, {"rate": None})["rate"] is None
    assert not program.post(f"{where}/archive")["is_active"]
    assert program.post(f"{where}/restore")["is_active"]
    used = program.get(f"/service-items/{stock.ids['item_id']}")["used_by"]
    assert (used["drafts"], used["invoices"], used["recurring"]) == (1, 1, 1)


def test_a_tax_rate_is_made_changed_and_listed(program: Program, stock: Stock) -> None:
    rate = program.post("/tax-rates", {"name": "City", "percent": "1.125"})
    assert program.get(f"/tax-rates/{rate['id']}")["percent"] == "1.125"
    program.patch(f"/tax-rates/{rate['id']}", {"is_active": False})
    assert [each["id"] for each in program.get("/tax-rates")["data"]] == [stock.ids["tax_rate_id"]]


def test_an_invoice_lives_from_draft_to_paid(program: Program, stock: Stock) -> None:
    client_id, item_id = stock.ids["client_id"], stock.ids["item_id"]
    draft = program.post(
        "/invoices",
        {
            "client_id": client_id,
            "terms": "net15",
            "lines": [{"item_id": item_id, "quantity": "1.5", "rate": "99.99"}],
        },
    )
    assert (draft["total"], draft["lines"][0]["gross"], draft["status"]) == ("149.99", "149.99", "draft")
    assert draft["due_date"] == "2026-12-05"
    where = f"/invoices/{draft['id']}"
    changed = program.patch(where, {"discount_kind": "percent", "discount_value": "10"})
    assert changed["total"] == "134.99"
    final = program.post(f"{where}/finalize")
    assert (final["status"], final["number"], final["balance"]) == ("finalised", "0002", "134.99")
    assert program.post(f"{where}/send", {"sent_to": "a@acme.example"})["status"] == "sent"
    paid = program.post(
        "/payments",
        {
            "client_id": client_id,
            "amount": "200.00",
            "method": "check",
            "reference": "1042",
            "allocations": [{"invoice_id": draft["id"], "amount": "134.99"}],
        },
    )
    assert (paid["allocated"], paid["unapplied"]) == ("134.99", "65.01")
    full = program.get(where)
    assert (full["status"], full["balance"], full["allocations"][0]["payment_id"]) == (
        "paid",
        "0.00",
        paid["id"],
    )


def test_an_invoice_is_revised_written_off_claimed_again_and_void(program: Program, stock: Stock) -> None:
    draft = stock.ids["draft_id"]
    where = f"/invoices/{draft}"
    program.post(f"{where}/finalize")
    revised = program.post(
        f"{where}/revise", {"reason": "a slip", "lines": [{"description": "Work", "rate": "80"}]}
    )
    assert revised["total"] == "80.00"
    assert program.post(f"{where}/write-off", {"amount": "30"})["balance"] == "50.00"
    assert program.post(f"{where}/undo-write-off")["balance"] == "80.00"
    reasons = [each["reason"] for each in program.get(f"{where}/revisions")["data"]]
    assert reasons == ["claimed again", "written off", "a slip"]
    assert program.post(f"{where}/void", {"reason": "wrong client"})["status"] == "void"
    assert "is void" in fields(program.refused(422, "POST", f"{where}/send"))["status"]


def test_a_draft_is_thrown_away(program: Program, stock: Stock) -> None:
    where = f"/invoices/{stock.ids['draft_id']}"
    program.refused(412, "DELETE", where, if_match='"9"')
    assert program.call("DELETE", where, if_match='"1"').status_code == 204
    program.refused(404, "GET", where)


def test_many_invoices_are_finalized_and_sent_each_for_itself(program: Program, stock: Stock) -> None:
    draft, done = stock.ids["draft_id"], stock.ids["invoice_id"]
    empty = program.post("/invoices", {"client_id": stock.ids["client_id"], "lines": []})
    results = program.post("/invoices/finalize", {"invoice_ids": [draft, 987654, empty["id"], done]})["data"]
    assert [(each["invoice_id"], each["done"]) for each in results] == [
        (draft, True),
        (987654, False),
        (empty["id"], False),
        (done, True),
    ]
    assert results[2]["problems"] == {"lines": "Add at least one line."}
    sent = program.post("/invoices/send", {"invoice_ids": [draft]})["data"]
    assert sent[0]["status"] == "sent"


def test_very_many_are_asked_for_and_looked_at(program: Program, stock: Stock) -> None:
    asked = {"verb": "finalise", "invoice_ids": [stock.ids["draft_id"]]}
    answer = program.call("POST", "/bulk-invoices", asked, key="k")
    started = json.loads(answer.content)
    assert answer["Location"] == f"/api/v1/bulk-invoices/{started['id']}"
    assert [(each["state"], each["invoice_id"]) for each in started["rows"]] == [
        ("done", stock.ids["draft_id"])
    ]
    assert program.get(f"/bulk-invoices/{started['id']}") == started
    assert program.call("POST", "/bulk-invoices", asked, key="k").content == answer.content
    waiting = program.post("/bulk-invoices", {**asked, "verb": "mail"})
    assert (waiting["counts"]["waiting"], waiting["finished_at"]) == (1, None)
    program.refused(404, "GET", "/bulk-invoices/none")


def test_two_clients_become_one(program: Program, stock: Stock) -> None:
    twice = program.post("/clients", {"kind": "business", "name": "Quillfeather Inc"})
    bill = program.post("/invoices", {"client_id": twice["id"], "lines": []})
    where = f"/clients/{stock.ids['client_id']}/merge/{twice['id']}"
    program.refused(412, "POST", where, if_match='"77"')
    assert program.post(where)["id"] == stock.ids["client_id"]
    assert program.get(f"/invoices/{bill['id']}")["client_id"] == stock.ids["client_id"]
    gone = program.get(f"/clients/{twice['id']}")
    assert (gone["is_active"], gone["merged_into_id"]) == (False, stock.ids["client_id"])
    program.refused(404, "PATCH", f"/clients/{twice['id']}", {"phone": "1"})
    assert "client" in fields(
        program.refused(422, "POST", f"/clients/{stock.ids['client_id']}/merge/{stock.ids['client_id']}")
    )


def test_late_fees_come_as_the_settings_say_and_go_again(program: Program, stock: Stock) -> None:
    program.patch("/settings/billing", {"late_fee_kind": "amount", "late_fee_amount": "15"})
    program.post(f"/invoices/{stock.ids['invoice_id']}/revise", {"date": "2026-08-01"})
    assert [each["done"] for each in program.post("/invoices/add-late-fees")["data"]] == [True]
    assert program.post("/invoices/add-late-fees")["data"] == []
    where = f"/invoices/{stock.ids['invoice_id']}"
    assert program.get(where)["total"] == "215.00"
    assert program.post(f"{where}/remove-late-fees")["total"] == "200.00"


def test_a_recurring_invoice_is_made_paused_and_given_another_end(program: Program, stock: Stock) -> None:
    made = program.post(
        "/recurring-invoices",
        {
            "name": "Bookkeeping",
            "frequency": "monthly",
            "first_date": "2026-12-31",
            "last_count": 12,
            "content": {"client_id": stock.ids["client_id"], "lines": [{"item_id": stock.ids["item_id"]}]},
        },
    )
    assert (made["next_date"], made["content"]["lines"]) == (
        "2026-12-31",
        [{"item_id": stock.ids["item_id"]}],
    )
    where = f"/recurring-invoices/{made['id']}"
    assert program.patch(where, {"is_active": False})["is_active"] is False
    assert program.patch(where, {"last_count": None, "last_date": "2027-12-31"})["last_date"] == "2027-12-31"
    refused = program.refused(422, "PATCH", where, {"content": {"client_id": 1, "lines": []}})
    assert "content.client_id" in fields(refused)


def test_what_is_due_is_written_once_and_what_cannot_be_says_why(program: Program, stock: Stock) -> None:
    content = {"client_id": stock.ids["client_id"], "lines": [{"item_id": stock.ids["item_id"]}]}
    body = {"frequency": "monthly", "first_date": "2026-10-20", "content": content}
    made = program.post("/recurring-invoices", body)
    (written,) = program.post("/recurring-invoices/write-due")["data"]
    assert (written["recurring_id"], len(written["invoice_ids"]), written["problem"]) == (made["id"], 2, "")
    assert program.post("/recurring-invoices/write-due")["data"] == []
    stopped = program.post("/recurring-invoices", body)
    program.post(f"/service-items/{stock.ids['item_id']}/archive")
    (told,) = program.post("/recurring-invoices/write-due")["data"]
    assert (told["recurring_id"], told["invoice_ids"]) == (stopped["id"], [])
    assert "archived" in told["problem"]


def test_a_start_too_far_back_is_refused_with_the_date_to_choose(program: Program, stock: Stock) -> None:
    content = {"client_id": stock.ids["client_id"], "lines": [{"item_id": stock.ids["item_id"]}]}
    for frequency, first_date in (("monthly", "2020-01-31"), ("daily", "2026-01-31")):
        body = {"frequency": frequency, "first_date": first_date, "content": content}
        refused = program.refused(422, "POST", "/recurring-invoices", body)
        assert " on" in fields(refused)["first_date"].split("Choose ")[1], refused


def test_a_retainer_is_taken_applied_taken_off_and_refunded(program: Program, stock: Stock) -> None:
    client_id, invoice_id = stock.ids["client_id"], stock.ids["invoice_id"]
    taken = program.post(
        "/payments", {"client_id": client_id, "amount": "80", "method": "ach", "is_additional": True}
    )
    where = f"/payments/{taken['id']}"
    assert program.get("/payments", status="retainer")["data"][0]["id"] == taken["id"]
    applied = program.post(f"{where}/apply", {"allocations": None})
    assert (applied["unapplied"], applied["allocations"][0]["invoice_id"]) == ("0.00", invoice_id)
    assert (
        program.post(f"{where}/unapply", {"invoice_id": invoice_id, "amount": "30"})["unapplied"] == "30.00"
    )
    refund = program.post(f"{where}/refunds", {"amount": "20", "reason": "too much"})
    assert program.get(f"/refunds/{refund['id']}")["amount"] == "20.00"
    assert [each["id"] for each in program.get(f"{where}/refunds")["data"]] == [refund["id"]]
    assert program.patch(where, {"memo": "from the trust account"})["refunded"] == "20.00"


def test_a_card_is_charged_and_refunded_through_the_processor(program: Program, stock: Stock) -> None:
    body = {"client_id": stock.ids["client_id"], "amount": "40", "method": "card", "token": "tok"}
    refused = program.refused(422, "POST", "/payments/charge", body)
    assert "charges nobody yet" in fields(refused)["method"]
    program.patch("/settings/billing", {"processor": "test"})
    body["allocations"] = [{"invoice_id": stock.ids["invoice_id"], "amount": "40.00"}]
    charged = program.post("/payments/charge", body, key="k")
    assert (charged["status"], charged["processor"]) == ("received", "test")
    assert program.post("/payments/charge", body, key="k") == charged
    where = f"/payments/{charged['id']}"
    assert program.post(f"{where}/refunds", {"amount": "15"})["status"] == "done"
    assert program.get(where)["refunded"] == "15.00"
    declined = program.post("/payments/charge", {**body, "token": "x-declined"})
    assert (declined["status"], declined["decline_reason"] != "") == ("declined", True)
    waiting = program.post("/payments/charge", {**body, "token": "x-pending", "method": "ach"})
    assert (waiting["status"], waiting["unapplied"]) == ("pending", "0.00")
    assert program.post(f"/payments/{waiting['id']}/ask")["status"] == "received"
    assert "token" in fields(
        program.refused(422, "POST", "/payments/charge", {**body, "token": "4111 1111 1111 1111"})
    )
    by_hand = program.post("/payments", {"client_id": body["client_id"], "amount": "1", "method": "cash"})
    program.refused(422, "POST", f"/payments/{by_hand['id']}/ask")


def test_an_invoice_is_mailed_and_is_a_file(
    program: Program, stock: Stock, mailoutbox: list[EmailMessage], settings: object
) -> None:
    where = f"/invoices/{stock.ids['invoice_id']}"
    answer = program.call("GET", f"{where}/pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert "no e-mail address" in fields(program.refused(422, "POST", f"{where}/mail"))["to"]
    settings.MAIL_IS_SET_UP = False  # type: ignore[attr-defined]
    told = program.refused(409, "POST", f"{where}/mail", {"to": "a@acme.example"})
    assert "does not send e-mail yet" in told["detail"]
    settings.MAIL_IS_SET_UP = True  # type: ignore[attr-defined]
    for _ in range(2):
        sent = program.post(f"{where}/mail", {"to": "a@acme.example", "subject": "Yours"}, key="k")
        assert (sent["status"], sent["sent_to"]) == ("part_paid", "a@acme.example")
    assert [each.subject for each in mailoutbox] == ["Yours"]


def test_a_payment_bounces_another_is_void(program: Program, stock: Stock) -> None:
    def paid() -> str:
        body = {"client_id": stock.ids["client_id"], "amount": "10", "method": "check", "allocations": None}
        return f"/payments/{program.post('/payments', body)['id']}"

    first, second = paid(), paid()
    assert program.post(f"{first}/bounce")["status"] == "bounced"
    assert program.post(f"{second}/void")["status"] == "void"
    assert program.get(f"/clients/{stock.ids['client_id']}/balance")["owed"] == "170.00"


def test_a_credit_is_given_applied_taken_off_and_void(program: Program, stock: Stock) -> None:
    invoice_id = stock.ids["invoice_id"]
    credit = program.post(
        "/credits",
        {"client_id": stock.ids["client_id"], "description": "Goodwill", "rate": "12.5", "quantity": "2"},
    )
    where = f"/credits/{credit['id']}"
    assert credit["amount"] == "25.00"
    too_much = program.refused(
        422, "POST", f"{where}/apply", {"allocations": [{"invoice_id": invoice_id, "amount": "25.01"}]}
    )
    assert "allocations" in next(iter(fields(too_much)))
    applied = program.post(f"{where}/apply", {"allocations": [{"invoice_id": invoice_id, "amount": "25"}]})
    assert applied["left"] == "0.00"
    part = applied["applications"][0]["id"]
    assert program.ok("DELETE", f"{where}/applications/{part}")["left"] == "25.00"
    assert program.patch(where, {"memo": "by phone"})["memo"] == "by phone"
    assert program.post(f"{where}/void")["is_void"]


def test_lists_from_quickbooks_are_read(program: Program, stock: Stock) -> None:
    entry = program.get("/lists/categories")["data"][0]
    assert (entry["full_name"], entry["ledger_id"]) == (stock.mark, "1")
    assert program.get(f"/lists/entries/{entry['id']}") == entry
    assert program.get("/lists/tax-codes")["data"] == []
    program.refused(405, "POST", "/lists/categories", {"name": "x"})


def test_the_firm_its_people_and_settings(program: Program, stock: Stock) -> None:
    firm = program.get("/firm")
    assert (firm["today"], firm["token"]["name"]) == ("2026-11-20", "Robot")
    admin = program.get("/members", search="dana")["data"][0]
    assert (admin["name"], admin["role"]["preset"]) == ("Dana Reyes", "admin")
    assert sum(bool(each["preset"]) for each in program.get("/roles")["data"]) == 6
    invitation = program.post("/invitations", {"email": "new@x.example", "role_id": admin["role"]["id"]})
    where = f"/invitations/{invitation['id']}"
    again = program.post(f"{where}/again")["link"]
    assert "/join/" in again
    assert again != invitation["link"]
    assert program.get("/audit-log", of="invitation")["data"][0]["actor_label"].endswith("(API token Robot)")
    assert program.post(f"{where}/withdraw")["link"] == ""
    assert program.get("/invitations")["data"] == []
    nobody = {"email": "nobody", "role_id": admin["role"]["id"]}
    assert "email" in fields(program.refused(422, "POST", "/invitations", nobody))
    no_role = {"email": "a@x.example", "role_id": 999_999_999}
    assert "role_id" in fields(program.refused(422, "POST", "/invitations", no_role))
    assert program.patch("/settings/billing", {"terms": "net60"})["terms"] == "net60"
    numbers = program.post("/settings/numbers", {"kind": "invoice", "number": "INV-100"})
    assert (numbers["invoice"], program.get("/settings/numbers")) == ("INV-100", numbers)


def test_the_audit_log_is_read_and_narrowed(program: Program, stock: Stock) -> None:
    program.post(f"/invoices/{stock.ids['draft_id']}/finalize")
    entries = program.get("/audit-log", of="invoice", how="api")["data"]
    assert [each["verb"] for each in entries] == ["finalized"]


def test_the_sync_is_told_and_asked(program: Program, stock: Stock) -> None:
    told = program.get("/sync")
    assert told["state"] == "none"
    assert "clients" in [each["slug"] for each in told["sections"]]
    asked = {"kind": "client", "ids": [stock.ids["client_id"]]}
    assert program.post("/sync/records", asked) == {"data": []}
    assert "not connected" in program.refused(422, "POST", "/sync/now")["detail"]
