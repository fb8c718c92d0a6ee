"""Acts: seals every stored secret with the installation's first key, so that an older key can be taken out of the ring.

    ./run manage reseal

Also finds each company anew by the digest that TIEOUT_SECRET_KEY makes of its number: stop Tieout, change that key, and
run this before anybody signs in again. Safe to run again. What does not open with any key is named, and is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from tieout.practice.firms import Firm
from tieout.practice.isolation import firm_scope
from tieout.sync.resealing import reseal_connections
from tieout.sync.secrets import CannotOpen, resealed
from tieout.web.people.second_factor import BOUND_TO

KEPT_SEALED = ("secret", "seed")
"""What of a second factor is sealed: the secret of a code app, the seed of recovery codes."""


class Command(BaseCommand):
    help = "Seal every stored secret with the first key of TIEOUT_TOKEN_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        done, left = 0, list[str]()
        for firm_id in Firm.objects.order_by("pk").values_list("pk", flat=True):
            with firm_scope(firm_id), transaction.atomic():
                done += reseal_connections(firm_id, left.append)
        with transaction.atomic():
            done += sum(_second_factors(left.append))
        self.stdout.write(f"{done} stored secrets are sealed with the first key.")
        if left:
            raise CommandError("Left as they are, since no key opens them: " + "; ".join(left) + ".")


def _second_factors(leave: Callable[[str], None]) -> Iterator[int]:
    for each in Authenticator.objects.select_for_update().order_by("pk"):
        try:
            fresh = {name: resealed(each.data[name], bound_to=BOUND_TO) for name in _sealed(each.data)}
        except CannotOpen:
            leave(f"the second factor {each.pk} of user {each.user_id}")
            continue
        if fresh:
            each.data = {**each.data, **fresh}
            each.save(update_fields=["data"])
            yield len(fresh)


def _sealed(data: Mapping[str, Any]) -> list[str]:
    return [name for name in KEPT_SEALED if isinstance(data.get(name), str)]
