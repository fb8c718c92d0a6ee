"""Acts: a colleague joins by a signed link. Nothing is kept until they do; the link names firm, address and role.

It holds for a week, for one person, and only while the one who made it may still manage the team.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.db import IntegrityError, transaction

from tieout.practice.actions.team import add_member
from tieout.practice.actor import Actor
from tieout.practice.firms import Member, User
from tieout.practice.isolation import firm_scope
from tieout.practice.permissions import PRESET_ROLES, Permission
from tieout.practice.validation import Invalid

HOLDS_FOR = timedelta(days=7)
SALT = "tieout.web.people.invitations"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that still holds."""

    by: Member
    email: str
    preset: str

    @property
    def role_name(self) -> str:
        return next(each.name for each in PRESET_ROLES if each.slug == self.preset)


class LinkGone(Exception):
    """The link was changed, is too old, was used, or is no longer backed. ``str()`` says what to do."""


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput({"class": "form-control"})
    )
    preset = forms.ChoiceField(
        label="Role",
        choices=[(each.slug, each.name) for each in PRESET_ROLES],
        initial="staff-all",
        help_text="Can be changed later, also to a role of your own.",
    )


class JoinForm(forms.Form):
    full_name = forms.CharField(label="Your name", max_length=200)
    password = forms.CharField(
        label="Password",
        help_text="At least 12 characters. A few words together are easier than signs.",
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(full_name=self.cleaned_data.get("full_name", "")))
        return password


def link_token(by: Member, email: str, preset: str) -> str:
    """Raises Invalid when there is a place in the firm for this address already."""
    if _place(by.firm_id, email) is not None:
        raise Invalid({"email": "This person has a place in your firm already; see the list of the team."})
    said = {"by": by.pk, "firm": by.firm_id, "email": email.strip().lower(), "preset": preset}
    return signing.dumps(said, salt=SALT, compress=True)


def read(token: str) -> Invitation:
    """Raises LinkGone."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=HOLDS_FOR)
    except signing.SignatureExpired as problem:
        raise LinkGone("This link is more than a week old. Ask for a new one.") from problem
    except signing.BadSignature as problem:
        raise LinkGone("This link is not complete. Copy all of it, or ask for a new one.") from problem
    with firm_scope(said["firm"]):
        by = Member.objects.select_related("firm", "role", "user").filter(pk=said["by"]).first()
        if by is None or not by.may(Permission.MANAGE_TEAM):
            raise LinkGone("The person who made this link no longer manages the team. Ask for a new one.")
        if _place(by.firm_id, said["email"]) is not None:
            raise LinkGone("This link was used already. Sign in with your e-mail and password.")
    return Invitation(by, said["email"], said["preset"])


def join_new(invitation: Invitation, full_name: str, password: str) -> User:
    """A new user with a place in the firm. Raises Invalid when the address has an account by now."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.create_user(invitation.email, password, full_name=full_name.strip())
        except IntegrityError as problem:
            raise Invalid(
                {"email": "This address has an account by now. Sign in with it first."}
            ) from problem
        join(invitation, user)
    return user


def join(invitation: Invitation, user: User) -> None:
    with firm_scope(invitation.by.firm_id):
        add_member(
            firm_id=invitation.by.firm_id,
            user=user,
            preset=invitation.preset,
            actor=Actor.of(invitation.by),
        )


def _place(firm_id: int, email: str) -> Member | None:
    return Member.objects.filter(firm_id=firm_id, user__email__iexact=email.strip()).first()
