"""Acts: a colleague joins by a signed link, which is mailed to them or passed on by whoever invites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tieout.practice.actions.invitations import InvitationGone, accept, look_up
from tieout.practice.firms import Role, User
from tieout.practice.invitations import HOLDS_FOR, Invitation
from tieout.practice.isolation import firm_scope
from tieout.practice.mail import deliver
from tieout.practice.validation import Invalid

SALT = "tieout.web.people.invitations"
STAFF = "staff-all"


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput({"class": "form-control", "autocomplete": "off"}),
    )
    role = forms.ModelChoiceField(
        label="Role",
        queryset=Role.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "Choose one of your firm's roles."},
        help_text="Can be changed later.",
    )

    def __init__(self, firm_id: int, data: Any = None) -> None:
        super().__init__(data)
        roles = Role.objects.filter(firm_id=firm_id).order_by("id")
        field: Any = self.fields["role"]
        field.queryset = roles
        field.initial = roles.filter(preset=STAFF).first()


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


def link_to(invitation: Invitation) -> str:
    said = {"firm": invitation.firm_id, "id": invitation.pk, "serial": invitation.serial}
    return settings.BASE_URL + reverse("join", args=[signing.dumps(said, salt=SALT, compress=True)])


def mail_link(invitation: Invitation) -> None:
    """Raises NotSent."""
    by, firm = invitation.invited_by, invitation.firm
    deliver(
        [invitation.email],
        f"{by} invites you to {firm}",
        f"{by} ({by.user.email}) invites you to work at {firm} in Tieout, as {invitation.role}.\n\n"
        f"Open this link within {HOLDS_FOR.days} days to join:\n\n{link_to(invitation)}\n\n"
        "It is for you alone. If you do not know what this is about, do nothing.\n",
        sender_name=firm.name,
        reply_to=by.user.email,
    )


def read(token: str) -> Invitation:
    """Raises InvitationGone."""
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT)
        firm_id, invitation_id, serial = said["firm"], said["id"], said["serial"]
    except (signing.BadSignature, KeyError) as problem:
        raise InvitationGone("This link is not complete. Copy all of it, or ask for a new one.") from problem
    with firm_scope(firm_id):
        return look_up(firm_id=firm_id, invitation_id=invitation_id, serial=serial, now=timezone.now())


def join_new(invitation: Invitation, full_name: str, password: str) -> User:
    """A new user with a place in the firm. Raises Invalid when the address has an account by now, InvitationGone."""
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
    """Raises InvitationGone."""
    with firm_scope(invitation.firm_id):
        accept(invitation, user, timezone.now())
