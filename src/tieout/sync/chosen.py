"""Acts: what a firm chose for its connection: accounts, items, tax codes. Asked for by the set-up and the settings.

Which settings there are is the ledger's to say (``LedgerProvider.settings``); a choice holds from the next write on.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from tieout.practice.billing_access import choices_in
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.models import Member
from tieout.practice.records import RECORD_KINDS
from tieout.reconcile.company import Setting
from tieout.sync.connections import connection_of
from tieout.sync.decisions import CannotDecide
from tieout.sync.engine import Engine
from tieout.sync.issues import WAITS_FOR_A_CHOICE
from tieout.sync.listing import say
from tieout.sync.lists_used import plan_what_waits
from tieout.sync.models import Connection, Link


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting as it stands, with what may be chosen."""

    setting: Setting
    value: str
    options: tuple[tuple[str, str], ...]
    """(Ledger id, name)."""

    @property
    def chosen(self) -> str:
        """The name of what is chosen; empty when nothing is."""
        return next((name for one, name in self.options if one == self.value), "")

    @property
    def missing(self) -> bool:
        """Something waits until it is chosen."""
        return bool(self.setting.needed_for) and not self.chosen

    @property
    def gone(self) -> bool:
        """What was chosen is not offered any more: it is inactive there, or no longer of the right type."""
        return bool(self.value) and not self.chosen


def choices(connection: Connection, *keys: str, engine: Engine | None = None) -> list[Choice]:
    """These settings, or all of them, in the ledger's order. One query for each list that is offered."""
    settings = (engine or Engine()).provider(connection.ledger).settings
    wanted = [one for one in settings if not keys or one.key in keys]
    offered = {word: _options(connection, word) for word in {one.choices for one in wanted}}
    return [
        Choice(
            one,
            str(connection.settings.get(one.key, "")),
            tuple(
                (ledger_id, name)
                for ledger_id, name, kind in offered[one.choices]
                if not one.types or kind in one.types
            ),
        )
        for one in wanted
    ]


def choose(member: Member, key: str, value: str, *, engine: Engine | None = None) -> bool:
    """Choose one; an empty value takes the choice back. False when it stood so already.

    Raises ``CannotDecide`` for what is not offered. Whatever waited because nothing was chosen is planned again.
    """
    engine = engine or Engine()
    with transaction.atomic():
        found = connection_of(member.firm_id)
        if found is None:
            raise CannotDecide("QuickBooks is not connected any more. Nothing was changed.")
        connection = Connection.objects.select_for_update(no_key=True).get(pk=found.pk)
        one = next(iter(choices(connection, key, engine=engine)), None)
        if one is None or (value and value not in dict(one.options)):
            raise CannotDecide("That cannot be chosen any more. Nothing was changed.")
        if one.value == value:
            return False
        rest = {name: chosen for name, chosen in connection.settings.items() if name != key}
        connection.settings = rest | ({key: value} if value else {})
        connection.save(update_fields=["settings"])
        said = dict(one.options).get(value, "nothing")
        who = member.user.get_full_name()
        sentence = f"{who} chose {said} as: {one.setting.label}"
        say(connection, engine.now(), sentence, result="info", details={"setting": key}, by=member)
        plan_what_waits(connection, WAITS_FOR_A_CHOICE, "a setting was chosen", engine)
    return True


def _options(connection: Connection, word: str) -> list[tuple[str, str, str]]:
    """(Ledger id, name, type) of every record of that kind that can be named: in use here, and known there."""
    if word in LedgerList.values:
        entries = choices_in(connection.firm_id, LedgerList(word))
        return list(entries.values_list("ledger_id", "full_name", "account_type"))
    links = Link.objects.filter(connection=connection, entity=word)
    ids = dict(links.values_list("practice_id", "ledger_id"))
    views = RECORD_KINDS[word].read(connection.firm_id, list(ids))
    named = [
        (ids[one], str(view.facts.get("label") or ""), "")
        for one, view in views.items()
        if view.units.get("active") is not False
    ]
    return sorted(named, key=lambda row: row[1].casefold())
