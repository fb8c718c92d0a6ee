"""Shows the activity: narrowed by what one asks, with before and after, and as a file of the same lines."""

from __future__ import annotations

import pytest

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync import standing
from tieout.sync.models import Run

pytestmark = pytest.mark.django_db
PAGE = "/settings/integrations/quickbooks/activity/"


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.set_up()
    ada = made.add_client("Ada Byrne", phone="1")
    made.add_client("Sam Ito")
    made.settle()
    made.edit_client(ada, phone="2")
    made.settle()
    return made


def rows(rig: Rig, query: str = "") -> list[str]:
    page = entered(rig.member).get(PAGE + query).content.decode()
    return (
        [part.split("</tr>")[0] for part in page.split("<tbody>")[-1].split("<tr>")[1:]]
        if "<tbody>" in page
        else []
    )


def test_lines_are_found_by_name_kind_result_and_day(rig: Rig) -> None:
    assert len(rows(rig)) > 3
    assert all("Sam Ito" in row for row in rows(rig, "?search=sam"))
    assert rows(rig, "?search=sam")
    assert rows(rig, "?entity=invoice") == []
    assert all("Done" in row for row in rows(rig, "?result=done"))
    assert rows(rig, "?until=1999-01-01") == []
    assert len(rows(rig, "?entity=nonsense&since=yesterday")) == len(rows(rig))


def test_a_change_shows_what_was_before_and_what_is_now(rig: Rig) -> None:
    (changed,) = [row for row in rows(rig, "?search=updated") if "Ada Byrne" in row]
    assert "Phone: 1" in changed
    assert changed.rstrip().count("Before and after") == 1
    assert "<code>" in changed, "the reference that Intuit's support asks for"


def test_the_file_has_the_same_lines(rig: Rig) -> None:
    answer = entered(rig.member).get(PAGE + "export.csv?search=sam")
    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    assert len(lines) == len(rows(rig, "?search=sam"))


def test_an_outage_is_one_banner_with_the_queue_and_the_next_try(rig: Rig) -> None:
    rig.fault("status", status=503)
    rig.advance(600)
    rig.add_client("Bo Lee")
    rig.run()
    with rig.here():
        (found,) = standing.standings(rig.connection, rig.clock.now())
    assert (found.kind, found.title) == ("info", "Waiting for QuickBooks")
    assert found.again_at
    page = entered(rig.member).get("/settings/integrations/quickbooks/").content.decode()
    assert "Waiting for QuickBooks" in page
    assert "it is tried again by itself" in page
    with rig.here():
        assert Run.objects.filter(outcome="waiting").count() == 1


def test_a_sign_in_that_runs_out_within_a_month_is_said_in_time(rig: Rig) -> None:
    with rig.here():
        assert standing.standings(rig.connection, rig.clock.now()) == []
        (found,) = standing.standings(rig.connection, rig.later(days=80))
    assert "runs out in" in found.title
