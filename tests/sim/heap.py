"""Acts: lets rows that a query puts in no order, or in an order with ties, come in any other, as a database may.

A table's rows lie as they were written and cleaned up. What depends on that replays in one database and not in the next:
a seed is only worth its number when nothing does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection as database
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler


@contextmanager
def shuffled(seed: float) -> Iterator[None]:
    """Within: what no ORDER BY decides is drawn. ``seed``: between -1 and 1."""
    get_order_by = SQLCompiler.get_order_by

    def and_then_at_random(self: SQLCompiler) -> Any:
        ordered = get_order_by(self)
        if self.query.distinct or self.query.combinator:
            return ordered  # those come sorted, or from queries that are drawn themselves
        drawn = OrderBy(Random())
        return [*ordered, (drawn, (*self.compile(drawn), False))]

    with database.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
    SQLCompiler.get_order_by = and_then_at_random  # type: ignore[method-assign]
    try:
        yield
    finally:
        SQLCompiler.get_order_by = get_order_by  # type: ignore[method-assign]
