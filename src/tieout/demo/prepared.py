"""Acts: remembers in the database for which source it was prepared, so that a start with nothing new skips two steps.

Finding out by running them takes seconds, nearly all of it loading Django twice.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg

SOURCE = Path(__file__).resolve().parents[1]


def fingerprint(source: Path = SOURCE) -> str:
    """Changes with any line of the product, since any might be a table, a policy or a seed."""
    digest = hashlib.sha256()
    for path in sorted(source.rglob("*.py")):
        digest.update(str(path.relative_to(source)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_prepared(database_url: str, wanted: str) -> bool:
    """Whether tables, policies and sample firm were made by exactly this source."""
    with psycopg.connect(database_url) as connection:
        if connection.execute("SELECT to_regclass('demo_prepared')").fetchone() == (None,):
            return False
        return connection.execute("SELECT fingerprint FROM demo_prepared").fetchall() == [(wanted,)]


def mark_prepared(database_url: str, wanted: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS demo_prepared (fingerprint text)")
        connection.execute("DELETE FROM demo_prepared")
        connection.execute("INSERT INTO demo_prepared VALUES (%s)", [wanted])
