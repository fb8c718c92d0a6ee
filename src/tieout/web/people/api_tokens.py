"""Acts: the pages of API tokens: which there are and when each was used, a new one, one revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from tieout.practice.actions.api_tokens import create_token, revoke_token, visible_tokens
from tieout.practice.firms import Member
from tieout.practice.permissions import PERMISSIONS, NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import carried_out

HOLDS = (("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Until it is revoked"))
READING = (Permission.VIEW_CLIENTS, Permission.VIEW_ALL_CLIENTS, Permission.VIEW_BILLING)
"""What a new token is offered with."""


class TokenForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=80, help_text="What it is for, such as the program that uses it."
    )
    days = forms.ChoiceField(label="Holds for", choices=HOLDS, initial="90", required=False)
    scopes = forms.MultipleChoiceField(label="Scopes", required=False)

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (each.value, facts.label) for each, facts in PERMISSIONS.items() if member.may(each)
        ]


@require_GET
@requires(Permission.MANAGE_TEAM)
def index(request: FirmRequest) -> HttpResponse:
    now = timezone.now()
    rows = [(each, each.holds(now)) for each in visible_tokens(request.member)]
    return render(request, "people/api_tokens.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM, lately=True)
def new(request: FirmRequest) -> HttpResponse:
    """The secret is on the page that answers, and nowhere else, ever."""
    member = request.member
    form = TokenForm(member, request.POST if request.method == "POST" else None)
    made = None
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            made = create_token(
                by=member,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=int(days) if days else None,
                now=timezone.now(),
            )
        except Invalid as invalid:
            for field, sentence in invalid.problems.items():
                form.add_error(field if field in form.fields else None, sentence)
    ticked = request.POST.getlist("scopes") if form.is_bound else [each.value for each in READING]
    scopes = [
        (each.value, facts, each.value in ticked) for each, facts in PERMISSIONS.items() if member.may(each)
    ]
    context = {"form": form, "made": made, "scopes": scopes}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "people/api_token_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEAM)
def revoke(request: FirmRequest, token_id: int) -> HttpResponse:
    token = visible_tokens(request.member).filter(pk=token_id).first()
    if token is None:
        raise NotYours("There is no such token.")
    if request.method == "GET":
        return render(request, "people/api_token_revoke.html", {"token": token})
    carried_out(
        request,
        lambda: revoke_token(by=request.member, token_id=token_id, now=timezone.now()),
        f"{token.name} opens nothing any more.",
    )
    return redirect("api_tokens")


urlpatterns: list[URLPattern] = [
    path("settings/api-tokens/", index, name="api_tokens"),
    path("settings/api-tokens/new/", new, name="api_token_new"),
    path("settings/api-tokens/<int:token_id>/revoke/", revoke, name="api_token_revoke"),
]
