"""Acts: keeps who looks at what needs a person, and tells each of them about the others. As ``review_together`` for reviews.

Nothing is promised by it: two who press at once are both told what came of it, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from tieout.practice.models import Member
from tieout.sync.engine import Engine
from tieout.sync.models import Connection, WorkVisit
from tieout.sync.review_together import HERE, LATELY, Colleague


def be_here(connection: Connection, member: Member, place: str, *, engine: Engine | None = None) -> None:
    """Note that this person looks at that part of the list now."""
    visit = WorkVisit(
        firm_id=member.firm_id,
        connection=connection,
        member=member,
        place=place[:60],
        seen_at=(engine or Engine()).now(),
    )
    WorkVisit.objects.bulk_create(
        [visit],
        update_conflicts=True,
        unique_fields=["connection", "member"],
        update_fields=["place", "seen_at"],
    )


def colleagues(
    connection: Connection, member: Member, *, engine: Engine | None = None
) -> Sequence[Colleague]:
    """Colleagues who look at it now, or did in the last ten minutes. One query."""
    now = (engine or Engine()).now()
    visits = WorkVisit.objects.filter(connection=connection, seen_at__gte=now - LATELY).exclude(member=member)
    return [
        Colleague(one.member.user.get_full_name(), one.place, one.seen_at, here=one.seen_at >= now - HERE)
        for one in visits.select_related("member__user").order_by("member__user__full_name", "pk")
    ]
