"""Holds the words: QuickBooks in full, no code without a sentence, and a way out beside every reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.web.fake_sync import an_issue
from tieout.quickbooks.api import fault_meanings as means
from tieout.quickbooks.api.fault_meanings import Meaning, Offer
from tieout.quickbooks.api.fault_table import BY_STATUS, RULES
from tieout.quickbooks.company_rules import SETTINGS
from tieout.quickbooks.documents import CHOSEN_ABROAD, needs_setting
from tieout.quickbooks.entities import READY
from tieout.quickbooks.errors import CLASSES
from tieout.reconcile.ports import TOPICS
from tieout.reconcile.state import Key, Side
from tieout.sync.issues import CAUSE_OF_ERROR, CAUSES, SHARED, Listing, cause_of
from tieout.web.integrations import remedies
from tieout.web.integrations.remedies import REMEDIES, Button, Remedy, bulk, buttons, for_all, record_page

SOURCES = Path(__file__).parents[2] / "src" / "tieout"
SHOWN = [*SOURCES.rglob("*.html"), *SOURCES.rglob("*.txt"), *SOURCES.rglob("*.js"), *SOURCES.rglob("*.py")]
MEANINGS = {name: one for name, one in vars(means).items() if isinstance(one, Meaning)}
NO_RECORDS = {"WINDOW_TOO_OLD"}
"""Said of a question about many records: the engine compares everything instead, and no record is listed for it."""


def test_quickbooks_is_never_abbreviated() -> None:
    found = [
        path.name for path in SHOWN if "vendor" not in path.parts and re.search(r"\bQBO\b", path.read_text())
    ]
    assert SHOWN
    assert not found


def _cause(meaning: Meaning) -> str:
    if meaning.topic:
        return meaning.topic
    kind = CLASSES[meaning.disposition]
    return next((CAUSE_OF_ERROR[each] for each in kind.__mro__ if each in CAUSE_OF_ERROR), "bug")


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_every_refusal_has_its_sentence_its_next_step_and_its_button(name: str) -> None:
    meaning = MEANINGS[name]
    assert meaning.sentence.endswith((".", "}"))
    assert not re.search(r"\b\d{3,5}\b", meaning.sentence), "a code is no sentence"
    cause = CAUSES[_cause(meaning)]
    assert cause.next_step
    if cause.listing is Listing.NEEDS_YOU and name not in NO_RECORDS:
        assert REMEDIES[cause.slug]
        assert meaning.offer is not Offer.NOTHING or meaning.disposition.value == "replan"


DRAWN: dict[Offer, Callable[[Button], bool]] = {
    Offer.EDIT: lambda one: one.href.endswith(("/edit/", "/revise/")),
    Offer.RENAME: lambda one: one.value.startswith("use_name:") or one.href.endswith("/edit/"),
    Offer.LINK_EXISTING: lambda one: "/link/" in one.href,
    Offer.CHOOSE: lambda one: (
        "/link/" in one.href or one.value.startswith("link_that:") or one.href.endswith("#accounts")
    ),
    Offer.RECONNECT: lambda one: one.href.endswith("/connect/"),
    Offer.OPEN_QUICKBOOKS: lambda one: one.outside and one.href.startswith("https://quickbooks.example/"),
    Offer.REPORT: lambda one: one.href.endswith("/support/"),
}
"""What stands for an offer on the page."""
THERE_ALREADY = {"inactive_there", "open_balance", "locked_there"}
"""Refusals of a change, never of a creation: such a record has its place in QuickBooks."""


@pytest.mark.parametrize("name", sorted(MEANINGS))
def test_every_offer_of_the_fault_table_is_a_button_that_is_really_drawn(name: str) -> None:
    meaning = MEANINGS[name]
    cause = _cause(meaning)
    if CAUSES[cause].listing is not Listing.NEEDS_YOU or name in NO_RECORDS or meaning.offer is Offer.NOTHING:
        return
    entity = "client" if cause == "name_taken" else "invoice"
    row = replace(an_issue("Ada", cause), key=Key(entity, Side.PRACTICE, "7"), holder="130")
    if cause in THERE_ALREADY:
        row = replace(row, partner_id="9")
    drawn = buttons(row, "https://quickbooks.example/{}".format, "https://quickbooks.example/settings")
    assert any(DRAWN[meaning.offer](one) for one in drawn), [one.label for one in drawn]


@pytest.mark.parametrize("slug", sorted(CAUSES))
def test_a_next_step_names_no_button_that_is_not_there(slug: str) -> None:
    named = re.findall(r"[Pp]ress ([A-Z]\w+(?: again)?)", CAUSES[slug].next_step)
    labels = {remedy.label for remedy in REMEDIES.get(slug, ())}
    assert set(named) <= labels


def test_a_letter_to_the_administrator_carries_the_record_and_what_has_to_be_done() -> None:
    (letter,) = [one for one in buttons(an_issue("Ada", "closed_period")) if one.href.startswith("mailto:")]
    assert "%20" in letter.href
    assert "Ada%3A%20A%20sentence." in letter.href
    assert "books%20reopened" in letter.href


def test_what_is_in_quickbooks_is_opened_there_and_not_its_settings_as_well() -> None:
    row = replace(an_issue("Ada", "ask_human"), partner_id="9")
    outside = [one.label for one in buttons(row, "https://a/{}".format, "https://b/") if one.outside]
    assert outside == ["Open in QuickBooks"]
    assert "settings" not in {one.verb for one in bulk("ask_human")}


def missed_by_a_write() -> set[str]:
    """The settings that some write cannot do without, as the entity files name them."""
    calls = [
        call
        for path in (SOURCES / "quickbooks").rglob("*.py")
        for call in re.findall(r"raise needs_setting\(\s*([^,]+),", path.read_text())
    ]
    return {key for call in calls for key in re.findall(r'"(\w+)"', call)} | set(CHOSEN_ABROAD.values())


def test_what_waits_for_a_setting_says_so_and_has_the_button_to_it() -> None:
    assert missed_by_a_write() == {one.key for one in SETTINGS if one.needed_for}, (
        "each is offered for choosing"
    )
    for key in missed_by_a_write():
        cause = cause_of(needs_setting(key, "something", ""))
        assert cause == "setting_missing"
        drawn = buttons(an_issue("A refund", cause))
        assert drawn[0].href.endswith("/advanced/?choose=1#accounts")
    assert any(one.href == drawn[0].href for one in buttons(an_issue("A payment", "reference")))


def test_every_row_of_the_fault_table_leads_to_one_of_the_meanings() -> None:
    known = list(MEANINGS.values())
    assert all(rule.meaning in known for rule in RULES)
    assert all(meaning in known for meaning in BY_STATUS.values())


def test_every_topic_is_a_cause_and_every_shared_cause_has_one_button_for_all() -> None:
    assert set(CAUSES) >= TOPICS
    assert {meaning.topic for meaning in MEANINGS.values()} - {""} == TOPICS - {"auto_apply"}
    assert all(for_all(cause) for cause in SHARED)


@pytest.mark.parametrize("slug", sorted(CAUSES))
def test_every_cause_has_a_title_and_a_next_step_in_words(slug: str) -> None:
    cause = CAUSES[slug]
    assert cause.title[0].isupper()
    assert not cause.title.endswith(".")
    assert cause.next_step.endswith(".")
    assert not re.search(r"\d", cause.title + cause.next_step)


def test_what_the_ledgers_refusals_tell_to_press_is_the_button_that_stands_beside_them() -> None:
    told = {
        (path.name, name)
        for path in (SOURCES / "quickbooks").rglob("*.py")
        for name in re.findall(r"[Pp]ress ([A-Z][a-z]+(?: again)?)", path.read_text())
    }
    assert told == {("writing.py", "Check again")}


def test_every_button_has_an_icon_that_exists() -> None:
    """A page that draws one without it is an error page: remedies that come up seldom as much as the others."""
    used = {one.icon for one in vars(remedies).values() if isinstance(one, Remedy)}
    used |= {
        name
        for path in SHOWN
        if path.suffix == ".html"
        for name in re.findall(r'<c-icon name="([\w-]+)"', path.read_text())
    }
    assert "copy" in used
    for icon in sorted(used):
        get_template(f"icons/{icon}.svg")


def test_every_kind_of_record_that_goes_to_quickbooks_has_a_page_here() -> None:
    sent = [one.spec.practice for one in READY if one.spec.direction.flows_to(Side.LEDGER)]
    assert {"invoice", "refund", "credit_application"} <= set(sent)
    for entity in sent:
        row = replace(an_issue("Ada", "bug"), key=Key(entity, Side.PRACTICE, "7"))
        assert record_page(row).endswith("/7/"), entity
