"""Acts: which of QuickBooks' tax codes each of our tax rates stands for: for the pages that show it, and saving one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tieout.practice.access import require
from tieout.practice.actions.ledger_lists import change_tax_rate
from tieout.practice.billing_access import choices_in, rows_of
from tieout.practice.firms import Member
from tieout.practice.ledger_lists import LedgerList, TaxRate
from tieout.practice.permissions import NotAllowed, Permission
from tieout.practice.validation import Invalid
from tieout.sync.models import Connection
from tieout.web.access import FirmRequest
from tieout.web.billing.acting import by
from tieout.web.integrations.gated import connected
from tieout.web.integrations.needs_you import back
from tieout.web.integrations.rights import Rights


def mapping(connection: Connection, member: Member) -> dict[str, Any]:
    """What ``quickbooks/tax_mapping.html`` needs. Two queries, and two more to word why it may not be changed."""
    rates = list(rows_of(TaxRate, connection.firm_id).filter(is_active=True).order_by("name"))
    codes = list(choices_in(connection.firm_id, LedgerList.TAX_CODE)) if rates else []
    no_tax = Rights(member).why_not(Permission.BILLING_AND_PAYMENTS) if codes else ""
    return {"rates": rates, "codes": codes, "no_tax": no_tax}


@connected
@require_POST
def save(request: FirmRequest, connection: Connection, rate_id: int) -> HttpResponse:
    """One rate's code; none takes it back. A change of the rate, so it needs what the rate's own page asks for."""
    code = request.POST.get("tax_code") or None
    try:
        require(request.member, Permission.BILLING_AND_PAYMENTS)
        change_tax_rate(**by(request.member), tax_rate_id=rate_id, tax_code_id=code)
    except (Invalid, NotAllowed) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Saved.")
    return redirect(back(request))
