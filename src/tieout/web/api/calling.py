"""Acts: what a call is told of itself, and how it carries out a verb: with the firm, the actor, the day and the version.

A verb says by its parameters what it needs; nothing here knows a single verb.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from inspect import signature
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

from tieout.practice.access import client_to_change, visible_clients
from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.locking import lock_document
from tieout.practice.actor import Actor
from tieout.practice.api_tokens import ApiToken
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.clients import Client
from tieout.practice.credits import Credit
from tieout.practice.firms import Member
from tieout.practice.groups import ClientGroup
from tieout.practice.invoices import Invoice
from tieout.practice.payments import Payment
from tieout.practice.permissions import Permission
from tieout.practice.validation import Invalid

Result = TypeVar("Result")


class ApiRequest(HttpRequest):
    """What an operation gets from the door."""

    reference: str
    """Of this call, for the log and whoever asks about it."""
    token: ApiToken
    member: Member
    """The token's, with no more rights than the token has."""
    actor: Actor
    now: datetime
    today: date
    """At the firm."""
    expected_version: int | None
    """Of ``If-Match``."""
    key: str
    """Names this call among all of the firm; empty without an ``Idempotency-Key``."""
    version_shown: int | None
    """Of the record in the answer: its ``ETag``."""
    location: str
    """Of a record that was made."""


def carry_out(
    request: ApiRequest,
    verb: Callable[..., Result],
    row: Any = None,
    ids: Mapping[str, int] | None = None,
    /,
    **given: Any,
) -> Result:
    """Call the verb with what it asks for, beside what was ``given``. ``row``: what it changes, if that exists.

    ``ids``: of the address; the verb gets those it asks for.

    A verb that does not compare versions itself is held back here until they were compared. Raises what it raises.
    """
    asks = signature(verb).parameters
    offered = {
        "firm_id": request.member.firm_id,
        "by": request.member,
        "member": request.member,
        "actor": request.actor,
        "today": request.today,
        "now": request.now,
        "expected_version": request.expected_version,
        "idempotency_key": request.key,
        **(ids or {}),
    }
    if request.expected_version is not None and "expected_version" not in asks:
        _refuse_if_changed(row, request.expected_version)
    return verb(**{name: value for name, value in offered.items() if name in asks}, **given)


def _refuse_if_changed(row: Any, expected: int) -> None:
    """Lock the row in the order all verbs lock, then compare. Raises ChangedMeanwhile, Invalid."""
    if isinstance(row, Invoice | Payment | Credit):
        lock: Callable[..., Any] = lock_document
        now: Any = lock(type(row), row.firm_id, row.pk)[1]
    elif isinstance(row, Client):
        now = client_to_change(row.firm_id, row.pk)
    elif hasattr(row, "version"):
        now = row_to_change(type(row), row.firm_id, row.pk)
    else:
        raise Invalid({"If-Match": "What this changes has no version; leave If-Match out."})
    if now.version != expected:
        raise ChangedMeanwhile(seen=expected, now=now.version)


def refuse_unseen(member: Member, values: Mapping[str, Any]) -> None:
    """A document is written only for clients and groups the member may see, whoever the verb would take.

    Raises Invalid, and NotAllowed to a member who may see no clients at all.
    """
    for prefix, part in (("", values), ("content.", values.get("content") or {})):
        client_id, group_id = part.get("client_id"), part.get("group_id")
        if client_id is not None and not visible_clients(member).filter(pk=client_id).exists():
            raise Invalid({f"{prefix}client_id": "There is no such client. Choose one of your clients."})
        if group_id is not None and not visible_groups(member).filter(pk=group_id).exists():
            raise Invalid({f"{prefix}group_id": "There is no such group. Choose one of your client groups."})


def visible_groups(member: Member) -> QuerySet[ClientGroup]:
    """All of the firm's groups; for a member who sees only some clients, those that have one of them."""
    clients = visible_clients(member)
    groups = rows_of(ClientGroup, member.firm_id).filter(is_active=True)
    if member.may(Permission.VIEW_ALL_CLIENTS):
        return groups
    return groups.filter(pk__in=clients.values("group_membership__group"))


def given_to(body: Any) -> Mapping[str, Any]:
    return {} if body is None else body.values()
