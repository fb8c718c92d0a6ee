"""Decides: which buttons stand beside which cause, for one row and for many at once. Pure; one table.

A button either posts a verb of ``acts`` or leads to a page. A cause without a line has no button: it clears by
itself, or there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import reverse

from tieout.practice.clients import CLIENT
from tieout.practice.service_items import SERVICE_ITEM
from tieout.reconcile.state import Side
from tieout.sync.awaited import TOLD, Awaited, as_text
from tieout.sync.issues import MERGED, SHARED, TWICE, Listing
from tieout.sync.steps import STEP_OF
from tieout.sync.worklist import NUMBERED, Other, WorkRow


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
CREATE_ANYWAY = Remedy("create_again", "Create it there again", "plus")
"""Never for many at once: what was merged there would be there twice."""
USE_SURVIVOR = Remedy("use_survivor", "Archive it here", "archive")
"""For what cannot be merged here: what names it names the one that stays in QuickBooks from then on."""
OURS = Remedy("keep_practice", "Keep ours", "arrow-right", bulk=True)
THEIRS = Remedy("keep_ledger", "Keep QuickBooks", "arrow-left", bulk=True)
RESTORE_OURS = Remedy("keep_practice", "Restore ours", "arrow-right", bulk=True)
ACCEPT_THEIRS = Remedy("keep_ledger", "Accept theirs", "arrow-left", bulk=True)
UNLINK = Remedy("unlink", "Unlink", "unlink")
RETRY = Remedy("retry", "Retry", "refresh", bulk=True)
CHECK = Remedy("retry", "Check again", "refresh", bulk=True)
DETACH = Remedy("detach", "Take apart and leave out", "unlink", bulk=True)
USE_NUMBER = Remedy("use_number", "Use the next free number", "check", bulk=True)
LINK_THAT = Remedy("link_that", "Link that one", "link")
USE_NAME = Remedy("use_name", "Add “(client)” to the name here", "check", bulk=True)
KEEP_OURS = Remedy("keep_practice", "Keep ours", "arrow-right", bulk=True)
ACCEPT = Remedy("keep_ledger", "Accept theirs", "arrow-left", bulk=True)
RESTORE = Remedy("restore", "Restore", "restore", bulk=True)
SAY_WHY = Remedy("say_why", "Keep the reason", "pencil", bulk=True)
EDIT = Remedy("edit", "Edit here", "pencil")
ARCHIVE = Remedy("archive", "Archive here", "archive")
VOID_COPY = Remedy("void_copy", "Void the other one", "ban")
KEEP_BOTH = Remedy("different", "Keep both", "copy")
VOID_THERE = Remedy("void_there", "Void it there all the same", "ban")
"""Never for many at once: each undoes something else."""
KEEP_THERE = Remedy("detach", "Keep it there and take apart", "unlink", bulk=True)
OPEN = Remedy("open", "Open in QuickBooks", "external-link")
OPEN_COPY = Remedy("open_copy", "Open the other one", "external-link")
SETTINGS = Remedy("settings", "Open QuickBooks settings", "external-link")
QUICKBOOKS = Remedy("settings", "Open QuickBooks", "external-link")
"""The same door, where what has to be done there is not one of the settings."""
ASK = Remedy("ask", "Ask the QuickBooks administrator", "send")
REPORT = Remedy("report", "Support bundle", "help")
SWITCHES = Remedy("switches", "Advanced settings", "settings")
RECONNECT = Remedy("reconnect", "Reconnect", "plug-connected")
CHOICES = Remedy("choices", "Choose accounts, items and tax codes", "settings")
RESTORE_AWAITED = Remedy("restore_awaited", "Restore", "restore")
START = Remedy("start", "Start date", "clock")
TURN_ON = Remedy("turn_on", "Turn on", "settings")
DECIDE = Remedy("decide", "Decide about", "arrow-right")
OPEN_AWAITED = Remedy("open_awaited", "Open", "eye")
"""These five lead on from what is held up, and name what they lead to."""

REMEDIES: Mapping[str, Sequence[Remedy]] = {
    "unmatched": (LINK, CREATE, LEAVE_OUT),
    "lookalike": (LINK, DIFFERENT, LEAVE_OUT),
    "conflict": (OURS, THEIRS),
    "drift": (RESTORE_OURS, ACCEPT_THEIRS, DETACH),
    "amount_differs": (ACCEPT, KEEP_OURS, OPEN),
    "does_not_fit": (EDIT, RETRY),
    "does_not_fit_here": (OPEN, RETRY),
    "inactive_there": (OPEN, ARCHIVE, RETRY),
    "gone_there": (CREATE_AGAIN, LINK, ARCHIVE, DETACH),
    MERGED: (USE_SURVIVOR, LINK, CREATE_ANYWAY, DETACH),
    "twice_there": (VOID_COPY, KEEP_BOTH, OPEN),
    "undone_by_void": (OPEN, CHECK, KEEP_THERE, VOID_THERE),
    "gone_here": (UNLINK,),
    "held_up": (RESTORE_AWAITED, OPEN, CHECK, LEAVE_OUT, DETACH),
    "name_taken": (LINK, USE_NAME, EDIT, RETRY),
    "number_taken": (USE_NUMBER, LINK_THAT, EDIT, RETRY, LEAVE_OUT),
    "reference": (EDIT, CHOICES, QUICKBOOKS, CHECK),
    "setting_missing": (CHOICES, CHECK, LEAVE_OUT),
    "closed_period": (EDIT, SETTINGS, ASK, CHECK, LEAVE_OUT),
    "locked_there": (OPEN, CHECK, DETACH),
    "open_balance": (OPEN, CHECK),
    "no_room": (OPEN, QUICKBOOKS, EDIT, CHECK, LEAVE_OUT),
    "auto_apply": (SETTINGS, CHECK),
    "subscription": (QUICKBOOKS, ASK, CHECK),
    "no_permission": (RECONNECT, ASK, CHECK),
    "feature_off": (SETTINGS, CHECK, LEAVE_OUT),
    "other_currency": (OPEN, QUICKBOOKS, CHECK, LEAVE_OUT, DETACH),
    "ask_human": (OPEN, QUICKBOOKS, EDIT, CHECK, LEAVE_OUT),
    "reconnect": (RECONNECT,),
    "bug": (RETRY, REPORT),
    "excluded": (RESTORE, SAY_WHY),
    "switched_off": (SWITCHES,),
}

RECORD_PAGES: Mapping[str, Mapping[str, str]] = {
    "client": {"record": "client", "edit": "client_edit", "archive": "client_archive"},
    "service_item": {
        "record": "service_item",
        "edit": "service_item_edit",
        "archive": "service_item_archive",
    },
    "invoice": {"record": "invoice", "edit": "invoice_revise", "archive": "invoice_void"},
    "payment": {"record": "payment", "edit": "payment_edit", "archive": "payment_void"},
    "credit": {"record": "credit", "edit": "credit_notes", "archive": "credit_void"},
    "refund": {"record": "refund"},
    "credit_application": {"record": "credit_application"},
}
"""Practice word of an entity -> its pages here. A document is not archived but voided; a refund has its place on the page of
its payment, and what a credit pays on that of its credit."""
DATED = frozenset({"invoice", "payment", "credit", "credit_application", "refund"})
"""Entities with a start date among the advanced settings."""
NAMED = frozenset({"client", "service_item"})
"""Entities whose records may be linked by hand and renamed; a document belongs to the one it was sent as."""


DeepLink = Callable[[str], str]
"""A record's id in QuickBooks -> where a person sees it there; empty when this installation cannot say."""


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
    why_not: str = ""
    """It is greyed, and this sentence says why and who can help."""


BESIDE = (SAY_WHY, VOID_COPY, RESTORE_AWAITED)
"""Drawn elsewhere: beside the ticked rows, where the words are, and for each of the options or of the records waited for."""


def buttons(row: WorkRow, deep_link: DeepLink = lambda _: "", settings_link: str = "") -> list[Button]:
    """What can be done about one row, the likeliest first. Nothing while it is on its way.

    ``settings_link``: the company's own settings.
    """
    return [] if row.under_way else list(_buttons(row, deep_link, settings_link))


def for_all(cause: str) -> Remedy | None:
    """The one button for every record of a cause: when what stopped them is gone, all are looked at again."""
    return next((one for one in REMEDIES.get(cause, ()) if one.verb == "retry" and cause in SHARED), None)


def asks_why(cause: str) -> bool:
    """Whether a reason may be typed beside the buttons for many."""
    return any(remedy.verb in ("leave_out", "say_why") for remedy in bulk(cause))


def bulk(cause: str) -> list[Remedy]:
    """What can be done about many rows of one cause at once."""
    return [remedy for remedy in REMEDIES.get(cause, ()) if remedy.bulk]


def record_page(row: WorkRow, page: str = "record") -> str:
    """Of the record here; empty for one that is only in QuickBooks."""
    return page_of_record(row.key.entity, row.practice_id, page)


def page_of_record(entity: str, practice_id: str, page: str = "record") -> str:
    """One of the pages of a record of the practice; empty where there is none."""
    pages = RECORD_PAGES.get(entity, {})
    return reverse(pages[page], args=[practice_id]) if practice_id and page in pages else ""


def _buttons(row: WorkRow, deep_link: DeepLink, settings_link: str) -> Iterator[Button]:
    title, opened = row.title, deep_link(row.ledger_id) if row.ledger_id else ""
    for option in row.options[:3]:
        if row.cause.slug == TWICE:
            value = "" if option.why_not_void else f"{VOID_COPY.verb}:{row.id}:{option.id}"
            label = f"{VOID_COPY.label} ({option.name or option.id})"
            yield Button(label, VOID_COPY.icon, title, value=value, why_not=option.why_not_void)
            if href := deep_link(option.id):
                yield Button(
                    f"{OPEN_COPY.label} ({option.name or option.id})",
                    OPEN.icon,
                    title,
                    href=href,
                    outside=True,
                )
        elif not option.partner_id:
            yield from _link_with(row, option, deep_link)
        elif _merges_here(row):
            yield Button("Merge here…", "users", title, href=_merge(row.key.id, option.partner_id))
    for one in row.awaited[:TOLD]:
        yield from _ways_on(row, one)
    pages = {
        "link": (reverse("quickbooks-link", args=[row.key.entity, row.key.side.value, row.key.id]), False),
        "edit": (record_page(row, "edit"), False),
        "archive": (record_page(row, "archive"), False),
        "open": (opened, True),
        # One door to QuickBooks is enough: its settings are where one looks when the record is not there.
        "settings": ("" if opened and OPEN in REMEDIES.get(row.cause.slug, ()) else settings_link, True),
        "ask": (_letter(row), False),
        "report": (reverse("quickbooks-support"), False),
        "switches": (reverse("quickbooks-advanced"), False),
        "reconnect": (reverse("quickbooks-connect"), False),
        "choices": (f"{reverse('quickbooks-advanced')}?choose=1#accounts", False),
    }
    for remedy in REMEDIES.get(row.cause.slug, ()):
        if not offers(row, remedy) or remedy in BESIDE:
            continue
        label = _label(row, remedy)
        if remedy.verb not in pages:
            yield Button(label, remedy.icon, title, value=f"{remedy.verb}:{row.id}", shortcut=remedy.shortcut)
        elif pages[remedy.verb][0]:
            href, outside = pages[remedy.verb]
            yield Button(label, remedy.icon, title, href=href, outside=outside, shortcut=remedy.shortcut)


def _link_with(row: WorkRow, option: Other, deep_link: DeepLink) -> Iterator[Button]:
    """Documents go by numbers and dates, which several may have: each of these is opened before it is linked."""
    document = row.key.entity not in NAMED
    name = f"{option.name} ({option.id})" if document else option.name
    words, icon, verb = (
        ("Link with", "link", "link_to")
        if option.in_use
        else ("Reactivate and link with", "restore", "reactivate")
    )
    value = "" if option.why_not_link else f"{verb}:{row.id}:{option.id}"
    yield Button(f"{words} {name}", icon, row.title, value=value, why_not=option.why_not_link)
    if document and (href := deep_link(option.id)):
        yield Button(f"Open {name}", OPEN.icon, row.title, href=href, outside=True)


def _ways_on(row: WorkRow, awaited: Awaited) -> Iterator[Button]:
    """From a record that is held up to the one it waits for, and to what keeps that one."""
    key, title, label = awaited.key, row.title, awaited.label
    if awaited.stopped_by == "excluded":
        value = f"{RESTORE_AWAITED.verb}:{row.id}:{as_text(key)}"
        yield Button(f"{RESTORE_AWAITED.label} {label}", RESTORE_AWAITED.icon, title, value=value)
    ways: list[tuple[Remedy, str, str]] = []
    if awaited.stopped_by == "not_eligible" and key.entity in DATED:
        words = f"{START.label} of {key.entity.replace('_', ' ')}s"
        ways.append((START, words, f"{_advanced()}#since-{key.entity}"))
    if awaited.stopped_by == "switched_off":
        ways.append((SWITCHES, SWITCHES.label, _advanced()))
    if awaited.section_off:
        ways.append((TURN_ON, f"{TURN_ON.label}: {awaited.section_off}", reverse(STEP_OF[key.entity].page)))
    elif awaited.stop is not None and awaited.stop.listing == Listing.NEEDS_YOU:
        asked = urlencode({"cause": awaited.stop.cause, "search": awaited.name})
        ways.append((DECIDE, f"{DECIDE.label} {label}", f"{reverse('quickbooks-issues')}?{asked}"))
    if key.side is Side.PRACTICE and not awaited.gone:
        ways.append((OPEN_AWAITED, f"{OPEN_AWAITED.label} {label}", page_of_record(key.entity, key.id)))
    yield from (Button(words, way.icon, title, href=href) for way, words, href in ways if href)


def _advanced() -> str:
    return reverse("quickbooks-advanced")


def _merges_here(row: WorkRow) -> bool:
    """Whether the two can be made one here as well: only clients can."""
    return row.cause.slug == MERGED and row.key.entity == CLIENT and row.key.side is Side.PRACTICE


def _letter(row: WorkRow) -> str:
    """A mail to write to whoever administers the QuickBooks company: a colleague, a client, nobody who is known here."""
    text = f"{row.title}: {row.sentence}\n\n{row.cause.next_step}"
    return (
        f"mailto:?{urlencode({'subject': f'QuickBooks: {row.cause.title}', 'body': text}, quote_via=quote)}"
    )


def _merge(goes: str, stays: str) -> str:
    """The page that shows what would move, with the record that stays in QuickBooks as the one that stays here."""
    return f"{reverse('client_merge', args=[goes])}?{urlencode({'with': stays, 'keep': 'other'})}"


def offers(row: WorkRow, remedy: Remedy) -> bool:
    """Whether a remedy of the row's cause makes sense for this very record."""
    named = row.key.entity in NAMED
    return {
        "different": bool(row.options),
        # Where the one that stays is known, the two belong together.
        "create_again": row.cause.slug != MERGED or not row.options,
        "link": named,
        "use_name": row.key.entity == "client" and row.key.side is Side.PRACTICE,
        "use_number": row.key.entity in NUMBERED and bool(row.suggestion),
        # Of a credit only its number and notes can be changed.
        "edit": row.key.entity != "credit" or row.cause.slug in ("number_taken", "does_not_fit"),
        "link_that": bool(row.holder) and not row.partner_id,
        # What has a partner is taken apart first; leaving it out would leave the link.
        "leave_out": not row.partner_id,
        "restore_awaited": any(one.stopped_by == "excluded" for one in row.awaited),
        # What names an item that was merged there would wait for it for ever.
        "detach": bool(row.partner_id) and not (row.cause.slug == MERGED and row.key.entity == SERVICE_ITEM),
        "use_survivor": row.key.entity == SERVICE_ITEM and any(one.partner_id for one in row.options),
    }.get(remedy.verb, True)


def _label(row: WorkRow, remedy: Remedy) -> str:
    if remedy is CREATE:
        return "Create in QuickBooks" if row.key.side is Side.PRACTICE else "Create in Tieout"
    if remedy is USE_SURVIVOR and row.options:
        return f"Archive it here and use {row.options[0].name}"
    if remedy is USE_NUMBER:
        return f"Use {row.suggestion}"
    if remedy is LINK_THAT:
        return f"Link that {row.key.entity}"
    if remedy is USE_NAME:
        return f"Use “{suffixed(row.name)}”"
    if remedy is ARCHIVE and row.key.entity not in NAMED:
        return "Void here"
    if remedy is CREATE_AGAIN and row.key.entity not in NAMED:
        return "Send again"
    return remedy.label


def suffixed(name: str) -> str:
    """The name as it can stand beside a vendor's or employee's of the same name."""
    return f"{name} (client)"
