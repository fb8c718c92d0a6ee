"""Bodies in XML, as the service was recorded to take them (ruckus/quickbooks-ruby spec/fixtures
@21e771543901cf984eaef188cbce6dbc12233284: bill_create_request.xml, invoice_sparse_create_request.xml): the same rules and
faults as in JSON, whatever the answer is asked for in."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest

from quickbooks_emulator import Emulator, formats
from tests.emulator.books import whole
from tests.emulator.client import Api

NAMESPACE = 'xmlns="http://schema.intuit.com/finance/v3"'
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice {NAMESPACE} sparse="false">
  <DocNumber>X-1</DocNumber>
  <TxnDate>2026-02-20</TxnDate>
  <Line>
    <Description>Plush &amp; Söns</Description>
    <Amount>50</Amount>
    <DetailType>SalesItemLineDetail</DetailType>
    <SalesItemLineDetail><ItemRef name="whatever">1</ItemRef><UnitPrice>50</UnitPrice><Qty>1</Qty></SalesItemLineDetail>
  </Line>
  <Line>
    <Amount>7.50</Amount>
    <DetailType>SalesItemLineDetail</DetailType>
    <SalesItemLineDetail><ItemRef>2</ItemRef></SalesItemLineDetail>
  </Line>
  <CustomerRef>3</CustomerRef>
  <CustomerMemo>Thanks</CustomerMemo>
  <AllowOnlineACHPayment>false</AllowOnlineACHPayment>
</Invoice>"""


def send(api: Api, path: str, body: str, accept: str = "application/json", **params: str) -> httpx2.Response:
    headers = {"Content-Type": "application/xml", "Accept": accept}
    return api.http.post(path, content=body.encode(), headers=headers, params=params)


def test_an_invoice_sent_in_xml_is_the_one_sent_in_json(api: Api, emulator: Emulator) -> None:
    made = send(api, "/invoice", INVOICE).json()["Invoice"]
    assert (made["TotalAmt"], made["DocNumber"], made["CustomerMemo"]) == (57.5, "X-1", {"value": "Thanks"})
    assert [one.get("Description") for one in made["Line"]] == ["Plush & Söns", None, None]
    line = {"Amount": 50, "DetailType": "SalesItemLineDetail", "Description": "Plush & Söns",
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "UnitPrice": 50, "Qty": 1}}  # fmt: skip
    other = {
        "Amount": 7.5,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "2"}},
    }
    same = api.create(
        "Invoice", DocNumber="X-2", TxnDate="2026-02-20", Line=[line, other], CustomerRef={"value": "3"},
        CustomerMemo={"value": "Thanks"}, AllowOnlineACHPayment=False,
    )  # fmt: skip
    differing = {name for name in made if made[name] != same[name]}
    assert differing == {"Id", "DocNumber"}
    assert whole(emulator)


def test_a_sparse_update_a_void_and_a_deletion_in_xml(api: Api) -> None:
    made = send(api, "/invoice", INVOICE).json()["Invoice"]
    known = f"<Id>{made['Id']}</Id><SyncToken>0</SyncToken>"
    changed = send(
        api,
        "/invoice",
        f'<Invoice {NAMESPACE} sparse="true">{known}<PrivateNote>by xml</PrivateNote></Invoice>',
    ).json()["Invoice"]
    assert (changed["PrivateNote"], changed["TotalAmt"], changed["SyncToken"]) == ("by xml", 57.5, "1")
    stale = send(api, "/invoice", f"<Invoice {NAMESPACE}>{known}</Invoice>", operation="void")
    assert stale.json()["Fault"]["Error"][0]["code"] == "5010"
    known = known.replace(">0<", ">1<")
    assert (
        send(api, "/invoice", f"<Invoice {NAMESPACE}>{known}</Invoice>", operation="void").json()["Invoice"][
            "TotalAmt"
        ]
        == 0
    )
    known = known.replace(">1<", ">2<")
    gone = send(
        api,
        "/invoice",
        f"<Invoice {NAMESPACE}>{known}</Invoice>",
        accept="application/xml",
        operation="delete",
    )
    assert gone.status_code == 200
    assert 'status="Deleted"' in gone.text


def test_what_was_answered_in_xml_can_be_sent_back_in_xml(api: Api) -> None:
    """A client that keeps the whole object and changes one member."""
    customer = api.http.get("/customer/8", headers={"Accept": "application/xml"}).text
    inner = customer[customer.index("<Customer") : customer.index("</IntuitResponse>")]
    root = inner.replace("<Customer ", f"<Customer {NAMESPACE} ", 1).replace(
        "</Active>", "</Active><Notes>n</Notes>"
    )
    before = api.read("Customer", "8")
    after = send(api, "/customer", root).json()["Customer"]
    assert after["Notes"] == "n"
    assert {name for name in before if before[name] != after.get(name)} == {"SyncToken", "MetaData"}


def test_a_batch_in_xml_keeps_its_ids_as_attributes(api: Api) -> None:
    body = f"""<IntuitBatchRequest {NAMESPACE}>
      <BatchItemRequest bId="b1" operation="create"><Vendor><DisplayName>Ives Grocery</DisplayName></Vendor></BatchItemRequest>
      <BatchItemRequest bId="b2" operation="create"><Customer><DisplayName>Cool Cars</DisplayName></Customer></BatchItemRequest>
      <BatchItemRequest bId="b3"><Query>select * from Item maxresults 2</Query></BatchItemRequest>
    </IntuitBatchRequest>"""
    answer = ElementTree.fromstring(send(api, "/batch", body, accept="application/xml").content)
    place = "{http://schema.intuit.com/finance/v3}"
    items = {one.attrib["bId"]: one[0] for one in answer}
    assert {bid: one.tag.removeprefix(place) for bid, one in items.items()} == {
        "b1": "Vendor", "b2": "Fault", "b3": "QueryResponse",
    }  # fmt: skip
    assert items["b2"][0].attrib["code"] == "6240"
    one = body[: body.index('<BatchItemRequest bId="b2"')] + "</IntuitBatchRequest>"
    (alone,) = send(api, "/batch", one.replace("Ives", "Jonas")).json()["BatchItemResponse"]
    assert alone["Vendor"]["DisplayName"] == "Jonas Grocery"


def test_faults_are_the_same_in_either_form(api: Api) -> None:
    def code(body: str, path: str = "/customer") -> Any:
        answer = send(api, path, f"<Customer {NAMESPACE}>{body}</Customer>")
        assert answer.status_code == 400
        return answer.json()["Fault"]["Error"][0].get("code")

    assert code("<DisplayName>Cool Cars</DisplayName>") == "6240"
    assert code("<DisplayNam>A</DisplayNam>") == "2010"
    assert code("<DisplayName>A</DisplayName><Taxable>perhaps</Taxable>") == "2230"
    assert code("") == "6080"
    assert code("<DisplayName>A</DisplayName>", "/invoice") is None, "the root belongs to another address"


@pytest.mark.parametrize(
    "body",
    [
        b"<Customer",
        b"",
        b'{"DisplayName": "Ada"}',
        b'<!DOCTYPE a [<!ENTITY e "x">]><Customer><DisplayName>&e;</DisplayName></Customer>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY e "x">]><Customer>&e;</Customer>'.encode(
            "utf-16"
        ),
        b"<Customer>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</Customer>",
        b'<?xml version="1.0" encoding="nothing"?><Customer/>',
        b"<Customer><DisplayName>\xff</DisplayName></Customer>",
    ],
)
def test_what_is_no_readable_xml_is_refused(api: Api, body: bytes) -> None:
    answer = api.http.post("/customer", content=body, headers={"Content-Type": "text/xml; charset=utf-8"})
    assert answer.status_code == 400
    assert "Fault" in answer.json()


def test_an_xml_body_that_says_it_is_json_is_refused(api: Api) -> None:
    answer = api.http.post("/invoice", content=INVOICE.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_an_upload_may_describe_its_file_in_xml(api: Api) -> None:
    metadata = f'<Attachable {NAMESPACE}><AttachableRef><EntityRef type="Customer">3</EntityRef></AttachableRef><FileName>a.txt</FileName></Attachable>'
    files = {
        "file_metadata_01": ("metadata.xml", metadata.encode(), "application/xml"),
        "file_content_01": ("a.txt", b"hello", "text/plain"),
    }
    (made,) = api.http.post("/upload", files=files).json()["AttachableResponse"]
    assert made["Attachable"]["AttachableRef"][0]["EntityRef"] == {"value": "3", "type": "Customer"}


def test_a_reference_keeps_its_kind_through_xml() -> None:
    document = {
        "EntityRef": {"value": "3", "name": "A & B", "type": "Customer"},
        "Note": "<x>",
        "Line": [{"Id": "1"}, {"Id": "2"}],
    }
    written = formats.to_xml({"Attachable": document})
    assert formats.from_xml(written)[1]["Attachable"] == document
