"""Decides: the ways money can come. One table for settings, payments, refunds and imports."""

from __future__ import annotations

from django.db import models


class Method(models.TextChoices):
    CARD = "card", "Credit card"
    DEBIT = "debit", "Debit card"
    ACH = "ach", "Bank transfer (ACH)"
    CASH = "cash", "Cash"
    CHECK = "check", "Check"
    OTHER = "other", "Other"


BY_PROCESSOR = (Method.CARD, Method.DEBIT, Method.ACH)
"""Can be charged through a payment processor."""
