"""The rules for values, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.practice.clients import Client, Contact
from tieout.practice.validation import (
    CLIENT_RULES,
    CONTACT_RULES,
    Invalid,
    clean_texts,
    without_control_characters,
)


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "ada.byrne+tax@mail.example.com", "a@b.co, c@d.org", "a@b.co;c@d.org", "ünï@exämple.de"],
)
def test_an_email_or_several_are_kept(email: str) -> None:
    assert clean_texts({"email": email}, CLIENT_RULES) == {"email": email}


@pytest.mark.parametrize(
    "email", ["a", "a@b", "a b@c.de", "a@b.co,", "@b.co", "a@@b.co", "<a@b.co>", "a@b..co."]
)
def test_what_is_no_email_is_refused(email: str) -> None:
    with pytest.raises(Invalid, match="Enter an e-mail address"):
        clean_texts({"email": email}, CLIENT_RULES)


@pytest.mark.parametrize("character", ["\n", "\t", "\x00", "\x7f", "\u2028", "\ud800"])
def test_invisible_characters_are_refused_in_a_name(character: str) -> None:
    with pytest.raises(Invalid, match="invisible character"):
        clean_texts({"name": f"Ada{character}Byrne"}, CLIENT_RULES)


def test_notes_may_have_lines() -> None:
    assert clean_texts({"notes": "one\r\ntwo"}, CLIENT_RULES) == {"notes": "one\ntwo"}


def test_the_rules_and_the_columns_agree_on_lengths() -> None:
    for model, rules in ((Client, CLIENT_RULES), (Contact, CONTACT_RULES)):
        for name, rule in rules.items():
            column = model._meta.get_field(name).max_length  # type: ignore[union-attr]
            assert column == rule.longest or (column is None and rule.prose), name


@given(st.text())
def test_a_text_without_control_characters_passes_or_is_only_too_long(text: str) -> None:
    clean = without_control_characters(text)
    try:
        kept = clean_texts({"company_name": clean}, CLIENT_RULES)["company_name"]
    except Invalid as invalid:
        assert "at most" in str(invalid)  # noqa: PT017
    else:
        assert kept == clean.strip()
        kept.encode()
