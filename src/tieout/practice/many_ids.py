"""Decides: how thousands of ids are put into a query: as one parameter. Pure. Between what found them and a list's query.

The ORM's own way is a parameter for each, which takes longer to write down than the database takes to answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler


class _AnyOf(Lookup):
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", (*parameters, self.rhs)


def any_of(column: str, ids: Sequence[int]) -> Lookup[bool]:
    """A condition: the column is one of these ids."""
    return _AnyOf(F(column), list(ids))
