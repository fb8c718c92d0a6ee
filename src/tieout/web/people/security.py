"""Acts: the page about the firm's security, and the two files an administrator takes along: the pack and the firm's data."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from tieout.practice.actions.sign_in import record_taken_out
from tieout.practice.audit_chain import chain_firm
from tieout.practice.permissions import Permission
from tieout.sync import write_log
from tieout.sync.connections import connection_of
from tieout.sync.models import WriteEntry
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import today_of
from tieout.web.downloads import attachment
from tieout.web.people.firm_export import firm_export, parts_for
from tieout.web.people.security_facts import MOST_VERIFIED, facts_of, verified_chain
from tieout.web.people.security_pack import instant, security_pack


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    facts = facts_of(request.member.firm, timezone.now())
    context = {"facts": facts, "parts": parts_for(request.member)}
    return render(request, "people/security.html", context)


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def pack(request: FirmRequest) -> HttpResponse:
    """The PDF, and an entry in the audit log that it was made. The chain is verified for it, then and there."""
    member, now = request.member, timezone.now()
    record_taken_out(by=member, what="made the security pack")
    chain_firm(member.firm_id)
    facts, chain = facts_of(member.firm, now), verified_chain(member.firm_id, now)
    content = security_pack(facts, chain, _write_log(request), member.user.get_full_name())
    return attachment(f"security-pack-{today_of(member).isoformat()}.pdf", content, "application/pdf")


@requires(Permission.MANAGE_TEAM, lately=True)
@require_POST
def export(request: FirmRequest) -> HttpResponse:
    """Everything of the firm the member may see, as CSV files in one archive; and an entry in the audit log."""
    member = request.member
    record_taken_out(by=member, what="exported the firm's data")
    name = f"tieout-export-{today_of(member).isoformat()}.zip"
    return attachment(name, firm_export(member, timezone.now()), "application/zip")


def _write_log(request: FirmRequest) -> str:
    connection = connection_of(request.member.firm_id)
    if connection is None:
        return ""
    last = WriteEntry.objects.filter(connection=connection).order_by("-number").first()
    if last is None:
        return "Empty: nothing was sent yet."
    if last.number > MOST_VERIFIED:
        return f"{last.number:,} entries; not looked through here, because they are so many."
    now, broken = timezone.now(), write_log.broken_at(connection)
    if broken is not None:
        return f"NOT WHOLE: entry {broken:,} of {last.number:,} does not fit. Verified {instant(now)}."
    return f"Whole: all {last.number:,} entries fit the chain of hashes. Verified {instant(now)}."


urlpatterns: list[URLPattern] = [
    path("settings/security/", index, name="security"),
    path("settings/security/pack/", pack, name="security_pack"),
    path("settings/security/export/", export, name="firm_export"),
]
