"""Writes on their way: the wait for the pace comes first, the question whether one may leave last."""

import pytest

from tieout.quickbooks.sending import send_many
from tieout.reconcile.ports import PreparedWrite, Reconnect


def writes(count):
    return [
        PreparedWrite(f"r{number}", "Customer", "create", "customer", b"{}", "") for number in range(count)
    ]


class Lane:
    """Notes what is done in the caller's thread, in order."""

    def __init__(self, may_leave=lambda write: True, take=lambda: None):
        self.done, self._may, self._take = [], may_leave, take

    def take_turn(self, following):
        self.done.append("turn")
        self._take()

    def may_leave(self, write):
        self.done.append("asked")
        return self._may(write)

    def send_all(self, some, at_once):
        turns = self.take_turn, lambda: self.done.append("given up")
        return list(send_many(lambda write: "sent", some, self.may_leave, at_once, *turns))


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_write_is_asked_about_after_the_wait_and_its_turn_given_up_when_it_may_not_leave(at_once):
    lane = Lane(may_leave=lambda write: write.request_id != "r1")
    came = lane.send_all(writes(3), at_once)
    assert sorted(write.request_id for write, _ in came) == ["r0", "r2"]
    assert lane.done == ["turn", "asked", "turn", "asked", "given up", "turn", "asked"]


@pytest.mark.parametrize("at_once", [1, 4])
def test_a_question_that_raises_gives_the_turn_up_too(at_once):
    def paused(write):
        raise RuntimeError("paused")

    lane = Lane(may_leave=paused)
    with pytest.raises(RuntimeError):
        lane.send_all(writes(1), at_once)
    assert lane.done == ["turn", "asked", "given up"]


@pytest.mark.parametrize("at_once", [1, 4])
def test_no_token_is_what_came_of_the_write_and_it_is_not_sent(at_once):
    def signed_out():
        raise Reconnect("signed out")

    ((_, found),) = Lane(take=signed_out).send_all(writes(1), at_once)
    assert isinstance(found, Reconnect)
