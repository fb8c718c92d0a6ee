"""Decides nothing: the operations on the firm's billing settings and the numbers its documents start from."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, Literal

from django.http import HttpResponse

from tieout.practice.access import require
from tieout.practice.actions.billing_settings import change_billing_settings, set_logo, start_numbers_at
from tieout.practice.actor import Actor
from tieout.practice.billing_settings import BillingSettings, FirmLogo, NumberSequence, settings_of
from tieout.practice.numbering import FIRST
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid
from tieout.web.api.calling import ApiRequest
from tieout.web.api.kinds_of_value import Exact, Given, Money, NumberText, RowId, Shown, Text, left_out
from tieout.web.api.routes import Section
from tieout.web.downloads import attachment

section = Section("Settings", "How the firm bills.")
MAY = Permission.BILLING_AND_PAYMENTS
Days = int


class Settings(Shown):
    version: int
    currency: str
    terms: str
    memo: str
    own_terms: list[int]
    """Days until due."""
    letterhead: str
    footer: str
    mail_subject: str
    mail_text: str
    reply_to: str
    payment_methods: list[str]
    processor: str
    late_fee_kind: str
    late_fee_percent: Exact
    late_fee_amount: Money
    late_fee_grace_days: int
    late_fee_every_days: int
    late_fee_item_id: int | None


class SettingsChange(Given):
    currency: Literal["USD", "CAD"] = left_out()
    terms: Text = left_out()
    memo: Text = left_out()
    own_terms: Text = left_out()
    """Days until due, separated by commas: "21, 90"."""
    letterhead: Text = left_out()
    footer: Text = left_out()
    mail_subject: Text = left_out()
    mail_text: Text = left_out()
    reply_to: Text = left_out()
    payment_methods: list[Literal["card", "debit", "ach", "cash", "check", "other"]] = left_out()
    processor: Text = left_out()
    late_fee_kind: Literal["", "percent", "amount"] = left_out()
    late_fee_percent: NumberText = left_out()
    late_fee_amount: NumberText = left_out()
    late_fee_grace_days: Days = left_out()
    late_fee_every_days: Days = left_out()
    late_fee_item_id: RowId | None = left_out()


class Numbers(Shown):
    """The next automatic numbers."""

    invoice: str
    credit: str


class NumbersStart(Given):
    """Numbers that are taken are stepped over."""

    kind: Literal["invoice", "credit"]
    number: Text


class LogoGiven(Given):
    """``picture``: a PNG or JPEG of at most 2 MB, as base64."""

    picture: Text


def put_logo(*, firm_id: int, actor: Actor, now: datetime, picture: str) -> None:
    """The picture at the head of every invoice."""
    try:
        content = base64.b64decode(picture, validate=True)
    except ValueError as problem:
        raise Invalid({"picture": "This is no base64. Send the picture's bytes encoded so."}) from problem
    try:
        set_logo(firm_id=firm_id, actor=actor, content=content, now=now)
    except Invalid as problem:
        raise Invalid({"picture": problem.problems["logo"]}) from problem


def remove_logo(*, firm_id: int, actor: Actor, now: datetime) -> None:
    """Take the picture off the invoices."""
    set_logo(firm_id=firm_id, actor=actor, content=None, now=now)


def logo(request: ApiRequest) -> HttpResponse:
    require(request.member, Permission.VIEW_BILLING)
    found = FirmLogo.objects.filter(firm_id=request.member.firm_id).first()
    if found is None:
        raise NotYours("The firm has no logo.")
    return attachment("logo.png", bytes(found.content), "image/png", inline=True)


def nothing(request: ApiRequest) -> None:
    """After it is done."""


def shows(request: ApiRequest) -> BillingSettings:
    require(request.member, MAY)
    return settings_of(request.member.firm_id)


def finds(request: ApiRequest) -> BillingSettings:
    return shows(request)


def numbers(request: ApiRequest) -> dict[str, Any]:
    require(request.member, MAY)
    kept = NumberSequence.objects.filter(firm_id=request.member.firm_id).values_list("kind", "next")
    return {**FIRST, **dict(kept)}


section.one(
    "/settings/billing", MAY, "get_billing_settings", shape=Settings, shows=shows, summary="Billing settings"
)
section.act(
    "/settings/billing",
    MAY,
    "change_billing_settings",
    change_billing_settings,
    method="PATCH",
    takes=SettingsChange,
    finds=finds,
    shape=Settings,
    shows=shows,
    summary="Change the billing settings",
)
section.one(
    "/settings/numbers",
    MAY,
    "get_numbers",
    shape=Numbers,
    shows=numbers,
    summary="The next automatic numbers",
)
section.act(
    "/settings/numbers",
    MAY,
    "start_numbers_at",
    start_numbers_at,
    takes=NumbersStart,
    shape=Numbers,
    shows=numbers,
    summary="Start automatic numbers elsewhere",
)
section.file(
    "/settings/logo", Permission.VIEW_BILLING, "get_logo", "image/png", logo, summary="The firm's logo"
)
section.act(
    "/settings/logo",
    MAY,
    "set_logo",
    put_logo,
    method="PUT",
    takes=LogoGiven,
    shape=None,
    shows=nothing,
    summary="Put a logo at the head of every invoice",
)
section.act(
    "/settings/logo",
    MAY,
    "remove_logo",
    remove_logo,
    method="DELETE",
    shape=None,
    shows=nothing,
    summary="Take the logo away",
)
