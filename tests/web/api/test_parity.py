"""What the pages can do, the API can do: every page's address beside the operations that do the same.

Both come from their routers. A new page is in a table below, or the test fails; so is a new operation. Who may open a
page may call its operations: the permissions are compared as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.web.test_routes import PROGRAMS, PUBLIC, ROUTES
from tieout.practice.permissions import Permission
from tieout.web.access import declared
from tieout.web.api.operations import OFFERS

BY_THE_API: Mapping[str, str] = {
    # clients
    "clients": "list_clients",
    "client": "get_client get_client_balance list_client_history",
    "client_new": "create_client",
    "client_lookalikes": "list_clients",
    "client_edit": "change_client",
    "client_archive": "archive_client",
    "client_restore": "restore_client",
    "client_merge": "merge_clients",
    "contact_new": "add_contact",
    "contact_edit": "change_contact",
    "contact_make_primary": "set_primary_contact",
    "contact_remove": "remove_contact",
    "client_group_dissolve": "dissolve_client_group",
    "client_groups": "list_client_groups",
    "client_group": "get_client_group",
    "client_group_new": "create_client_group",
    "client_group_change": "rename_client_group add_to_client_group remove_from_client_group set_billed_client",
    "client_tags": "list_tags get_tag",
    "client_tag_new": "create_tag",
    "client_tag_change": "change_tag",
    "client_tag_delete": "delete_tag",
    "client_tags_of": "tag_client untag_client",
    "clients_many": "start_client_bulk",
    "clients_bulk": "get_client_bulk",
    "clients_export_many": "export_clients",
    "saved_views": "list_views get_view",
    "saved_view_save": "save_view",
    "saved_view_change": "change_view",
    "saved_view_delete": "delete_view",
    "clients_export": "export_clients",
    "clients_import": "import_clients",
    "clients_import_example": "import_clients",
    "clients_import_preview": "import_clients",
    # service items and tax rates
    "service_items": "list_service_items",
    "service_item": "get_service_item list_service_item_history",
    "service_item_new": "create_service_item",
    "service_item_edit": "change_service_item",
    "service_item_row": "change_service_item",
    "service_item_archive": "archive_service_item",
    "service_item_restore": "restore_service_item",
    "service_items_export": "export_service_items",
    "items_import": "import_service_items",
    "items_import_example": "import_service_items",
    "items_import_preview": "import_service_items",
    "tax_rates": "list_tax_rates",
    "tax_rate_new": "create_tax_rate",
    "tax_rate_edit": "get_tax_rate change_tax_rate",
    # invoices
    "billing": "list_invoices",
    "invoices": "list_invoices sum_invoices",
    "invoice": "get_invoice list_invoice_history list_invoice_revisions",
    "invoice_new": "create_invoice",
    "invoice_edit": "change_draft",
    "invoice_revise": "revise_invoice",
    "invoice_finalise": "finalize_invoice",
    "invoice_send": "send_invoice",
    "invoice_mail": "mail_invoice",
    "invoice_void": "void_invoice",
    "invoice_write_off": "write_off_invoice",
    "invoice_undo_write_off": "undo_write_off",
    "invoice_remove_late_fees": "remove_late_fees",
    "invoice_discard": "discard_draft",
    "invoice_print": "get_invoice_pdf",
    "invoice_pdf": "get_invoice_pdf",
    "invoices_many": "start_bulk finalize_invoices send_invoices",
    "invoices_bulk": "get_bulk",
    "invoices_export": "export_invoices",
    "balances_export": "export_open_balances",
    "invoices_import": "import_invoices",
    "invoices_import_example": "import_invoices",
    "invoices_import_preview": "import_invoices",
    "balances_import": "import_open_balances",
    "balances_import_example": "import_open_balances",
    "balances_import_preview": "import_open_balances",
    "recurring": "list_recurring_invoices",
    "recurring_record": "get_recurring_invoice list_recurring_invoice_history",
    "recurring_new": "create_recurring_invoice",
    "recurring_edit": "change_recurring_invoice",
    "recurring_switch": "change_recurring_invoice",
    "recurring_run": "write_due_invoices",
    # payments and credits
    "payments": "list_payments sum_payments",
    "payment": "get_payment list_refunds_of_payment get_refund list_payment_history",
    "payment_new": "record_payment",
    "invoice_pay": "record_payment",
    "payment_charge": "charge",
    "payment_ask": "ask_about_charge",
    "payment_apply": "apply_payment",
    "payment_unapply": "unapply_payment",
    "payment_edit": "change_payment",
    "payment_refund": "refund_payment",
    "payment_bounce": "bounce_payment",
    "payment_void": "void_payment",
    "payments_export": "export_payments",
    "payments_import": "import_payments",
    "payments_import_example": "import_payments",
    "payments_import_preview": "import_payments",
    "refunds": "list_refunds",
    "refund": "get_refund",
    "refunds_export": "list_refunds",
    "credits": "list_credits sum_credits",
    "credit": "get_credit list_credit_history",
    "credit_application": "get_credit",
    "credit_new": "create_credit",
    "invoice_credit": "list_credits",
    "invoice_on_account": "list_payments",
    "credit_apply": "apply_credit",
    "credit_unapply": "unapply_credit",
    "credit_notes": "change_credit",
    "credit_void": "void_credit",
    "credits_export": "list_credits",
    # settings and people
    "billing_settings": "get_billing_settings change_billing_settings",
    "billing_numbers": "get_numbers start_numbers_at",
    "billing_logo": "set_logo remove_logo",
    "billing_logo_picture": "get_logo",
    "dashboard": "get_receivables get_cash get_waiting",
    "plan": "get_firm",
    "team": "list_members get_member list_invitations get_invitation",
    "invite": "invite",
    "invite_again": "send_invitation_again",
    "invite_withdraw": "withdraw_invitation",
    "member_role": "put_under_role",
    "member_switch_off": "switch_off_member",
    "member_switch_on": "switch_on_member",
    "roles": "list_roles",
    "role": "get_role set_role_permissions",
    "role_copy": "copy_role",
    "role_rename": "rename_role",
    "role_delete": "delete_role",
    "audit_log": "list_changes",
    "audit_log_export": "list_changes",
    # the sync
    "integrations": "get_sync",
    "quickbooks": "get_sync",
    "quickbooks-sync-now": "sync_now",
    "quickbooks-record": "get_sync_of_records",
}
"""A page's name -> the operations that do or show the same."""
PAGES_ONLY: Mapping[str, str] = {
    "settings": "a list of pages",
    "invoice_parts": "a part of a form that is being filled in",
    "payment_grid": "a part of a form that is being filled in",
    "sample_data": "the demonstration's own",
    "sample_data_add": "the demonstration's own",
    "security": "figures of lists, and two files a person takes along",
    "security_pack": "a document for people, made by a person who signed in lately",
    "firm_export": "an archive of files, each of which the API has by itself",
    "api_tokens": "no token makes, sees or revokes a token",
    "api_token_new": "no token makes, sees or revokes a token",
    "api_token_revoke": "no token makes, sees or revokes a token",
    "member_second_factor_reset": "proofs of who a person is are a person's",
    "second_factor_required": "proofs of who a person is are a person's",
    "integrations-ask": "a person asks another for a right; no token gives rights",
    "permission_request_decline": "a person answers the one who asked",
    "sessions": "a token has no session",
    "sessions_end": "a token has no session",
}
BEGINNINGS: Mapping[str, str] = {
    "account_": "signing in is for people; programs have tokens",
    "mfa_": "proofs of who a person is are a person's",
    "quickbooks-": "decisions about the books are shown to a person before they are made",
}
"""Beginnings of names of pages that no program does -> why."""
NO_PAGE: Mapping[str, str] = {
    "add_late_fees": "written by the day's own run; a page shows what came of it",
    "get_list_entry": "pages show them where one is chosen",
    **dict.fromkeys(
        (
            "list_categories", "list_classes", "list_locations", "list_accounts", "list_terms", "list_tax_codes",
            "list_payment_methods",
        ),
        "pages show them where one is chosen",
    ),
}  # fmt: skip
"""Operations without a page of their own -> why."""
OTHER_PERMISSION: Mapping[tuple[str, str], str] = {
    ("client", "get_client_balance"): "the page shows it to those who may see billing",
    ("client_groups", "list_client_groups"): "narrowed to groups of clients one sees",
    ("client_group", "get_client_group"): "narrowed to groups of clients one sees",
    ("client_tags", "list_tags"): "the page counts and changes them; whoever sees a client sees its tags",
    ("client_tags", "get_tag"): "the page counts and changes them; whoever sees a client sees its tags",
    ("tax_rates", "list_tax_rates"): "the page changes them; whoever writes an invoice chooses one",
    ("tax_rate_edit", "get_tax_rate"): "the page changes them; whoever writes an invoice chooses one",
    ("invoice_credit", "list_credits"): "the page leads to applying one, which asks for the same right there",
    (
        "invoice_on_account",
        "list_payments",
    ): "the page leads to applying one, which asks for the same right there",
}
"""Pages and operations that ask for different rights -> why. A page for every member shows only what its rights allow."""
PAGES = {pattern.name: route for route, pattern in ROUTES.items() if route not in PUBLIC | PROGRAMS}
OPERATIONS = {each.name: each for each in OFFERS}


def only_a_page(name: str) -> bool:
    return name in PAGES_ONLY or any(name.startswith(each) for each in BEGINNINGS)


def test_every_page_is_done_by_the_api_or_says_why_it_is_for_people() -> None:
    assert BY_THE_API.keys() - PAGES.keys() == set(), "there are no such pages"
    assert PAGES_ONLY.keys() - PAGES.keys() == set(), "there are no such pages"
    assert {name for name in PAGES if name not in BY_THE_API and not only_a_page(name)} == set()
    assert BY_THE_API.keys() & PAGES_ONLY.keys() == set()


def test_every_operation_stands_beside_its_page() -> None:
    named = {each for names in BY_THE_API.values() for each in names.split()}
    assert named - OPERATIONS.keys() == set(), "there are no such operations"
    assert OPERATIONS.keys() - named == NO_PAGE.keys()


def test_who_may_open_a_page_may_call_what_does_the_same() -> None:
    found = {
        (name, each)
        for name, operations in BY_THE_API.items()
        for each in operations.split()
        if isinstance(access := declared(ROUTES[PAGES[name]].callback), Permission)
        and OPERATIONS[each].permission != access
    }
    assert found == OTHER_PERMISSION.keys()
