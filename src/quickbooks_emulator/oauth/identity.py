"""Acts: signs id tokens and describes the person behind a grant. Used by the OAuth endpoints."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from quickbooks_emulator import formats
from quickbooks_emulator.oauth.documents import Grant
from quickbooks_emulator.store.documents import Company

KEY_ID = "emulator-key-1"
_PUBLIC_EXPONENT = 65537
_KEY_BITS = 2048


def new_key() -> str:
    """A fresh private key as PEM text."""
    key = rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=_KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def sign(pem: str, claims: dict[str, object]) -> str:
    """A compact RS256 token."""
    head = _b64(formats.to_json({"kid": KEY_ID, "alg": "RS256"}))
    signed = f"{head}.{_b64(formats.to_json(claims))}"
    signature = _load(pem).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_b64(signature)}"


def public_keys(pem: str) -> dict[str, object]:
    """The key set document of /op/v1/jwks."""
    numbers = _load(pem).public_key().public_numbers()
    key = {
        "kty": "RSA",
        "kid": KEY_ID,
        "use": "sig",
        "alg": "RS256",
        "n": _b64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": _b64(numbers.e.to_bytes(3, "big")),
    }
    return {"keys": [key]}


def claims(grant: Grant, issuer: str, now: int, life: int) -> dict[str, object]:
    return {
        "sub": grant.subject,
        "aud": [grant.client_id],
        "realmid": grant.realm,
        "auth_time": grant.consented,
        "iss": issuer,
        "exp": now + life,
        "iat": now,
    }


def person(grant: Grant, company: Company) -> dict[str, object]:
    """The userinfo document: camelCase, only what the scopes allow."""
    given, _, family = company.person.partition(" ")
    found: dict[str, object] = {"sub": grant.subject}
    if "email" in grant.scopes:
        found |= {"email": f"{given.lower()}@example.com", "emailVerified": True}
    if "profile" in grant.scopes:
        found |= {"givenName": given, "familyName": family}
    if "phone" in grant.scopes:
        found |= {"phoneNumber": "+1 6505550100", "phoneNumberVerified": False}
    if "address" in grant.scopes:
        found["address"] = {
            "streetAddress": "123 Sierra Way",
            "locality": "San Pablo",
            "region": "CA",
            "postalCode": "87999",
            "country": "US",
        }
    return found


@lru_cache(maxsize=8)
def _load(pem: str) -> rsa.RSAPrivateKey:
    """Checking a key takes longer than signing with it, so a known one is not checked again."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
