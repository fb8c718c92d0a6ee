"""Acts: databases for campaigns outside pytest: the embedded server, migrated, with its row policies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def prepared(processes: int) -> Iterator[list[str]]:
    """The names of so many equal, empty test databases; dropped afterwards."""
    import tests.bootstrap as bootstrap  # starts the server and sets the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    import django

    django.setup()
    from django.db import connection

    from tieout.practice.isolation import install_policies

    before = connection.settings_dict["NAME"]
    first = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    install_policies(connection)
    names = [first, *(f"{first}_{number}" for number in range(1, processes))]
    # Those of a campaign that was killed are still there; the first is replaced above.
    _elsewhere(connection, before, [f'DROP DATABASE IF EXISTS "{one}"' for one in names[1:]])
    _elsewhere(connection, before, [f'CREATE DATABASE "{one}" TEMPLATE "{first}"' for one in names[1:]])
    try:
        yield names
    finally:
        _elsewhere(connection, before, [f'DROP DATABASE IF EXISTS "{one}"' for one in names])
        bootstrap.pytest_unconfigure()


def _elsewhere(connection: object, database: str, statements: list[str]) -> None:
    """A database can only be copied or dropped while nobody is in it."""
    connection.close()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = database  # type: ignore[attr-defined]
    with connection.cursor() as cursor:  # type: ignore[attr-defined]
        for statement in statements:
            cursor.execute(statement)
    connection.close()  # type: ignore[attr-defined]
