"""The oracle of field-level merging: what it lets pass, and what it does not."""

from __future__ import annotations

from typing import Any, cast

from tests.sim.memory import Memory

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
