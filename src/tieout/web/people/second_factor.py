"""Acts: where two-factor sign-in differs from allauth's way, and its reset by an administrator.

Secrets are sealed with the installation's key ring. A code works once, also within the minute around its time.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tieout.practice.actions.sign_in import record_reset, record_stranger
from tieout.practice.firms import Member
from tieout.sync.secrets import open_sealed, seal
from tieout.web.people.open_sessions import end_sessions

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes are only a way around a lost one of these."""
BOUND_TO = "two-factor"
CODE_REMEMBERED = 180
"""Seconds. A code is good for 30, and for one step before and after."""
FRESH = 30 * 60
"""Seconds for which a sign-in, or having confirmed it, is good enough for acts about people and rights."""


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or was used already. Wait for the next one and try again.",
        "cannot_delete_authenticator": "Your firm asks two-factor sign-in of everybody. Set up another way first.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text, bound_to=BOUND_TO)

    def decrypt(self, encrypted_text: str) -> str:
        return open_sealed(encrypted_text, bound_to=BOUND_TO)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one, where the firm requires one."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        if others.exclude(pk=authenticator.pk).exists():
            return True
        return not Member.objects.filter(
            user_id=authenticator.user_id, is_active=True, firm__second_factor_required=True
        ).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return "My passkey" if number == 1 else f"Passkey {number}"


class _Once:
    """A code that was good is good once: allauth forgets it after one step, but accepts it in three."""

    authenticator: Authenticator
    user: Any

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            record_stranger(self.user.email, "gave a wrong code")
            raise
        used = f"two-factor-code:{self.user.pk}:{''.join(code.split())}"
        if self.authenticator.type == Authenticator.Type.TOTP and not cache.add(
            used, "used", CODE_REMEMBERED
        ):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in."""


class CodeAgainForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    """The code before something sensitive."""


def has_second_factor(user_id: int) -> bool:
    return bool(with_second_factor([user_id]))


def with_second_factor(user_ids: Collection[int]) -> set[int]:
    """Those of the users who have set up an app or a passkey."""
    found = Authenticator.objects.filter(user_id__in=user_ids, type__in=FACTORS)
    return set(found.values_list("user_id", flat=True))


def still_to_set_up(member: Member) -> bool:
    """The firm asks for a second factor and this member has none yet."""
    return member.firm.second_factor_required and not has_second_factor(member.user_id)


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether the person proved who they are within the last half hour, at sign-in or since."""
    now = timezone.now().timestamp()
    proofs = get_authentication_records(request, request.user)
    return any(now - proof["at"] < FRESH for proof in proofs)


def reset(*, by: Member, colleague: Member) -> None:
    """Take every second factor off a colleague who lost theirs, and sign them out. Their password stays."""
    with transaction.atomic():
        record_reset(by=by, colleague=colleague)
        Authenticator.objects.filter(user_id=colleague.user_id).delete()
        end_sessions(colleague.user_id)
