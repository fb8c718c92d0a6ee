"""Acts: the second wall between firms. Sets which firm the database may show, and installs the policies.

First wall: every query goes through a funnel that filters on the firm (``practice.permissions``).
Second wall, here: row-level security. The product connects under the role ``tieout_app``; every table
with a ``firm_id`` shows that role only the rows of the firm named in the session setting ``tieout.firm``.
Nothing named: no rows. Forgetting a filter then yields an empty page, not another firm's clients.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

ROLE = "tieout_app"
EVERY_FIRM = "*"

_scope: ContextVar[str] = ContextVar("tieout_firm", default="")


@contextmanager
def firm_scope(firm_id: int) -> Iterator[None]:
    """Within: the database shows this firm's rows only. Scopes nest; the outer one is restored."""
    with _named(str(firm_id)):
        yield


@contextmanager
def every_firm_scope() -> Iterator[None]:
    """Within: rows of all firms. For the few acts that are not one firm's: sign-in, webhook routing, sweeps."""
    with _named(EVERY_FIRM):
        yield


def current_scope() -> str:
    """The firm id the database shows now, ``*`` for all, or an empty text for none."""
    return _scope.get()


@contextmanager
def _named(scope: str) -> Iterator[None]:
    before = _scope.get()
    if before == scope:  # the database knows already
        yield
        return
    token = _scope.set(scope)
    _tell_database(scope)
    try:
        yield
    finally:
        _scope.reset(token)
        if not connection.needs_rollback:
            _tell_database(before)


@contextmanager
def in_helper_thread() -> Iterator[None]:
    """Within: this thread's own database connection, told the scope it inherited; closed afterwards."""
    _tell_database(_scope.get())
    try:
        yield
    finally:
        connection.close()


def _tell_database(scope: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('tieout.firm', %s, false)", [scope])


def scoped_tables() -> list[str]:
    """Every table of ours whose rows belong to one firm."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(getattr(field, "column", None) == "firm_id" for field in model._meta.get_fields())
    )


def install_policies(owner: BaseDatabaseWrapper) -> None:
    """Create the role, its grants and one policy per scoped table. Idempotent; run after every migration.

    Must run as the owner of the tables. The policy holds for reading and for writing.
    """
    with owner.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {ROLE}")
        for table in scoped_tables():
            cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            cursor.execute(f'DROP POLICY IF EXISTS one_firm ON "{table}"')
            # Compared as a number, not as a text: the planner then knows how few rows one firm has.
            cursor.execute(
                f'CREATE POLICY one_firm ON "{table}" TO {ROLE} USING ('
                f"firm_id = NULLIF(NULLIF(current_setting('tieout.firm', true), '{EVERY_FIRM}'), '')::bigint"
                f" OR current_setting('tieout.firm', true) = '{EVERY_FIRM}')"
            )
