"""Shows what the lists of a review fold away, count by field, tick off, and keep as reasons for leaving something out."""

from __future__ import annotations

import csv
import io

import pytest

from tests.sync.rig import Rig
from tests.web.test_review_decide import CLIENTS, Reviewing, colleague, lists
from tieout.sync.models import ActivityLine, Hold, Issue, Review, ReviewRow

pytestmark = pytest.mark.django_db
EMAIL = "{}@example.com"


def pairs(rig: Rig, *, exact: int = 0, other_phone: int = 0) -> Rig:
    """Pairs that agree in everything, and pairs that differ in their phone."""
    for number in range(exact):
        name = f"Exact {number} LLC"
        rig.add_client(name, email=EMAIL.format(f"e{number}"))
        rig.add_customer(name, PrimaryEmailAddr={"Address": EMAIL.format(f"e{number}")})
    for number in range(other_phone):
        name = f"Differing {number} LLC"
        rig.add_client(name, email=EMAIL.format(f"d{number}"), phone=f"212 555 010{number}")
        rig.add_customer(
            name,
            PrimaryEmailAddr={"Address": EMAIL.format(f"d{number}")},
            PrimaryPhone={"FreeFormNumber": f"646 555 020{number}"},
        )
    return rig


def test_exact_matches_are_folded_behind_one_row_until_it_is_opened() -> None:
    here = Reviewing(pairs(Rig(), exact=3, other_phone=1))
    page = here.page("review/matches/")
    assert "3 exact matches" in page
    assert "Differing 0 LLC" in page
    assert "Exact 1 LLC" not in page
    opened = here.page("review/matches/?show=exact")
    assert [f"Exact {number} LLC" in opened for number in range(3)] == [True] * 3
    assert "Differing 0 LLC" not in opened.split('id="rows"')[1]
    assert 'href="?"' in opened, "and folded again"
    # whoever looks for one finds it, folded or not
    assert "Exact 1 LLC" in here.page("review/matches/?search=exact+1")


def test_a_match_that_somebody_decided_about_is_not_folded_away_any_more() -> None:
    here = Reviewing(pairs(Rig(), exact=2))
    here.press("reject", "Exact 0 LLC")
    page = here.page("review/matches/")
    assert "1 exact match:" in page.replace("</strong>", "")
    assert "Exact 0 LLC" in page
    here.post("undo/")
    assert "Exact 0 LLC" not in here.page("review/matches/").split('id="rows"')[1]


def test_a_side_is_kept_for_a_whole_column_and_undo_takes_all_of_it_back() -> None:
    here = Reviewing(pairs(Rig(), exact=1, other_phone=3))
    page = here.page("review/matches/")
    assert "3 pairs" in page
    assert 'name="column" value="phone:ledger"' in page
    page = here.post(column="phone:ledger", back=CLIENTS + "review/matches/")
    assert "Phone: QuickBooks&#x27; is kept in 3 pairs." in page
    assert "QuickBooks in 3" in page
    assert here.row("Exact 0 LLC").choice == {}
    plan = here.page("confirm/")
    assert plan.count("Phone in Tieout:") == 3
    here.post("undo/")
    assert [here.row(f"Differing {number} LLC").choice for number in range(3)] == [{}] * 3
    # what is said to be different is not asked for its column
    here.press("reject", "Differing 0 LLC")
    assert "is kept in 2 pairs" in here.post(column="phone:practice", back=CLIENTS + "review/matches/")
    assert "keep" not in here.row("Differing 0 LLC", "match").choice


@pytest.mark.parametrize("column", ["", "phone", "phone:both", "name_of_nothing:ledger", "phone:ledger:x"])
def test_a_column_that_makes_no_sense_changes_nothing(column: str) -> None:
    here = Reviewing(pairs(Rig(), other_phone=1))
    here.post(column=column)
    assert here.row("Differing 0 LLC").choice == {}


def test_a_list_says_when_it_was_opened_and_when_nothing_of_it_waits() -> None:
    here = Reviewing(lists())

    def said(page: str, title: str) -> str:
        return page.split(f"<span>{title}</span>")[1].split("</a>")[0]

    page = here.page("review/duplicates/")
    assert "Done" in said(page, "Duplicates"), "there are none, and that was seen"
    assert "Not opened yet" in said(page, "Unmatched")
    page = here.page("review/unmatched/")
    assert "2 to decide" in said(page, "Unmatched")
    for name in ("Bob Byrne", "Cy Only"):
        here.press("create", name)
    page = here.page("review/matches/")
    assert "Done" in said(page, "Unmatched")
    assert "Done" in said(page, "Matches")
    assert "Not opened yet" in said(page, "New clients")


def test_syncing_needs_each_list_to_be_opened_by_somebody_or_the_rest_to_be_accepted_as_shown() -> None:
    here = Reviewing(lists())
    page = here.page("confirm/")
    plan = page.split('name="plan" value="')[1].split('"')[0]
    assert "Nobody has opened" in page
    assert "Sync clients, I accept the rest as shown" in page
    page = here.post("sync/", plan=plan)
    assert "Not every list was opened yet" in page
    with here.rig.here():
        assert Review.objects.get().state == "ready"
    for slug in ("unmatched", "matches"):
        here.page(f"review/{slug}/")
    assert colleague(here).get(CLIENTS + "review/new-clients/").status_code == 200
    page = here.page("confirm/")
    assert "Nobody has opened" not in page, "duplicates are empty: there is nothing to open"
    here.post("sync/", plan=page.split('name="plan" value="')[1].split('"')[0])
    with here.rig.here():
        assert Review.objects.get().state == "applying"


def test_the_reason_for_leaving_out_is_optional_kept_and_told_wherever_the_record_is() -> None:
    here = Reviewing(lists())
    ids = [here.row(name).pk for name in ("Bob Byrne", "Ned New")]
    here.post(do="exclude", row=[ids[0]], why="  No longer   a client ", back=CLIENTS + "review/unmatched/")
    here.press("exclude", "Cy Only")
    assert here.row("Cy Only").choice == {}, "without a word it is left out all the same"
    here.press("exclude", "Ned New")
    page = here.post(do="reason", **{f"reason-{ids[1]}": "A vendor"}, back=CLIENTS + "review/new-clients/")
    assert "Reason kept: Ned New." in page
    assert 'value="A vendor" list="why-list"' in page
    answer = here.browser.get(CLIENTS + "confirm/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {row["Record"]: row["Reason"] for row in rows if row["What happens"] == "Left out"} == {
        "Bob Byrne": "No longer a client",
        "Cy Only": "",
        "Ned New": "A vendor",
    }
    assert "No longer a client" in here.page("confirm/")
    here.sync()
    with here.rig.here():
        sentences = set(Hold.objects.filter(excluded=True).values_list("sentence", flat=True))
        assert "Left out by Dana Reyes at set-up: No longer a client." in sentences
        assert "Left out by Dana Reyes at set-up." in sentences
        told = Issue.objects.get(cause="excluded", name="Bob Byrne")
        assert "No longer a client" in told.sentence
        said = ActivityLine.objects.filter(sentence__contains="out at set-up").order_by("id")
        assert [(one.sentence, one.member_id) for one in said if one.side == "practice"] == [
            ("Dana Reyes left Bob Byrne out at set-up: No longer a client", here.rig.member.pk),
            ("Dana Reyes left Cy Only out at set-up", here.rig.member.pk),
        ]


def test_a_reason_goes_when_the_row_is_open_again_and_undo_brings_it_back() -> None:
    here = Reviewing(lists())
    row = here.row("Bob Byrne").pk
    here.post(do="exclude", row=[row], why="A duplicate")
    here.press("clear", "Bob Byrne")
    assert here.row("Bob Byrne").choice == {}
    here.post("undo/")
    assert here.row("Bob Byrne").choice == {"reason": "A duplicate"}
    # a reason belongs to what is left out, and to nothing else
    here.press("create", "Cy Only")
    here.post(do="reason", **{f"reason-{here.row('Cy Only').pk}": "x" * 5_000})
    assert here.row("Cy Only").choice == {}
    here.post(do="reason", **{f"reason-{row}": "y" * 5_000})
    assert here.row("Bob Byrne").choice == {"reason": "y" * 200}


def test_what_nearly_fits_is_named_with_what_speaks_for_it_and_why_that_was_not_enough() -> None:
    rig = Rig()
    rig.add_client("Robert Okonkwo", kind="individual", email="bob@okonkwo.example", phone="217 555 0101")
    rig.add_customer(
        "Bob Okonkwo",
        PrimaryEmailAddr={"Address": "someone@else.example"},
        PrimaryPhone={"FreeFormNumber": "217 555 0101"},
    )
    here = Reviewing(rig)
    with rig.here():
        row = ReviewRow.objects.get(practice_name="Robert Okonkwo")
    assert row.bucket == "unmatched"
    page = here.page("review/unmatched/")
    mine = page.split(f'id="row-{row.pk}"')[1].split("</tr>")[0]
    assert "<strong>Bob Okonkwo</strong>" in mine
    assert "a nickname (“Bob” and “Robert”)" in mine
    assert "But: The e-mail differs." in mine
    assert "% sure" in mine
