"""Acts: what every billing table has: its firm, a version, and columns that hold money exactly."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from tieout.practice.firms import Firm
from tieout.practice.money import ZERO


class BillingRow(models.Model):
    """A row with a version that every verb raises, so that a writer can say which state it saw."""

    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


def money_column(default: Any = ZERO) -> models.DecimalField[Any, Any]:
    """An amount in the firm's currency, to the cent."""
    return models.DecimalField(max_digits=16, decimal_places=2, default=default)


def quantity_column() -> models.DecimalField[Any, Any]:
    return models.DecimalField(max_digits=11, decimal_places=4, default=1)


def rate_column() -> models.DecimalField[Any, Any]:
    """A price per piece or hour; more places than an amount, because ledgers keep them."""
    return models.DecimalField(max_digits=15, decimal_places=5, default=ZERO)


def percent_column() -> models.DecimalField[Any, Any]:
    """8.25 means 8.25 %."""
    return models.DecimalField(max_digits=7, decimal_places=4, default=ZERO)


def text_column(length: int) -> models.CharField[str, str]:
    return models.CharField(max_length=length, blank=True, default="")
