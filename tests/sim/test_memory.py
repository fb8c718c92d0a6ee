"""The oracle of field-level merging: what it lets pass, and what it does not."""

from __future__ import annotations

from typing import Any, cast

from tests.sim.memory import LEDGER, PRACTICE, Memory

NAME = ("client", "1", "name")


def lost_after(typed: list[Any], shown: str, *agreed: str, made_as: str = "") -> list[str]:
    """What is lost when both sides, having agreed on these one after the other, come to show this.

    ``made_as``: what the record showed there before anybody knew whose it is.
    """
    memory = Memory(cast(Any, None))
    for value in agreed:
        memory._agreed(NAME, [], value)
    memory._agreed(NAME, typed, shown, [made_as])
    return memory.lost


def test_a_name_typed_again_where_it_stood_is_no_change_and_loses_to_the_other_side() -> None:
    assert not lost_after(["Cleo", "Dag"], "Dag", "Cleo")


def test_two_new_names_that_became_one_are_a_loss() -> None:
    assert lost_after(["Cleo", "Dag"], "Dag", "Ada")
    assert lost_after(["Cleo", "Dag"], "Dag")


def test_a_new_name_that_gave_way_to_the_old_one_is_a_loss_even_when_that_was_typed_again() -> None:
    assert lost_after(["Dag"], "Cleo", "Cleo")
    assert lost_after(["Cleo", "Dag"], "Cleo", "Cleo")


def test_what_was_typed_before_it_was_made_there_gives_way_to_what_was_typed_there_since() -> None:
    assert not lost_after(["Cleo", "Dag"], "Dag", made_as="Cleo")
    assert lost_after(["Cleo", "Dag"], "Cleo", made_as="Cleo")


class TwoNames(Memory):
    """Looks at these two names of one pair instead of at both sides."""

    def __init__(self, name: str) -> None:
        super().__init__(cast(Any, None))
        self.shown = {PRACTICE: name, LEDGER: name}
        self.look()

    def look(self, *entities: str) -> None:
        if self.shown[PRACTICE] == self.shown[LEDGER]:
            keys = [("client", side, "1", "name") for side in (PRACTICE, LEDGER)]
            self._agreed(NAME, list(self.typed.values()), self.shown[PRACTICE], self._met(*keys))
            self.typed.clear()
            self.stood.clear()

    def comes_over(self, side: str) -> None:
        """What the other side shows is carried to this one."""
        self.shown[side] = self.shown[LEDGER if side == PRACTICE else PRACTICE]
        self.look()

    def types(self, side: str, name: str) -> None:
        self.look()
        self.shown[side] = name
        self.was_typed("client", side, "1", {"name": name})


def test_whoever_types_what_stood_there_before_takes_back_what_he_typed() -> None:
    """Seed 13192: nothing had been carried over in between."""
    names = TwoNames("Ada")
    names.types(LEDGER, "Dag")
    names.types(LEDGER, "Ada")
    assert not names.lost
    assert not names.typed


def test_whoever_types_what_the_other_side_shows_has_made_them_agree() -> None:
    """Seed 13930: of two different names that were typed one was taken back by its own side."""
    names = TwoNames("Ada")
    names.types(LEDGER, "Bo")
    names.types(PRACTICE, "Cleo")
    names.types(PRACTICE, "Bo")
    assert not names.lost
    names.types(PRACTICE, "Dag")
    names.types(LEDGER, "Eva")
    names.shown[PRACTICE] = "Eva"  # by nobody's hand
    names.look()
    assert names.lost


def test_what_is_typed_as_it_stood_on_the_other_side_gives_way_to_what_was_typed_there_since() -> None:
    """Seed 32816: between the two, whoever looked at both saw them agree."""
    names = TwoNames("Ada")
    names.types(LEDGER, "Dag")
    names.types(LEDGER, "Cleo")
    names.types(PRACTICE, "Dag")
    names.comes_over(PRACTICE)
    assert not names.lost


def test_it_may_not_win_over_what_was_typed_there_since() -> None:
    names = TwoNames("Ada")
    names.types(LEDGER, "Dag")
    names.types(LEDGER, "Cleo")
    names.types(PRACTICE, "Dag")
    names.comes_over(LEDGER)
    assert names.lost
