"""What the dashboard sums up, programs can ask for; what a page's filters export, they can take out; and the logo."""

from __future__ import annotations

import csv
import io
from base64 import b64decode, b64encode
from decimal import Decimal

from tests.web.api.bodies import PICTURE
from tests.web.api.world import Program, Stock, fields, token_for
from tieout.practice.actions.clients import archive_client, create_client
from tieout.practice.firms import Member
from tieout.practice.isolation import firm_scope


def names(program: Program, address: str) -> list[str]:
    answer = program.call("GET", address)
    assert answer.status_code == 200, answer.content
    return [row[0] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))][1:]


def test_the_dashboards_figures_are_the_sums_of_the_lists(program: Program, stock: Stock) -> None:
    owed = program.get("/figures/receivables")
    open_ones = program.get("/invoices", status="open", limit=300)["data"]
    assert owed["count"] == len(open_ones) > 0
    assert owed["owed"] == f"{sum(Decimal(each['balance']) for each in open_ones):.2f}"
    assert [each["name"] for each in owed["buckets"]] == ["current", "d30", "d60", "d90", "older"]
    for bucket in owed["buckets"]:
        assert bucket["count"] == len(program.get("/invoices", age=bucket["name"], limit=300)["data"])
    cash = program.get("/figures/cash", since="2026-01-01", until="2026-11-20")
    came = program.get("/payments", status="received", limit=300)["data"]
    assert cash["received"] == f"{sum(Decimal(each['amount']) for each in came):.2f}"
    week = program.get("/figures/cash")
    assert (week["since"], week["until"]) == ("2026-11-16", "2026-11-20")
    told = program.get("/figures/invoices", status="open")
    assert (told["count"], told["owed"]) == (owed["count"], owed["owed"])
    assert program.get("/figures/invoices", search="nobody at all") == {
        "count": 0,
        "total": "0.00",
        "owed": "0.00",
    }
    for what, member in (("payments", "amount"), ("credits", "left")):
        rows = program.get(f"/{what}", limit=300)["data"]
        told = program.get(f"/figures/{what}")
        counts = [each for each in rows if each.get("status", "received") == "received"]
        assert told["count"] == len(rows) > 0
        assert told[member] == f"{sum(Decimal(each[member]) for each in counts):.2f}"
    assert "limit" in fields(program.refused(422, "GET", "/figures/payments?limit=1"))
    waits = program.get("/figures/waiting")
    assert waits["drafts"] == len(program.get("/invoices", status="draft", limit=300)["data"])
    for days, field in (
        ("since=2026-11-21&until=2026-11-20", "since"),
        ("since=x", "since"),
        ("upto=1", "upto"),
    ):
        assert field in fields(program.refused(422, "GET", f"/figures/cash?{days}"))


def test_clients_of_nobody_and_without_a_tag_are_found_and_say_what_they_owe(
    program: Program, stock: Stock, members: dict[str, Member]
) -> None:
    new = program.post("/clients", {"kind": "business", "name": "Byrne Holding"})
    mine = program.post(
        "/clients", {"kind": "business", "name": "Mine Inc", "assigned_to_id": members["admin"].pk}
    )
    nobodys = [each["id"] for each in program.get("/clients", assigned="nobody")["data"]]
    assert new["id"] in nobodys
    assert mine["id"] not in nobodys
    untagged = [each["id"] for each in program.get("/clients", tag="none")["data"]]
    assert stock.ids["client_id"] not in untagged
    assert new["id"] in untagged
    told = program.refused(422, "GET", "/clients?assigned=somebody")
    assert fields(told)["assigned"] == "Give an id, or nobody."
    rows = {each["id"]: each["owed"] for each in program.get("/clients", limit=300)["data"]}
    client = stock.ids["client_id"]
    assert rows[client] == program.get(f"/clients/{client}/balance")["owed"]
    assert (rows[new["id"]], new["owed"]) == ("0.00", "0.00")
    clerk = Program(token_for(members["admin"], ["view_clients"]))
    assert {each["owed"] for each in clerk.get("/clients")["data"]} == {None}


def test_a_file_is_narrowed_as_its_page_is_and_whole_when_nothing_is_asked(
    program: Program, stock: Stock
) -> None:
    with firm_scope(stock.firm_id):
        for name in ("Zoe One", "Zoe Two"):
            made = create_client(firm_id=stock.firm_id, actor=stock.desk.actor, kind="business", name=name)
        archive_client(firm_id=stock.firm_id, client_id=made.pk, actor=stock.desk.actor)
    assert names(program, "/files/clients?search=zoe") == ["Zoe One", "Zoe Two"]
    assert names(program, "/files/clients?search=zoe&sort=-name") == ["Zoe Two", "Zoe One"]
    assert names(program, "/files/clients?search=zoe&show=active") == ["Zoe One"]
    assert names(program, "/files/clients?search=zoe&tag=none&assigned=nobody&show=inactive") == ["Zoe Two"]
    whole = names(program, "/files/invoices")
    assert set(names(program, "/files/invoices?status=draft")) < set(whole)
    assert names(program, "/files/payments?since=2027-01-01") == []
    assert names(program, "/files/service-items?search=nothing%20like%20it") == []
    for address, field in (
        ("clients?show=some", "show"),
        ("invoices?limit=1", "limit"),
        ("payments?x=1", "x"),
    ):
        assert field in fields(program.refused(422, "GET", f"/files/{address}"))


def test_a_logo_is_put_there_shown_and_taken_away(program: Program, stock: Stock) -> None:
    program.ok("DELETE", "/settings/logo")
    program.refused(404, "GET", "/settings/logo")
    program.ok("PUT", "/settings/logo", {"picture": PICTURE})
    shown = program.call("GET", "/settings/logo")
    assert (shown["Content-Type"], shown.content[:8]) == ("image/png", b64decode(PICTURE)[:8])
    for picture in ("no base64!", b64encode(b"no picture").decode()):
        assert "picture" in fields(program.refused(422, "PUT", "/settings/logo", {"picture": picture}))
    assert program.call("GET", "/settings/logo").content == shown.content, "what is refused changes nothing"
