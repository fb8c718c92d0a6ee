"""Acts: seals a firm's stored sign-ins and company numbers anew, after keys were changed. Used by the command ``reseal``."""

from __future__ import annotations

from collections.abc import Callable

from tieout.practice.records import company_is_now
from tieout.sync.ledgers import company_place
from tieout.sync.models import Connection, TokenSet
from tieout.sync.secrets import CannotOpen, digest, open_sealed, resealed
from tieout.sync.tokens import place_of


def reseal_connections(firm_id: int, leave: Callable[[str], None]) -> int:
    """How many secrets were sealed anew; ``leave`` is told of each that no key opens. Called inside a transaction."""
    done = 0
    for connection in (
        Connection.objects.select_for_update(no_key=True).filter(firm_id=firm_id).order_by("pk")
    ):
        try:
            number = open_sealed(connection.company_sealed, bound_to=company_place(firm_id))
        except CannotOpen:
            leave(f"the company of connection {connection.pk}")
        else:
            connection.company_sealed = resealed(connection.company_sealed, bound_to=company_place(firm_id))
            if connection.company_digest != digest(number):
                company_is_now(firm_id, connection.company_digest, digest(number))
                connection.company_digest = digest(number)
            connection.save(update_fields=["company_sealed", "company_digest"])
            done += 1
        for row in TokenSet.objects.select_for_update().filter(connection=connection):
            try:
                row.sealed = resealed(row.sealed, bound_to=place_of(connection))
            except CannotOpen:
                leave(f"the sign-in of connection {connection.pk}")
            else:
                row.save(update_fields=["sealed"])
                done += 1
    return done
