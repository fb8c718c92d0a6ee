"""The history is chained: an entry changed, removed or put in past the database's own refusal is found."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from tieout.practice.actions.clients import change_client, create_client
from tieout.practice.actor import Actor, ChangeRecord
from tieout.practice.audit_chain import GENESIS, broken_at, chain_all, hash_of
from tieout.practice.clients import Kind
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import firm_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(firm: Firm, alice: Member, mallory: Member) -> list[ChangeRecord]:
    """Five chained entries of one firm, beside two of another."""
    for member, many in ((alice, 3), (mallory, 1)):
        where: dict[str, Any] = {"firm_id": member.firm_id, "actor": Actor.of(member)}
        with firm_scope(member.firm_id):
            client = create_client(**where, kind=Kind.BUSINESS, name="Acme")
            for number in range(many):
                change_client(**where, client_id=client.pk, phone=f"555 {number}")
    with firm_scope(firm.pk):
        create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.BUSINESS, name="Zoë & Ünal")
    assert chain_all() == 7
    assert chain_all() == 0
    with firm_scope(firm.pk):
        return list(ChangeRecord.objects.order_by("number"))


@contextmanager
def past_the_refusal() -> Iterator[Any]:
    """As whoever owns the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET ROLE tieout_app")


def test_each_firms_entries_are_chained_in_the_order_of_their_making(
    five: list[ChangeRecord], firm: Firm, other_firm: Firm
) -> None:
    assert [each.number for each in five] == [1, 2, 3, 4, 5]
    assert [each.previous_hash for each in five] == [GENESIS, *(each.hash for each in five[:-1])]
    assert all(each.hash == hash_of(each) for each in five)
    for one in (firm, other_firm):
        with firm_scope(one.pk):
            assert broken_at(one.pk) is None


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE practice_changerecord SET actor_label = 'Somebody else' WHERE id = %s", 3),
        ("UPDATE practice_changerecord SET changes = '{}' WHERE id = %s", 3),
        ("UPDATE practice_changerecord SET at = at + interval '1 second' WHERE id = %s", 3),
        ("DELETE FROM practice_changerecord WHERE id = %s", 3),
        ("UPDATE practice_changerecord SET number = number + 100 WHERE id = %s", 3),
        (
            "UPDATE practice_changerecord SET number = 103 WHERE id = %s;"
            "UPDATE practice_changerecord SET number = 3 WHERE number = 4"
            " AND firm_id = (SELECT firm_id FROM practice_changerecord WHERE id = %s);"
            "UPDATE practice_changerecord SET number = 4 WHERE id = %s",
            3,
        ),
    ],
)
def test_an_entry_that_is_changed_moved_or_removed_is_found(
    five: list[ChangeRecord], firm: Firm, tampering: str, found: int
) -> None:
    with past_the_refusal() as cursor:
        for statement in tampering.split(";"):
            cursor.execute(statement, [five[2].pk])
    with firm_scope(firm.pk):
        assert broken_at(firm.pk) == found
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 log is not whole"):
        call_command("verify_logs", stdout=told)
    assert f"BROKEN at entry {found}" in told.getvalue()


def test_the_database_lets_an_entry_be_chained_once_and_nothing_else(
    five: list[ChangeRecord], firm: Firm, alice: Member
) -> None:
    with firm_scope(firm.pk):
        create_client(firm_id=firm.pk, actor=Actor.of(alice), kind=Kind.BUSINESS, name="New")
        for values in ({"hash": "x"}, {"number": 6, "verb": "eaten"}, {"number": None}):
            for rows in (ChangeRecord.objects.filter(number=None), ChangeRecord.objects.filter(number=2)):
                with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                    rows.update(**values)
        told = io.StringIO()
        call_command("verify_logs", stdout=told)
    assert "5 entries, last hash" in told.getvalue()
    assert "1 to be chained by the worker): whole" in told.getvalue()
    assert chain_all() == 1


def printed(kept: Path | None = None) -> str:
    told = io.StringIO()
    call_command("verify_logs", stdout=told, kept=kept)
    return told.getvalue()


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("DELETE FROM practice_changerecord WHERE firm_id = %s AND number > 3", 4),
        ("DELETE FROM practice_changerecord WHERE firm_id = %s AND number = 5", 5),
        ("DELETE FROM practice_changerecord WHERE firm_id = %s", 1),
    ],
)
def test_an_end_that_was_cut_off_is_found_with_what_was_printed_before(
    five: list[ChangeRecord], firm: Firm, tmp_path: Path, tampering: str, found: int
) -> None:
    kept = tmp_path / "last-week.txt"
    kept.write_text(printed())
    with firm_scope(firm.pk):
        Firm.objects.filter(pk=firm.pk).update(name="Another, (name)")
    assert printed(kept).count("whole") == 2
    with past_the_refusal() as cursor:
        cursor.execute(tampering, [firm.pk])
    assert "BROKEN" not in printed(), "a shorter chain is a chain: this is what the kept end is for"
    told = io.StringIO()
    with pytest.raises(CommandError, match="1 log is not whole"):
        call_command("verify_logs", stdout=told, kept=kept)
    assert f"History of firm {firm.pk}, Another, (name)" in told.getvalue()
    assert f"BROKEN at entry {found}\n" in told.getvalue()


def test_what_was_not_printed_here_is_refused(five: list[ChangeRecord], tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("All is well.")
    with pytest.raises(CommandError, match="names no log"):
        printed(tmp_path / "other.txt")
    with pytest.raises(CommandError, match="cannot be read"):
        printed(tmp_path / "missing.txt")
    gone = f"History of firm 999999, Gone (7 entries, last hash {'0' * 64}): whole"
    (tmp_path / "gone.txt").write_text(gone)
    with pytest.raises(CommandError, match="1 log is not whole"):
        printed(tmp_path / "gone.txt")
