"""What every answer tells the browser to refuse, on pages for visitors and for members, and on errors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client as Browser

pytestmark = pytest.mark.usefixtures("sync")
SignedIn = Callable[[str], Browser]
ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'self'",
)


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/", "/clients/", "/nowhere/", "/forgot-password/", "/settings/two-factor/"]
)
def test_every_answer_says_what_a_page_may_not_do(address: str, signed_in: SignedIn) -> None:
    for browser in (Browser(), signed_in("admin")):
        answer = browser.get(address)
        policy = answer["Content-Security-Policy"]
        assert [each for each in POLICY if each not in policy] == []
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"
        assert "camera=()" in answer["Permissions-Policy"]


def test_what_members_see_is_kept_in_no_cache(signed_in: SignedIn) -> None:
    browser = signed_in("admin")
    for address in ("/", "/clients/", "/clients/export.csv", "/settings/audit-log/", "/nowhere/"):
        assert browser.get(address)["Cache-Control"] == "no-store", address


def test_over_https_cookies_are_bound_to_the_host_and_the_browser_stays_on_https() -> None:
    """Settings are read once for a process, so another one is asked."""
    ask = (
        "from tieout.config import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, "
        "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, "
        "s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS >= 31_536_000, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask],
        env={**os.environ, "TIEOUT_BASE_URL": "https://books.example.com", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert said == ["__Host-tieout", "__Host-csrf", *["True"] * 6, "False"]
