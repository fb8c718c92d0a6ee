"""Acts: what billing adds to the pages of others, so that those need one line for it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from tieout.practice.clients import Client
from tieout.practice.permissions import Permission
from tieout.web.billing.client_part import part_of

register = template.Library()


@register.inclusion_tag("billing/client_part.html", takes_context=True)
def client_billing(context: Context, client: Client) -> dict[str, Any]:
    """Balance, open invoices and timeline of a client; nothing for members who may not see billing."""
    member = context["member"]
    if member is None or not member.may(Permission.VIEW_BILLING):
        return {"allowed": False}
    shown = {"client": client, "firm_currency": context.get("firm_currency", "")}
    return {"allowed": True, **shown, **part_of(member, client)}
