"""Acts: a file of clients from upload to rows. Kept as a draft, previewed, then imported once and whole, or not."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from tieout.practice.access import access_import_draft, clients_of, members_to_assign
from tieout.practice.actions.tags import tags_named
from tieout.practice.actor import Actor, ActorKind, ChangeRecord, history_row
from tieout.practice.client_csv import KnownFacts, ReadFile, ReadRow, read_clients
from tieout.practice.clients import CLIENT, Client, Contact
from tieout.practice.csv_text import BadFile, decode
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Member
from tieout.practice.outbox import note_changes
from tieout.practice.tags import ClientTag, tags_of_firm
from tieout.practice.validation import Invalid

KEPT_FOR = timedelta(hours=24)
BATCH = 500


class ImportRefused(Exception):
    """Nothing was imported; ``str()`` says why and what to do."""


def keep_upload(*, member: Member, file_name: str, content: bytes, now: datetime) -> ImportDraft:
    """Keep a readable file for the preview, in place of the member's earlier ones. Raises BadFile."""
    text = decode(content)
    read_draft(member.firm_id, text)
    with transaction.atomic():
        drafts = ImportDraft.objects.filter(firm_id=member.firm_id, imported_at=None)
        drafts.filter(member=member, kind="clients").delete()
        drafts.filter(expires_at__lte=now).delete()
        return ImportDraft.objects.create(
            firm_id=member.firm_id,
            member=member,
            file_name=file_name[:255],
            content=text,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )


def read_draft(firm_id: int, text: str) -> ReadFile:
    """The rows of a draft, judged against what the firm has now. Raises BadFile."""
    return read_clients(text, known_of(firm_id), firm_id)


def known_of(firm_id: int) -> KnownFacts:
    """What a file of clients is judged against."""
    clients = clients_of(firm_id)
    return KnownFacts(
        external_ids=frozenset(clients.exclude(external_id="").values_list("external_id", flat=True)),
        names=frozenset(name.lower() for name in clients.values_list("name", flat=True)),
        members={each.user.email.lower(): each.pk for each in members_to_assign(firm_id)},
        tags=frozenset(tag.name.lower() for tag in tags_of_firm(firm_id)),
    )


def import_draft(*, member: Member, draft_id: uuid.UUID, skip_errors: bool, now: datetime) -> ImportDraft:
    """Import the draft's valid rows, all in one transaction, with one bell for all their notes.

    A draft is imported once: a second call finds it done and returns it. Raises ImportRefused when a row has
    errors and ``skip_errors`` does not say to leave those out, or nothing is left; NotYours.
    """
    try:
        with transaction.atomic():
            draft = access_import_draft(member, draft_id, now=now, to_change=True)
            if draft.imported_at is not None:
                return draft
            rows = read_draft(member.firm_id, draft.content)
            if rows.invalid and not skip_errors:
                raise ImportRefused(
                    f"Nothing was imported: {len(rows.invalid):,} rows have errors. "
                    "Correct the file and upload it again, or choose to skip those rows."
                )
            if not rows.valid:
                raise ImportRefused("Nothing was imported: no row is free of errors. Correct the file first.")
            _insert(member.firm_id, Actor.of(member, ActorKind.IMPORT), rows.valid)
            draft.imported_at = now
            draft.imported_count = len(rows.valid)
            draft.skipped_count = len(rows.invalid)
            draft.content = ""
            draft.save()
            return draft
    except IntegrityError as error:
        if "client_external_id_once" not in str(error):
            raise
        raise ImportRefused(
            "Nothing was imported: while the file was read, someone gave one of its external IDs to another "
            "client. Look at the preview again."
        ) from error
    except Invalid as problem:
        raise ImportRefused(f"Nothing was imported: {problem}") from problem
    except BadFile as error:
        raise ImportRefused(str(error)) from error


def _insert(firm_id: int, actor: Actor, rows: list[ReadRow]) -> None:
    """Many rows at once leave what one does: the client, its contact, its tags, its history, its note."""
    built = [row.new for row in rows if row.new is not None]
    Client.objects.bulk_create([new.client for new in built], batch_size=BATCH)
    contacts = []
    for new in built:
        if new.contact is not None:
            new.contact.client = new.client
            contacts.append(new.contact)
    Contact.objects.bulk_create(contacts, batch_size=BATCH)
    tags = tags_named(firm_id=firm_id, names={name for row in rows for name in row.tags}, actor=actor)
    ClientTag.objects.bulk_create(
        [
            ClientTag(firm_id=firm_id, client=row.new.client, tag=tags[name.lower()])
            for row in rows
            if row.new is not None
            for name in row.tags
        ],
        batch_size=BATCH,
    )
    ChangeRecord.objects.bulk_create(
        [
            history_row(
                firm_id,
                CLIENT,
                str(row.new.client.pk),
                row.new.client.version,
                "created",
                actor,
                {**row.new.changes, **({"tag": [None, ", ".join(row.tags)]} if row.tags else {})},
            )
            for row in rows
            if row.new is not None
        ],
        batch_size=BATCH,
    )
    note_changes(firm_id, CLIENT, [(str(new.client.pk), new.client.version) for new in built])
