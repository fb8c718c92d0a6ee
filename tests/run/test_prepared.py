"""What the demonstration skips at its second start, and when it must not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tieout.demo.prepared import fingerprint, is_prepared, mark_prepared


@pytest.fixture
def url() -> Iterator[str]:
    """The tests' own server; the mark is made in its first database, and removed."""
    url = os.environ["DATABASE_URL"]
    yield url
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS demo_prepared")


def test_a_database_counts_as_prepared_for_the_marked_source_only(url: str) -> None:
    assert not is_prepared(url, "one")
    mark_prepared(url, "one")
    assert is_prepared(url, "one")
    assert not is_prepared(url, "two")
    mark_prepared(url, "two")
    assert is_prepared(url, "two")
    assert not is_prepared(url, "one")


def test_an_edit_a_new_file_and_a_move_each_change_the_fingerprint(tmp_path: Path) -> None:
    seen = {fingerprint(tmp_path)}
    for name, text in [("models.py", "one"), ("models.py", "two"), ("more.py", "two")]:
        (tmp_path / name).write_text(text)
        seen.add(fingerprint(tmp_path))
    (tmp_path / "more.py").rename(tmp_path / "other.py")
    seen.add(fingerprint(tmp_path))
    assert len(seen) == 5
