"""Acts: answers the addresses that records and settings have in the real web app, so that links of an app lead on here.

They name no company there either: the one a browser is signed in to is meant. Here it is the one an app is connected to.
Part of the table in `pages.py`.
"""

from __future__ import annotations

import re

from quickbooks_emulator.console import company_pages
from quickbooks_emulator.control.desk import Control, ControlError
from quickbooks_emulator.messages import Request, Response, redirect

PATTERN = r"/app/(?P<page>[a-z]+)"
SETTINGS = "settings"
ENTITY_OF = {
    "customerdetail": "Customer",
    "items": "Item",
    "categories": "Item",
    "invoice": "Invoice",
    "recvpayment": "Payment",
    "creditmemo": "CreditMemo",
    "refundreceipt": "RefundReceipt",
    "class": "Class",
    "departments": "Department",
    "register": "Account",
    "paymentmethods": "PaymentMethod",
    "salestax": "TaxCode",
    "terms": "Term",
}
"""Page of the web app, as apps link to it -> what it shows."""
_IDS = ("nameid", "txnid", "accountid")


def lead_on(control: Control, request: Request, match: re.Match[str]) -> Response:
    """To the console's page of the record, of its list, or of the company's settings. Raises ``ControlError``."""
    here = company_pages.address(_connected(control))
    if match["page"] == SETTINGS:
        return redirect(f"{here}/settings")
    asked = request.params
    entity = ENTITY_OF.get(match["page"])
    if entity is None:
        raise ControlError(f"There is no page /app/{match['page']}.")
    record_id = next((asked[name] for name in _IDS if asked.get(name, "").isdecimal()), "")
    if entity == "Customer" and record_id:
        return redirect(f"{here}/customers/{record_id}")
    return redirect(f"{here}/records/{entity}" + (f"?id={record_id}" if record_id else ""))


def _connected(control: Control) -> str:
    """The company with the latest consent, else the first one."""
    companies = [one.realm for one in control.emulator.companies()]
    given = {realm: max((one.consented for one in control.grants(realm)), default=-1) for realm in companies}
    return max(companies, key=given.__getitem__)
