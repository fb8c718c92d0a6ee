"""Acts: the page of a firm's billing settings, section by section, with its numbers and its logo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.billing_settings import change_billing_settings, set_logo, start_numbers_at
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.billing_settings import BILLING_SETTINGS, FirmLogo, settings_of
from tieout.practice.logo import LARGEST_FILE
from tieout.practice.numbering import FIRST, sequence_of
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.billing.acting import by, carried_out, version_seen
from tieout.web.billing.meanwhile import Meanwhile
from tieout.web.billing.settings_form import SECTIONS, SettingsForm
from tieout.web.downloads import attachment

NUMBERED = {"invoice": "Invoices", "credit": "Credits"}
_NUMBERS_ONLY = ("late_fee_percent", "late_fee_amount", "late_fee_grace_days", "late_fee_every_days")
"""Left empty they mean 0."""


@require_http_methods(["GET", "POST"])
@requires(Permission.BILLING_AND_PAYMENTS)
def index(request: FirmRequest) -> HttpResponse:
    """All sections; on POST the one whose button was pressed is saved."""
    member = request.member
    settings = settings_of(member.firm_id)
    pressed = request.POST.get("section", "") if request.method == "POST" else ""
    forms = {
        name: SettingsForm(request.POST if name == pressed else None, section=name, settings=settings)
        for name, _, _ in SECTIONS
    }
    if pressed in forms:
        forms[pressed].version = version_seen(request.POST.get("version"))
    if pressed in forms and (form := forms[pressed]).is_valid():
        try:
            saved = form.save(
                lambda values: change_billing_settings(
                    **by(member),
                    expected_version=version_seen(request.POST.get("version")) if settings.pk else None,
                    **{
                        name: value or "0" if name in _NUMBERS_ONLY else value
                        for name, value in values.items()
                    },
                )
            )
        except ChangedMeanwhile as problem:
            form.meanwhile = Meanwhile.of(problem, settings, BILLING_SETTINGS, request.path)
            form.version = form.meanwhile.version
            return _page(request, forms, status=409)
        if saved is not None:
            messages.success(request, f"Saved: {form.heading.lower()}.")
            return redirect(f"{reverse('billing_settings')}#{pressed}")
    return _page(request, forms, status=422 if pressed in forms else 200)


@requires(Permission.BILLING_AND_PAYMENTS)
@require_POST
def numbers(request: FirmRequest) -> HttpResponse:
    """Where the numbers of one kind of document go on."""
    kind = request.POST.get("kind", "")
    typed = request.POST.get("number", "")
    if kind not in NUMBERED:
        raise NotYours("There is no such kind of number.")
    try:
        start_numbers_at(**by(request.member), kind=kind, number=typed)
    except Invalid as invalid:
        settings = settings_of(request.member.firm_id)
        forms = {name: SettingsForm(section=name, settings=settings) for name, _, _ in SECTIONS}
        return _page(request, forms, status=422, refused={kind: (typed, str(invalid))})
    messages.success(
        request, f"{NUMBERED[kind]} go on from {typed.strip()}; numbers that are taken are stepped over."
    )
    return redirect(f"{reverse('billing_settings')}#numbers")


@requires(Permission.BILLING_AND_PAYMENTS)
@require_POST
def logo(request: FirmRequest) -> HttpResponse:
    """Put a picture at the head of every invoice, or take it away."""
    file = request.FILES.get("logo")
    if request.POST.get("do") == "remove":
        carried_out(
            request,
            lambda: set_logo(**by(request.member), content=None, now=timezone.now()),
            "The logo is gone from your invoices.",
        )
    elif file is None:
        messages.error(request, "Choose a PNG or JPEG picture first.")
    else:
        content = file.read(LARGEST_FILE + 1)
        carried_out(
            request,
            lambda: set_logo(**by(request.member), content=content, now=timezone.now()),
            "The logo is at the head of every invoice.",
        )
    return redirect(f"{reverse('billing_settings')}#logo")


@require_GET
@requires(Permission.VIEW_BILLING)
def logo_picture(request: FirmRequest) -> HttpResponse:
    found = FirmLogo.objects.filter(firm_id=request.member.firm_id).first()
    if found is None:
        raise Http404
    return attachment("logo.png", bytes(found.content), "image/png", inline=True)


def _page(
    request: FirmRequest,
    forms: dict[str, SettingsForm],
    *,
    status: int,
    refused: dict[str, Any] | None = None,
) -> HttpResponse:
    firm_id = request.member.firm_id
    sequences = [
        {
            "kind": kind,
            "label": NUMBERED[kind],
            "next": (refused or {}).get(kind, (sequence_of(firm_id, kind).next, ""))[0],
            "problem": (refused or {}).get(kind, ("", ""))[1],
        }
        for kind in FIRST
    ]
    return render(
        request,
        "billing/settings.html",
        {
            "forms": forms.values(),
            "sequences": sequences,
            "has_logo": FirmLogo.objects.filter(firm_id=firm_id).exists(),
        },
        status=status,
    )


urlpatterns: list[URLPattern] = [
    path("settings/", index, name="billing_settings"),
    path("settings/numbers/", numbers, name="billing_numbers"),
    path("settings/logo/", logo, name="billing_logo"),
    path("settings/logo.png", logo_picture, name="billing_logo_picture"),
]
