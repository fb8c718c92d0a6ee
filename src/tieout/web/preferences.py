"""Acts: the first page of Settings, a list of what can be set and by whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.practice.access import helpers_for
from tieout.practice.firms import Plan
from tieout.practice.permissions import MODULE_BRINGS, MODULE_LABELS, Module, Permission, refusal
from tieout.web.access import FirmRequest, requires


@require_GET
@requires(None)
def settings(request: FirmRequest) -> HttpResponse:
    member = request.member
    with_billing = Module.TIME_AND_BILLING in member.firm.modules
    settings = Permission.BILLING_AND_PAYMENTS
    refused = "" if member.may(settings) else refusal(settings, helpers_for(member.firm, settings))
    context = {
        "plan": member.firm.get_plan_display(),
        "may_manage_team": member.may(Permission.MANAGE_TEAM),
        "with_billing": with_billing,
        "billing_refused": refused if with_billing else "",
    }
    return render(request, "pages/settings.html", context)


@require_GET
@requires(None)
def plan(request: FirmRequest) -> HttpResponse:
    """What the firm pays for. Read only: whoever runs the installation changes it."""
    firm = request.member.firm
    rows = [(MODULE_LABELS[each], MODULE_BRINGS[each], firm.has_module(each)) for each in Module]
    return render(request, "pages/plan.html", {"rows": rows, "with_quickbooks": firm.plan == Plan.PAID})
