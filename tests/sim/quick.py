"""Acts: spares a storm work that is the same in every seed, and changes nothing of what is asked or answered.

Most of what a seed costs is the making of the same few hundred questions: by the ORM, as text, and by PostgreSQL, as
plans. Both are made once in a process here. The product itself plans nothing ahead: a connection pool between it and
its database may not keep what was planned.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models import Lookup
from django.db.models.expressions import Col
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import WhereNode

MOST_PLANS = 1_000
"""Of one connection; PostgreSQL keeps each in memory."""


@dataclass(frozen=True, slots=True)
class Made:
    """A question as text, and what the ORM needs to read its answer."""

    text: str
    select: Any
    klass_info: Any
    annotation_col_map: Any
    col_count: int


class _Unlike(Exception):
    """More than the plain questions that are kept here."""


_made: dict[tuple[Any, ...], Made | None] = {}
"""Shape of a plain question -> what was made of it; None when its parameters are not those of its conditions alone."""
_as_sql = SQLCompiler.as_sql


@contextmanager
def texts_made_once() -> Iterator[None]:
    """Within: a plain SELECT whose shape was met before is not put together again; only its parameters are new."""
    SQLCompiler.as_sql = _kept_text  # type: ignore[method-assign]
    try:
        yield
    finally:
        SQLCompiler.as_sql = _as_sql  # type: ignore[method-assign]


def _kept_text(self: SQLCompiler, with_limits: bool = True, with_col_aliases: bool = False) -> Any:
    parameters: list[Any] = []
    try:
        if not with_limits or with_col_aliases:
            raise _Unlike
        shape = (*_shape(self.query), _conditions(self.query.where, self, parameters))
    except (_Unlike, EmptyResultSet, FullResultSet):
        return _as_sql(self, with_limits, with_col_aliases)
    if shape not in _made:
        text, given = _as_sql(self)
        plain = list(given) == parameters and not self.has_extra_select
        made = Made(text, self.select, self.klass_info, self.annotation_col_map, self.col_count or 0)
        _made[shape] = made if plain else None
        return text, given
    kept = _made[shape]
    if kept is None:
        return _as_sql(self)
    self.select, self.klass_info, self.col_count = kept.select, kept.klass_info, kept.col_count
    self.annotation_col_map, self.has_extra_select = kept.annotation_col_map, False
    return kept.text, tuple(parameters)


def _shape(query: Any) -> tuple[Any, ...]:
    """All that the text depends on beside the conditions. Raises ``_Unlike`` for what is not plain."""
    if (
        type(query) is not Query
        or query.annotations
        or query.extra
        or query.combinator
        or query.group_by is not None
        or query.select_for_update
        or query.distinct_fields
        or query.extra_tables
        or query.extra_order_by
        or query._filtered_relations
        or query.subquery
        or query.explain_info
        or query.external_aliases
        or not all(isinstance(one, str) for one in query.order_by)
    ):
        raise _Unlike
    return (
        query.model,
        SQLCompiler.get_order_by,  # ``heap`` puts its own there
        query.order_by,
        query.default_ordering,
        query.standard_ordering,
        tuple(_column(one) for one in query.select),
        query.values_select,
        query.selected and tuple(query.selected.items()),
        query.default_cols,
        (frozenset(query.deferred_loading[0]), query.deferred_loading[1]),
        query.distinct,
        query.low_mark,
        query.high_mark,
        repr(query.select_related),
        tuple((alias, query.alias_refcount[alias], *_join(join)) for alias, join in query.alias_map.items()),
    )


def _column(one: object) -> tuple[str, int]:
    if type(one) is not Col:
        raise _Unlike
    return one.alias, id(one.target)


def _join(join: Any) -> tuple[Any, ...]:
    field = getattr(join, "join_field", None)
    return type(join), join.table_name, join.join_type, join.parent_alias, id(field) if field else 0


def _conditions(node: Any, compiler: SQLCompiler, parameters: list[Any]) -> tuple[Any, ...]:
    """The tree of conditions, each leaf as its own text; its parameters are appended in their order."""
    if type(node) is WhereNode:
        below = tuple(_conditions(child, compiler, parameters) for child in node.children)
        return node.connector, node.negated, below
    if not isinstance(node, Lookup) or type(node.lhs) is not Col or hasattr(node.rhs, "resolve_expression"):
        raise _Unlike
    text, given = compiler.compile(node)
    parameters += given
    return (text,)


def plan_once(connection: Any) -> None:
    """Connect anew so that PostgreSQL keeps its plans. For a database in which no table changes any more."""
    connection.close()
    kept = {"server_side_binding": True, "prepare_threshold": 1}
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], **kept}
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")
    raw = connection.connection
    raw.prepared_max = MOST_PLANS
    # psycopg forgets its plans with every rollback, for a table may have been made before it. Each seed is rolled back.
    raw._prepared._should_discard = lambda prepare, results: False
    raw._prepared.clear = lambda: False  # it would forget those of ``straight`` too


def collect_seldom() -> None:
    """All that was built stays: no need to look through it again and again, nor often through the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
