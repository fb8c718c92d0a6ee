"""Two records side by side, read with the product's own measures: what speaks for and against, and who is linked."""

from __future__ import annotations

import pytest

from tieout.reconcile.match import Bucket, Candidate, Proposal
from tieout.reconcile.match_names import Hints, Kind
from tieout.reconcile.state import Key, Side
from tieout.sync.matching import propose


def here(name: str, id: str = "1", kind: Kind | None = None, **evidence: str) -> Candidate:
    return Candidate(Key("client", Side.PRACTICE, id), name, True, _words(evidence), Hints(kind))


def there(name: str, id: str = "7", active: bool = True, **evidence: str) -> Candidate:
    return Candidate(Key("client", Side.LEDGER, id), name, active, _words(evidence))


def _words(evidence: dict[str, str]) -> dict[str, str]:
    return {
        {"email": "e-mail", "postal": "postal code"}.get(word, word): text for word, text in evidence.items()
    }


def only_pair(found: list[Proposal]) -> Proposal:
    assert [one.bucket for one in found] == [Bucket.MATCH], found
    return found[0]


@pytest.mark.parametrize(
    "one, other",
    [
        (here("Nguyen, Thu & Bao", email="thu@example.org"), there("Thu and Bao Nguyen", email="THU@example.org ")),
        (here("Acme Plumbing LLC", phone="(217) 555-0101"), there("ACME PLUMBING", phone="+1 217.555.0101")),
        (here("Robert Okafor", email="bob@okafor.example"), there("Bob Okafor", email="bob@okafor.example")),
        (here("Zellweger Fabrication"), there("Zellweger Fabrication (deleted)", active=False)),
        (here("Robert Okafor", phone="217 555 0101"), there("Bob Okafor", phone="217 555 0101")),
        (here("Jürgen Müller", email="jm@example.org"), there("Jurgen Muller", email="jm@example.org")),
        (here("Spago", phone="310 652 4025", city="Los Angeles"), there("Spago (Los Angeles)", phone="310-652-4025", city="Hollywood")),
        (here("Gonzalez & Isenawick IV LLC", email="g@example.org"), there("Gonzalez & Isenawick IV", email="g@example.org")),
        (here("7108 Park Street II LLC", phone="312 655 1758"), there("7108 Park St II", phone="312-655-1758")),
        (here("Фуад Гулієв", email="f@example.org"), there("Fuad Guliiev", email="f@example.org")),
    ],
)  # fmt: skip
def test_a_confirmed_name_is_linked_without_asking(one: Candidate, other: Candidate) -> None:
    found = propose([one], [other])
    assert found[0].bucket is Bucket.MATCH, found
    assert found[0].confirmed, found[0]
    assert found[0].reasons


@pytest.mark.parametrize(
    "one, other, sentence",
    [
        (here("Acme Plumbing LLC", email="a@acme.example"), there("Acme Plumbing Inc", email="a@acme.example"),
         "The legal forms differ: LLC and INC."),
        (here("John Okafor Jr", phone="217 555 0101"), there("John Okafor", phone="217 555 0101"),
         "Jr, Sr or a number after the name stands on one side only, or differs."),
        (here("Oak Partners II", phone="217 555 0101"), there("Oak Partners III", phone="217 555 0101"),
         "The numbers in the names differ."),
        (here("Jordan Okafor", phone="217 555 0101", kind=Kind.PERSON), there("Jordan Okafor LLC", phone="217 555 0101"),
         "The phone is the same, but this is a person and that is a company."),
        (here("Okafor Family Trust", email="o@example.org"), there("Okafor Irrevocable Trust", email="o@example.org"),
         "They are different kinds of trust."),
        (here("Ada Okafor", email="o@example.org", kind=Kind.PERSON), there("Chidi Okafor", email="o@example.org"), "The given names differ."),
        (here("Patrick Smith", street="12 Oak Street", city="Reno"), there("Patricia Smith", street="12 Oak St", city="Reno"),
         "The given names differ."),
        (here("John A. Okafor", email="o@example.org"), there("John B. Okafor", email="o@example.org"), "The middle names differ."),
        (here("John & Ada Okafor", email="o@example.org"), there("John & Ngozi Okafor", email="o@example.org"), "The spouses differ."),
        (here("Acme Plumbing", email="o@example.org"), there("Acme Holdings", email="o@example.org"),
         "One name has a telling word that the other lacks."),
    ],
)  # fmt: skip
def test_a_veto_is_stronger_than_an_equal_contact(one: Candidate, other: Candidate, sentence: str) -> None:
    found = propose([one], [other])
    assert not any(each.confirmed for each in found)
    said = [
        text
        for each in found
        for text in (*each.against, *(line for suggestion in each.suggestions for line in suggestion.against))
    ]
    assert sentence in said, found


def test_the_same_email_under_unlike_names_is_not_even_called_likely() -> None:
    found = propose(
        [here("Ada Okafor", email="o@example.org")], [there("Zellweger Farms LLC", email="o@example.org")]
    )
    assert {each.bucket for each in found} == {Bucket.UNMATCHED, Bucket.NEW}
    assert not any(suggestion.likely for each in found for suggestion in each.suggestions)


def test_the_reason_names_what_differs() -> None:
    pair = only_pair(
        propose(
            [here("Acme Plumbing LLC", email="a@acme.example")],
            [there("Acme Plumbing", email="a@acme.example")],
        )
    )
    assert pair.reasons == ("The e-mail is the same.", "The names differ only by LLC.")
    assert pair.against == ()


def test_an_equal_name_with_other_contacts_is_to_be_checked() -> None:
    pair = only_pair(
        propose(
            [here("Ada Okafor", email="ada@one.example", phone="217 555 0101")],
            [there("Ada Okafor", email="ada@two.example", phone="312 555 0199")],
        )
    )
    assert not pair.confirmed
    assert {"The e-mail differs.", "The phone differs."} <= set(pair.against)


def test_a_common_name_alone_is_to_be_checked_and_a_rare_one_is_not() -> None:
    crowd = [here(name, name) for i in range(300) for name in (f"Mary Vale{i}x", f"Qo{i}z Smith")]
    assert not next(
        p for p in propose([*crowd, here("Mary Smith")], [there("Mary Smith")]) if p.ledger
    ).confirmed
    assert next(
        p for p in propose([*crowd, here("Ifeoma Oyelaran")], [there("Ifeoma Oyelaran")]) if p.ledger
    ).confirmed


def test_a_tie_is_a_duplicate_and_says_so() -> None:
    found = propose(
        [here("Thu Nguyen", email="thu@example.org")],
        [
            there("Nguyen, Thu", "7", email="thu@example.org"),
            there("Thu Nguyen (2041)", "8", email="thu@example.org"),
        ],
    )
    assert {each.bucket for each in found} == {Bucket.DUPLICATE}
    assert len({each.group for each in found}) == 1
    assert found[0].reasons == ("2 records in QuickBooks fit “Thu Nguyen” equally well.",)


def test_suggestions_are_ranked_best_first_with_reasons() -> None:
    found = propose(
        [here("Katherine Oyelaran", phone="217 555 0101")],
        [
            there("Kathy Oyelaran", "7", phone="217 555 0101", email="k@example.org"),
            there("Kaleb Oyelaran", "8", phone="217 555 0101"),
        ],
    )
    lone = next(each for each in found if each.practice)
    assert lone.bucket is Bucket.UNMATCHED
    assert next(each.record.key.id for each in lone.suggestions) == "7"
    assert "The phone is the same." in lone.suggestions[0].reasons


def test_a_pair_declared_different_is_neither_matched_nor_suggested() -> None:
    ours, theirs = [here("Ada Okafor", email="o@example.org")], [there("Ada Okafor", email="o@example.org")]
    found = propose(ours, theirs, {("1", "7")})
    assert {each.bucket for each in found} == {Bucket.UNMATCHED, Bucket.NEW}
    assert not any(each.suggestions for each in found)


def test_a_contact_that_many_records_share_confirms_nothing() -> None:
    office = {"email": "office@books.example"}
    crowd = [here(f"Zq{i} Vx{i}", f"c{i}", **office) for i in range(12)]
    found = propose([*crowd, here("Mary Smyth", **office)], [there("Maria Smyth", **office)])
    assert not any(each.confirmed for each in found)


def test_a_contact_that_sister_companies_share_does_not_confirm_a_name_without_its_legal_form() -> None:
    """Which of the sisters it is, only the legal form says."""
    ours = [
        here("Upmann Plumbing LLC", "1", email="office@upmann.example", phone="775 852 3646"),
        here("Upmann Holdings LLC", "2", email="office@upmann.example", phone="775 852 3646"),
    ]
    theirs = [there("Upmann Plumbing", email="office@upmann.example", phone="775 852 3646")]
    assert not any(one.confirmed for one in propose(ours, theirs))
    alone = only_pair(propose(ours[:1], [there("Upmann Plumbing", email="office@upmann.example")]))
    assert alone.confirmed


def test_a_contact_that_others_share_does_not_confirm_a_name_beside_one_that_differs() -> None:
    shared = {"phone": "937 723 1005", "street": "44 Highland Lane"}
    brother = here("Bo Ashrath", "2", email="bo@ashrath.example", **shared)
    ours = here("Omnitex Accounting", "1", email="richard@ashrath.example", **shared)
    theirs = [there("Omnitex Accounting", email="other@ashrath.example", **shared)]
    assert not any(one.confirmed for one in propose([ours, brother], theirs))
    assert only_pair(propose([ours], theirs)).confirmed


def test_a_nickname_with_a_phone_that_relatives_share_is_to_be_checked() -> None:
    ours = [here("Robert Okafor", "1", phone="217 555 0101"), here("Ada Okafor", "2", phone="217 555 0101")]
    assert not any(one.confirmed for one in propose(ours, [there("Bob Okafor", phone="217 555 0101")]))


def test_initials_are_suggested_though_they_have_no_word_in_common() -> None:
    ours = [here(f"{tree} Rotary Club of Dayton", tree) for tree in ("Stone", "Birch", "Amber")]
    lone = next(
        one for one in propose(ours, [there("ARCoD")]) if one.practice and one.practice.key.id == "Amber"
    )
    assert [each.record.key.id for each in lone.suggestions] == ["7"]


def test_a_namesake_with_another_middle_name_comes_after_one_without() -> None:
    found = propose(
        [here("William Ray Frost", email="w@frost.example")],
        [
            there("William Walter Frost", "7", email="x@frost.example"),
            there("Wiliam Frost", "8", email="y@frost.example"),
        ],
    )
    lone = next(one for one in found if one.practice)
    order = [lone.ledger.key.id] if lone.ledger else [each.record.key.id for each in lone.suggestions]
    assert order[0] == "8"
