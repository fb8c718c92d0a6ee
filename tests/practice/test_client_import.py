"""Importing a file: previewed, then once and whole or not at all."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.practice.conftest import make_member
from tieout.practice.access import access_import_draft, visible_clients
from tieout.practice.actions import client_import
from tieout.practice.actions.client_import import ImportRefused, import_draft, keep_upload, read_draft
from tieout.practice.actions.clients import create_client
from tieout.practice.actor import Actor, ChangeRecord
from tieout.practice.client_csv import HEADINGS, ReadFile, export_row
from tieout.practice.clients import Kind
from tieout.practice.csv_text import BadFile, write_csv
from tieout.practice.drafts import ImportDraft
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope
from tieout.practice.outbox import OutboxNote
from tieout.practice.permissions import NotAllowed, NotYours

pytestmark = pytest.mark.usefixtures("scope")
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FILE = b"Name,First name,External ID\nAda Byrne,Ada,1\nQuay LLC,,2\n"
WITH_ERROR = FILE + b",,3\n"


def keep(member: Member, content: bytes = FILE, now: datetime = NOW) -> ImportDraft:
    return keep_upload(member=member, file_name="clients.csv", content=content, now=now)


def test_an_import_leaves_what_single_edits_leave_with_one_bell(
    alice: Member, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOX_BELL = "tests.practice.test_client_import.ring"  # type: ignore[attr-defined]
    rung.clear()
    done = import_draft(member=alice, draft_id=keep(alice).pk, skip_errors=False, now=NOW)
    assert (done.imported_count, done.skipped_count, done.content) == (2, 0, "")
    ada, quay = visible_clients(alice).order_by("name")
    assert (ada.kind, ada.contacts.get().given, ada.external_id) == (Kind.INDIVIDUAL, "Ada", "1")
    assert (quay.kind, quay.contacts.count()) == (Kind.BUSINESS, 0)
    assert {each.record_id for each in OutboxNote.objects.all()} == {str(ada.pk), str(quay.pk)}
    history = ChangeRecord.objects.get(record_id=str(ada.pk))
    assert (history.verb, history.actor_kind, history.actor_label) == ("created", "import", "Alice Byrne")
    assert rung == [alice.firm_id]


rung: list[int] = []


def ring(firm_id: int) -> None:
    rung.append(firm_id)


def test_a_second_confirmation_imports_nothing(alice: Member) -> None:
    draft = keep(alice)
    for _ in range(2):
        assert import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW).imported_count == 2
    assert visible_clients(alice).count() == 2


def test_rows_with_errors_stop_the_import_unless_they_are_skipped_on_purpose(alice: Member) -> None:
    draft = keep(alice, WITH_ERROR)
    with pytest.raises(ImportRefused, match="1 rows have errors"):
        import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW)
    assert not visible_clients(alice).exists()
    done = import_draft(member=alice, draft_id=draft.pk, skip_errors=True, now=NOW)
    assert (done.imported_count, done.skipped_count) == (2, 1)


def test_a_file_of_errors_only_is_refused_even_when_skipping(alice: Member) -> None:
    draft = keep(alice, b"Name,E-mail\n,a@b.example\n")
    with pytest.raises(ImportRefused, match="no row is free of errors"):
        import_draft(member=alice, draft_id=draft.pk, skip_errors=True, now=NOW)


def test_what_changed_between_preview_and_confirmation_counts(firm: Firm, alice: Member) -> None:
    draft = keep(alice)
    assert read_draft(firm.pk, draft.content).invalid == []
    create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.BUSINESS, name="Quick", external_id="2")
    with pytest.raises(ImportRefused):
        import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW)
    assert visible_clients(alice).count() == 1


def test_an_external_id_taken_in_the_last_moment_undoes_the_whole_import(
    firm: Firm, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = keep(alice)
    read = client_import.read_draft

    def read_too_early(firm_id: int, text: str) -> ReadFile:
        """The file as it was judged just before somebody else took the number 1."""
        file = read(firm_id, text)
        create_client(
            firm_id=firm_id, actor=Actor.of(alice), kind=Kind.BUSINESS, name="Quick", external_id="1"
        )
        return file

    monkeypatch.setattr(client_import, "read_draft", read_too_early)
    with pytest.raises(ImportRefused, match="someone gave one of its external IDs"):
        import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW)
    assert not visible_clients(alice).exists()
    draft.refresh_from_db()
    assert draft.imported_at is None


def test_a_draft_is_its_members_own_for_a_day(firm: Firm, alice: Member, mallory: Member) -> None:
    draft = keep(alice)
    ben = make_member(firm, "ben@byrne.example", "Ben Byrne")
    later = NOW + timedelta(hours=24)
    for member, now, wanted in ((ben, NOW, draft.pk), (alice, later, draft.pk), (alice, NOW, uuid.uuid4())):
        with pytest.raises(NotYours):
            access_import_draft(member, wanted, now=now)
    with firm_scope(mallory.firm_id), pytest.raises(NotYours):
        import_draft(member=mallory, draft_id=draft.pk, skip_errors=True, now=NOW)
    sam = make_member(firm, "sam@byrne.example", "Sam Lee", "staff-all")
    with pytest.raises(NotAllowed, match="Import Clients"):
        access_import_draft(sam, draft.pk, now=NOW)


def test_a_new_upload_replaces_the_members_open_one_and_clears_what_expired(
    firm: Firm, alice: Member
) -> None:
    ben = make_member(firm, "ben@byrne.example", "Ben Byrne")
    keep(ben, now=NOW - timedelta(days=2))
    keep(alice)
    latest = keep(alice)
    assert [each.pk for each in ImportDraft.objects.all()] == [latest.pk]


def test_an_unreadable_file_leaves_no_draft(alice: Member) -> None:
    with pytest.raises(BadFile):
        keep(alice, b"Phone\n1\n")
    assert not ImportDraft.objects.exists()


def test_what_is_exported_is_refused_as_a_repetition_or_imported_alike_elsewhere(
    firm: Firm, alice: Member, other_firm: Firm, mallory: Member
) -> None:
    fields = {"name": "=Ada", "given": "Ada", "phone": "+1 555", "notes": "a\nb", "relation": "prospect"}
    create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.INDIVIDUAL, is_active=False, **fields)  # type: ignore[arg-type]
    rows = [export_row(each, each.contacts.get()) for each in visible_clients(alice)]
    content = write_csv(HEADINGS, rows)
    with firm_scope(other_firm.pk):
        draft = keep(mallory, content)
        import_draft(member=mallory, draft_id=draft.pk, skip_errors=False, now=NOW)
        (copy,) = visible_clients(mallory)
        assert export_row(copy, copy.contacts.get()) == rows[0]
        assert copy.is_active is False


def test_the_number_of_queries_does_not_grow_with_the_rows(alice: Member) -> None:
    def queries(rows: int) -> int:
        content = b"Name,First name\n" + b"".join(
            b"Client %d-%d,Ada\n" % (rows, each) for each in range(rows)
        )
        draft = keep(alice, content)
        with CaptureQueriesContext(connection) as captured:
            import_draft(member=alice, draft_id=draft.pk, skip_errors=False, now=NOW)
        return len(captured)

    assert queries(3) == queries(300)
