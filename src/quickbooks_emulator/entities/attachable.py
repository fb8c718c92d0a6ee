"""Decides: what an Attachable is: a note or a file, linked to any number of records."""

from __future__ import annotations

from typing import Any

from quickbooks_emulator import faults
from quickbooks_emulator.attachments import files
from quickbooks_emulator.entities.change import Change
from quickbooks_emulator.entities.declaration import (
    BASE,
    Body,
    Entity,
    Family,
    Field,
    Kind,
    boolean,
    computed,
    read_only,
    text,
)
from quickbooks_emulator.forms.shapes import Shape, many, one
from quickbooks_emulator.store.books import Books
from quickbooks_emulator.store.documents import Record

_TARGET = Shape("ReferenceType", (text("value", 30), text("type", 100)), ignored=("name",))
_LINK = Shape(
    "AttachableRef",
    (Field("EntityRef", form=one(_TARGET)), boolean("IncludeOnSend"), text("LineInfo", 100)),
    ignored=("NoRefOnly", "CustomField", "AttachableRefEx", "Inactive"),
)


def need_content(change: Change) -> None:
    """A Note or a FileName is needed (documented)."""
    if not change.body.get("Note") and not change.body.get("FileName"):
        raise faults.required("FileName or Note")


def check_links(change: Change) -> None:
    """Recorded: 6000 for a link to a record that does not exist; IncludeOnSend is printed as false when left out."""
    links: list[Body] = []
    for link in change.body.get("AttachableRef", ()):
        target = link.get("EntityRef")
        if target is not None:
            target = _existing(change.books, target)
            link = {**link, "EntityRef": target}
        links.append({**link, "IncludeOnSend": link.get("IncludeOnSend", False)})
    if links:
        change.body["AttachableRef"] = links


def _existing(books: Books, target: Body) -> Body:
    kind, record_id = target.get("type", ""), target.get("value", "")
    for entity in books.entities.values():
        if entity.name.casefold() == kind.casefold():
            if books.get(entity.name, record_id) is not None:
                return {"value": record_id, "type": entity.name}
            kind = entity.name
            break
    raise faults.business(
        f"The entity {kind} {record_id} that you are trying to link does not exist. {kind} {record_id}"
    )


def _addresses(books: Books, record: Record) -> Body:
    if "Size" not in record.body:
        return {}
    return {
        "FileAccessUri": f"/v3/company/{books.company.realm}/download/{record.id}",
        "TempDownloadUri": files.link(books, record.id, record.body.get("FileName", "file")),
    }


def drop_file(change: Change) -> None:
    assert change.old is not None
    collection = change.books.collection("files")
    if collection.get(change.old.id) is not None:
        change.books.transaction.remove(collection.name, change.old.id)


def linked_to(record: Record) -> Any:
    """For the search of what is attached to a record."""
    return [
        link["EntityRef"]["value"] for link in record.body.get("AttachableRef", ()) if "EntityRef" in link
    ]


ATTACHABLE = Entity(
    name="Attachable",
    family=Family.NAME_LIST,
    noun="attachment",
    sequence="attachables",
    first_id=5_000_000_000_000_500_000,
    name_field="FileName",
    fields=(
        text("FileName", 1000).queried(),
        computed("FileAccessUri"),
        computed("TempDownloadUri"),
        read_only("Size", Kind.NUMBER),
        text("ContentType", 100),
        text("Category", 100).filtered(),
        BASE,
        Field("AttachableRef", form=many(_LINK)),
        text("Note", 2000).filtered(),
        text("Lat", 50),
        text("Long", 50),
        text("PlaceName", 2000),
        text("Tag", 2000),
        read_only("ThumbnailFileAccessUri"),
        read_only("ThumbnailTempDownloadUri"),
        read_only("EntityRef", Kind.OPEN),
        read_only("AttachableEx", Kind.OPEN),
    ),
    rules=(need_content, check_links),
    compute=_addresses,
    events=(),
    deletable=True,
    token_free_delete=True,
    removed=(drop_file,),
    more_indexes=(("linked", linked_to),),
)
