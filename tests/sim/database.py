"""Acts: a database for campaigns outside pytest: the embedded server, migrated, with its row policies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def prepared() -> Iterator[str]:
    """The name of an empty test database; dropped afterwards."""
    import tests.bootstrap as bootstrap  # starts the server and sets the environment

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
    import django

    django.setup()
    from django.db import connection

    from tieout.practice.isolation import install_policies

    before = connection.settings_dict["NAME"]
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    install_policies(connection)
    connection.close()
    try:
        yield name
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
        bootstrap.pytest_unconfigure()
