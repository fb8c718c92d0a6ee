"""Decides: whether a host name means this machine itself. The server listens and answers only there."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
