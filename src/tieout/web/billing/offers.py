"""Decides: what can be done with an invoice now, and for what cannot, why not and who can help. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from tieout.practice.client_balances import ClientBalance
from tieout.practice.invoices import Invoice, Status
from tieout.practice.mail import NOT_SET_UP, mail_is_set_up
from tieout.practice.money import ZERO, shown
from tieout.practice.permissions import Permission


@dataclass(frozen=True, slots=True)
class Offer:
    label: str
    icon: str
    url_name: str
    """Takes the record's id."""
    posts: bool = False
    """A button that acts at once; else a link to a page that asks first."""
    reason: str = ""
    """Why it cannot be done now; empty when it can."""


@dataclass(frozen=True, slots=True)
class _Rule:
    label: str
    icon: str
    url_name: str
    permission: Permission
    against: Callable[[Invoice], str]
    posts: bool = False
    of: Callable[[ClientBalance], Decimal] | None = None
    """What it takes of what the client has with us."""
    without: str = ""
    """Why it cannot be done when that is nothing."""


def _of_a_draft(invoice: Invoice) -> str:
    return "" if invoice.status == Status.DRAFT else "It is finalized already."


def _counted(invoice: Invoice) -> str:
    if invoice.status == Status.DRAFT:
        return "It is still a draft. Finalize it first."
    return "It is void." if invoice.status == Status.VOID else ""


def _mailable(invoice: Invoice) -> str:
    return _counted(invoice) or ("" if mail_is_set_up() else NOT_SET_UP)


def _owed(invoice: Invoice) -> str:
    return _counted(invoice) or ("" if invoice.balance > 0 else "Nothing is owed on it.")


def _unpaid(invoice: Invoice) -> str:
    settled = invoice.paid + invoice.credited
    if problem := _counted(invoice):
        return problem
    if not settled:
        return ""
    return f"{shown(settled, invoice.currency)} of payments and credits is on it. Take that off first."


def _written_off(invoice: Invoice) -> str:
    return _counted(invoice) or ("" if invoice.written_off else "Nothing of it was written off.")


_RULES = (
    _Rule("Edit draft", "pencil", "invoice_edit", Permission.EDIT_INVOICES, _of_a_draft),
    _Rule("Send by e-mail", "send", "invoice_mail", Permission.EDIT_INVOICES, _mailable),
    _Rule("Mark as sent", "check", "invoice_send", Permission.EDIT_INVOICES, _counted),
    _Rule("Record a payment", "cash", "invoice_pay", Permission.RECORD_PAYMENTS, _owed),
    _Rule(
        "Apply money on account", "check", "invoice_on_account", Permission.RECORD_PAYMENTS, _owed,
        of=lambda has: has.on_account, without="The client has no money on account.",
    ),
    _Rule(
        "Apply a credit", "check", "invoice_credit", Permission.RECORD_PAYMENTS, _owed,
        of=lambda has: has.credit_left, without="The client has no credit left.",
    ),
    _Rule("Revise", "pencil", "invoice_revise", Permission.EDIT_INVOICES, _counted),
    _Rule("Write off", "ban", "invoice_write_off", Permission.EDIT_INVOICES, _owed),
    _Rule("Undo the write-off", "restore", "invoice_undo_write_off", Permission.EDIT_INVOICES, _written_off, posts=True),
    _Rule("Void", "x", "invoice_void", Permission.EDIT_INVOICES, _unpaid),
    _Rule("Discard draft", "trash", "invoice_discard", Permission.EDIT_INVOICES, _of_a_draft),
)  # fmt: skip
_ONLY_WHEN_POSSIBLE = frozenset({"invoice_edit", "invoice_discard", "invoice_undo_write_off"})
"""Not worth a greyed line: they speak of another stage of the invoice's life."""


def offers_for(
    invoice: Invoice, refused: Callable[[Permission], str], has: ClientBalance | None = None
) -> list[Offer]:
    """``refused``: the sentence for a permission the member lacks, empty for one they have. ``has``: the client's."""
    offers = []
    for rule in _RULES:
        there = rule.of(has) if rule.of is not None and has is not None else ZERO
        problem = rule.against(invoice) or (rule.without if not there else "")
        if problem and rule.url_name in _ONLY_WHEN_POSSIBLE:
            continue
        offers.append(
            Offer(
                f"{rule.label} ({shown(there, invoice.currency)})" if there else rule.label,
                rule.icon,
                rule.url_name,
                rule.posts,
                refused(rule.permission) or problem,
            )
        )
    return offers
