"""Acts: gives the ticked clients of the list to a colleague, each by the verb that changes a client."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from tieout.practice.access import members_to_assign, require, visible_clients
from tieout.practice.actions.clients import change_client
from tieout.practice.actor import Actor
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.client_list import NOBODY, PAGE_SIZE, ListQuery


@requires(Permission.EDIT_CLIENTS)
@require_POST
def assign(request: FirmRequest) -> HttpResponse:
    """For who sees every client: others would give away what they then no longer see."""
    member, firm_id = request.member, request.member.firm_id
    require(member, Permission.VIEW_ALL_CLIENTS)
    back = redirect(f"{reverse('clients')}?{ListQuery.read(QueryDict(request.POST.get('found', ''))).keep()}")
    given = request.POST.get("assign_to", "")
    colleague = None
    if given != NOBODY:
        known = given if given.isascii() and given.isdigit() and len(given) <= 18 else "0"
        colleague = members_to_assign(firm_id).filter(pk=known).first()
        if colleague is None:
            messages.error(
                request, "Choose to whom the clients go: an active member of your firm, or nobody."
            )
            return back
    ticked = [each for each in request.POST.getlist("pick")[:PAGE_SIZE] if each.isascii() and each.isdigit()]
    clients = list(visible_clients(member).filter(pk__in=[each[:18] for each in ticked], merged_into=None))
    if not clients:
        messages.error(request, "Tick the clients first, then choose to whom they go.")
        return back
    done = 0
    for client in clients:
        try:
            change_client(
                firm_id=firm_id,
                client_id=client.pk,
                actor=Actor.of(member),
                assigned_to_id=colleague.pk if colleague else None,
            )
            done += 1
        except Invalid as problem:
            messages.error(request, f"{client.name}: {problem}")
    who = colleague.user.get_full_name() if colleague else "nobody"
    messages.success(request, f"{done} client{' is' if done == 1 else 's are'} assigned to {who}.")
    return back


urlpatterns: list[URLPattern] = [path("assign/", assign, name="clients_assign")]
