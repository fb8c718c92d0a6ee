"""Decides: what a member may do. Names of permissions, the preset roles as a table, and the two ways to say no.

Pure data; ``access`` holds the funnels that apply it to rows, ``firms`` keeps a firm's roles. A role is a set of
permissions. The six presets are those firms know (Admin, Staff, with all or only assigned clients, each with
and without billing); a preset is never edited, a firm copies it instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Module(StrEnum):
    """What a firm can buy separately."""

    CLIENT_ENGAGEMENT = "client_engagement"
    TIME_AND_BILLING = "time_and_billing"
    TRANSCRIPTS_AND_NOTICES = "transcripts_and_notices"


MODULE_LABELS: Mapping[Module, str] = {
    Module.CLIENT_ENGAGEMENT: "Client Engagement",
    Module.TIME_AND_BILLING: "Time & Billing",
    Module.TRANSCRIPTS_AND_NOTICES: "Transcripts & Notices",
}


MODULE_BRINGS: Mapping[Module, str] = {
    Module.CLIENT_ENGAGEMENT: "Clients, their contacts and groups, files to import and export.",
    Module.TIME_AND_BILLING: "Service items, invoices, payments and credits, and keeping them in step with QuickBooks.",
    Module.TRANSCRIPTS_AND_NOTICES: "Tax transcripts and notices. It brings no invoices and no service items.",
}


class Permission(StrEnum):
    VIEW_CLIENTS = "view_clients"
    VIEW_ALL_CLIENTS = "view_all_clients"
    EDIT_CLIENTS = "edit_clients"
    IMPORT_CLIENTS = "import_clients"
    EXPORT_CLIENTS = "export_clients"
    VIEW_BILLING = "view_billing"
    EDIT_SERVICE_ITEMS = "edit_service_items"
    EDIT_INVOICES = "edit_invoices"
    RECORD_PAYMENTS = "record_payments"
    BILLING_AND_PAYMENTS = "billing_and_payments"
    MANAGE_INTEGRATIONS = "manage_integrations"
    MANAGE_TEAM = "manage_team"


@dataclass(frozen=True, slots=True)
class PermissionFacts:
    label: str
    allows: str
    """Completes the sentence "You need the permission ... to"."""
    module: Module | None = None
    """Without this module the permission is kept but has no effect."""


PERMISSIONS: Mapping[Permission, PermissionFacts] = {
    Permission.VIEW_CLIENTS: PermissionFacts("View Clients", "see clients assigned to you"),
    Permission.VIEW_ALL_CLIENTS: PermissionFacts("View All Clients", "see every client of the firm"),
    Permission.EDIT_CLIENTS: PermissionFacts("Edit Clients", "add, change, archive and restore clients"),
    Permission.IMPORT_CLIENTS: PermissionFacts("Import Clients", "import clients from a file"),
    Permission.EXPORT_CLIENTS: PermissionFacts("Export Clients", "download the client list"),
    Permission.VIEW_BILLING: PermissionFacts(
        "View Billing", "see service items, invoices, payments and credits", Module.TIME_AND_BILLING
    ),
    Permission.EDIT_SERVICE_ITEMS: PermissionFacts(
        "Service Items", "add, change and archive service items", Module.TIME_AND_BILLING
    ),
    Permission.EDIT_INVOICES: PermissionFacts(
        "Invoices", "write, issue and void invoices", Module.TIME_AND_BILLING
    ),
    Permission.RECORD_PAYMENTS: PermissionFacts(
        "Payments", "record payments and credits", Module.TIME_AND_BILLING
    ),
    Permission.BILLING_AND_PAYMENTS: PermissionFacts(
        "Billing and Payments", "change the billing settings", Module.TIME_AND_BILLING
    ),
    Permission.MANAGE_INTEGRATIONS: PermissionFacts(
        "Manage Integrations", "connect QuickBooks and change how it works"
    ),
    Permission.MANAGE_TEAM: PermissionFacts("Manage Team", "add members and change their roles"),
}

BILLING = frozenset(
    {
        Permission.VIEW_BILLING,
        Permission.EDIT_SERVICE_ITEMS,
        Permission.EDIT_INVOICES,
        Permission.RECORD_PAYMENTS,
        Permission.BILLING_AND_PAYMENTS,
    }
)
_EVERYTHING = frozenset(Permission)
_STAFF_ASSIGNED = frozenset(
    {
        Permission.VIEW_CLIENTS,
        Permission.EDIT_CLIENTS,
        Permission.VIEW_BILLING,
        Permission.EDIT_INVOICES,
        Permission.RECORD_PAYMENTS,
    }
)
_STAFF_ALL = _STAFF_ASSIGNED | {Permission.VIEW_ALL_CLIENTS, Permission.EXPORT_CLIENTS}


@dataclass(frozen=True, slots=True)
class PresetRole:
    slug: str
    name: str
    permissions: frozenset[Permission]


ADMIN = "admin"
PRESET_ROLES: tuple[PresetRole, ...] = (
    PresetRole(ADMIN, "Admin", _EVERYTHING),
    PresetRole("admin-no-billing", "Admin (No Billing)", _EVERYTHING - BILLING),
    PresetRole("staff-all", "Staff (All Contacts)", _STAFF_ALL),
    PresetRole("staff-all-no-billing", "Staff (All Contacts, No Billing)", _STAFF_ALL - BILLING),
    PresetRole("staff-assigned", "Staff (Assigned Contacts)", _STAFF_ASSIGNED),
    PresetRole(
        "staff-assigned-no-billing", "Staff (Assigned Contacts, No Billing)", _STAFF_ASSIGNED - BILLING
    ),
)


class NotYours(LookupError):
    """No such record in this firm, or none this member may know of. Shown as "not found", never as "forbidden"."""


class NotAllowed(Exception):
    """The member lacks a permission, or the firm the module it belongs to. ``str()`` says which and who can help."""

    def __init__(
        self, permission: Permission, helpers: Sequence[str], *, without: Module | None = None
    ) -> None:
        self.permission = permission
        self.helpers = tuple(helpers)
        """Full names of members who can help, at most a handful."""
        super().__init__(no_module(without, helpers) if without else refusal(permission, self.helpers))


def refusal(permission: Permission, helpers: Sequence[str]) -> str:
    """The sentence for a person who lacks ``permission``."""
    facts = PERMISSIONS[permission]
    sentence = f"You need the permission “{facts.label}” to {facts.allows}."
    if helpers:
        return f"{sentence} {_either(helpers)} can help."
    return f"{sentence} Ask an administrator of your firm."


def no_module(module: Module, helpers: Sequence[str]) -> str:
    """The sentence for anybody in a firm that does not have ``module``."""
    sentence = f"This comes with {MODULE_LABELS[module]}, which your firm does not have."
    return f"{sentence} {_either(helpers)} can see to it." if helpers else sentence


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
