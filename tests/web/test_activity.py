"""Shows the activity: narrowed by what one asks, with before and after, and as a file of the same lines."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync import standing, status
from tieout.sync.models import ActivityLine, Run

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
    return [part.split("</tr>")[0] for part in page.partition("<tbody>")[2].split("<tr>")[1:]]


def groups(rig: Rig, query: str = "") -> list[str]:
    """Run by run, and between them what people decided."""
    return entered(rig.member).get(PAGE + query).content.decode().split("<tbody>")[1:]


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
    assert "the next try is at" in page
    with rig.here():
        assert Run.objects.filter(outcome="waiting").count() == 1


def test_a_sign_in_that_runs_out_within_a_month_is_said_in_time(rig: Rig) -> None:
    with rig.here():
        assert standing.standings(rig.connection, rig.clock.now()) == []
        (found,) = standing.standings(rig.connection, rig.later(days=80))
    assert "runs out in" in found.title


def test_lines_stand_run_by_run_and_one_run_can_be_shown_alone(rig: Rig) -> None:
    found = [group for group in groups(rig) if "Only this run" in group]
    assert len(found) > 1
    (edited,) = [group for group in found if "updated in QuickBooks" in group]
    assert "Sam Ito" not in edited, "it was created in an earlier run"
    epoch = edited.split("?run=")[1].split('"')[0]
    assert all("updated in QuickBooks" in row for row in rows(rig, f"?run={epoch}"))
    assert rows(rig, f"?run={epoch}")
    assert rows(rig, "?run=999999") == []
    lines = entered(rig.member).get(f"{PAGE}export.csv?run={epoch}").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[-1] for line in lines] == ["Run", *[epoch] * (len(lines) - 1)]


def test_what_a_person_decided_stands_under_that_person_and_in_no_run(rig: Rig) -> None:
    mine = rows(rig, f"?person={rig.member.pk}")
    assert any("Dana Reyes connected" in row for row in mine)
    assert all("Dana Reyes" in row for row in mine)
    by_itself = rows(rig, "?person=itself")
    assert len(mine) + len(by_itself) == len(rows(rig))
    (with_me,) = groups(rig, f"?person={rig.member.pk}")
    assert "Only this run" not in with_me


def test_an_open_page_is_told_of_new_lines_and_moves_nothing_by_itself() -> None:
    rig = Rig()
    rig.set_up()
    browser = entered(rig.member)
    page = browser.get(PAGE).content.decode()
    asks = page.split('id="more"')[1].split('hx-get="')[1].split('"')[0]
    part = {"HX-Request": "true"}
    assert browser.get(asks, headers=part).status_code == 204
    rig.add_client("Ada Byrne")
    rig.settle()
    told = browser.get(asks, headers=part)
    assert "1 new line since this page was drawn" in told.content.decode()
    assert "Ada Byrne" in browser.get(PAGE).content.decode()


def test_a_day_is_counted_by_what_was_written_and_what_went_wrong() -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        ActivityLine.objects.all().delete()
        day = rig.clock.now().date()
    rig.add_client("Ada Byrne")
    rig.settle()
    with rig.here():
        assert status.of_day(rig.connection, day) == ({"client": 1}, 0)
        assert status.of_day(rig.connection, day - timedelta(days=1)) == ({}, 0)


def test_the_file_says_what_each_line_is_about_and_what_it_changed(rig: Rig) -> None:
    answer = entered(rig.member).get(PAGE + "export.csv?search=updated")
    found = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    (changed,) = [row for row in found if "Ada Byrne" in row["What"]]
    assert (changed["About"], changed["Record"]) == ("Clients", "Here")
    assert "Phone: 1" in changed["Before"]
    assert "Phone: 2" in changed["After"]


def test_one_record_is_followed_by_its_id_through_a_rename_and_apart_from_its_namesake() -> None:
    rig = Rig()
    rig.set_up()
    ada = rig.add_client("Ada Byrne", phone="1")
    rig.settle()
    rig.edit_client(ada, name="Ada Lovelace")
    rig.settle()
    namesake = rig.add_client("Ada Lovelace (Trust)")
    rig.edit_customer(rig.links()[ada], PrimaryPhone={"FreeFormNumber": "3"})
    rig.until_the_change_feed_is_asked()
    every = rows(rig)
    about = rows(rig, f"?entity=client&record={ada}")
    assert any("Ada Byrne created" in row for row in about), "what it was called earlier is its past as well"
    assert any("Ada Lovelace" in row for row in about)
    assert not any("Trust" in row for row in about)
    assert len(about) < len(every)
    of_both = [row for row in every if f'href="/clients/{ada}/"' in row]
    assert len(of_both) == len(about), "each line leads to its record, from whichever side it was written"
    assert any(f'href="?entity=client&amp;record={namesake}"' in row for row in every)
    page = entered(rig.member).get(f"{PAGE}?entity=client&record={ada}").content.decode()
    assert f'Everything the sync did about <a href="/clients/{ada}/">Ada Lovelace</a>' in page
    assert f'<input type="hidden" name="record" value="{ada}">' in page
    file = entered(rig.member).get(f"{PAGE}export.csv?entity=client&record={ada}").content.decode("utf-8-sig")
    assert len(list(csv.DictReader(file.splitlines()))) == len(about)
    panel = entered(rig.member).get(f"/clients/{ada}/").content.decode()
    assert f'href="{PAGE}?entity=client&amp;record={ada}"' in panel


@pytest.mark.parametrize("query", ["?record=1", "?entity=nonsense&record=1", "?entity=client&record=a%27b"])
def test_a_record_that_makes_no_sense_asks_for_no_record(rig: Rig, query: str) -> None:
    assert rows(rig, query)


def test_leading_to_the_records_takes_no_query_for_each_line(
    rig: Rig, django_assert_max_num_queries: Any
) -> None:
    browser = entered(rig.member)
    with CaptureQueriesContext(connection) as few:
        browser.get(PAGE)
    for n in range(5):
        rig.add_client(f"Client {n}")
    rig.settle()
    with django_assert_max_num_queries(len(few)):
        assert "Client 4" in browser.get(PAGE).content.decode()


def test_credits_on_invoices_are_a_kind_of_their_own(rig: Rig) -> None:
    page = entered(rig.member).get(PAGE + "?entity=credit_application").content.decode()
    assert '<option value="credit_application" selected>' in page


def test_a_reference_has_a_button_that_copies_it(rig: Rig) -> None:
    (changed,) = [row for row in rows(rig, "?search=updated") if "Ada Byrne" in row]
    reference = changed.split("<code>")[1].split("</code>")[0]
    assert f'data-copy-text="{reference}"' in changed
