"""Acts: reads what finalizing a draft, and its way to QuickBooks, depends on: each point with a link that mends it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from tieout.practice.actions.invoices import lines_of
from tieout.practice.clients import CLIENT
from tieout.practice.firms import Member
from tieout.practice.invoice_fields import ready_to_finalise
from tieout.practice.invoices import INVOICE, Invoice
from tieout.practice.permissions import Permission
from tieout.practice.service_items import SERVICE_ITEM
from tieout.sync import connections
from tieout.sync.models import Connection, KeptSettings, SectionState, SettingsCheck
from tieout.web.badges import Badge, badges_for
from tieout.web.billing.acting import today_of
from tieout.web.integrations.findings import Facts, closed_to

IN_SECONDS = (
    "It goes to QuickBooks within seconds once it is finalized, and later changes follow through Revise."
)


@dataclass(frozen=True, slots=True)
class Check:
    state: str
    """A key of ``templatetags.page.LOOKS``: ``done``, ``problem`` or ``waiting``."""
    sentence: str
    action: str = ""
    href: str = ""
    """Where it is mended; empty when there is nothing to mend, or not by this member."""


def preflight(invoice: Invoice, member: Member) -> list[Check]:
    """What stands against finalizing first; then, with QuickBooks connected, its client, its items and the period."""
    lines = lines_of(invoice)
    edit = _link(member, Permission.EDIT_INVOICES, "invoice_edit", invoice.pk)
    fixes = {
        "client_id": (
            "Restore the client",
            _link(member, Permission.EDIT_CLIENTS, "client_restore", invoice.client_id),
        )
    }
    for line in lines:
        page = _link(member, Permission.EDIT_SERVICE_ITEMS, "service_item", line.item_id)
        fixes[f"lines.{line.position}.item_id"] = ("Open the service item", page)
    problems = ready_to_finalise(invoice, lines, invoice.client, today_of(member))
    told = {sentence: fixes.get(field, ("Edit the draft", edit)) for field, sentence in problems.items()}
    checks = [Check("problem", sentence, *fix) for sentence, fix in told.items()]
    if not checks:
        checks.append(Check("done", "Ready to be finalized."))
    client = badges_for(CLIENT, [str(invoice.client_id)]).get(str(invoice.client_id))
    if client is not None:
        checks.append(_badge("Client in QuickBooks", client, "See why"))
    items = {str(line.item_id): line.item for line in lines if line.item is not None}
    for item_id, badge in badges_for(SERVICE_ITEM, list(items)).items():
        checks.append(_badge(f"{items[item_id]} in QuickBooks", badge, "See why"))
    return checks + _period(invoice, member, edit)


def _badge(what: str, badge: Badge, action: str) -> Check:
    if badge.tone == "good":
        return Check("done", f"{what}: {badge.word}.")
    return Check("waiting", f"{what}: {badge.word}. {badge.detail}".strip(), action, badge.url)


def _period(invoice: Invoice, member: Member, edit: str) -> list[Check]:
    """Whether its date is in a period the ledger has closed, as far as its settings are known."""
    connection = connections.connection_of(member.firm_id)
    if connection is None or connection.section(INVOICE) is not SectionState.ON:
        return []
    facts, after = _settings_known(connection), [Check("info", IN_SECONDS)]
    if facts is None:
        return after
    closed = closed_to(facts)
    when = f"{invoice.date:%b} {invoice.date.day}, {invoice.date.year}"
    if closed and invoice.date.isoformat() <= closed:
        sentence = (
            f"The books are closed to {closed} in QuickBooks, which would not take an invoice of {when}."
        )
        return [Check("problem", sentence, "Change the date", edit), *after]
    return [Check("done", f"The period of {when} is open in QuickBooks."), *after]


def _settings_known(connection: Connection) -> Facts | None:
    """The company's settings as last told, by the later of the two who keep them. Nothing is asked of QuickBooks."""
    check = SettingsCheck.objects.filter(connection_id=connection.pk).first()
    kept = KeptSettings.objects.filter(connection_id=connection.pk).first()
    looks = [(check.checked_at, check.facts)] if check and check.facts else []
    looks += [(kept.kept_at, kept.told)] if kept else []
    return max(looks, key=lambda each: each[0])[1] if looks else None


def _link(member: Member, needs: Permission, name: str, pk: int | None) -> str:
    return reverse(name, args=[pk]) if pk is not None and member.may(needs) else ""
