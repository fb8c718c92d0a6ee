"""One call out: to whom, with what, and what is known when no answer comes."""

import gzip
import logging
from decimal import Decimal

import httpx2
import pytest

from tests.over_httpx import OverHttpx
from tests.quickbooks import answers
from tieout.quickbooks.api.config import PRODUCTION, Environment, known
from tieout.quickbooks.api.network import Deadlines, NoAnswer, NotSent
from tieout.quickbooks.api.pace import Pace
from tieout.quickbooks.api.reading import Shape
from tieout.quickbooks.api.transport import (
    Call,
    ForbiddenHost,
    Transport,
)

HERE = known(Environment.CUSTOM, "http://127.0.0.1:8399")
READ = Call("GET", "http://127.0.0.1:8399/v3/company/9130/customer/1", label="read Customer")


def transport(answer, **more):
    return Transport(OverHttpx(httpx2.MockTransport(answer)), HERE, **more)


def replying(status=200, body=b"{}", **headers):
    return transport(lambda request: httpx2.Response(status, content=body, headers=headers))


def test_every_data_call_asks_for_json_in_the_minor_version_we_know():
    seen = []
    transport(lambda request: seen.append(request) or httpx2.Response(200, content=b"{}")).send(
        Call("GET", READ.url, query=(("requestid", "a b&c"),))
    )
    assert dict(seen[0].url.params) == {"requestid": "a b&c", "minorversion": "75"}
    assert seen[0].headers["accept"] == "application/json"
    assert seen[0].headers["accept-encoding"] == "gzip"


def test_a_query_that_was_journalled_leaves_as_it_is():
    seen = []
    transport(lambda request: seen.append(request) or httpx2.Response(200, content=b"{}")).send(
        Call(
            "POST",
            f"{HERE.api}/v3/company/1/invoice?operation=void&requestid=a%20b",
            query=(("more", "c d"),),
        )
    )
    assert seen[0].url.query == b"operation=void&requestid=a%20b&more=c%20d&minorversion=75"


def test_sign_in_calls_carry_no_minor_version():
    seen = []
    transport(lambda request: seen.append(request) or httpx2.Response(200, content=b"{}")).send(
        Call("POST", HERE.token, content=b"x=1", data_service=False)
    )
    assert not seen[0].url.query


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/v3/company/1/customer/1",
        "https://127.0.0.1:8399/v3/company/1/customer/1",
        "http://127.0.0.1:8399@evil.example/v3",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_only_the_hosts_of_the_environment_are_called(url):
    def answer(request):
        raise AssertionError("sent")

    with pytest.raises(ForbiddenHost):
        transport(answer).send(Call("GET", url))


def test_production_calls_intuit_only():
    sent = Transport(
        OverHttpx(httpx2.MockTransport(lambda r: httpx2.Response(200, content=b"{}"))), PRODUCTION
    )
    assert sent.send(Call("GET", "https://quickbooks.api.intuit.com/v3/company/1/customer/1")).ok
    with pytest.raises(ForbiddenHost):
        sent.send(Call("GET", "https://sandbox-quickbooks.api.intuit.com/v3/company/1/customer/1"))
    with pytest.raises(ForbiddenHost):
        sent.send(Call("GET", "http://quickbooks.api.intuit.com/v3/company/1/customer/1"))


def test_a_redirect_is_an_answer_and_is_not_followed():
    seen = []

    def answer(request):
        seen.append(request)
        return httpx2.Response(302, headers={"location": "http://127.0.0.1:8399/elsewhere"})

    assert transport(answer).send(READ).status == 302
    assert len(seen) == 1


@pytest.mark.parametrize(
    "failure", [httpx2.ConnectError("refused"), httpx2.ConnectTimeout("slow"), httpx2.PoolTimeout("busy")]
)
def test_a_failure_to_connect_means_nothing_was_sent(failure):
    def answer(request):
        raise failure

    with pytest.raises(NotSent):
        transport(answer).send(READ)


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.WriteTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.WriteError("reset"),
        httpx2.RemoteProtocolError("cut"),
        httpx2.CloseError("cut"),
        ConnectionResetError("an in-process server broke off"),
    ],
)
def test_a_failure_after_connecting_means_the_outcome_is_unknown(failure):
    def answer(request):
        raise failure

    with pytest.raises(NoAnswer):
        transport(answer).send(READ)


class Dripping(httpx2.SyncByteStream):
    """A body that comes in pieces; ``between`` is run before each but the first."""

    def __init__(self, pieces, between):
        self.pieces, self.between = pieces, between

    def __iter__(self):
        for place, piece in enumerate(self.pieces):
            if place:
                self.between()
            yield piece


def test_a_body_cut_in_the_middle_is_no_answer():
    def cut():
        raise httpx2.ReadError("reset")

    with pytest.raises(NoAnswer):
        transport(lambda r: httpx2.Response(200, stream=Dripping([b'{"Customer', b'":{}}'], cut))).send(READ)


def test_an_answer_that_drips_for_ever_is_given_up_at_the_total_deadline():
    now = [0.0]

    def a_minute_passes():
        now[0] += 60

    endless = Dripping([b"x"] * 1000, a_minute_passes)
    with pytest.raises(NoAnswer, match="deadline"):
        transport(
            lambda r: httpx2.Response(200, stream=endless),
            clock=lambda: now[0],
            deadlines=Deadlines(total=90),
        ).send(READ)
    assert now[0] == 120


def test_every_call_has_deadlines():
    seen = []

    class Noting(OverHttpx):
        def exchange(self, method, url, headers, content, deadlines):
            seen.append(deadlines)
            return super().exchange(method, url, headers, content, deadlines)

    Transport(Noting(httpx2.MockTransport(lambda request: httpx2.Response(200))), HERE).send(READ)
    assert seen == [Deadlines()]


def test_a_compressed_answer_is_read():
    body = gzip.compress(b'{"Customer":{"Balance":10.10}}')
    assert replying(body=body, **{"content-encoding": "gzip"}).send(READ).data["Customer"][
        "Balance"
    ] == Decimal("10.10")


def test_a_badly_compressed_answer_is_no_answer():
    with pytest.raises(NoAnswer):
        replying(body=b"not gzip at all", **{"content-encoding": "gzip"}).send(READ)


def test_money_is_read_to_the_last_digit():
    reply = replying(body=b'{"TotalAmt":12345678901234567.89,"Rate":19.990,"Zero":0}').send(READ)
    assert reply.data["TotalAmt"] == Decimal("12345678901234567.89")
    assert str(reply.data["Rate"]) == "19.990"
    assert reply.data["Zero"] == 0
    assert not any(isinstance(value, float) for value in reply.data.values())


@pytest.mark.parametrize(
    "body, shape",
    [
        (b"", Shape.EMPTY),
        (b"  \n", Shape.EMPTY),
        (b' {"a":1}', Shape.JSON),
        (b"\xef\xbb\xbf[]", Shape.JSON),
        (b'{"a":', Shape.UNREADABLE),
        (b'{"a":"\xff"}', Shape.UNREADABLE),
        (b"gateway down", Shape.UNREADABLE),
        (answers.THROTTLED, Shape.XML),
        (answers.HTML_413, Shape.HTML),
        (b"<!DOCTYPE html><p>Maintenance", Shape.HTML),
    ],
)
def test_an_answer_is_known_by_its_bytes_not_by_its_content_type(body, shape):
    assert replying(body=body, **{"content-type": "application/json"}).send(READ).shape is shape


def test_the_log_has_intuits_reference_and_nothing_of_the_firm(caplog):
    secret = Call(
        "POST",
        "http://127.0.0.1:8399/v3/company/9130347/customer",
        query=(("requestid", "req-1"),),
        content=b'{"DisplayName":"Amy\'s Bird Sanctuary"}',
        headers={"Authorization": "Bearer very-secret"},
        label="write Customer",
    )
    with caplog.at_level(logging.DEBUG):
        replying(body=b'{"Customer":{"DisplayName":"Amy"}}', intuit_tid="1-5f733ac0").send(secret)
    (record,) = [one for one in caplog.records if one.name == "tieout.quickbooks.calls"]
    assert (record.intuit_tid, record.status, record.call) == ("1-5f733ac0", 200, "write Customer")
    everything = " ".join(str(vars(one)) for one in caplog.records)
    for private in ("Amy", "very-secret", "9130347"):
        assert private not in everything


def test_a_call_without_an_answer_is_logged_too(caplog):
    def answer(request):
        raise httpx2.ReadTimeout("http://127.0.0.1:8399/v3/company/9130347")

    with caplog.at_level(logging.INFO), pytest.raises(NoAnswer):
        transport(answer).send(READ)
    (record,) = [one for one in caplog.records if one.name == "tieout.quickbooks.calls"]
    assert (record.outcome, record.reason) == ("NoAnswer", "ReadTimeout")


def test_no_cookie_is_carried_from_one_call_to_the_next():
    seen = []

    def answer(request):
        seen.append(request.headers.get("cookie"))
        return httpx2.Response(200, content=b"{}", headers={"set-cookie": "session=abc; Path=/"})

    sender = transport(answer)
    sender.send(READ)
    sender.send(READ)
    assert seen == [None, None]


def test_data_calls_obey_the_pace_and_sign_in_calls_do_not():
    naps = []
    now = [0.0]

    def sleep(seconds):
        naps.append(seconds)
        now[0] += seconds

    pace = Pace(per_minute=1, clock=lambda: now[0], sleep=sleep)
    sender = transport(lambda request: httpx2.Response(200, content=b"{}"), pace=pace)
    sender.send(READ)
    sender.send(Call("GET", HERE.discovery, data_service=False))
    assert naps == []
    sender.send(READ)
    assert sum(naps) == pytest.approx(60, abs=0.1)
