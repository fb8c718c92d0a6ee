"""Deciding about many takes no more queries than about a few: in the review, and among what needs a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Rig
from tests.sync.test_review_decisions import reviewed
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, review_decisions, review_linking
from tieout.sync.decisions import CannotDecide
from tieout.sync.models import ActivityLine, Hold, Link, Observation, Review, ReviewRow
from tieout.sync.review_linking import Wanted
from tieout.sync.review_plan import Decision

pytestmark = pytest.mark.django_db


class Full(Rig):
    """A review that is ready, with as many rows as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.found: Review = reviewed(self)

    def put(self, many: int, bucket: str, **fields: object) -> list[int]:
        """So many rows, each with a customer of its own that could be its partner."""
        start = ReviewRow.objects.count()
        made = []
        for one in range(start, start + many):
            Observation.objects.create(
                firm=self.firm, connection=self.connection, entity="client", side="ledger",
                record_id=f"near{one}", name=f"Near {one}", observed_at=self.clock.now(),
            )  # fmt: skip
            made.append(
                ReviewRow.objects.create(
                    firm=self.firm, review=self.found, bucket=bucket, group=str(one), practice_id=str(one),
                    practice_name=f"Client {one}", sort_name=f"{one:05}", **fields,
                ).pk
            )  # fmt: skip
        return made

    def near(self, row: int) -> str:
        return "near" + ReviewRow.objects.get(pk=row).practice_id


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(database) as asked:
        act()
    return len(asked)


ACTS: dict[str, Callable[[Full, list[int]], Callable[[], object]]] = {
    "decide": lambda rig, ids: (
        lambda: review_decisions.decide(rig.found, rig.member, ids, Decision.EXCLUDE, reason="No")
    ),
    "keep": lambda rig, ids: (
        lambda: review_decisions.keep_each(rig.found, rig.member, {one: {"phone": "practice"} for one in ids})
    ),
    "leave out": lambda rig, ids: (
        lambda: decisions.exclude(
            rig.member, [Key("client", Side.PRACTICE, str(one)) for one in ids], reason="No"
        )
    ),
    "restore": lambda rig, ids: (
        lambda: decisions.restore(rig.member, [Key("client", Side.PRACTICE, str(one)) for one in ids])
    ),
    "create": lambda rig, ids: (
        lambda: decisions.create_on_other_side(
            rig.member, [Key("client", Side.PRACTICE, str(one)) for one in ids]
        )
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_many_take_no_more_queries_than_two(act: str) -> None:
    rig = Full()
    with rig.here():
        bucket = "match" if act == "keep" else "unmatched"
        few, many = rig.put(2, bucket), rig.put(30, bucket)
        ACTS[act](rig, rig.put(1, bucket))()  # rings the bell, which is rung once
        assert queries(ACTS[act](rig, many)) == queries(ACTS[act](rig, few))


def test_many_are_linked_with_their_nearest_in_no_more_queries_than_two_and_come_apart_so() -> None:
    rig = Full()
    with rig.here():
        few, many = rig.put(2, "unmatched"), rig.put(30, "unmatched")
        wanted = {one: Wanted(one, rig.near(one), {"name": "ledger"}) for one in few + many}

        def link(ids: list[int]) -> int:
            asked = [wanted[one] for one in ids]
            return queries(lambda: review_linking.link_each(rig.found, rig.member, asked))

        def apart(ids: list[int]) -> int:
            return queries(lambda: review_decisions.decide(rig.found, rig.member, ids, Decision.NONE))

        assert link(many) == link(few)
        linked = rig.found.rows.filter(decision="link")
        assert linked.count() == 32
        assert {one.choice["with"] for one in linked} == {rig.near(one) for one in few + many}
        assert apart(many) == apart(few)
        assert not rig.found.rows.filter(decision="link").exists()


def test_of_many_the_ones_that_cannot_be_linked_stay_and_are_told_and_the_others_are_linked() -> None:
    rig = Full()
    with rig.here():
        first, second, third = rig.put(3, "unmatched")
        Link.objects.create(
            firm=rig.firm,
            connection=rig.connection,
            entity="client",
            practice_id="x",
            ledger_id=rig.near(first),
        )
        lone = ReviewRow.objects.create(
            firm=rig.firm,
            review=rig.found,
            bucket="new",
            group="n",
            ledger_id=rig.near(second),
            sort_name="n",
        )
        wanted = [
            Wanted(first, rig.near(first)),
            Wanted(second, rig.near(second)),
            Wanted(third, rig.near(second)),
        ]
        done = review_linking.link_each(rig.found, rig.member, wanted)
        assert [one.partition(" is ")[2].partition(".")[0] for one in done.refused] == [
            "linked already",
            "the nearest of two of these rows",
        ]
        assert {one.row_id for one in done.before} == {second, lone.pk}
        review_decisions.put_back(rig.found, rig.member, done.before)
        assert not rig.found.rows.exclude(decision="").exists()
        with pytest.raises(CannotDecide, match="linked already"):
            review_linking.link(rig.found, rig.member, first, rig.near(first))


def test_each_of_many_is_listed_with_its_own_name_and_keeps_why_through_a_restoring() -> None:
    rig = Rig()
    names = {rig.add_client(name): name for name in ("Ada Byrne", "Bo Diaz")}
    rig.set_up()
    keys = [Key("client", Side.PRACTICE, one) for one in names]
    with rig.here():
        decisions.exclude(rig.member, keys, reason="Former client", engine=rig.engine)
        said = list(ActivityLine.objects.order_by("-id").values_list("sentence", flat=True)[:2])
        assert sorted(said) == [
            f"Dana Reyes left {name} out: Former client" for name in sorted(names.values())
        ]
        decisions.restore(rig.member, keys, engine=rig.engine)
        held = Hold.objects.filter(record_id__in=names)
        assert {(one.excluded, one.reason) for one in held} == {(False, "Former client")}
        assert decisions.create_on_other_side(rig.member, keys, engine=rig.engine) == 2
        assert not Hold.objects.filter(record_id__in=names).exists()
