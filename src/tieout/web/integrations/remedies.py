"""Decides: which buttons stand beside which cause, for one row and for many at once. Pure; one table.

A button either posts a verb of ``acts`` or leads to a page. A cause without a line has no button: it clears by
itself, or there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from tieout.reconcile.state import Side
from tieout.sync.worklist import WorkRow


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way on."""

    verb: str
    label: str
    icon: str
    bulk: bool = False
    """May be chosen for many rows at once."""
    shortcut: str = ""
    """A single key for the row one stands on."""


LINK = Remedy("link", "Link to…", "link", shortcut="m")
CREATE = Remedy("create", "Create", "plus", bulk=True, shortcut="n")
CREATE_AGAIN = Remedy("create_again", "Create it there again", "plus", bulk=True, shortcut="n")
LEAVE_OUT = Remedy("leave_out", "Leave out", "ban", bulk=True, shortcut="e")
DIFFERENT = Remedy("different", "They are different", "unlink", bulk=True)
OURS = Remedy("keep_practice", "Keep ours", "arrow-right", bulk=True)
THEIRS = Remedy("keep_ledger", "Keep QuickBooks", "arrow-left", bulk=True)
RESTORE_OURS = Remedy("keep_practice", "Restore ours", "arrow-right", bulk=True)
ACCEPT_THEIRS = Remedy("keep_ledger", "Accept theirs", "arrow-left", bulk=True)
UNLINK = Remedy("unlink", "Unlink", "unlink")
RETRY = Remedy("retry", "Retry", "refresh", bulk=True)
RESTORE = Remedy("restore", "Restore", "restore", bulk=True)
EDIT = Remedy("edit", "Edit here", "pencil")
ARCHIVE = Remedy("archive", "Archive here", "archive")
OPEN = Remedy("open", "Open in QuickBooks", "external-link")
SWITCHES = Remedy("switches", "Advanced settings", "settings")
RECONNECT = Remedy("reconnect", "Reconnect", "plug-connected")

REMEDIES: Mapping[str, Sequence[Remedy]] = {
    "unmatched": (LINK, CREATE, LEAVE_OUT),
    "lookalike": (LINK, DIFFERENT, LEAVE_OUT),
    "conflict": (OURS, THEIRS),
    "drift": (RESTORE_OURS, ACCEPT_THEIRS, UNLINK),
    "does_not_fit": (EDIT, RETRY),
    "does_not_fit_here": (OPEN, RETRY),
    "inactive_there": (OPEN, ARCHIVE, RETRY),
    "gone_there": (LINK, CREATE_AGAIN, ARCHIVE, UNLINK),
    "gone_here": (UNLINK,),
    "name_taken": (LINK, EDIT, RETRY),
    "reference": (EDIT, RETRY),
    "ask_human": (RETRY, OPEN),
    "reconnect": (RECONNECT,),
    "bug": (RETRY,),
    "excluded": (RESTORE,),
    "switched_off": (SWITCHES,),
}

RECORD_PAGES: Mapping[str, Mapping[str, str]] = {
    "client": {"record": "client", "edit": "client_edit", "archive": "client_archive"},
    "service_item": {
        "record": "service_item",
        "edit": "service_item_edit",
        "archive": "service_item_archive",
    },
    "invoice": {"record": "invoice", "edit": "invoice_edit"},
    "payment": {"record": "payment", "edit": "payment_edit"},
    "credit": {"record": "credit"},
}
"""Practice word of an entity -> its pages here."""


@dataclass(frozen=True, slots=True)
class Button:
    """As the page draws it: ``value`` posts, ``href`` leads somewhere."""

    label: str
    icon: str
    of: str
    """The record it is for, said to those who hear the page."""
    value: str = ""
    href: str = ""
    outside: bool = False
    shortcut: str = ""


def buttons(row: WorkRow, deep_link: str = "") -> list[Button]:
    """What can be done about one row, the likeliest first. Nothing while it is on its way."""
    return [] if row.under_way else list(_buttons(row, deep_link))


def bulk(cause: str) -> list[Remedy]:
    """What can be done about many rows of one cause at once."""
    return [remedy for remedy in REMEDIES.get(cause, ()) if remedy.bulk]


def record_page(row: WorkRow, page: str = "record") -> str:
    """Of the record here; empty for one that is only in QuickBooks."""
    pages = RECORD_PAGES.get(row.key.entity, {})
    return reverse(pages[page], args=[row.practice_id]) if row.practice_id and page in pages else ""


def _buttons(row: WorkRow, deep_link: str) -> Iterator[Button]:
    title = row.title
    for option in row.options[:3]:
        yield Button(f"Link with {option.name}", "link", title, value=f"link_to:{row.id}:{option.id}")
    pages = {
        "link": (reverse("quickbooks-link", args=[row.key.entity, row.key.side.value, row.key.id]), False),
        "edit": (record_page(row, "edit"), False),
        "archive": (record_page(row, "archive"), False),
        "open": (deep_link, True),
        "switches": (reverse("quickbooks-advanced"), False),
        "reconnect": (reverse("quickbooks-connect"), False),
    }
    for remedy in REMEDIES.get(row.cause.slug, ()):
        if remedy is DIFFERENT and not row.options:
            continue
        label = _create(row) if remedy is CREATE else remedy.label
        if remedy.verb not in pages:
            yield Button(label, remedy.icon, title, value=f"{remedy.verb}:{row.id}", shortcut=remedy.shortcut)
        elif pages[remedy.verb][0]:
            href, outside = pages[remedy.verb]
            yield Button(label, remedy.icon, title, href=href, outside=outside, shortcut=remedy.shortcut)


def _create(row: WorkRow) -> str:
    return "Create in QuickBooks" if row.key.side is Side.PRACTICE else "Create in Tieout"
