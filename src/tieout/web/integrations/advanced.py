"""Acts: the advanced settings: a switch for each kind of change and each way, what it did lately, and who turned it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from tieout.practice.money import shown
from tieout.practice.permissions import NotYours, Permission
from tieout.reconcile.state import Side
from tieout.sync import advanced, chosen, lately, preferences, sections
from tieout.sync.decisions import CannotDecide
from tieout.sync.lately import OfUnit
from tieout.sync.models import Connection, SectionState
from tieout.sync.newest import Wins
from tieout.sync.sections import NotYet
from tieout.web.access import FirmRequest
from tieout.web.integrations import tax_mapping
from tieout.web.integrations.gated import connected

SHOWN = 20
"""Of what would go: so many are named."""
GROUPS: Mapping[Side, str] = {
    Side.LEDGER: "When something changes here",
    Side.PRACTICE: "When something changes in QuickBooks",
}
WORDS: Mapping[tuple[str, Side], tuple[str, str, str]] = {
    ("create", Side.LEDGER): (
        "Create new clients in QuickBooks",
        "From now on, a client added here becomes a customer there by itself.",
        "From now on, a client added here stays here and is listed under Left out.",
    ),
    ("edit", Side.LEDGER): (
        "Send edits of clients to QuickBooks",
        "From now on, what is edited here reaches QuickBooks by itself; what waited goes now.",
        "From now on, edits made here stay here. Each difference is listed under Left out.",
    ),
    ("archive", Side.LEDGER): (
        "Make customers inactive when a client is archived",
        "From now on, archiving a client makes its customer inactive, and restoring it makes it active again.",
        "From now on, archiving a client leaves its customer active.",
    ),
    ("create", Side.PRACTICE): (
        "Create new clients from QuickBooks",
        "From now on, a customer added in QuickBooks becomes a client here by itself.",
        "From now on, a customer added in QuickBooks stays there and is listed under Left out.",
    ),
    ("edit", Side.PRACTICE): (
        "Take edits from QuickBooks",
        "From now on, what is edited in QuickBooks reaches the client here; what waited comes now.",
        "From now on, edits made in QuickBooks stay there. Each difference is listed under Left out.",
    ),
    ("archive", Side.PRACTICE): (
        "Archive clients when a customer is made inactive",
        "From now on, a customer made inactive archives its client. Nothing is deleted.",
        "From now on, a customer made inactive leaves its client active.",
    ),
}
"""Switch -> its name, and what starts or stops when it is turned on or off."""


ENTITIES: Mapping[str, str] = {"client": "Clients", "service_item": "Service items"}
"""What goes both ways, and so has switches for both."""
DOCUMENTS: Mapping[str, str] = {
    "invoice": "Invoices",
    "payment": "Payments",
    "credit": "Credits",
    "credit_application": "Credits on invoices",
    "refund": "Refunds",
}
SENT: Mapping[str, tuple[str, str]] = {
    "service_item": ("service item", "service items"),
    "invoice": ("invoice", "invoices"),
    "payment": ("payment", "payments"),
    "credit": ("credit", "credits"),
    "refund": ("refund", "refunds"),
}
HOLDS_FOR: Mapping[str, tuple[str, ...]] = {
    "income_account": ("service_item",),
    "deposit_account": ("payment",),
    "payment_method": ("payment",),
    "tracking_class": ("invoice",),
    "location": ("invoice",),
    "row_item": ("invoice",),
    "write_off_item": ("invoice",),
    "credit_item": ("credit",),
    "refund_item": ("refund",),
    "refund_account": ("refund",),
    "tax_code": ("invoice", "credit"),
    "taxed_code": ("invoice", "credit"),
    "untaxed_code": ("invoice", "credit"),
}
"""Setting -> the kinds of records it is looked at for when they are sent."""
PREFERRED: Mapping[Wins | None, str] = {
    None: "Saved. It holds for conflicts from now on, and for those that wait.",
    Wins.NEWEST: "Saved. It holds for conflicts from now on; those that wait are still asked about.",
}
OTHER_WORDS = (("customer", "product or service"), ("clients", "service items"), ("client", "service item"))
"""How the sentences about clients read for service items."""


def words_of(entity: str, kind: str, side: Side) -> tuple[str, str, str]:
    """A switch's name, and what starts or stops when it is turned on or off."""
    said = WORDS[(kind, side)]
    if entity == "client":
        return said
    changed = [said_of_items(each) for each in said]
    return changed[0], changed[1], changed[2]


def said_of_items(sentence: str) -> str:
    for ours, theirs in OTHER_WORDS:
        sentence = sentence.replace(ours, theirs)
    return sentence


@connected
@require_GET
def page(request: FirmRequest, connection: Connection) -> HttpResponse:
    entity = request.GET.get("entity", "")
    entity = entity if entity in ENTITIES else next(iter(ENTITIES))
    found = advanced.switches(connection, entity)
    history = advanced.history(connection, entity)
    since = timezone.now() - advanced.LATELY
    units, sent = lately.of_units(connection, entity, since), lately.sent(connection, since)
    older = lately.too_old(connection)
    return render(
        request,
        "quickbooks/advanced.html",
        {
            "connection": connection,
            "entity": entity,
            "entities": ENTITIES.items(),
            "groups": [
                (title, [(one, *words_of(entity, one.kind, one.side)) for one in found if one.side is side])
                for side, title in GROUPS.items()
            ],
            "left_out": advanced.left_out(connection, entity),
            "turned": len(advanced.turned_from_default(connection, entity)),
            "history": [(change, words_of(entity, change.kind, Side(change.side))[0]) for change in history],
            "choices_made": advanced.choices_made(connection),
            "preferences": [
                (one, units.get(one.unit, OfUnit())) for one in preferences.preferences(connection, entity)
            ],
            "choosing": bool(request.GET.get("choose")),
            "choices": [(one, _sent_of(one.setting.key, sent)) for one in chosen.choices(connection)],
            "starts": [
                (
                    word,
                    title,
                    connection.switches.get(word, {}).get("since", ""),
                    sent.get(word, 0),
                    older.get(word, 0),
                )
                for word, title in DOCUMENTS.items()
                if connection.section(word) is SectionState.ON
            ],
            **tax_mapping.mapping(connection, request.member),
            "back": f"{request.path}?entity={entity}",
        },
    )


def _sent_of(key: str, sent: Mapping[str, int]) -> str:
    """What a setting held for lately: 14 payments. Empty for one that is about nothing that is sent."""
    kinds = HOLDS_FOR.get(key.partition(".")[0], ())
    counted = [(sent.get(one, 0), SENT[one][0] if sent.get(one, 0) == 1 else SENT[one][1]) for one in kinds]
    return " and ".join(f"{many:,} {word}" for many, word in counted)


@connected
@require_POST
def prefer(request: FirmRequest, connection: Connection) -> HttpResponse:
    """What happens when both sides change one field: ask, one side for good, or the newest."""
    entity, unit, wins = (request.POST.get(name, "") for name in ("entity", "unit", "wins"))
    if entity not in ENTITIES or wins not in {"", *Wins}:
        raise NotYours("There is no such setting.")
    try:
        if preferences.prefer(request.member, entity, unit, Wins(wins) if wins else None):
            messages.success(request, PREFERRED[Wins.NEWEST if wins == Wins.NEWEST else None])
    except CannotDecide as refusal:
        messages.warning(request, str(refusal))
    return redirect(f"{reverse('quickbooks-advanced')}?entity={entity}")


@connected
@require_POST
def start_from(request: FirmRequest, connection: Connection) -> HttpResponse:
    """From which date on documents are sent. What is dated before and was sent already stays as it is."""
    entity = request.POST.get("entity", "")
    try:
        since = date.fromisoformat(request.POST.get("since", ""))
    except ValueError:
        messages.warning(request, "Type a date. Nothing was changed.")
        return redirect("quickbooks-advanced")
    if entity not in DOCUMENTS or connection.section(entity) is not SectionState.ON:
        raise NotYours("There is no such setting.")
    return move_start(request, connection, entity, since, ("quickbooks-advanced", "Advanced settings"))


def move_start(
    request: FirmRequest, connection: Connection, entity: str, since: date, asked_on: tuple[str, str]
) -> HttpResponse:
    """Of a section that is on: what of the past would go is shown first, and goes once that very thing was looked at.

    ``asked_on``: the page to return to, its name and its title; the answer is posted to where the date was.
    """
    older, money = lately.dated_before_start(connection, entity, since)
    seen = f"{since} {older} {money}" if older else ""
    if request.POST.get("seen", "") != seen:
        may_see = request.member.may(Permission.VIEW_BILLING)
        context = {
            "connection": connection,
            "entity": entity,
            "title": DOCUMENTS[entity],
            "since": since,
            "older": older,
            "money": " and ".join(shown(amount, one) for one, amount in money) if may_see else "",
            "seen": seen,
            "then": reverse(asked_on[0]),
            "then_title": asked_on[1],
        }
        return render(request, "quickbooks/advanced_start.html", context)
    try:
        count = sections.start_sending(request.member, entity, since=since)
    except NotYet as refusal:
        messages.warning(request, str(refusal))
        return redirect(asked_on[0])
    said = f"{DOCUMENTS[entity]} dated {since:%B} {since.day}, {since.year} or later are sent; {count:,} looked at again."
    messages.success(request, said)
    return redirect(asked_on[0])


@connected
@require_GET
def look(request: FirmRequest, connection: Connection) -> HttpResponse:
    """What turning one switch on, or all back to how they came, starts and stops, and what of the past would go."""
    entity, kind, side = (request.GET.get(name, "") for name in ("entity", "kind", "side"))
    if entity not in ENTITIES:
        raise NotYours("There is no such switch.")
    if kind and (side not in set(Side) or (kind, Side(side)) not in WORDS):
        raise NotYours("There is no such switch.")
    if kind:
        turned = [(kind, Side(side), True)]
    else:
        found = advanced.turned_from_default(connection, entity)
        turned = [(one.kind, one.side, not one.on) for one in found]
    waits = advanced.waiting_for(connection, entity, [(kind, side) for kind, side, on in turned if on])
    return render(
        request,
        "quickbooks/advanced_look.html",
        {
            "connection": connection,
            "entity": entity,
            "plural": ENTITIES[entity],
            "kind": kind,
            "side": side,
            "turned": [
                (words[0], on, words[1] if on else words[2])
                for words, on in ((words_of(entity, kind, side), on) for kind, side, on in turned)
            ],
            "waits": waits[:SHOWN],
            "count": len(waits),
            "seen": seen_in(waits),
        },
    )


def seen_in(waits: Sequence[advanced.Waits]) -> str:
    """Changes with what would go: a press counts only for what was looked at. Empty when nothing would."""
    if not waits:
        return ""
    said = "\n".join(f"{one.kind} {one.side} {one.record_id} {one.sentence}" for one in waits)
    return sha256(said.encode()).hexdigest()[:16]


def _to(request: FirmRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)


@connected
@require_POST
def reset(request: FirmRequest, connection: Connection) -> HttpResponse:
    """All switches of an entity as they came, once what that starts and stops was looked at."""
    entity = request.POST.get("entity", "")
    if entity not in ENTITIES:
        raise NotYours("There is no such switch.")
    back_on = [(one.kind, one.side) for one in advanced.turned_from_default(connection, entity) if not one.on]
    if request.POST.get("seen", "") != seen_in(advanced.waiting_for(connection, entity, back_on)):
        messages.warning(request, "What would go has changed since you looked. Look at it once more.")
        return redirect(f"{reverse('quickbooks-advanced-look')}?{urlencode({'entity': entity})}")
    count = advanced.reset(request.member, entity)
    messages.success(request, f"{count} switch{'' if count == 1 else 'es'} turned back to how they came.")
    return redirect(f"{reverse('quickbooks-advanced')}?entity={entity}")


@connected
@require_POST
def turn(request: FirmRequest, connection: Connection) -> HttpResponse:
    kind, side = request.POST.get("kind", ""), request.POST.get("side", "")
    if side not in set(Side) or (kind, Side(side)) not in WORDS:
        raise NotYours("There is no such switch.")
    entity = request.POST.get("entity", "client")
    if entity not in ENTITIES:
        raise NotYours("There is no such switch.")
    on = request.POST.get("on") == "on"
    if on and request.POST.get("seen", "") != seen_in(
        advanced.waiting_for(connection, entity, [(kind, Side(side))])
    ):
        return _to(
            request,
            f"{reverse('quickbooks-advanced-look')}?{urlencode({'entity': entity, 'kind': kind, 'side': side})}",
        )
    if advanced.turn(request.member, entity, kind, Side(side), on):
        name, starts, stops = words_of(entity, kind, Side(side))
        messages.success(request, f"{name}: {'on' if on else 'off'}. {starts if on else stops}")
    return redirect(f"{reverse('quickbooks-advanced')}?entity={entity}")
