"""The database's address: what libpq understands is passed on, and nobody waits for ever for a machine that vanished."""

from __future__ import annotations

from typing import Any

import pytest

from tieout.config.environment import SettingsProblem, database


def settings(url: str, *, as_owner: bool = False) -> dict[str, Any]:
    return database(url, as_owner=as_owner)


def test_options_of_a_managed_database_reach_it() -> None:
    found = settings(
        "postgresql://t%40out:p%3Aw@db.example:6432/books?sslmode=verify-full&sslrootcert=/etc/ca.pem"
        "&channel_binding=require&connect_timeout=3&options=endpoint%3Dquiet-moon"
    )
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == (
        "t@out",
        "p:w",
        "db.example",
        "6432",
    )
    options = found["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert (options["channel_binding"], options["connect_timeout"]) == ("require", "3")
    assert options["options"].startswith("endpoint=quiet-moon -c role=tieout_app")


@pytest.mark.parametrize(
    ("address", "hosts", "ports"),
    [
        ("one:5432,two:5433/books?target_session_attrs=read-write", "one,two", "5432,5433"),
        ("one,two/books", "one,two", ""),
        ("[::1]:5432/books", "::1", "5432"),
        ("/books?host=/run/sockets", "/run/sockets", ""),
    ],
)
def test_an_address_may_name_several_machines_a_number_or_a_folder(
    address: str, hosts: str, ports: str
) -> None:
    found = settings(f"postgresql://{address}")
    assert (found["HOST"], found["PORT"], found["NAME"]) == (hosts, ports, "books")


@pytest.mark.parametrize(
    ("address", "named"),
    [("db/books?sslmod=require", "sslmod"), ("db:port/books", "host:port"), ("db:1:2/books", "host:port")],
)
def test_an_address_that_is_not_understood_is_refused_with_what_is_wrong(address: str, named: str) -> None:
    with pytest.raises(SettingsProblem, match=named):
        settings(f"postgresql://{address}")


def test_what_a_machine_has_locked_is_let_go_of_when_it_vanishes() -> None:
    options = settings("postgresql://db/books")["OPTIONS"]
    assert "idle_in_transaction_session_timeout=300s" in options["options"]
    assert "tcp_keepalives_idle" in options["options"]
    assert int(options["keepalives_idle"]) > 0 < int(options["connect_timeout"])
    assert "options" not in settings("postgresql://db/books", as_owner=True)["OPTIONS"]
