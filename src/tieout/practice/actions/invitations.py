"""Acts: the verbs on invitations. One holds for a week, for one person, while whoever sent it manages the team."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from tieout.practice.access import require
from tieout.practice.actions.team import admit, refuse_to_give, role_of_firm
from tieout.practice.actor import Actor, Changes, history_row
from tieout.practice.firms import Member, User
from tieout.practice.invitations import HOLDS_FOR, INVITATION, Invitation
from tieout.practice.permissions import NotYours, Permission
from tieout.practice.validation import Invalid


class InvitationGone(Exception):
    """It was withdrawn, used, sent again, is too old, or no longer backed. ``str()`` says what to do."""


def invite(*, by: Member, email: str, role_id: int, now: datetime) -> Invitation:
    """Let a person join under a role.

    Raises NotAllowed, NotYours for the role, Invalid when the person has a place or an invitation already, or the role
    rights that ``by`` cannot give.
    """
    require(by, Permission.MANAGE_TEAM)
    email = email.strip().lower()
    role = role_of_firm(by.firm_id, role_id)
    refuse_to_give(by, role.permissions, "role_id")
    if Member.objects.filter(firm_id=by.firm_id, user__email__iexact=email).exists():
        raise Invalid({"email": "This person has a place in your firm already; see the list of the team."})
    made = Invitation(
        firm_id=by.firm_id, email=email, role=role, invited_by=by, sent_at=now, expires_at=now + HOLDS_FOR
    )
    try:
        with transaction.atomic():
            made.save()
            _record(made, "invited", by, {"email": [None, email], "role": [None, role.name]})
    except IntegrityError as error:
        if "invitation_open_once" not in str(error):
            raise
        raise Invalid(
            {
                "email": "This person is invited already. Send it again, or withdraw it, in the list of the team."
            }
        ) from error
    return made


def send_again(*, by: Member, invitation_id: int, now: datetime) -> Invitation:
    """A new link for another week, from whoever sends it; earlier links die.

    Raises NotAllowed, NotYours, Invalid for rights that ``by`` cannot give.
    """
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        invitation = _locked(by.firm_id, invitation_id)
        refuse_to_give(by, invitation.role.permissions, "invitation_id")
        invitation.serial += 1
        invitation.sent_at, invitation.expires_at, invitation.invited_by = now, now + HOLDS_FOR, by
        invitation.save()
        _record(invitation, "sent again", by, {"email": [invitation.email, invitation.email]})
    return invitation


def withdraw(*, by: Member, invitation_id: int, now: datetime) -> Invitation:
    """The link no longer opens anything. Raises NotAllowed, NotYours."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        invitation = _locked(by.firm_id, invitation_id)
        invitation.withdrawn_at = now
        invitation.save()
        _record(invitation, "withdrawn", by, {"email": [invitation.email, None]})
    return invitation


def look_up(*, firm_id: int, invitation_id: int, serial: int, now: datetime) -> Invitation:
    """The invitation a link stands for, if it still holds. Raises InvitationGone."""
    found = (
        Invitation.objects.select_related(
            "firm", "role", "invited_by__role", "invited_by__firm", "invited_by__user"
        )
        .filter(firm_id=firm_id, pk=invitation_id)
        .first()
    )
    if found is None or found.withdrawn_at is not None:
        raise InvitationGone("This invitation was withdrawn. Ask for a new one if that was a mistake.")
    if found.joined_at is not None:
        raise InvitationGone("This link was used already. Sign in with your e-mail and password.")
    if found.serial != serial:
        raise InvitationGone("A newer link was sent to you. Use that one.")
    if found.has_expired(now):
        raise InvitationGone("This link is more than a week old. Ask for a new one.")
    if not found.invited_by.may(Permission.MANAGE_TEAM):
        raise InvitationGone("The person who sent this no longer manages the team. Ask for a new one.")
    return found


def accept(invitation: Invitation, user: User, now: datetime) -> Member:
    """The user's place in the firm. Of two clicks one joins. Raises InvitationGone."""
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        still = look_up(
            firm_id=invitation.firm_id, invitation_id=invitation.pk, serial=invitation.serial, now=now
        )
        still.joined_at = now
        still.save()
        return admit(firm_id=still.firm_id, user=user, role=still.role, actor=Actor.of(still.invited_by))


def _locked(firm_id: int, invitation_id: int) -> Invitation:
    still_open = Invitation.objects.filter(firm_id=firm_id, withdrawn_at=None, joined_at=None)
    found = still_open.select_for_update().filter(pk=invitation_id).first()
    if found is None:
        raise NotYours("There is no such invitation.")
    return found


def _record(invitation: Invitation, verb: str, by: Member, changes: Changes) -> None:
    pk = str(invitation.pk)
    history_row(invitation.firm_id, INVITATION, pk, invitation.serial, verb, Actor.of(by), changes).save()
