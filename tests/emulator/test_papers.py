"""An invoice as a PDF file and by mail."""

from __future__ import annotations

import re

import pytest

from quickbooks_emulator import Emulator
from quickbooks_emulator.papers import pdf
from quickbooks_emulator.papers.routes import PAPERS
from tests.emulator.books import invoice, pay, sale_line
from tests.emulator.client import Api, Refusal


def check_pdf(file: bytes) -> list[str]:
    """Read a file as a PDF reader does, by its cross reference table; returns the lines of its pages."""
    assert file.startswith(b"%PDF-1.4")
    start = int(file.rsplit(b"startxref\n", 1)[1].split(b"\n", 1)[0])
    table = file[start:].split(b"trailer", 1)[0].decode().splitlines()
    assert table[0] == "xref"
    count = int(table[1].split()[1])
    assert f"/Size {count}".encode() in file
    for number in range(1, count):
        place = int(table[2 + number][:10])
        assert file[place:].startswith(b"%d 0 obj\n" % number)
    lines = []
    for length, stream in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", file, re.DOTALL):
        assert int(length) == len(stream)
        lines += [one.decode("cp1252") for one in re.findall(rb"^\((.*)\) Tj T\*$", stream, re.MULTILINE)]
    return lines


def test_an_invoice_prints_as_a_pdf_with_its_figures(api: Api) -> None:
    made = invoice(api, "1234.50", DocNumber="INV-7", CustomerMemo={"value": "Thanks (again) \\ soon"})
    answer = api.http.get(f"/invoice/{made['Id']}/pdf", headers={"Accept": "application/pdf"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["intuit_tid"]
    text = "\n".join(check_pdf(answer.content))
    for wanted in ("INVOICE", "INV-7", "Cool Cars", "1234.50", "Balance due", r"Thanks \(again\) \\ soon"):
        assert wanted in text


def test_a_long_invoice_has_several_pages(api: Api) -> None:
    made = api.create("Invoice", CustomerRef={"value": "3"}, Line=[sale_line(1) for _ in range(130)])
    file = api.http.get(f"/invoice/{made['Id']}/pdf").content
    assert b"/Count 3" in file
    assert sum(line.startswith("Services") for line in check_pdf(file)) == 130


def test_text_no_font_has_still_makes_a_file() -> None:
    assert check_pdf(pdf.document(["Zażółć", "", "naïve €"])) == ["Za?ó??", "", "naïve €"]
    assert check_pdf(pdf.document([])) == []


@pytest.mark.parametrize("entity", PAPERS)
def test_every_paper_can_be_printed(api: Api, entity: str) -> None:
    line = [sale_line(10)]
    fields = {
        "Payment": {"CustomerRef": {"value": "3"}, "TotalAmt": 5},
        "RefundReceipt": {
            "CustomerRef": {"value": "3"}, "Line": line, "DepositToAccountRef": {"value": "35"},
        },
        "PurchaseOrder": {
            "VendorRef": {"value": "30"},
            "Line": [{
                "Amount": 5, "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "7"}},
            }],
        },
    }.get(entity, {"CustomerRef": {"value": "3"}, "Line": line})  # fmt: skip
    made = api.create(entity, **fields)
    assert check_pdf(api.http.get(f"/{entity.lower()}/{made['Id']}/pdf").content)


def test_sending_marks_the_invoice_and_tells_of_it(emulator: Emulator, api: Api) -> None:
    made = invoice(api, 10)
    emulator.control.set_webhooks(emulator.webhooks.settings.__class__(url="http://practice.test/hook"))
    emulator.clock.advance(60)
    answer = api.http.post(
        f"/invoice/{made['Id']}/send?sendTo=ada%40lumen.example",
        headers={"Content-Type": "application/octet-stream"},
    )
    sent = answer.json()["Invoice"]
    assert sent["EmailStatus"] == "EmailSent"
    assert sent["BillEmail"] == {"Address": "ada@lumen.example"}
    assert sent["DeliveryInfo"] == {"DeliveryType": "Email", "DeliveryTime": "2026-03-02T09:01:00-08:00"}
    assert sent["SyncToken"] == made["SyncToken"]
    assert api.read("Invoice", made["Id"]) == sent
    (event,) = (
        emulator.store.collection(f"events/{api.realm}").values()
        or emulator.store.collection("events").values()
    )
    assert (event.operation, event.entity) == ("Emailed", "Invoice")


def test_sending_again_goes_to_the_address_the_invoice_has(api: Api) -> None:
    made = invoice(api, 10, BillEmail={"Address": "one@lumen.example"})
    sent = api.post(f"/invoice/{made['Id']}/send", None)["Invoice"]
    assert sent["BillEmail"]["Address"] == "one@lumen.example"


@pytest.mark.parametrize(
    "path, code",
    [("/invoice/{}/send", "6420"), ("/invoice/{}/send?sendTo=nobody", "2210"), ("/invoice/999/send", "610"),
     ("/customer/1/send", "500")],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(api: Api, path: str, code: str) -> None:
    made = api.create("Invoice", CustomerRef={"value": "6"}, Line=[sale_line(10)])
    answer = api.http.post(path.format(made["Id"]))
    assert answer.json()["Fault"]["Error"][0]["code"] == code
    assert api.read("Invoice", made["Id"])["EmailStatus"] == "NotSet"


def test_a_missing_invoice_has_no_pdf(api: Api) -> None:
    answer = api.http.get("/invoice/999/pdf")
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "610")
    with pytest.raises(Refusal) as refused:
        api.get("/item/1/pdf")
    assert refused.value.code == "500"


def test_a_request_id_sends_once(api: Api) -> None:
    made = invoice(api, 10)
    url = f"/invoice/{made['Id']}/send"
    first = api.http.post(url, params={"sendTo": "a@lumen.example", "requestid": "s-1"})
    api.emulator.clock.advance(60)
    second = api.http.post(url, params={"sendTo": "a@lumen.example", "requestid": "s-1"})
    assert first.content == second.content
    assert [one.replayed for one in api.emulator.log.entries(operation="send")] == [False, True]


def test_a_paid_invoice_says_so_on_paper(api: Api) -> None:
    made = invoice(api, 10)
    pay(api, 10, made["Id"])
    lines = check_pdf(api.http.get(f"/invoice/{made['Id']}/pdf").content)
    assert [line.split() for line in lines if line.startswith("Balance due")] == [["Balance", "due", "0"]]
