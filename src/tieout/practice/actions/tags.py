"""Acts: the verbs on tags, and on which client has one. History in both, but no note: a tag never leaves the practice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.access import client_to_change
from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    record_draft,
    set_values,
)
from tieout.practice.actor import Actor, history_row
from tieout.practice.billing_access import row_to_change, rows_of
from tieout.practice.clients import CLIENT, Client
from tieout.practice.firms import Firm
from tieout.practice.tag_names import (
    MOST_OF_A_CLIENT,
    MOST_OF_A_FIRM,
    TOO_MANY,
    TOO_MANY_OF_A_FIRM,
    clean_name,
)
from tieout.practice.tags import TAG, ClientTag, Tag, TagColor
from tieout.practice.validation import Invalid


class TagFields(TypedDict, total=False):
    name: str
    color: str


def create_tag(*, firm_id: int, actor: Actor, name: str, color: str = TagColor.GRAY) -> Tag:
    """A tag that no client has yet. Raises Invalid."""
    values = _cleaned({"name": name, "color": color})
    with transaction.atomic():
        Firm.objects.select_for_update(no_key=True).get(pk=firm_id)
        if rows_of(Tag, firm_id).count() >= MOST_OF_A_FIRM:
            raise Invalid({"name": TOO_MANY_OF_A_FIRM})
        tag = Tag(firm_id=firm_id, **values)
        _save(tag)
        record_created(tag, TAG, actor, given(values))
    return tag


def change_tag(
    *,
    firm_id: int,
    tag_id: int | str,
    actor: Actor,
    expected_version: int | None = None,
    **fields: Unpack[TagFields],
) -> Tag:
    """Another name or color; every client that has it shows it so. Raises RecordChangedMeanwhile, NotYours, Invalid."""
    values = _cleaned(fields)
    with transaction.atomic():
        tag = row_to_change(Tag, firm_id, tag_id)
        check_version(tag, TAG, expected_version)
        if changes := set_values(tag, values):
            _save(tag)
            record_changed(tag, TAG, "renamed" if "name" in changes else "changed", actor, changes)
    return tag


def delete_tag(*, firm_id: int, tag_id: int | str, actor: Actor, expected_version: int | None = None) -> int:
    """Take it off every client and forget it. Returns off how many. Raises RecordChangedMeanwhile, NotYours."""
    with transaction.atomic():
        tag = row_to_change(Tag, firm_id, tag_id)
        check_version(tag, TAG, expected_version)
        uses, _ = ClientTag.objects.filter(tag=tag).delete()
        record_draft(tag, TAG, "deleted", actor, {"name": [tag.name, None], "clients": [uses, None]})
        tag.delete()
    return uses


def tag_client(*, firm_id: int, client_id: int | str, tag_id: int | str, actor: Actor) -> Client:
    """Put a tag on a client; on it already: no change. Raises NotYours, Invalid."""
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        tag = row_to_change(Tag, firm_id, tag_id)
        held = set(ClientTag.objects.filter(client=client).values_list("tag_id", flat=True))
        if tag.pk in held:
            return client
        if len(held) >= MOST_OF_A_CLIENT:
            raise Invalid({"tag_id": TOO_MANY})
        ClientTag.objects.create(firm_id=firm_id, client=client, tag=tag)
        _told(client, "tagged", actor, [None, tag.name])
    return client


def untag_client(*, firm_id: int, client_id: int | str, tag_id: int | str, actor: Actor) -> Client:
    """Take a tag off a client; not on it: no change. Raises NotYours, Invalid."""
    with transaction.atomic():
        client = client_to_change(firm_id, client_id)
        tag = row_to_change(Tag, firm_id, tag_id)
        if ClientTag.objects.filter(client=client, tag=tag).delete()[0]:
            _told(client, "untagged", actor, [tag.name, None])
    return client


def tags_named(*, firm_id: int, names: Collection[str], actor: Actor) -> Mapping[str, Tag]:
    """By name in lower case, those that are missing made. For an import, in its transaction. Raises Invalid."""
    found = {tag.name.lower(): tag for tag in rows_of(Tag, firm_id)}
    for name in sorted(names):
        if name.lower() not in found:
            found[name.lower()] = create_tag(firm_id=firm_id, actor=actor, name=name)
    return found


def _told(client: Client, verb: str, actor: Actor, change: list[str | None]) -> None:
    """In the client's history under the version it has: its own fields did not change."""
    history_row(client.firm_id, CLIENT, str(client.pk), client.version, verb, actor, {"tag": change}).save()


def _cleaned(fields: TagFields) -> TagFields:
    problems: dict[str, str] = {}
    values: TagFields = {}
    if "name" in fields:
        try:
            values["name"] = clean_name(fields["name"])
        except Invalid as invalid:
            problems |= invalid.problems
    if "color" in fields:
        values["color"] = fields["color"]
        if fields["color"] not in TagColor.values:
            problems["color"] = f"Choose one of the colors: {', '.join(TagColor.values)}."
    if problems:
        raise Invalid(problems)
    return values


def _save(tag: Tag) -> None:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        if "tag_name_once" not in str(error):
            raise
        raise Invalid({"name": f"Another tag is called {tag.name}. Choose another name."}) from error
