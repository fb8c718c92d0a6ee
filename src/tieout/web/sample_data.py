"""Acts: the page that takes the sample clients away in one click, and says first what goes and what stays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tieout.practice.actions.samples import Samples, remove_samples, samples_of
from tieout.practice.permissions import Permission
from tieout.sync.absorbed import partners_there
from tieout.web.access import FirmRequest, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def sample_data(request: FirmRequest) -> HttpResponse:
    firm_id = request.member.firm_id
    found = samples_of(firm_id)
    linked = [int(each) for each in partners_there(firm_id, "client", [str(one.pk) for one in found.go])]
    if request.method == "POST":
        gone = remove_samples(by=request.member, keep=linked)
        messages.success(request, f"{gone} sample client{' is' if gone == 1 else 's are'} gone.")
        return redirect("clients")
    in_step = [each for each in found.go if each.pk in linked]
    shown = Samples([each for each in found.go if each.pk not in linked], found.stay)
    return render(request, "pages/sample_data.html", {"samples": shown, "linked": in_step})
