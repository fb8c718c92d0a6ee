"""Acts: asks a program whether it does its work by now. Every question is quick and may be asked again."""

from __future__ import annotations

import http.client
from collections.abc import Callable

import psycopg

from tieout.demo.ports import HOST


def answers(port: int) -> Callable[[], bool]:
    """Whether any page without a server error comes back from this port."""

    def ask() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ask


def worker_reports(database_url: str) -> Callable[[], bool]:
    """Whether a worker has given a sign of life since this was called: rows of killed workers stay behind."""
    with psycopg.connect(database_url) as connection:
        before = connection.execute("SELECT now()").fetchone()

    def ask() -> bool:
        with psycopg.connect(database_url) as connection:
            since = connection.execute(
                "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat >= %s LIMIT 1", before
            )
            return since.fetchone() is not None

    return ask
