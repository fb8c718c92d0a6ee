"""Acts: the pages of the people around a client. A contact is reached only through its client's funnel."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from tieout.practice.access import access_client
from tieout.practice.actions.contacts import (
    add_contact,
    change_contact,
    contact_of,
    remove_contact,
    set_primary_contact,
)
from tieout.practice.actor import Actor
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.client_forms import ContactForm

RELATIONS = ("Spouse", "Dependent", "Employee", "Partner")
"""Offered while typing; a firm may call a relation what it likes."""


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def new(request: FirmRequest, client_id: int) -> HttpResponse:
    client = access_client(request.member, client_id, to_edit=True)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        where: dict[str, Any] = {
            "firm_id": client.firm_id,
            "client_id": client.pk,
            "actor": Actor.of(request.member),
        }
        contact = form.save(lambda values: add_contact(**where, **values))
        if contact is not None:
            messages.success(request, f"Added {contact.full_name}.")
            return redirect("client", client.pk)
    return _form_page(request, form, {"client": client, "contact": None})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def edit(request: FirmRequest, client_id: int, contact_id: int) -> HttpResponse:
    client = access_client(request.member, client_id, to_edit=True)
    contact = contact_of(client, contact_id)
    form = ContactForm(
        request.POST if request.method == "POST" else None, initial=ContactForm.initial_of(contact)
    )
    if request.method == "POST" and form.is_valid():
        where: dict[str, Any] = {
            "firm_id": client.firm_id,
            "client_id": client.pk,
            "actor": Actor.of(request.member),
        }
        saved = form.save(lambda values: change_contact(**where, contact_id=contact.pk, **values))
        if saved is not None:
            messages.success(request, f"Saved {saved.full_name}.")
            return redirect("client", client.pk)
    return _form_page(request, form, {"client": client, "contact": contact})


@require_POST
@requires(Permission.EDIT_CLIENTS)
def make_primary(request: FirmRequest, client_id: int, contact_id: int) -> HttpResponse:
    client = access_client(request.member, client_id, to_edit=True)
    contact = contact_of(client, contact_id)
    set_primary_contact(
        firm_id=client.firm_id, client_id=client.pk, contact_id=contact.pk, actor=Actor.of(request.member)
    )
    messages.success(request, f"{contact.full_name} is now the primary contact.")
    return redirect("client", client.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CLIENTS)
def remove(request: FirmRequest, client_id: int, contact_id: int) -> HttpResponse:
    client = access_client(request.member, client_id, to_edit=True)
    contact = contact_of(client, contact_id)
    if request.method == "GET":
        return render(request, "clients/contact_remove.html", {"client": client, "contact": contact})
    try:
        remove_contact(
            firm_id=client.firm_id, client_id=client.pk, contact_id=contact.pk, actor=Actor.of(request.member)
        )
    except Invalid as invalid:
        messages.error(request, str(invalid))
    else:
        messages.success(
            request, f"Removed {contact.full_name}. The history of {client.name} keeps the name."
        )
    return redirect("client", client.pk)


def _form_page(request: FirmRequest, form: ContactForm, context: dict[str, object]) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "clients/contact_form.html", {"form": form, "relations": RELATIONS, **context}, status=status
    )


urlpatterns: list[URLPattern] = [
    path("<int:client_id>/contacts/new/", new, name="contact_new"),
    path("<int:client_id>/contacts/<int:contact_id>/edit/", edit, name="contact_edit"),
    path("<int:client_id>/contacts/<int:contact_id>/primary/", make_primary, name="contact_make_primary"),
    path("<int:client_id>/contacts/<int:contact_id>/remove/", remove, name="contact_remove"),
]
