"""Acts on nothing: seals and opens stored secrets. Used by ``tokens`` and ``connections`` only.

AES-256-GCM with a key ring (setting TOKEN_KEYS, ``id:base64key`` separated by commas): the first key seals, every key
opens, so keys rotate without downtime. The associated data binds a secret to its firm, connection and
field: a value copied to another row does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class CannotOpen(Exception):
    """A stored secret does not open: its key is gone from the ring, or the row was tampered with."""


@lru_cache(maxsize=4)
def _ring(setting: str) -> dict[str, bytes]:
    ring = {}
    for entry in setting.split(","):
        key_id, _, encoded = entry.strip().partition(":")
        key = base64.b64decode(encoded, validate=True)
        if len(key) != 32:
            raise ValueError(f"Token key {key_id!r} must be 32 bytes in base64; it is {len(key)}.")
        ring[key_id] = key
    return ring


def seal(plain: str, *, bound_to: str) -> str:
    """Encrypt a text. ``bound_to`` names its place (``firm:1/connection:2/tokens``) and must be given to open it."""
    key_id, key = next(iter(_ring(settings.TOKEN_KEYS).items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), bound_to.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def open_sealed(sealed: str, *, bound_to: str) -> str:
    """Decrypt what ``seal`` made. Raises ``CannotOpen``."""
    key_id, _, encoded = sealed.partition(":")
    key = _ring(settings.TOKEN_KEYS).get(key_id)
    if key is None:
        raise CannotOpen(f"Key {key_id!r} is not in TIEOUT_TOKEN_KEYS any more.")
    raw = base64.b64decode(encoded)
    try:
        return AESGCM(key).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except InvalidTag as error:
        raise CannotOpen("The stored secret does not belong to this row, or was changed.") from error


def resealed(sealed: str, *, bound_to: str) -> str:
    """The same secret under the first key. Raises ``CannotOpen``."""
    return seal(open_sealed(sealed, bound_to=bound_to), bound_to=bound_to)


def digest(value: str) -> str:
    """A keyed digest for looking a secret value up by equality. It stays when the ring of TOKEN_KEYS changes; when
    SECRET_KEY does, ``./run manage reseal`` makes it anew."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()
