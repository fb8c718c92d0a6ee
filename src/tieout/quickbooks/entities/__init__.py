"""Decides which entities are synced: every module in this package declares one as ``ENTITY``.

Adding an entity is adding a file here. In which order they are synced is ``tieout.reconcile.order``'s business.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from tieout.quickbooks.entity import QuickBooksEntity


@cache
def all_entities() -> tuple[QuickBooksEntity, ...]:
    """Every declared entity, by name."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(sorted((module.ENTITY for module in modules), key=lambda one: one.name))
