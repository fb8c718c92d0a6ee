"""Shows that a review is decided in place: by row and in bulk, with undo, and that the plan shown is the one applied."""

from __future__ import annotations

import csv
import io

import pytest
from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member, Role, User
from tieout.sync import review, review_jobs
from tieout.sync.models import Review, ReviewRow
from tieout.web.integrations import confirm, review_undo

pytestmark = pytest.mark.django_db
CLIENTS = "/settings/integrations/quickbooks/clients/"


class Reviewing:
    """A firm in the middle of its review, and a browser in it."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        assert rig.connect().ok
        with rig.here():
            self.review = review.start(rig.connection, "client", activity="active", actor_member=rig.member)
            review_jobs.collect(self.review.pk, rig.engine)
        self.browser: Client = entered(rig.member)

    def row(self, name: str, bucket: str = "") -> ReviewRow:
        with self.rig.here():
            rows = ReviewRow.objects.filter(review=self.review, **({"bucket": bucket} if bucket else {}))
            return next(one for one in rows if name in (one.practice_name, one.ledger_name))

    def page(self, path: str) -> str:
        answer = self.browser.get(CLIENTS + path)
        assert answer.status_code == 200, answer
        return " ".join(answer.content.decode().split())

    def post(self, path: str = "decide/", browser: Client | None = None, **form: object) -> str:
        answer = (browser or self.browser).post(CLIENTS + path, form, follow=True)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    def press(self, verb: str, name: str, other: str = "") -> str:
        suffix = f":{other}" if other else ""
        return self.post(one=f"{verb}:{self.row(name).pk}{suffix}", back=CLIENTS + "review/unmatched/")

    def sync(self) -> None:
        plan = self.page("confirm/").split('name="plan" value="')[1].split('"')[0]
        self.post("sync/", plan=plan, rest="accepted")
        with self.rig.here():
            assert Review.objects.get().state == "applying"
        review_jobs.apply_now(self.review.pk, self.rig.engine)
        self.rig.settle()


def lists() -> Rig:
    rig = Rig()
    rig.add_client("Ada Byrne", email="a@example.com", phone="1")
    rig.add_customer(
        "Ada Byrne", PrimaryEmailAddr={"Address": "a@example.com"}, PrimaryPhone={"FreeFormNumber": "2"}
    )
    rig.add_client("Bob Byrne")
    rig.add_client("Cy Only")
    rig.add_customer("Nora New")
    rig.add_customer("Ned New")
    return rig


def test_each_list_says_what_becomes_of_a_row_and_offers_the_other_ways() -> None:
    here = Reviewing(lists())
    page = here.page("review/unmatched/")
    assert "Waits for a decision" in page
    assert "Create in QuickBooks" in page
    assert "Will be created in Tieout" in here.page("review/new-clients/")
    assert "Will be linked" in here.page("review/matches/")


def test_unmatched_ones_are_decided_in_place_counted_at_once_and_done_as_shown() -> None:
    here = Reviewing(lists())
    page = here.press("create", "Cy Only")
    assert "1 new in QuickBooks" in page
    assert "by Dana Reyes" in page
    nora = here.row("Nora New")
    page = here.press("link_to", "Bob Byrne", nora.ledger_id)
    assert "2 pairs linked, 1 new client in Tieout, 1 new in QuickBooks, 0 left" in page
    assert "Will be linked with Nora New" in page
    assert "Will be linked with Bob Byrne" in here.page("review/new-clients/")
    here.sync()
    assert len(here.rig.links()) == 4
    assert len(here.rig.customers_named("Cy Only")) == 1
    assert {units["name"] for units in here.rig.clients().values()} == {
        "Ada Byrne",
        "Bob Byrne",
        "Cy Only",
        "Ned New",
    }


def test_decisions_are_taken_back_one_by_one_the_last_first() -> None:
    here = Reviewing(lists())
    here.press("create", "Cy Only")
    here.press("exclude", "Bob Byrne")
    page = here.post("undo/", back=CLIENTS + "review/unmatched/")
    assert here.row("Bob Byrne").decision == ""
    assert "To be created: Cy Only." in page
    here.post("undo/")
    assert here.row("Cy Only").decision == ""
    assert "data-key-undo" not in here.page("review/unmatched/")


def test_ticked_rows_are_decided_together_and_taken_back_together() -> None:
    here = Reviewing(lists())
    ids = [here.row(name).pk for name in ("Bob Byrne", "Cy Only")]
    page = here.post(do="exclude", row=ids, back=CLIENTS + "review/unmatched/")
    assert "Left out: 2 rows." in page
    here.post("undo/")
    assert [here.row(name).decision for name in ("Bob Byrne", "Cy Only")] == ["", ""]


def test_unticked_new_clients_leave_the_number_beside_the_switch() -> None:
    here = Reviewing(lists())
    assert "Create 2 new clients in Tieout" in here.page("review/new-clients/")
    here.post(do="exclude", row=[here.row("Ned New").pk])
    assert "Create 1 new client in Tieout" in here.page("review/new-clients/")


def test_where_a_pair_differs_a_side_is_kept_and_the_plan_says_so() -> None:
    here = Reviewing(lists())
    pair = here.row("Ada Byrne")
    page = here.page("review/matches/")
    assert f'name="keep-{pair.pk}-phone"' in page
    assert "Asked about afterwards: Phone" in here.page("confirm/")
    here.post(do="keep", **{f"keep-{pair.pk}-phone": "practice"})
    page = here.page("confirm/")
    assert "Phone in QuickBooks: <del>2</del> <ins>1</ins>" in page
    assert "Asked about" not in page
    here.post(do="keep_ledger", row=[pair.pk])
    assert "Phone in Tieout: <del>1</del> <ins>2</ins>" in here.page("confirm/")
    here.post(do="keep_ask", row=[pair.pk])
    assert "Asked about afterwards: Phone" in here.page("confirm/")


def test_pairs_to_check_are_counted_shown_alone_and_accepted_with_one_press() -> None:
    rig = Rig()
    for number in range(3):
        rig.add_client(f"Same Name {number} LLC")
        rig.add_customer(f"Same Name {number} LLC")
    here = Reviewing(rig)
    with rig.here():
        ReviewRow.objects.filter(bucket="match").update(confirmed=False)
    page = here.page("review/matches/?show=check")
    assert "Accept all 3 as shown" in page
    assert "0 pairs linked" in page
    page = here.post(do="accept_all", back=CLIENTS + "review/matches/")
    assert "3 pairs linked" in page
    here.sync()
    assert len(rig.links()) == 3


def test_the_members_of_a_duplicate_group_offer_each_other() -> None:
    rig = Rig()
    first = rig.add_client("Dan Low", email="one@example.com")
    rig.add_client("Dan Low", email="two@example.com")
    customer = rig.add_customer("Dan Low", PrimaryPhone={"FreeFormNumber": "555"})
    here = Reviewing(rig)
    page = here.page("review/duplicates/")
    assert "Link with Dan Low, 555" in page
    with rig.here():
        mine = ReviewRow.objects.get(practice_id=first)
    here.post(one=f"link_to:{mine.pk}:{customer}")
    here.sync()
    assert rig.links() == {first: customer}


def test_the_final_plan_can_be_taken_along_with_every_field() -> None:
    here = Reviewing(lists())
    answer = here.browser.get(CLIENTS + "confirm/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {row["What happens"] for row in rows} == {
        "Will be linked",
        "Will be created in Tieout",
        "Waits for a decision",
    }
    (ada,) = [row for row in rows if row["Record"] == "Ada Byrne"]
    assert (ada["Field"], ada["Written in"]) == ("Phone", "asked about afterwards")


def test_a_plan_that_a_colleague_changed_since_is_shown_again() -> None:
    here = Reviewing(lists())
    plan = here.page("confirm/").split('name="plan" value="')[1].split('"')[0]
    here.press("exclude", "Bob Byrne")
    page = here.post("sync/", plan=plan, rest="accepted")
    assert "Something was decided since you looked" in page
    with here.rig.here():
        assert Review.objects.get().state == "ready"


def colleague(here: Reviewing) -> Client:
    with every_firm_scope():
        role = Role.objects.get(firm=here.rig.firm, pk=here.rig.member.role_id)
        user = User.objects.create_user("sam@example.com", None, full_name="Sam Ito")
        return entered(Member.objects.create(firm=here.rig.firm, user=user, role=role))


def seen_on(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def test_two_reviewers_see_each_others_decisions_and_undo_reaches_only_ones_own() -> None:
    here = Reviewing(lists())
    sam = colleague(here)
    here.press("create", "Cy Only")
    page = text(sam.get(CLIENTS + "review/unmatched/"))
    assert "by Dana Reyes" in page
    here.post(browser=sam, one=f"exclude:{here.row('Cy Only').pk}", seen=seen_on(page))
    assert "by Sam Ito" in here.page("review/unmatched/")
    page = here.post("undo/", back=CLIENTS + "review/unmatched/")
    assert "A colleague has decided about that since" in page
    assert here.row("Cy Only").decision == "exclude"


def test_who_decides_too_late_is_told_by_whom_and_the_row_stays_until_it_is_opened_again() -> None:
    here = Reviewing(lists())
    sam = colleague(here)
    old = seen_on(text(sam.get(CLIENTS + "review/unmatched/")))
    here.press("create", "Cy Only")
    ids = [here.row(name).pk for name in ("Bob Byrne", "Cy Only")]
    place = CLIENTS + "review/unmatched/"
    page = here.post(browser=sam, one=f"exclude:{ids[1]}", seen=old, back=place)
    assert "Dana Reyes decided about Cy Only since you looked" in page
    assert f'value="clear:{ids[1]}"' in page
    # of many, those nobody else decided about are decided all the same
    page = here.post(browser=sam, do="exclude", row=ids, seen=old, back=place)
    assert "Dana Reyes decided about Cy Only since you looked" in page
    assert [here.row(name).decision for name in ("Bob Byrne", "Cy Only")] == ["exclude", "create"]
    # a partner that a colleague has decided about is not taken either
    here.press("exclude", "Nora New")
    page = here.post(browser=sam, one=f"link_to:{ids[0]}:{here.row('Nora New').ledger_id}", seen=old)
    assert "Dana Reyes decided about Nora New since you looked" in page
    # what was read is changed knowingly
    seen = seen_on(text(sam.get(place)))
    here.post(browser=sam, one=f"clear:{ids[1]}", seen=seen)
    assert here.row("Cy Only").decision == ""


def test_a_partner_is_searched_inside_the_list() -> None:
    here = Reviewing(lists())
    row = here.row("Bob Byrne")
    path = f"row/{row.pk}/"
    answer = here.browser.get(CLIENTS + path + "?search=nora", headers={"HX-Request": "true"})
    part = " ".join(answer.content.decode().split())
    assert "<html" not in part
    assert f'name="one" value="link_to:{row.pk}:{here.row("Nora New").ledger_id}"' in part
    assert "<html" in here.page(path)
    assert here.browser.get(CLIENTS + "row/999999/").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"one": "explode:1"},
        {"one": "link_to:x:1"},
        {"do": "create"},
        {"keep-1-phone": "nobody", "do": "keep"},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(form: dict[str, str]) -> None:
    here = Reviewing(lists())
    here.post(**form)
    with here.rig.here():
        assert not ReviewRow.objects.exclude(decision="", choice={}).exists()


def test_the_printed_plan_names_everything_with_who_printed_it_and_a_place_to_approve(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = lists()
    for name in ("Zoe Same", "Yan Same"):
        rig.add_client(name, email=f"{name[:3].lower()}@example.com")
        rig.add_customer(name, PrimaryEmailAddr={"Address": f"{name[:3].lower()}@example.com"})
    here = Reviewing(rig)
    here.press("exclude", "Cy Only")
    monkeypatch.setattr(confirm, "SHOWN", 0)
    page = here.page("confirm/")
    assert f'href="{CLIENTS}confirm/print.pdf"' in page
    assert "Yan Same" not in page, "the page counts the pairs in which nothing changes"
    plan = page.split('name="plan" value="')[1].split('"')[0]
    answer = here.browser.get(CLIENTS + "confirm/print.pdf")
    assert answer["Content-Type"] == "application/pdf"
    said = " ".join(
        "".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages).split()
    )
    for piece in (
        f"Reyes & Ito and its QuickBooks company {rig.connection.company_name}",
        "Printed by Dana Reyes, ",
        plan,
        "Ada Byrne Asked about afterwards: Phone",
        "Agree already; nothing is written for these (1): Yan Same.",
        "New clients in Tieout: 2",
        "On both sides, not linked (1): Zoe Same.",
        "Only in Tieout (1): Cy Only.",
        "Approved. Name:",
    ):
        assert piece in said, (piece, said)


def test_a_list_is_taken_along_narrowed_as_asked_and_with_what_was_decided() -> None:
    here = Reviewing(lists())
    here.post(do="exclude", row=[here.row("Cy Only").pk], why="No longer a client")

    def taken(path: str) -> dict[str, dict[str, str]]:
        answer = here.browser.get(f"{CLIENTS}review/{path}")
        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        return {row["Name here"] or row["Name in QuickBooks"]: row for row in rows}

    cy = taken("unmatched/export.csv")["Cy Only"]
    assert (cy["What happens"], cy["Decided by"], cy["Reason"]) == (
        "Left out",
        "Dana Reyes",
        "No longer a client",
    )
    with here.rig.here():
        ReviewRow.objects.filter(practice_name="Ada Byrne").update(confirmed=False, certainty="0.640")
    ada = taken("matches/export.csv?show=check")
    assert list(ada) == ["Ada Byrne"]
    assert (ada["Ada Byrne"]["How sure"], ada["Ada Byrne"]["What happens"]) == ("64 % sure", "To check")
    page = here.page("review/matches/?show=check")
    assert "<strong>64 % sure.</strong>" in page, "no rule confirms the pair: a person weighs it"
    assert list(taken("matches/export.csv")) == ["Ada Byrne"]
    assert taken("matches/export.csv?show=exact") == {}


def test_a_decision_about_too_many_rows_for_undo_says_so_and_offers_no_older_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = Reviewing(lists())
    here.press("exclude", "Cy Only")
    monkeypatch.setattr(review_undo, "MOST_ROWS", 1)
    rows = [here.row(name).pk for name in ("Cy Only", "Bob Byrne")]
    page = here.post(do="create", row=rows, back=CLIENTS + "review/unmatched/")
    assert "That decided about 2 rows; more than 1 at once cannot be taken back with Undo." in page
    page = here.post("undo/", back=CLIENTS + "review/unmatched/")
    assert "There is nothing left to take back" in page
    assert here.row("Cy Only").decision == "create"
