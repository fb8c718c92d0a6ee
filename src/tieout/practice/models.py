"""Where Django looks for tables: each lives in the module of its meaning."""

from tieout.practice.actor import ChangeRecord
from tieout.practice.api_tokens import ApiToken, KeptAnswer
from tieout.practice.billing_settings import BillingSettings, FirmLogo, NumberSequence
from tieout.practice.bulk import BulkAct, BulkRow
from tieout.practice.client_balances import ClientBalance
from tieout.practice.clients import Client, Contact
from tieout.practice.credits import Credit, CreditApplication
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member, Role, User
from tieout.practice.groups import ClientGroup, GroupMember
from tieout.practice.invitations import Invitation
from tieout.practice.invoices import Invoice, InvoiceLine, InvoiceRevision
from tieout.practice.ledger_lists import ListEntry, TaxRate, UnusedList
from tieout.practice.outbox import OutboxNote
from tieout.practice.payments import Allocation, Payment, Refund
from tieout.practice.permission_requests import PermissionRequest
from tieout.practice.pretended_charges import PretendedCharge
from tieout.practice.recurring import RecurringInvoice
from tieout.practice.saved_views import SavedView
from tieout.practice.service_items import ServiceItem
from tieout.practice.tags import ClientTag, Tag

__all__ = [
    "Allocation",
    "ApiToken",
    "BillingSettings",
    "BulkAct",
    "BulkRow",
    "ChangeRecord",
    "Client",
    "ClientBalance",
    "ClientGroup",
    "ClientTag",
    "Contact",
    "Credit",
    "CreditApplication",
    "Firm",
    "FirmLogo",
    "GroupMember",
    "ImportDraft",
    "Invitation",
    "Invoice",
    "InvoiceLine",
    "InvoiceRevision",
    "KeptAnswer",
    "ListEntry",
    "Member",
    "NumberSequence",
    "OutboxNote",
    "Payment",
    "PermissionRequest",
    "PretendedCharge",
    "RecurringInvoice",
    "Refund",
    "Role",
    "SavedView",
    "ServiceItem",
    "Tag",
    "TaxRate",
    "UnusedList",
    "User",
]
