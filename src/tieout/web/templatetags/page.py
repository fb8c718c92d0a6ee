"""Decides: the small template words of our own pages."""

from __future__ import annotations

import re

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> str:
    """The text of a block a second time: a page names itself once, for the tab and for its heading."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return str(block.render(context)) if block else ""


@register.filter
def styled(field: BoundField) -> str:
    """The field's widget in our look; a class the form itself gives stays."""
    widget = field.field.widget
    if "class" in widget.attrs or isinstance(widget, RadioSelect):
        return field.as_widget()
    if isinstance(widget, CheckboxInput):
        return field.as_widget(attrs={"class": "form-check-input"})
    return field.as_widget(attrs={"class": "form-select" if isinstance(widget, Select) else "form-control"})


@register.filter
def breakable(address: str) -> SafeString:
    """An e-mail address that may be broken before its ``@`` and its dots, and in no word of it. Other texts as they are."""
    if "@" not in address:
        return conditional_escape(address)
    return mark_safe(re.sub(r"(?=[@.])", "<wbr>", conditional_escape(address)))


LOOKS = {
    "on": ("good", "circle-check"),
    "done": ("good", "circle-check"),
    "active": ("good", "plug-connected"),
    "in_review": ("wait", "list-check"),
    "waiting": ("wait", "clock"),
    "info": ("calm", "info-circle"),
    "not_started": ("calm", "circle-dashed"),
    "disconnected": ("calm", "plug"),
    "locked": ("calm", "lock"),
    "paused": ("warn", "player-pause"),
    "needs_you": ("bad", "alert-triangle"),
    "needs_reconnect": ("bad", "plug"),
    "problem": ("bad", "alert-triangle"),
    "draft": ("calm", "pencil"),
    "finalised": ("wait", "file-invoice"),
    "sent": ("wait", "send"),
    "part_paid": ("warn", "cash"),
    "paid": ("good", "circle-check"),
    "overdue": ("bad", "clock"),
    "written_off": ("calm", "ban"),
    "void": ("calm", "ban"),
    "received": ("good", "circle-check"),
    "pending": ("wait", "clock"),
    "declined": ("bad", "circle-x"),
    "bounced": ("bad", "alert-triangle"),
    "failed": ("bad", "alert-triangle"),
}
"""State -> tone and icon. The word beside it carries the meaning; these only help the eye."""


@register.filter
def tone(state: str) -> str:
    return LOOKS.get(str(state), LOOKS["info"])[0]


@register.filter
def look(state: str) -> str:
    """The name of the icon for a state."""
    return LOOKS.get(str(state), LOOKS["info"])[1]
