"""Acts: the pages of clients. Each view asks a funnel for its rows, calls one verb and renders.

List, record, new, edit, archive and restore are here; contacts and import have their own modules.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from tieout.practice.access import (
    access_client,
    history_of,
    member_names,
    members_to_assign,
    named_like,
    visible_clients,
)
from tieout.practice.actions.bulk import MOST
from tieout.practice.actions.clients import (
    ChangedMeanwhile,
    archive_client,
    change_client,
    create_client,
    restore_client,
)
from tieout.practice.actor import Actor
from tieout.practice.clients import Client, Kind, Relation
from tieout.practice.firms import Member
from tieout.practice.groups import GroupMember
from tieout.practice.open_matters import open_matters
from tieout.practice.permissions import Permission
from tieout.practice.saved_views import ListName
from tieout.practice.tags import tags_of, tags_of_firm
from tieout.practice.validation import Invalid
from tieout.web import (
    client_bulk,
    client_contacts,
    client_groups,
    client_imports,
    client_merge,
    client_tags,
)
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.client_facts import facts_of
from tieout.web.client_forms import ClientForm, initial_of
from tieout.web.client_history import entries, rebase
from tieout.web.client_list import SHOWN, ListQuery
from tieout.web.client_rows import rows_of_list
from tieout.web.client_timeline import timeline
from tieout.web.long_list import MOST_COUNTED, MOST_FOUND, long_page
from tieout.web.once import new_token
from tieout.web.record_panel import panel_of
from tieout.web.saved_views import bar_of, opening

MOST_LOOKALIKES = 5
HISTORY_SHOWN = 50


@require_GET
@requires(Permission.VIEW_CLIENTS)
def index(request: FirmRequest) -> HttpResponse:
    if (elsewhere := opening(request, ListName.CLIENTS)) is not None:
        return elsewhere
    member = request.member
    asked = ListQuery.read(request.GET)
    clients = asked.apply(visible_clients(member)).select_related("assigned_to__user")
    page = long_page(clients, request.GET, most=MOST_FOUND if asked.search else MOST_COUNTED)
    found = page.rows
    rows = rows_of_list(member, found)
    sees_all = member.may(Permission.VIEW_ALL_CLIENTS)
    colleagues = members_to_assign(member.firm_id) if sees_all else ()
    tags = list(tags_of_firm(member.firm_id))
    return render(
        request,
        "clients/list.html",
        {
            "asked": asked,
            "headings": asked.headings(),
            "views": bar_of(request, ListName.CLIENTS),
            "page": page,
            "shows": rows,
            "tags": tags,
            "tag_is_gone": asked.tag.isdigit() and asked.tag not in {str(each.pk) for each in tags},
            "colleagues": [(str(each.pk), each.user.get_full_name()) for each in colleagues],
            "selects": member.may(Permission.EXPORT_CLIENTS)
            or (member.may(Permission.EDIT_CLIENTS) and bool(sees_all or tags)),
            "picked": request.GET.get("picked", ""),
            "most_at_once": MOST,
            "form_token": new_token(),
            "shown": SHOWN,
            "kinds": Kind.choices,
            "relations": Relation.choices,
            "may": {**_may(member), "see_all": sees_all},
            "any_client": bool(found) or visible_clients(member).exists(),
        },
    )


@require_GET
@requires(Permission.VIEW_CLIENTS)
def record(request: FirmRequest, client_id: int) -> HttpResponse:
    client = access_client(request.member, client_id)
    absorbed = visible_clients(request.member).filter(merged_into=client).order_by("name")
    history = list(history_of(client)[: HISTORY_SHOWN + 1])
    panel = panel_of(request, "client", str(client.pk))
    return render(
        request,
        "clients/record.html",
        {
            "client": client,
            "facts": facts_of(client),
            "absorbed": absorbed,
            "group": GroupMember.objects.filter(client=client).select_related("group").first(),
            "contacts": client.contacts.order_by("-is_primary", "id"),
            "tags": tags_of([client]).get(client.pk, []),
            "all_tags": tags_of_firm(client.firm_id),
            "panel": panel,
            "badge": None if panel else badges_for("client", [str(client.pk)]).get(str(client.pk)),
            "history": timeline(
                entries(history[:HISTORY_SHOWN], member_names(client.firm_id)),
                panel.story.lines if panel else (),
                whole=len(history) <= HISTORY_SHOWN,
            ),
            "more_history": len(history) > HISTORY_SHOWN,
            "may": _may(request.member),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def new(request: FirmRequest) -> HttpResponse:
    """Warns of likely duplicates: while typing, and once more before it saves if the warning was not seen."""
    member = request.member
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.INDIVIDUAL
    form = ClientForm(request.POST if request.method == "POST" else None, kind=kind, member=member)
    lookalikes: list[Client] = []
    if request.method == "POST" and form.is_valid():
        lookalikes = list(named_like(member, form.cleaned_data["name"])[:MOST_LOOKALIKES])
        if not lookalikes or "lookalikes_seen" in request.POST:
            client = form.save(lambda values: _create(member, kind, values))
            if client is not None:
                messages.success(request, f"{client.name} is now a client of your firm.")
                return redirect("client", client.pk)
    return render(
        request,
        "clients/new.html",
        {"form": form, "kind": kind, "kinds": Kind.choices, "lookalikes": lookalikes},
        status=_status(form),
    )


@require_GET
@requires(Permission.VIEW_CLIENTS)
def lookalikes(request: FirmRequest) -> HttpResponse:
    """The part of a form that names clients with the same words in their names. Asked for while typing."""
    typed = request.GET
    name = typed.get("name") or " ".join((typed.get("given", ""), typed.get("family", ""))).strip()
    besides = typed.get("client_id", "")
    found = named_like(
        request.member,
        (name or typed.get("company_name", "")).replace("\x00", "")[:500],
        besides=int(besides) if besides.isascii() and besides.isdigit() and len(besides) < 19 else 0,
    )
    return render(request, "clients/lookalikes.html", {"lookalikes": found[:MOST_LOOKALIKES]})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def edit(request: FirmRequest, client_id: int) -> HttpResponse:
    """Saves only over the version it showed. A colleague's edits since are merged in, or shown where both edited."""
    member = request.member
    client = access_client(member, client_id, to_edit=True)
    version = client.version
    of: dict[str, Any] = {"kind": client.kind, "member": member, "assigned_to": client.assigned_to}
    collisions: Any = None
    if request.method == "POST":
        form = ClientForm(request.POST, **of)
        seen = _version(request.POST.get("version", ""))
        if form.is_valid():
            try:
                saved = form.save(
                    lambda values: change_client(
                        firm_id=client.firm_id,
                        client_id=client.pk,
                        actor=Actor.of(member),
                        expected_version=seen,
                        **values,
                    )
                )
            except ChangedMeanwhile:
                client = access_client(member, client_id, to_edit=True)
                later = [each.changes for each in reversed(history_of(client, since=seen))]
                rebased = rebase(form.cleaned_data, later, member_names(client.firm_id))
                form = ClientForm(initial=rebased.values, **of)
                collisions, version = rebased.collisions, client.version
            else:
                if saved is not None:
                    told = f"Saved {saved.name}." if saved.version != seen else "Nothing was changed."
                    messages.success(request, told)
                    return redirect("client", saved.pk)
                version = seen
        else:
            version = seen
    else:
        form = ClientForm(initial=initial_of(client), **of)
    return render(
        request,
        "clients/edit.html",
        {"form": form, "client": client, "version": version, "collisions": collisions},
        status=409 if collisions is not None else _status(form),
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def archive(request: FirmRequest, client_id: int) -> HttpResponse:
    """Asks first, and once more for a client with whom something is still open."""
    client = access_client(request.member, client_id, to_edit=True)
    refused = ""
    if request.method == "POST":
        try:
            archive_client(
                firm_id=client.firm_id,
                client_id=client.pk,
                actor=Actor.of(request.member),
                although_open="although_open" in request.POST,
            )
        except Invalid as invalid:
            refused = str(invalid)
        else:
            messages.success(
                request, f"{client.name} is archived. Nothing was deleted, and you can restore it here."
            )
            return redirect("client", client.pk)
    context = {
        "client": client,
        "open": open_matters(client),
        "sees_billing": request.member.may(Permission.VIEW_BILLING),
        "refused": refused,
    }
    return render(request, "clients/archive.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def restore(request: FirmRequest, client_id: int) -> HttpResponse:
    client = access_client(request.member, client_id, to_edit=True)
    if request.method == "POST":
        restore_client(firm_id=client.firm_id, client_id=client.pk, actor=Actor.of(request.member))
        messages.success(request, f"{client.name} is active again.")
        return redirect("client", client.pk)
    return render(request, "clients/restore.html", {"client": client})


def _create(member: Member, kind: str, values: dict[str, Any]) -> Client:
    """Who sees only assigned clients is given the ones they add: else they would lose them at once."""
    if not member.may(Permission.VIEW_ALL_CLIENTS):
        values["assigned_to_id"] = member.pk
    return create_client(firm_id=member.firm_id, actor=Actor.of(member), kind=kind, **values)


def _may(member: Member) -> dict[str, bool]:
    """Which actions the pages offer; the views behind them ask again."""
    offered = (Permission.EDIT_CLIENTS, Permission.IMPORT_CLIENTS, Permission.EXPORT_CLIENTS)
    return {each.value: member.may(each) for each in offered}


def _status(form: ClientForm) -> int:
    return 422 if form.is_bound and form.errors else 200


def _version(text: str) -> int:
    """The version the form was made from; a form that does not say is taken as the oldest."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


urlpatterns: list[URLPattern] = [
    path("", index, name="clients"),
    path("new/", new, name="client_new"),
    path("lookalikes/", lookalikes, name="client_lookalikes"),
    *client_imports.urlpatterns,
    *client_groups.urlpatterns,
    *client_tags.urlpatterns,
    *client_bulk.urlpatterns,
    path("<int:client_id>/", record, name="client"),
    path("<int:client_id>/edit/", edit, name="client_edit"),
    path("<int:client_id>/archive/", archive, name="client_archive"),
    path("<int:client_id>/restore/", restore, name="client_restore"),
    *client_merge.urlpatterns,
    *client_contacts.urlpatterns,
]
"""Included by the table of all addresses under ``clients/``."""
