"""Whom the sockets trust, and the proxies they go through."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.quickbooks.other_side import Behaviour, Connected, Other, answering, ask, other_side, sockets
from tieout.quickbooks.api.network import NotSent


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A server's TLS, and the file with whom to trust for it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")]),
    )
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("books.test")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "one.pem"
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(public + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    trust = file.with_name("trust.pem")
    trust.write_bytes(public)
    return context, str(trust)


def to_the(other: Other) -> Behaviour:
    """A proxy that connects whatever is asked for to this server."""

    def behave(caller: Connected) -> None:
        caller.request()
        caller.answer(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", other.port)) as onward:
            there = threading.Thread(target=_pump, args=(caller.sock, onward), daemon=True)
            there.start()
            _pump(onward, caller.sock)

    return behave


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while some := source.recv(65536):
            target.sendall(some)
    except OSError:
        return


@pytest.mark.parametrize("login", ["", "dana:se%20cret@"])
def test_calls_to_intuit_go_through_the_environments_proxy(signed, monkeypatch, login):
    context, trust = signed
    monkeypatch.setenv("SSL_CERT_FILE", trust)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with other_side(answering(), tls=context) as other, other_side(to_the(other)) as proxy:
        network = sockets({"https": f"http://{login}127.0.0.1:{proxy.port}"})
        assert ask(network, "https://books.test/v3/x", b'{"secret":1}') == (200, b"{}")
        assert proxy.requests[0].startswith(b"CONNECT books.test:443 HTTP/1.")
        assert (b"Proxy-Authorization" in proxy.requests[0].title()) is bool(login)
        if login:
            assert base64.b64encode(b"dana:se cret") in proxy.requests[0]
        assert b"secret" in other.requests[0]
        assert b"roxy" not in other.requests[0]


@pytest.mark.parametrize("known", [True, False], ids=["another name", "nobody we trust"])
def test_a_certificate_that_does_not_prove_the_host_gets_no_request(signed, monkeypatch, known):
    context, trust = signed
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", trust)
    with other_side(answering(), tls=context) as other:
        with pytest.raises(NotSent):
            ask(sockets(), other.url(), b"{}")
        assert not other.requests


def test_a_proxy_that_refuses_or_cannot_be_spoken_to_means_nothing_was_sent(monkeypatch):
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with other_side(answering(b"HTTP/1.1 403 Forbidden\r\n\r\n")) as proxy, pytest.raises(NotSent):
        ask(sockets({"https": f"http://127.0.0.1:{proxy.port}"}), "https://books.test/v3", b"{}")
    with pytest.raises(NotSent):
        ask(sockets({"https": "socks5://127.0.0.1:1"}), "https://books.test/v3", b"{}")


def test_calls_on_this_machine_go_through_no_proxy():
    with other_side(answering()) as other:
        network = sockets({"http": "http://127.0.0.1:1", "all": "http://127.0.0.1:1"})
        assert ask(network, other.url()) == (200, b"{}")
