"""Decides whether an address of this machine is free, and says which option changes it."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


class PortInUse(Exception):
    """Something answers on this port already. Nothing was started."""

    def __init__(self, port: int, option: str, what: str) -> None:
        super().__init__(
            f"Port {port}, for {what}, is in use, perhaps by another Tieout. Nothing was started. "
            f"Stop that program, or choose another port with {option}, for example {option} {port + 1}."
        )


def require_free(port: int, option: str, what: str) -> None:
    """Raises PortInUse. Another program may still take the port before ours does; then ours reports it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind((HOST, port))
        except OSError as problem:
            raise PortInUse(port, option, what) from problem
