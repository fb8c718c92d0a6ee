"""Acts: which clients a search finds, without looking at each. Between a list's search and its query.

The index is behind a function of the database (migration 0014), because row policies keep a query from using it. The
function knows the firm in scope by itself and answers ids; who may see which of them is still the funnel's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from tieout.practice.clients import Client, found_by

FEW = 1_000
"""Up to here, rows are looked up by the ids found."""
MOST = 10_000
"""Beyond, so many are found that walking a list in its order meets enough of them soon."""


def found_ids(search: str, most: int = MOST) -> list[int] | None:
    """Ids of the firm's clients the search finds, in no order; None when there are more than ``most``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM practice_clients_found(%s, %s)", [search.lower(), most + 1])
        found = [row[0] for row in cursor.fetchall()]
    return found if len(found) <= most else None


def searched(clients: QuerySet[Client], search: str) -> QuerySet[Client]:
    """Those of ``clients`` whose name, company, e-mail, phone or external ID has the text in it, whatever its case."""
    few = found_ids(search, FEW)
    return clients.filter(found_by(search)) if few is None else clients.filter(pk__in=few)


def as_rows(ids: Sequence[int]) -> RawSQL:
    """Thousands of ids as one parameter, to be looked up in once for all rows."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


class _AnyOf(Lookup):
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::bigint[])", (*parameters, self.rhs)


def any_of(column: str, ids: Sequence[int]) -> Lookup[bool]:
    """A condition: the column is one of thousands of ids, which go to the database as one parameter."""
    return _AnyOf(F(column), list(ids))
