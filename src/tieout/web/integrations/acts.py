"""Acts: carries out what the buttons about single records ask for, in words and with a way back where there is one.

Every act is a verb of ``sync``; a refusal is a sentence, never an error page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.utils import timezone

from tieout.practice.access import access_client, members_to_assign
from tieout.practice.actions.clients import ChangedMeanwhile, change_client
from tieout.practice.actions.credits import change_credit
from tieout.practice.actions.invoice_life import revise_invoice
from tieout.practice.actions.service_items import archive_service_item
from tieout.practice.billing_access import access_document, access_item
from tieout.practice.credits import Credit
from tieout.practice.firms import Member
from tieout.practice.invoices import Invoice
from tieout.practice.numbering import unused_numbers
from tieout.practice.permissions import NotAllowed, NotYours
from tieout.practice.validation import Invalid
from tieout.reconcile.state import Key, Side
from tieout.sync import decisions, repairs, same_document
from tieout.sync.awaited import as_text
from tieout.sync.decided import being_created
from tieout.sync.decisions import CannotDecide
from tieout.sync.worklist import WorkRow
from tieout.web.billing.acting import by, today_of
from tieout.web.integrations.remedies import NAMED, suffixed
from tieout.web.integrations.undoing import Undo

PUT_OFF_DAYS: Mapping[str, str] = {"1": "until tomorrow", "7": "for a week", "30": "for 30 days"}


FOUND = "You find it under Left out and can restore it there."
LEAVING = "Some of it was just being sent to QuickBooks: what arrives there all the same is linked, and the activity says so."


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, as a sentence, and how to take it back."""

    sentence: str
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One act on some open issues."""

    member: Member
    rows: Sequence[WorkRow]
    other: str = ""
    """A record of the other side, for acts that name one."""
    why: str = ""
    """Why they are left out, as typed; empty when nobody said."""
    shown: Mapping[int, str] = field(default_factory=dict)
    """By issue, the stamp of what the page showed of it: what is decided holds for that."""

    @property
    def names(self) -> str:
        """The one record's name, or how many."""
        return self.rows[0].name if len(self.rows) == 1 else f"{len(self.rows):,} records"

    @property
    def records(self) -> list[Key]:
        """Without repeats: a record with two issues is one record."""
        return list(dict.fromkeys(row.key for row in self.rows))


def link_to(ask: Ask) -> Done:
    key = ask.rows[0].key
    if key.entity in NAMED:
        return link(ask.member, key, ask.other)
    practice_id, ledger_id = (key.id, ask.other) if key.side is Side.PRACTICE else (ask.other, key.id)
    same_document.link_the_same(ask.member, key.entity, practice_id, ledger_id)
    undo = Undo("unlink", ((key.entity, Side.PRACTICE.value, practice_id),))
    return Done("Linked: same client and amount. What else differs is asked about.", undo)


def link(member: Member, key: Key, other: str) -> Done:
    """Link one record with one of the other side, instead of what it was linked with."""
    practice_id, ledger_id = (key.id, other) if key.side is Side.PRACTICE else (other, key.id)
    repairs.link_instead(member, key.entity, practice_id, ledger_id)
    undo = Undo("unlink", ((key.entity, Side.PRACTICE.value, practice_id),))
    return Done("Linked. What differs is filled in or asked about.", undo)


def reactivate(ask: Ask) -> Done:
    key = ask.rows[0].key
    if key.side is not Side.PRACTICE:
        raise CannotDecide("Only what is in use here can be made active again in QuickBooks.")
    repairs.reactivate_and_link(ask.member, key.entity, key.id, ask.other)
    undo = Undo("unlink", ((key.entity, Side.PRACTICE.value, key.id),))
    return Done("Linked. It is made active again in QuickBooks, within seconds.", undo)


def link_that(ask: Ask) -> Done:
    """Link a document with the one in QuickBooks that has its number, if the two are one."""
    row = ask.rows[0]
    same_document.link_the_same(ask.member, row.key.entity, row.practice_id, row.holder)
    undo = Undo("unlink", ((row.key.entity, Side.PRACTICE.value, row.practice_id),))
    return Done("Linked: same number, client and amount. What else differs is asked about.", undo)


def unlink(ask: Ask) -> Done:
    row = ask.rows[0]
    return unlink_record(ask.member, row.key.entity, row.practice_id, row.name)


def unlink_record(member: Member, entity: str, practice_id: str, name: str) -> Done:
    ledger_id = decisions.unlink(member, entity, practice_id)
    undo = Undo("link", ((entity, Side.PRACTICE.value, practice_id),), ledger_id)
    return Done(f"Unlinked {name}. Both records stay as they are and wait for your decision.", undo)


def create(ask: Ask) -> Done:
    """Whoever creates a document beside what it may be has said that it is none of those."""
    for row in ask.rows:
        if row.options and row.key.entity not in NAMED:
            repairs.declare_different(ask.member, row.key, [option.id for option in row.options])
    decisions.create_on_other_side(ask.member, ask.records)
    return Done(f"{ask.names}: to be created on the other side, within seconds.")


def create_again(ask: Ask) -> Done:
    for key in ask.records:
        repairs.create_again(ask.member, key)
    return Done(f"{ask.names}: to be created there again, within seconds.")


def leave_out(ask: Ask) -> Done:
    return leave_records_out(ask.member, ask.records, ask.names, ask.why)


def leave_records_out(member: Member, keys: Sequence[Key], names: str, why: str) -> Done:
    free = decisions.exclude(member, keys, reason=why)
    undo = Undo("restore", _written(keys), free=_written(free))
    return Done(f"Left out: {names}. {LEAVING if being_created(member.firm_id, keys) else FOUND}", undo)


def _written(keys: Sequence[Key]) -> tuple[tuple[str, str, str], ...]:
    return tuple((key.entity, key.side.value, key.id) for key in keys)


def say_why(ask: Ask) -> Done:
    if not decisions.say_why(ask.member, ask.records, ask.why):
        raise CannotDecide("It is so already, or not left out any more. Nothing was changed.")
    return Done(f"{ask.names}: why it is left out is kept with it.")


def restore(ask: Ask) -> Done:
    decisions.restore(ask.member, ask.records)
    undo = Undo("leave_out", _written(ask.records))
    return Done(f"Taken back in: {ask.names}. It waits for your decision under Needs you.", undo)


def restore_awaited(ask: Ask) -> Done:
    """Take the record back in that this one waits for."""
    row = ask.rows[0]
    one = next((one for one in row.awaited if as_text(one.key) == ask.other), None)
    if one is None or one.stopped_by != "excluded":
        raise CannotDecide(f"{row.name} does not wait for that any more. Nothing was changed.")
    decisions.restore(ask.member, [one.key])
    undo = Undo("leave_out", _written([one.key]))
    return Done(f"Taken back in: {one.label}. It waits for your decision under Needs you.", undo)


def different(ask: Ask) -> Done:
    pairs = sum(
        repairs.declare_different(ask.member, row.key, [option.id for option in row.options])
        for row in ask.rows
    )
    if not pairs:
        raise CannotDecide("There is nothing alike any more to tell apart. Nothing was changed.")
    return Done(f"{ask.names}: kept apart, and not asked again.")


def void_copy(ask: Ask) -> Done:
    row = ask.rows[0]
    repairs.void_copy(ask.member, row.key, ask.other, shown=ask.shown.get(row.id, ""))
    return Done(f"{row.name}: the other one is voided in QuickBooks, within seconds.")


def void_there(ask: Ask) -> Done:
    row = ask.rows[0]
    repairs.void_there(ask.member, row.key, shown=ask.shown.get(row.id, ""))
    return Done(f"{row.name}: it is voided in QuickBooks too, within seconds.")


def detach(ask: Ask) -> Done:
    for key in ask.records:
        repairs.detach(ask.member, key)
    return Done(f"{ask.names}: taken apart. Both stay as they are; you find it under Left out.")


def use_number(ask: Ask) -> Done:
    """Give each document the next number that is free on both sides: to one alone, the one that was offered."""

    def renumber(row: WorkRow) -> str:
        # Looked for again each time: the one before may just have been given to another of them.
        free = unused_numbers(ask.member.firm_id, [row.suggestion]).get(row.suggestion)
        if free is None:
            raise CannotDecide("No free number is near. Type one on its own page.")
        RENUMBERED[row.key.entity](ask.member, row.practice_id, free)
        return free

    given, stayed = _each(ask.rows, renumber)
    kinds = {row.key.entity for row in ask.rows}
    if len(ask.rows) == 1:
        return Done(f"It is {kinds.pop()} {given[0]} now, and is sent under that number.")
    what = f"{kinds.pop()}s" if len(kinds) == 1 else "documents"
    return Done(f"{len(given):,} {what} have free numbers now, and are sent under them.{stayed}")


def _renumber_invoice(member: Member, record_id: str, number: str) -> None:
    invoice = access_document(member, Invoice, record_id, to_edit=True)
    revise_invoice(
        **by(member),
        invoice_id=invoice.pk,
        today=today_of(member),
        now=timezone.now(),
        reason="Its number was taken in QuickBooks",
        number=number,
    )


def _renumber_credit(member: Member, record_id: str, number: str) -> None:
    credit = access_document(member, Credit, record_id, to_edit=True)
    change_credit(**by(member), credit_id=credit.pk, number=number)


RENUMBERED: Mapping[str, Callable[[Member, str, str], None]] = {
    "invoice": _renumber_invoice,
    "credit": _renumber_credit,
}
"""Documents that can be given another number -> how."""


def use_name(ask: Ask) -> Done:
    """Give each client a name that QuickBooks can take beside the vendor or employee that has it."""

    def rename(row: WorkRow) -> str:
        client = access_client(ask.member, row.practice_id, to_edit=True)
        change_client(**by(ask.member), client_id=client.pk, name=suffixed(row.name))
        return suffixed(row.name)

    given, stayed = _each(ask.rows, rename)
    if len(ask.rows) == 1:
        return Done(f"It is called {given[0]} now, and is sent under that name.")
    return Done(f"{len(given):,} clients have “(client)” behind their names now, and are sent so.{stayed}")


def _each(rows: Sequence[WorkRow], act: Callable[[WorkRow], str]) -> tuple[list[str], str]:
    """What came of each, and a sentence about those that were refused. Raises ``CannotDecide`` when all were."""
    given: list[str] = []
    refused: list[str] = []
    for row in rows:
        try:
            given.append(_changed(act, row))
        except CannotDecide as refusal:
            refused.append(str(refusal))
    if not given:
        raise CannotDecide(refused[0])
    stay = "1 stays as it is" if len(refused) == 1 else f"{len(refused):,} stay as they are"
    return given, f" {stay}: {refused[0]}" if refused else ""


def _changed(act: Callable[[WorkRow], str], row: WorkRow) -> str:
    """A verb of the practice, with the rights that it asks for on the record's own page."""
    try:
        return act(row)
    except (Invalid, ChangedMeanwhile, NotAllowed, NotYours) as refusal:
        raise CannotDecide(str(refusal)) from refusal


def use_survivor(ask: Ask) -> Done:
    """Archive a service item whose item in QuickBooks is part of another one by now."""

    def archive(row: WorkRow) -> str:
        item = access_item(ask.member, row.practice_id, to_edit=True)
        archive_service_item(**by(ask.member), item_id=item.pk)
        return row.options[0].name if row.options else "the other one"

    row = ask.rows[0]
    stays = _changed(archive, row)
    return Done(
        f"{row.name} is archived here. Documents that name it name {stays} in QuickBooks from now on."
    )


def assign(ask: Ask) -> Done:
    """``other``: the colleague's id; empty for nobody."""
    chosen = members_to_assign(ask.member.firm_id)
    colleague = chosen.filter(pk=int(ask.other)).first() if ask.other.isdecimal() else None
    if ask.other and colleague is None:
        raise CannotDecide("There is no such colleague. Nothing was changed.")
    repairs.assign(ask.member, [row.id for row in ask.rows], colleague)
    who = colleague.user.get_full_name() if colleague else "nobody in particular"
    return Done(f"{ask.names}: assigned to {who}.")


def put_off(ask: Ask) -> Done:
    """``other``: for how many days; empty asks again now."""
    days = int(ask.other) if ask.other in PUT_OFF_DAYS else 0
    day = timezone.localdate() + timedelta(days=days)
    until = timezone.make_aware(datetime.combine(day, time.min)) if days else None
    if not repairs.put_off(ask.member, [row.id for row in ask.rows], until):
        raise CannotDecide("Only what needs a person can be put off. Nothing was changed.")
    if until is None:
        return Done(f"{ask.names}: asked again now, under Needs you.")
    undo = Undo("bring_back", (), ",".join(str(row.id) for row in ask.rows))
    said = f"{ask.names}: put off until {day:%B} {day.day}. You find it under Put off."
    return Done(said, undo)


def retry(ask: Ask) -> Done:
    decisions.retry(ask.member, [row.id for row in ask.rows])
    return Done(f"{ask.names}: tried again now.")


LEFT_STANDING = "QuickBooks keeps what it shows, and here it stays as it is. It is not asked about again."
KEPT: Mapping[tuple[str, Side], str] = {
    ("amount_differs", Side.PRACTICE): "both amounts are let stand, and neither document is changed.",
    ("amount_differs", Side.LEDGER): "both amounts are let stand, and neither document is changed.",
    ("drift", Side.PRACTICE): "ours is written to QuickBooks again. The other value stays in the history.",
    ("drift", Side.LEDGER): LEFT_STANDING,
}
"""Cause, and whose value was chosen -> what comes of it, where that is not that both sides show it: documents go one way,
and a total is never written."""


def _kept(row: WorkRow, side: Side) -> str:
    if (row.cause.slug, side) in KEPT:
        return KEPT[row.cause.slug, side]
    if side is Side.LEDGER and row.key.entity not in NAMED:
        return LEFT_STANDING
    whose = "ours" if side is Side.PRACTICE else "what QuickBooks shows"
    return f"{whose} is kept on both sides. The other value stays in the history."


def _keep(side: Side) -> Callable[[Ask], Done]:
    def keep(ask: Ask) -> Done:
        shown = {row.values.conflict_id: ask.shown.get(row.id, "") for row in ask.rows if row.values}
        answered = decisions.answer_conflicts(ask.member, list(shown), side, shown=shown)
        if not answered:
            raise CannotDecide("It was settled meanwhile. Nothing was changed.")
        what = ask.rows[0].title if len(ask.rows) == 1 else f"{answered:,} value{'s' * (answered != 1)}"
        said = dict.fromkeys(_kept(row, side) for row in ask.rows)
        rest = len(shown) - answered
        left = (
            f" {rest:,} had changed since this page was shown, and stayed as before: look again."
            if rest
            else ""
        )
        return Done(f"{what}: {' '.join(said)}{left}")

    return keep


ACTS: Mapping[str, Callable[[Ask], Done]] = {
    "link_to": link_to,
    "link_that": link_that,
    "reactivate": reactivate,
    "unlink": unlink,
    "create": create,
    "create_again": create_again,
    "leave_out": leave_out,
    "say_why": say_why,
    "restore": restore,
    "restore_awaited": restore_awaited,
    "different": different,
    "void_copy": void_copy,
    "void_there": void_there,
    "detach": detach,
    "use_number": use_number,
    "use_name": use_name,
    "use_survivor": use_survivor,
    "assign": assign,
    "put_off": put_off,
    "retry": retry,
    "keep_practice": _keep(Side.PRACTICE),
    "keep_ledger": _keep(Side.LEDGER),
}
"""The verb a button posts -> what is done. ``remedies`` names no other."""
