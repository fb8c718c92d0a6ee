"""Decides: a body that every operation takes, so that the tests can walk them all. One line per operation with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""


def good_bodies(ids: Mapping[str, int], role_id: int) -> dict[str, dict[str, Any]]:
    """By the operation's name. ``ids``: of rows of the firm."""
    client, item, invoice = ids["client_id"], ids["item_id"], ids["invoice_id"]
    lines = [{"item_id": item, "quantity": "1", "rate": "10.00"}]
    part = {"allocations": [{"invoice_id": invoice, "amount": "1.00"}]}
    return {
        "create_client": {"kind": "business", "name": "New Co", "assigned_to_id": None},
        "change_client": {"phone": "555 0100"},
        "archive_client": {"although_open": True},
        "add_contact": {"given": "Zoe"},
        "change_contact": {"given": "Zoe"},
        "create_client_group": {"name": "New group"},
        "rename_client_group": {"name": "Renamed group"},
        "create_tag": {"name": "New tag"},
        "change_tag": {"color": "red"},
        "start_client_bulk": {"verb": "tag", "tag_id": ids["tag_id"], "client_ids": [client]},
        "set_logo": {"picture": PICTURE},
        "save_view": {"list": "clients", "name": "Everybody", "query": "show=all"},
        "change_view": {"name": "Later"},
        "create_service_item": {"name": "New item", "tax_rate_id": ids["tax_rate_id"]},
        "change_service_item": {"sku": "A1", "category_id": ids["entry_id"]},
        "create_tax_rate": {"name": "New rate", "percent": "1.5"},
        "change_tax_rate": {"percent": "2"},
        "create_invoice": {"client_id": client, "lines": lines},
        "change_draft": {"memo": "x", "lines": lines},
        "send_invoice": {"sent_to": "a@x.example"},
        "mail_invoice": {"to": "a@x.example"},
        "revise_invoice": {"reason": "x", "lines": lines},
        "void_invoice": {"reason": "x"},
        "write_off_invoice": {"amount": "1"},
        "finalize_invoices": {"invoice_ids": [ids["draft_id"]]},
        "send_invoices": {"invoice_ids": [invoice]},
        "start_bulk": {"verb": "finalise", "invoice_ids": [ids["draft_id"]]},
        "create_recurring_invoice": {
            "frequency": "monthly",
            "first_date": "2027-01-31",
            "content": {"client_id": client, "lines": lines},
        },
        "change_recurring_invoice": {"name": "x", "content": {"client_id": client, "lines": lines}},
        "record_payment": {"client_id": client, "amount": "5.00", "method": "check", **part},
        "charge": {"client_id": client, "amount": "5.00", "method": "card", "token": "tok", **part},
        "change_payment": {"memo": "x"},
        "apply_payment": part,
        "unapply_payment": {"invoice_id": invoice, "amount": "1.00"},
        "refund_payment": {"amount": "1.00"},
        "create_credit": {"client_id": client, "description": "x", "rate": "5"},
        "change_credit": {"memo": "x"},
        "apply_credit": part,
        "import_clients": {"content": "Name\nAda Byrne\n"},
        "import_service_items": {"content": "Name,Rate\nAudit,5\n"},
        "import_invoices": {"content": "Number,Client,Date\n7,Nobody,2026-11-01\n", "dry_run": True},
        "import_open_balances": {
            "content": "Number,Client,Date,Amount\n7,Nobody,2026-11-01,5\n",
            "dry_run": True,
        },
        "import_payments": {
            "content": "Date,Client,Amount,Method\n2026-11-01,Nobody,5,Cash\n",
            "dry_run": True,
        },
        "put_under_role": {"role_id": role_id},
        "copy_role": {"name": "Interns"},
        "rename_role": {"name": "Trainees"},
        "set_role_permissions": {"permissions": ["view_clients"]},
        "invite": {"email": "new@x.example", "role_id": role_id},
        "change_billing_settings": {"memo": "x", "late_fee_item_id": item},
        "start_numbers_at": {"kind": "invoice", "number": "INV-100"},
        "get_sync_of_records": {"kind": "client", "ids": [client]},
    }
