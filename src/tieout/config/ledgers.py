"""Acts: builds the ledgers this installation is configured for. The only place that knows both the engine and a ledger.

Adding a ledger is one package that implements ``tieout.reconcile.ports`` and one line in ``BUILDERS``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from tieout.quickbooks.api.config import AppKeys, ConfigurationError, Environment
from tieout.quickbooks.company_rules import SETTINGS
from tieout.quickbooks.entities import all_entities
from tieout.quickbooks.provider import QuickBooksProvider, World
from tieout.reconcile.company import Setting
from tieout.reconcile.ports import LedgerProvider, Misconfigured

CALLBACK_PATH = "/integrations/quickbooks/callback"


class NotConfigured:
    """Stands in for a ledger without usable keys: pages can still say what it would do, every act says what is missing."""

    name = "quickbooks"
    title = "QuickBooks Online"
    specs = tuple(entity.spec for entity in all_entities())
    settings: Sequence[Setting] = SETTINGS

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Misconfigured(self._sentence)


def _quickbooks() -> LedgerProvider:
    try:
        keys = AppKeys(
            client_id=os.environ.get("QUICKBOOKS_CLIENT_ID", ""),
            client_secret=os.environ.get("QUICKBOOKS_CLIENT_SECRET", ""),
            redirect_uri=os.environ.get("QUICKBOOKS_REDIRECT_URI") or settings.BASE_URL + CALLBACK_PATH,
            environment=Environment(os.environ.get("QUICKBOOKS_ENVIRONMENT", "production")),
            verifier_tokens=tuple(
                token.strip()
                for token in os.environ.get("QUICKBOOKS_WEBHOOK_VERIFIER", "").split(",")
                if token.strip()
            ),
        )
        base_url = os.environ.get("QUICKBOOKS_BASE_URL", "")
        return QuickBooksProvider(keys, World(now=timezone.now), base_url)
    except (ConfigurationError, ValueError) as error:
        return NotConfigured(f"QuickBooks is not set up on this installation: {error}")  # type: ignore[return-value]


BUILDERS: Mapping[str, Callable[[], LedgerProvider]] = {"quickbooks": _quickbooks}


@cache
def provider(name: str) -> LedgerProvider:
    """The ledger of this name; built once a process, because it keeps each company's pace."""
    return BUILDERS[name]()
