"""What is said of items without a partner, so that nobody has to find it out: namesakes, blanks, who is not active."""

from __future__ import annotations

from tieout.reconcile.match import Bucket, Candidate, Proposal
from tieout.reconcile.state import Key, Side
from tieout.sync.item_matching import propose_items


def item(side: Side, record_id: str, name: str, *, active: bool = True, **evidence: str) -> Candidate:
    return Candidate(Key("service_item", side, record_id), name, active, evidence)


def proposed(*items: Candidate) -> dict[str, Proposal]:
    ours = [one for one in items if one.key.side is Side.PRACTICE]
    theirs = [one for one in items if one.key.side is Side.LEDGER]
    found = propose_items(ours, theirs)
    return {each.key.id: one for one in found for each in (one.practice, one.ledger) if each is not None}


def test_the_same_name_twice_with_other_rates_is_said_of_both() -> None:
    found = proposed(
        item(Side.LEDGER, "1", "Payroll", rate="10"),
        item(Side.LEDGER, "2", "Payroll", rate="20"),
        item(Side.LEDGER, "3", "Gardening", rate="20"),
    )
    for each in ("1", "2"):
        assert "2 items in QuickBooks have this name, with other rates or SKUs." in found[each].reasons
    assert not any("have this name" in one for one in found["3"].reasons)


def test_who_is_not_active_is_said_of_the_item_and_of_its_nearest_one() -> None:
    found = proposed(
        item(Side.PRACTICE, "1", "Payroll", rate="10"),
        item(Side.LEDGER, "2", "Payroll", active=False, rate="20"),
        item(Side.PRACTICE, "3", "Gardening", active=False),
    )
    assert "The item in QuickBooks is inactive." in found["1"].against
    assert "It is inactive in QuickBooks." in found["2"].reasons
    assert "It is archived here." in found["3"].reasons


def test_a_missing_rate_or_sku_is_said_to_be_missing_and_a_pair_that_agrees_needs_no_words() -> None:
    found = proposed(
        item(Side.PRACTICE, "1", "Payroll", sku="P1"),
        item(Side.LEDGER, "2", "Payroll", rate="20"),
        item(Side.PRACTICE, "3", "Gardening", rate="5"),
        item(Side.LEDGER, "4", "Gardening", rate="5"),
    )
    assert found["1"].against == ("There is no rate here.", "There is no SKU in QuickBooks.")
    assert (found["3"].bucket, found["3"].against) == (Bucket.MATCH, ())
