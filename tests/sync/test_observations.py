"""What was last seen of a record: an older version from a listing that lags does not take its place."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tieout.reconcile.state import Absent, Observation, Present, Side, Unknown
from tieout.sync import observations, review

pytestmark = pytest.mark.django_db


def then_kept(rig: Rig, first: Observation, after: float, second: Observation) -> Observation | None:
    """What is known of a customer that showed ``first``, and ``second`` so many seconds later."""
    spec = review.spec_of(rig.connection, "client", rig.engine)
    with rig.here():
        observations.keep(rig.connection, spec, Side.LEDGER, {"7": first}, rig.engine)
        rig.advance(after)
        observations.keep(rig.connection, spec, Side.LEDGER, {"7": second}, rig.engine)
        return observations.of_ledger(rig.connection, spec, ["7"]).get("7")


def version(token: str, name: str = "Ada") -> Present:
    return Present({"name": name}, token)


@pytest.mark.parametrize(
    ("first", "after", "second", "second_is_kept"),
    [
        pytest.param(version("3"), 60, version("2"), False, id="an older version within the longest lag"),
        pytest.param(version("10"), 60, version("9"), False, id="versions are numbers, not texts"),
        pytest.param(version("3"), 60, version("4"), True, id="a newer version"),
        pytest.param(version("3"), 60, version("3", "Eva"), True, id="the same version said more fully"),
        pytest.param(version("3"), 600, version("2"), True, id="a company put back from a backup"),
        pytest.param(version("3"), 60, version("b"), True, id="versions that are no counters"),
        pytest.param(version("3"), 60, version(""), True, id="no version at all"),
        pytest.param(version("3"), 60, Absent("deleted there"), True, id="gone"),
        pytest.param(Absent("deleted there"), 60, version("3"), True, id="back again"),
        pytest.param(version("3"), 60, Unknown("no answer"), False, id="no knowledge"),
    ],
)
def test_an_older_version_is_believed_only_when_listings_cannot_lag_so_long(
    first: Observation, after: float, second: Observation, second_is_kept: bool
) -> None:
    rig = Rig()
    rig.connect()
    assert then_kept(rig, first, after, second) == (second if second_is_kept else first)
