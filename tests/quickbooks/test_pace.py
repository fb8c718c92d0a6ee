"""How fast calls leave, in virtual time."""

import pytest

from tieout.quickbooks.api.pace import Pace


class VirtualTime:
    def __init__(self):
        self.now = 1000.0

    def clock(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


def paced(time, **limits):
    return Pace(clock=time.clock, sleep=time.sleep, **limits)


def run(pace, calls, **kind):
    for _ in range(calls):
        with pace.one_call(**kind):
            pass


def test_a_minute_holds_450_calls_and_no_more():
    time = VirtualTime()
    pace = paced(time, per_second=10_000)
    run(pace, 450)
    assert time.now == 1000.0
    run(pace, 1)
    assert time.now - 1000.0 == pytest.approx(60, abs=0.1)


def test_a_second_holds_nine_calls_and_no_more():
    time = VirtualTime()
    run(paced(time), 10)
    assert time.now - 1000.0 == pytest.approx(1, abs=0.1)


def test_batches_have_their_own_smaller_allowance():
    time = VirtualTime()
    pace = paced(time, per_second=10_000, batches_per_minute=40)
    run(pace, 40, batch=True)
    assert time.now == 1000.0
    run(pace, 1)
    assert time.now == 1000.0
    run(pace, 1, batch=True)
    assert time.now - 1000.0 == pytest.approx(60, abs=0.1)


def test_room_comes_back_as_the_minute_moves_on():
    time = VirtualTime()
    pace = paced(time, per_second=10_000, per_minute=2)
    run(pace, 2)
    time.now += 61
    before = time.now
    run(pace, 2)
    assert time.now == before


def test_only_so_many_calls_are_in_flight():
    pace = paced(VirtualTime(), in_flight=2)
    with pace.one_call(), pace.one_call():
        assert pace._slots.acquire(blocking=False) is False
    assert pace._slots.acquire(blocking=False) is True


def test_a_call_that_fails_gives_its_slot_back():
    pace = paced(VirtualTime(), in_flight=1)
    with pytest.raises(ZeroDivisionError), pace.one_call():
        raise ZeroDivisionError
    assert pace._slots.acquire(blocking=False) is True


def test_a_turn_that_is_given_up_lets_no_later_call_leave_at_once():
    time = VirtualTime()
    pace = paced(time, per_second=10_000, per_minute=2)
    for _ in range(2):
        pace.take_turn()
        pace.drop_turn()
    run(pace, 1)
    assert time.now - 1000.0 == pytest.approx(60, abs=0.1)
