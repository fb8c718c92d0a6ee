"""Acts: the verbs about how people sign in: what a firm asks of them, and the history of what they changed.

Passwords, codes and keys themselves are kept by the sign-in library; the practice only remembers who did what.
"""

from __future__ import annotations

from django.db import transaction

from tieout.practice.access import require
from tieout.practice.actor import Actor, ActorKind, history_row
from tieout.practice.firms import Firm, Member
from tieout.practice.isolation import every_firm_scope, firm_scope
from tieout.practice.permissions import Permission

FIRM = "firm"
MEMBER = "member"
STRANGER = Actor(ActorKind.SYSTEM, "Not signed in")


def require_second_factor(*, by: Member, required: bool) -> Firm:
    """Ask two-factor sign-in of everybody in the firm, or no longer. Raises NotAllowed."""
    require(by, Permission.MANAGE_TEAM)
    with transaction.atomic():
        firm = Firm.objects.select_for_update().get(pk=by.firm_id)
        before = firm.second_factor_required
        if before != required:
            firm.second_factor_required = required
            firm.save(update_fields=["second_factor_required"])
            changes = {"second_factor_required": [before, required]}
            history_row(firm.pk, FIRM, str(firm.pk), 0, "changed", Actor.of(by), changes).save()
    return firm


def record_reset(*, by: Member, colleague: Member) -> None:
    """The history of an administrator's reset of a colleague's second factor. Inside the reset's transaction."""
    require(by, Permission.MANAGE_TEAM)
    verb = "reset the two-factor sign-in"
    history_row(by.firm_id, MEMBER, str(colleague.pk), 0, verb, Actor.of(by), {}).save()


def record_taken_out(*, by: Member, what: str) -> None:
    """The history of a file with much of the firm in it that somebody made for themselves. Raises NotAllowed."""
    require(by, Permission.MANAGE_TEAM)
    history_row(by.firm_id, FIRM, str(by.firm_id), 0, what, Actor.of(by), {}).save()


def record_own_change(user_id: int, verb: str, **told: str) -> None:
    """What a person did about their own sign-in, in the history of every firm they work in."""
    for place in _places(user_id=user_id):
        _record(place, verb, Actor.of(place), told)


def record_stranger(email: str, verb: str, **told: str) -> None:
    """What somebody did who has not proved to be the person, in the history of every firm that person works in."""
    for place in _places(user__email__iexact=email):
        _record(place, verb, STRANGER, told)


def _places(**whose: object) -> list[Member]:
    with every_firm_scope():
        return list(Member.objects.select_related("user").filter(**whose, is_active=True))


def _record(place: Member, verb: str, actor: Actor, told: dict[str, str]) -> None:
    changes = {name: [None, text] for name, text in told.items() if text}
    with firm_scope(place.firm_id):
        history_row(place.firm_id, MEMBER, str(place.pk), 0, verb, actor, changes).save()
