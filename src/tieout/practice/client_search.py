"""Acts: which clients a search finds, without looking at each. Between a list's search and its query.

The index is behind a function of the database (migration 0014), because row policies keep a query from using it. The
function knows the firm in scope by itself and answers ids; who may see which of them is still the funnel's to say.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

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
