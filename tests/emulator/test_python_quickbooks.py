"""An outside witness: the python-quickbooks library, unmodified, with only its addresses changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from intuitlib.client import AuthClient
from quickbooks.batch import batch_create
from quickbooks.exceptions import GeneralException, QuickbooksException
from quickbooks.objects.base import EmailAddress, PhoneNumber
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.customer import Customer
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
