"""Acts: sends a transaction by mail: nothing leaves the machine, the record says that it was sent.

Documented: EmailStatus EmailSent, DeliveryInfo, BillEmail when `sendTo` names one; an address is needed (6420).
Recorded for mail from the pages: a new time, the same token. Over the API the token is a switch.
"""

from __future__ import annotations

from quickbooks_emulator import faults
from quickbooks_emulator.entities.declaration import Entity
from quickbooks_emulator.entities.render import company_time
from quickbooks_emulator.entities.values import FORMS
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record


def send(books: Books, entity: Entity, record: Record, send_to: str) -> Record:
    """Mark as sent to `send_to`, or to the address the transaction has. Raises Fault 2210 and 6420."""
    known = entity.by_name
    body = dict(record.body)
    mail = known.get("BillEmail") or known.get("POEmail")
    if mail is not None:
        if send_to:
            body[mail.name] = (mail.form or FORMS[mail.kind])(mail, {"Address": send_to})
        if not body.get(mail.name):
            raise faults.no_address()
    elif not send_to:
        raise faults.no_address()
    if "EmailStatus" in known:
        body["EmailStatus"] = "EmailSent"
    if "DeliveryInfo" in known:
        body["DeliveryInfo"] = {
            "DeliveryType": "Email",
            "DeliveryTime": company_time(books.now, books.company.time_zone),
        }
    sent = books.update(entity, record, body, bump=books.knobs.send_bumps_token)
    books.tell(entity, "Emailed", record.id)
    return sent
