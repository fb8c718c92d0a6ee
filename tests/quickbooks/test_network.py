"""The sockets themselves, against other sides that misbehave in every way a socket can."""

from __future__ import annotations

import gzip
import threading

import pytest

from tests.quickbooks.other_side import (
    BRIEF,
    HEADERS,
    OK,
    Connected,
    answering,
    answering_once,
    ask,
    other_side,
    sockets,
)
from tieout.quickbooks.api.network import KEPT_SECONDS, MOST_HEAD, Deadlines, NoAnswer, NotSent

# -- nothing was sent, or nobody knows -----------------------------------------------------------------------


def test_a_refused_connection_means_nothing_was_sent():
    with other_side(answering()) as other:
        url = other.url()
    with pytest.raises(NotSent):
        ask(sockets(), url)


def test_a_name_that_does_not_exist_means_nothing_was_sent():
    with pytest.raises(NotSent):
        ask(sockets(), "https://nowhere.invalid/v3")


def test_a_handshake_that_fails_means_nothing_was_sent():
    with other_side(answering(b"not TLS at all\r\n\r\n")) as other, pytest.raises(NotSent):
        ask(sockets(), other.url().replace("http:", "https:"))


OK_WITH = b"HTTP/1.1 200 OK\r\n"
BROKEN_OFF = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "a refusal cut off": b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/xml\r\n",
    "no HTTP": b"garbage\r\n\r\n",
    "half a body": OK_WITH + b"Content-Length: 20\r\n\r\n{}",
    "half the chunks": OK_WITH + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "not gzip": OK_WITH + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "half of what was packed": OK_WITH + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}" * 99)[:-9],
    "a head without end": OK_WITH + b"X: " + b"x" * (MOST_HEAD + 9),
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    "two lengths": OK_WITH + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("raw", BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_an_answer_that_breaks_off_is_no_answer(raw):
    with other_side(answering_once(raw)) as other, pytest.raises(NoAnswer):
        ask(sockets(), other.url(), b"{}")


def test_a_connection_closed_without_a_word_is_no_answer():
    with other_side(lambda other: other.sock.close()) as other, pytest.raises(NoAnswer):
        ask(sockets(), other.url(), b"{}")


def test_an_answer_that_does_not_come_in_time_is_no_answer():
    done = threading.Event()

    def silent(other: Connected) -> None:
        other.request()
        done.wait(30)

    with other_side(silent) as other, pytest.raises(NoAnswer):
        ask(sockets(), other.url(), b"{}", Deadlines(connect=5, read=0.05))
    done.set()


def test_nothing_is_repeated_and_no_redirect_followed():
    moved = b"HTTP/1.1 307 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    with other_side(answering(moved)) as other:
        assert ask(sockets(), other.url(), b"{}") == (307, b"")
        assert len(other.requests) == 1


# -- what is sent and read -----------------------------------------------------------------------------------


def test_the_bytes_leave_as_they_were_given():
    with other_side(answering()) as other:
        assert ask(sockets(), other.url(), b'{"a":1}') == (200, b"{}")
        head, _, body = other.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v3/x?requestid=1 HTTP/1.1\r\n")
    assert b"\r\nHost: 127.0.0.1:" in head
    assert b"\r\nX-Ours: 1" in head
    assert body == b'{"a":1}'


def test_a_compressed_answer_is_unpacked():
    packed = gzip.compress(b'{"a":1}' * 50_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with other_side(answering(head + packed)) as other:
        assert ask(sockets(), other.url()) == (200, b'{"a":1}' * 50_000)


def test_a_body_that_ends_with_its_connection_is_read():
    with other_side(answering_once(b"HTTP/1.1 200 OK\r\n\r\n{}"), answering()) as other:
        network = sockets()
        assert [ask(network, other.url()) for _ in range(2)] == [(200, b"{}")] * 2


@pytest.mark.parametrize("head", ["204 No Content", "200 OK\r\nContent-Length: 0", "304 Not Modified"])
def test_an_answer_may_be_empty(head):
    with other_side(answering(b"HTTP/1.1 %s\r\n\r\n" % head.encode())) as other:
        network = sockets()
        assert [ask(network, other.url())[1] for _ in range(2)] == [b"", b""]
        assert other.connections == 1


def test_pieces_are_given_as_they_come_so_that_dripping_can_be_ended():
    seen = threading.Event()

    def drips(other: Connected) -> None:
        other.request()
        other.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst")
        if seen.wait(30):
            other.answer(b"last")

    with other_side(drips) as other:
        answer = sockets().exchange("GET", other.url(), HEADERS, b"", BRIEF)
        pieces = answer.pieces()
        assert next(pieces) == b"first"
        seen.set()
        assert b"".join(pieces) == b"last"
        answer.close()


# -- connections are kept ------------------------------------------------------------------------------------


def test_a_connection_serves_one_call_after_another():
    with other_side(answering()) as other:
        network = sockets()
        assert [ask(network, other.url(), b"{}")[0] for _ in range(3)] == [200] * 3
        assert (other.connections, len(other.requests)) == (1, 3)


def test_an_answer_may_be_announced_and_may_come_in_chunks_with_a_trailer():
    chunks = OK_WITH + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\nX-Late: 1\r\n\r\n"
    with other_side(answering(b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n" + chunks)) as other:
        network = sockets()
        answer = network.exchange("GET", other.url(), HEADERS, b"", BRIEF)
        assert (answer.status, list(answer.headers)) == (200, [("Transfer-Encoding", "chunked")])
        assert b"".join(answer.pieces()) == b"{}"
        answer.close()
        assert ask(network, other.url()) == (200, b"{}")
        assert other.connections == 1


def test_what_comes_behind_an_answer_is_nobodys():
    with other_side(answering(OK + OK), answering(OK + b"garbage"), answering()) as other:
        network = sockets()
        assert [ask(network, other.url()) for _ in range(3)] == [(200, b"{}")] * 3
        assert other.connections == 3


def test_a_head_that_drips_is_given_up_at_the_total_deadline():
    now = [0.0]

    def drips(other: Connected) -> None:
        other.request()
        other.answer(b"HTTP/1.1 100 Continue\r\n\r\n")
        other.request()

    def a_minute_a_look() -> float:
        now[0] += 60
        return now[0]

    with other_side(drips) as other, pytest.raises(NoAnswer, match="deadline"):
        ask(sockets(clock=a_minute_a_look), other.url(), b"{}", Deadlines(connect=5, read=5, total=50))


@pytest.mark.parametrize("header", ["a\r\nX-Other: b", "a\nb", "caf\u00e9"])
def test_a_header_that_would_be_two_is_not_sent(header):
    with other_side(answering()) as other:
        with pytest.raises(NotSent):
            sockets().exchange("GET", other.url(), {"Authorization": header}, b"", BRIEF)
        assert other.connections == 0


def test_a_connection_is_not_used_again_after_it_idled_too_long():
    now = [0.0]
    with other_side(answering()) as other:
        network = sockets(clock=lambda: now[0])
        ask(network, other.url())
        now[0] += KEPT_SECONDS
        ask(network, other.url())
        assert other.connections == 2


def test_a_connection_the_other_side_has_closed_meanwhile_costs_no_call():
    closed = threading.Event()

    def once(other: Connected) -> None:
        other.request()
        other.answer()
        other.close()
        closed.set()

    with other_side(once, answering()) as other:
        network = sockets()
        ask(network, other.url(), b"{}")
        assert closed.wait(30)
        assert ask(network, other.url(), b"{}") == (200, b"{}")
        assert (other.connections, len(other.requests)) == (2, 2)


@pytest.mark.parametrize("leaving", [True, False], ids=["told to close", "left half read"])
def test_a_connection_is_not_used_again_when_its_answer_was(leaving):
    half = OK_WITH + b"Content-Length: 20\r\n\r\n{}"
    told = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    with other_side(answering(told if leaving else half), answering()) as other:
        network = sockets()
        answer = network.exchange("GET", other.url(), HEADERS, b"", BRIEF)
        if leaving:
            assert b"".join(answer.pieces()) == b"{}"
        answer.close()
        ask(network, other.url())
        assert other.connections == 2


def test_calls_of_many_threads_do_not_get_each_others_answers():
    def echo(other: Connected) -> None:
        while request := other.request():
            body = request.partition(b"\r\n\r\n")[2]
            other.answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    wrong: list[object] = []

    def calls(thread: int) -> None:
        for number in range(25):
            said = f"{thread}-{number}".encode()
            if (came := ask(network, other.url(), said)) != (200, said):
                wrong.append(came)

    with other_side(echo) as other:
        network = sockets()
        threads = [threading.Thread(target=calls, args=(one,)) for one in range(6)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not wrong
        assert other.connections <= 6


def test_a_body_that_drips_ends_with_the_whole_call_and_not_a_read_later():
    passed, seen = iter((0.0, 1.0, 2.0, 89.98, 89.98)), threading.Event()

    def drips(other: Connected) -> None:
        other.request()
        other.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst")
        seen.wait(30)

    with other_side(drips) as other:
        network = sockets(clock=lambda: next(passed, 89.98))
        answer = network.exchange("GET", other.url(), HEADERS, b"", Deadlines(connect=5, read=60, total=90))
        pieces = answer.pieces()
        assert next(pieces) == b"first"
        with pytest.raises(NoAnswer):
            next(pieces)
        answer.close()
        seen.set()
