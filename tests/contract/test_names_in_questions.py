"""Whatever a client is called, asking QuickBooks for that name finds that client and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.place import OURS, place
from tieout.reconcile.action import Create
from tieout.reconcile.ports import Activity
from tieout.reconcile.state import Side

HOSTILE = (
    "Amy's",
    "\\",
    "\\'",
    "O'Neil \\' or Active = false",
    "' or Id = '1",
    "100% & Söns + #1 %",
    "% like '%'",
    "日本 株式会社 🧾",
    '"quoted"',
    "a ' b '' c",
)


def finds_exactly_itself(here, name):
    write = here.prepare(Create(Side.LEDGER, OURS, {"name": name}))
    assert here.ledger.look_for(write).row is None
    made = here.ledger.send(write).row
    found = here.ledger.look_for(write)
    assert found.row.id == made.id
    assert found.lookalikes == ()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_made_to_break_questions_is_only_a_name(here, name):
    everybody = here.ledger.count("Customer", Activity.ALL)
    finds_exactly_itself(here, name)
    assert here.ledger.count("Customer", Activity.ALL) == everybody + 1


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_characters=":", exclude_categories=("Cc", "Cs", "Z")),
        min_size=1,
        max_size=30,
    )
)
def test_any_name_finds_exactly_itself(name):
    finds_exactly_itself(place("empty"), name)
