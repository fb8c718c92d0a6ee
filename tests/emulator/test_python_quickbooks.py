"""An outside witness: the python-quickbooks library, unmodified, with only its addresses changed."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from intuitlib.client import AuthClient
from quickbooks.batch import batch_create
from quickbooks.exceptions import GeneralException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.attachable import Attachable
from quickbooks.objects.base import AttachableRef, EmailAddress, PhoneNumber
from quickbooks.objects.bill import Bill
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.deposit import Deposit
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.estimate import Estimate
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.journalentry import JournalEntry
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.paymentmethod import PaymentMethod
from quickbooks.objects.taxcode import TaxCode
from quickbooks.objects.taxrate import TaxRate
from quickbooks.objects.term import Term
from quickbooks.objects.vendor import Vendor

from quickbooks import QuickBooks
from quickbooks_emulator import Emulator
from quickbooks_emulator.server import Server
from tests.emulator.client import SAMPLE


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server(Emulator())
    running.start()
    yield running
    running.stop()


@pytest.fixture
def books(server: Server, monkeypatch: pytest.MonkeyPatch) -> QuickBooks:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # its own switch for plain http on loopback
    monkeypatch.setattr(QuickBooks, "sandbox_api_url_v3", f"{server.base_url}/v3")
    monkeypatch.setattr(QuickBooks, "api_url_v3", f"{server.base_url}/v3")
    auth = AuthClient(
        client_id="EMULATOR-CLIENT-ID",
        client_secret="EMULATOR-CLIENT-SECRET",
        redirect_uri="http://127.0.0.1:8000/integrations/quickbooks/callback",
        environment=f"{server.base_url}/.well-known/openid_sandbox_configuration/",
    )
    token = server.emulator.control.connect(SAMPLE).refresh_token
    return QuickBooks(auth_client=auth, refresh_token=token, company_id=SAMPLE, minorversion=75)


def test_it_lists_pages_and_counts_customers(books: QuickBooks) -> None:
    assert len(Customer.all(qb=books, max_results=1000)) == 29
    assert len(Customer.all(qb=books, order_by="DisplayName", start_position=21, max_results=20)) == 9
    assert Customer.count(qb=books) == 29
    assert [one.Id for one in Customer.filter(Active=True, DisplayName="Cool Cars", qb=books)] == ["3"]
    assert len(Customer.choose(["1", "2", "3"], qb=books)) == 3
    assert len(Customer.where("Balance > '400'", qb=books)) == 5


def test_it_creates_updates_and_deactivates_a_customer(books: QuickBooks) -> None:
    customer = Customer()
    customer.DisplayName = "Lumen Optics"
    customer.GivenName = "Ada"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "555-0100"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "ada@lumen.example"
    made = customer.save(qb=books, request_id="r-1")
    assert made.Id == "56"
    found = Customer.get(56, qb=books)
    found.CompanyName = "Lumen Optics LLC"
    updated = found.save(qb=books)
    assert (updated.SyncToken, updated.CompanyName) == ("1", "Lumen Optics LLC")
    assert updated.PrimaryEmailAddr.Address == "ada@lumen.example"
    updated.Active = False
    assert updated.save(qb=books).DisplayName == "Lumen Optics (deleted)"


def test_it_reads_the_faults_as_its_own_exceptions(books: QuickBooks) -> None:
    with pytest.raises(QuickbooksException) as missing:
        Customer.get(999, qb=books)
    assert missing.value.error_code == 610
    clash = Customer()
    clash.DisplayName = "Cool Cars"
    with pytest.raises(QuickbooksException) as duplicate:
        clash.save(qb=books)
    assert duplicate.value.error_code == 6240
    assert not isinstance(duplicate.value, GeneralException)


def test_it_batches_reads_company_and_vendors_and_changes(books: QuickBooks) -> None:
    customers = []
    for number in range(35):
        customer = Customer()
        customer.DisplayName = f"Batch {number}"
        customers.append(customer)
    results = batch_create(customers, qb=books)
    assert (len(results.successes), len(results.faults)) == (35, 0)
    assert CompanyInfo.all(qb=books)[0].CompanyName == "Craig's Design and Landscaping Services"
    assert len(Vendor.all(qb=books)) == 24
    changed = books.change_data_capture("Customer", made_since(results.successes[0]))
    assert len(changed["CDCResponse"][0]["QueryResponse"][0]["Customer"]) == 35


def made_since(customer: Customer) -> str:
    return str(customer.MetaData["LastUpdatedTime"])


def test_it_refreshes_and_revokes_through_the_discovered_addresses(books: QuickBooks, server: Server) -> None:
    auth = books.auth_client
    auth.refresh()
    assert auth.revoke(auth.refresh_token) is True
    with pytest.raises(QuickbooksException):
        Customer.all(qb=books)


def line(item: Item, amount: str) -> SalesItemLine:
    made = SalesItemLine()
    made.Amount = Decimal(amount)
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = item.to_ref()
    return made


def test_it_sells_is_paid_credits_and_reports(books: QuickBooks) -> None:
    item = Item()
    item.Name, item.Type, item.UnitPrice = "Advice", "Service", 40
    item.IncomeAccountRef = Account.get(1, qb=books).to_ref()
    item = item.save(qb=books)
    invoice = Invoice()
    invoice.CustomerRef = Customer.get(3, qb=books).to_ref()
    invoice.Line = [line(item, "80.00")]
    invoice = invoice.save(qb=books)
    assert (invoice.TotalAmt, invoice.Balance, invoice.LinkedTxn) == (80, 80, [])
    payment = Payment()
    payment.CustomerRef = invoice.CustomerRef
    payment.TotalAmt = 60
    paid = PaymentLine()
    paid.Amount = 60
    paid.LinkedTxn = [invoice.to_linked_txn()]
    payment.Line = [paid]
    payment = payment.save(qb=books)
    invoice = Invoice.get(invoice.Id, qb=books)
    assert (invoice.Balance, invoice.SyncToken) == (20, "1")
    assert [one.TxnType for one in invoice.LinkedTxn] == ["Payment"]
    credit = CreditMemo()
    credit.CustomerRef = invoice.CustomerRef
    credit.Line = [line(item, "5.00")]
    assert credit.save(qb=books).RemainingCredit == 5
    report = books.get_report("AgedReceivables", qs={"customer": "3"})
    assert report["Rows"]["Row"][0]["ColData"][-1]["value"] == "15.00"
    payment = Payment.get(payment.Id, qb=books)
    assert payment.void(qb=books)["Payment"]["PrivateNote"] == "Voided"
    assert Invoice.get(invoice.Id, qb=books).Balance == 80
    payment = Payment.get(payment.Id, qb=books)
    assert payment.delete(qb=books)["Payment"]["status"] == "Deleted"


def test_it_prints_sends_voids_and_deletes_invoices(books: QuickBooks) -> None:
    invoice = Invoice()
    invoice.CustomerRef = Customer.get(3, qb=books).to_ref()
    invoice.Line = [line(Item.get(1, qb=books), "10.00")]
    invoice.BillEmail = EmailAddress()
    invoice.BillEmail.Address = "ada@lumen.example"
    invoice.save(qb=books)
    assert invoice.download_pdf(qb=books).startswith(b"%PDF-")
    assert invoice.send(qb=books)["Invoice"]["EmailStatus"] == "EmailSent"
    invoice = Invoice.get(invoice.Id, qb=books)
    invoice.void(qb=books)
    voided = Invoice.get(invoice.Id, qb=books)
    assert (voided.TotalAmt, voided.PrivateNote) == (0, "Voided")
    voided.delete(qb=books)
    assert Invoice.filter(Id=invoice.Id, qb=books) == []


def test_it_attaches_a_file_and_a_note(books: QuickBooks, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes(b"hello\n")
    attachment = Attachable()
    attachment.FileName, attachment.ContentType = "note.txt", "text/plain"
    attachment._FilePath = str(file)
    link = AttachableRef()
    link.EntityRef = Customer.get(3, qb=books).to_ref()
    attachment.AttachableRef = [link]
    made = attachment.save(qb=books)
    assert (made.Size, made.AttachableRef[0].EntityRef.value) == (6, "3")
    with urllib.request.urlopen(made.TempDownloadUri) as answer:
        assert answer.read() == b"hello\n"
    note = Attachable()
    note.Note = "call back"
    assert note.save(qb=books).Note == "call back"


@pytest.mark.parametrize(
    "kind", [Account, Term, PaymentMethod, TaxCode, TaxRate, Estimate, Bill, Deposit, JournalEntry]
)
def test_it_lists_the_rest_of_the_company(books: QuickBooks, kind: Any) -> None:
    found = kind.all(qb=books)
    assert all(one.Id for one in found)
    assert len(found) == kind.count(qb=books)
