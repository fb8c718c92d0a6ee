"""Decides: what is kept of an uploaded file beside its Attachable."""

from __future__ import annotations

import msgspec


class File(msgspec.Struct, frozen=True):
    """The bytes of one Attachable, under its id."""

    content: bytes
