"""Acts: ties a firm to its ledger company, and unties it. Called by the web pages; decides who may and what a sign-in means."""

from __future__ import annotations

import hmac
import secrets as random
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tieout.practice.access import helpers_for
from tieout.practice.firms import Plan
from tieout.practice.isolation import every_firm_scope
from tieout.practice.models import Member
from tieout.practice.permissions import Permission, refusal
from tieout.practice.records import RECORD_KINDS, lists_of_company
from tieout.reconcile.company import Company
from tieout.reconcile.ports import AskHuman, Callback, LedgerError, LedgerProvider, Tokens
from tieout.reconcile.state import Side
from tieout.sync import dirty, retire_halt, settings_doctor
from tieout.sync import tokens as token_store
from tieout.sync.dirty import Mark
from tieout.sync.engine import Engine
from tieout.sync.forgetting import forget
from tieout.sync.ledgers import company_place
from tieout.sync.listing import say
from tieout.sync.lists_used import tell_practice
from tieout.sync.models import LIVE_STATES, Connection, ConnectionState, Link, SectionState
from tieout.sync.policy import with_lists_on
from tieout.sync.secrets import digest, seal
from tieout.sync.sign_in_ends import AT_COMPANY, AT_SIGN_IN, Outcome, failed, not_let_in
from tieout.sync.steps import BY_SLUG, state_of

LEDGER = "quickbooks"
SIGN_IN = "ledger_sign_in"
REDEEMED = "ledger_sign_in_redeemed"
SIGN_IN_LASTS = timedelta(minutes=10)


# -- who may -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a member may manage the integration; if not, why, and who can help."""

    open: bool
    reason: str = ""
    who_can_help: tuple[str, ...] = ()


PLAN_REASONS: Mapping[str, str] = {
    Plan.FREEMIUM: "QuickBooks Online comes with a paid plan. Your firm is on the free plan.",
    Plan.LEGACY: "QuickBooks Online comes with a paid plan. Your firm is on a legacy plan that does not include it.",
}


def gate(member: Member) -> Gate:
    """The same answer for the tile, for every page behind it and for every act."""
    if reason := PLAN_REASONS.get(member.firm.plan):
        helpers = helpers_for(member.firm, Permission.BILLING_AND_PAYMENTS)
        return Gate(False, reason, tuple(helpers or helpers_for(member.firm, Permission.MANAGE_TEAM)))
    if not member.may(Permission.MANAGE_INTEGRATIONS):
        able = tuple(helpers_for(member.firm, Permission.MANAGE_INTEGRATIONS))
        return Gate(False, refusal(Permission.MANAGE_INTEGRATIONS, able), able)
    return Gate(True)


def connection_of(firm_id: int) -> Connection | None:
    """The firm's live connection; None when it was never made or was disconnected."""
    return Connection.objects.filter(firm_id=firm_id, ledger=LEDGER, state__in=LIVE_STATES).first()


def kept_of(firm_id: int) -> Connection | None:
    """The company that was last disconnected and whose links are kept; None when they were forgotten, or none was."""
    gone = Connection.objects.filter(firm_id=firm_id, ledger=LEDGER, state=ConnectionState.DISCONNECTED)
    return gone.exclude(sections={}).order_by("-connected_at", "-id").first()


# -- connecting --------------------------------------------------------------------------------------------


def begin(
    member: Member, session: MutableMapping[str, Any], *, mode: str = "tab", engine: Engine | None = None
) -> str:
    """Start a sign-in; returns the address to send the browser to.

    The state is random, kept in this session, good once and for ten minutes, and bound to firm and member.
    """
    engine = engine or Engine()
    state, verifier = random.token_urlsafe(32), random.token_urlsafe(48)
    session[SIGN_IN] = {
        "state": state,
        "verifier": verifier,
        "member": member.pk,
        "firm": member.firm_id,
        "mode": mode,
        "at": engine.now().isoformat(),
    }
    return engine.provider(LEDGER).authorize_url(state=state, verifier=verifier)


LINKED_ELSEWHERE = "linked_elsewhere"
"""Such a sign-in is not handed back but runs out: giving up a token may end all that the app holds of the company, and
that is the other firm's."""


def finish(
    member: Member,
    session: MutableMapping[str, Any],
    query: Mapping[str, str],
    *,
    engine: Engine | None = None,
) -> Outcome:
    """Take the answer of a sign-in: check it, redeem it once, and connect, reconnect or say why not."""
    engine = engine or Engine()
    provider = engine.provider(LEDGER)
    callback = provider.read_callback(query)
    pending = session.pop(SIGN_IN, None)
    if refused := _refused(member, session, pending, callback, engine.now()):
        return failed(refused)
    session[REDEEMED] = digest(callback.state)
    try:
        fresh = provider.exchange(callback.code, verifier=pending["verifier"])
    except LedgerError as error:
        return not_let_in(error, AT_SIGN_IN)
    try:
        company = _company(provider, callback.company_id, fresh)
    except LedgerError as error:
        return not_let_in(error, AT_COMPANY)
    outcome = _tie(member, company, fresh, engine)
    if not outcome.ok and outcome.kind != LINKED_ELSEWHERE:
        _give_up(provider, fresh)
    return outcome


def _refused(
    member: Member,
    session: Mapping[str, Any],
    pending: dict[str, Any] | None,
    callback: Callback,
    now: datetime,
) -> str:
    """Why this answer is not taken; empty when it is."""
    if pending is None:
        again = callback.state and session.get(REDEEMED) == digest(callback.state)
        return "reused" if again else "state_mismatch"
    if not hmac.compare_digest(pending["state"], callback.state):
        return "state_mismatch"
    if (pending["member"], pending["firm"]) != (member.pk, member.firm_id):
        return "state_mismatch"
    if datetime.fromisoformat(pending["at"]) + SIGN_IN_LASTS < now:
        return "expired"
    if callback.error:
        return "denied" if callback.error == "access_denied" else "misconfigured"
    if not callback.code or not callback.company_id:
        return "state_mismatch"
    return ""


@dataclass(slots=True)
class _FreshTokens:
    """The token source of a sign-in that is not stored yet."""

    tokens: Tokens

    def access(self) -> str:
        return self.tokens.access

    def renew(self, refused: str) -> str:
        raise AskHuman("QuickBooks gave a sign-in but no access to the company.")


def _company(provider: LedgerProvider, company_id: str, fresh: Tokens) -> Company:
    return provider.open(company_id, _FreshTokens(fresh)).company()


def _tie(member: Member, company: Company, fresh: Tokens, engine: Engine) -> Outcome:
    company_digest = digest(company.id)
    with transaction.atomic():
        with every_firm_scope():
            elsewhere = (
                Connection.objects.filter(company_digest=company_digest, state__in=LIVE_STATES)
                .exclude(firm_id=member.firm_id)
                .exists()
            )
        if elsewhere:
            return failed(LINKED_ELSEWHERE, company.name)
        live = connection_of(member.firm_id)
        if live:
            # Held until the end: a run may be under way, and must not find its epoch or its switches put back.
            live = Connection.objects.select_for_update(no_key=True).get(pk=live.pk)
        if live and live.company_digest != company_digest:
            sentence = f"This firm is linked with {live.company_name}; you signed in to {company.name}."
            return failed("wrong_company", company.name, sentence)
        known = live or (
            Connection.objects.filter(firm_id=member.firm_id, ledger=LEDGER, company_digest=company_digest)
            .order_by("-id")
            .first()
        )
        begun = (
            known is not None and state_of(BY_SLUG["clients"], known.sections) is not SectionState.NOT_STARTED
        )
        # A new sign-in is no answer to why somebody, or a guard, has stopped the sync.
        stopped = live is not None and (live.state == ConnectionState.PAUSED or bool(live.paused_because))
        connection = known or Connection(firm_id=member.firm_id, ledger=LEDGER, company_digest=company_digest)
        connection.company_sealed = seal(company.id, bound_to=company_place(member.firm_id))
        connection.company_name = company.name
        connection.connected_by = member
        connection.connected_at = engine.now()
        if not stopped:
            connection.state, connection.state_reason = ConnectionState.ACTIVE, ""
        elif connection.paused_because:
            connection.state, connection.state_reason = ConnectionState.PAUSED, connection.paused_because
        connection.paused_because = ""
        connection.due_at, connection.quiet_until = engine.now(), None
        # What happened there while we were away is found by a full comparison.
        connection.sweep_due_at = engine.now()
        connection.sections = with_lists_on(connection.sections, engine.provider(LEDGER).specs)
        connection.save()
        lists_of_company(member.firm_id, company_digest)
        if live is None and known is not None:
            _look_at_all_here(connection, engine)
        token_store.store(connection, fresh)
        who = member.user.get_full_name()
        did = f"connected {company.name}" if live is None else f"signed in to {company.name} again"
        say(connection, engine.now(), f"{who} {did}", result="info", by=member)
        settings_doctor.keep(connection, company, engine)
        tell_practice(connection, company.facts, engine)
    kind = "reconnected" if live or begun else "connected"
    sentence = f"{company.name} is connected."
    return Outcome(True, kind, sentence, _next_step(connection, begun, stopped), company.name)


def _look_at_all_here(connection: Connection, engine: Engine) -> None:
    """Whatever is in step with a company that comes back may have changed here meanwhile, and another company may have
    taken up the notes of it: so every record of the sections that are on is planned again. A few queries for each."""
    sent = {spec.practice for spec in engine.provider(LEDGER).specs if spec.direction.flows_to(Side.LEDGER)}
    on = sorted(one for one in sent if connection.section(one) is SectionState.ON)
    linked = Link.objects.filter(connection=connection, entity__in=on).values_list("entity", "practice_id")
    keys = {*linked, *((one, each) for one in on for each in RECORD_KINDS[one].all_ids(connection.firm_id))}
    marks = [Mark(entity, Side.PRACTICE, one, "connected again") for entity, one in sorted(keys)]
    dirty.mark(connection, marks, engine.now())


def _next_step(connection: Connection, begun: bool, stopped: bool) -> str:
    """What comes after signing in. ``begun``: its set-up was begun before; ``stopped``: the sync was, and stays so."""
    if stopped:
        return f"{connection.state_reason} It stays so until somebody presses Resume on Manage."
    if begun:
        return "Links and settings are as they were. What happened meanwhile is compared now."
    return "Continue with the clients."


NOT_TAKEN_BACK = (
    "QuickBooks did not confirm that Tieout's access has ended. Nothing of it is kept here and it runs out by itself; to end "
    "it now, disconnect Tieout under Apps in QuickBooks."
)


def _give_up(provider: LedgerProvider, fresh: Tokens) -> bool:
    """A sign-in we do not keep is handed back. False when that was not confirmed: then it simply runs out."""
    try:
        provider.revoke(fresh)
    except LedgerError:
        return False
    return True


# -- pausing and disconnecting -------------------------------------------------------------------------------


def pause(member: Member, *, engine: Engine | None = None) -> None:
    """Stop everything for a while; the queue is kept."""
    _set_state(member, ConnectionState.ACTIVE, ConnectionState.PAUSED, "paused", engine or Engine())


def resume(member: Member, *, confirms: str = "", engine: Engine | None = None) -> None:
    """Go on after a pause or after a guard has stopped a run.

    ``confirms``: what the page said that the halted run would retire (``retire_halt.words``). If that is still what it
    would, it may do so, once; otherwise the guard asks again.
    """
    engine = engine or Engine()
    with transaction.atomic():
        paused = Connection.objects.select_for_update(no_key=True).filter(
            firm_id=member.firm_id, ledger=LEDGER, state=ConnectionState.PAUSED
        )
        connection = paused.first()
        if connection is not None and (asked := retire_halt.words(connection.retire_halt)):
            connection.changes_due_at = engine.now()  # what was put right there meanwhile is seen first
            if confirms == asked:
                connection.retire_halt = dict(retire_halt.confirmed(connection.retire_halt))
                said = f"{member.user.get_full_name()} confirmed that the sync may {confirms}"
                say(connection, engine.now(), said, result="info", by=member)
            connection.save(update_fields=["changes_due_at", "retire_halt"])
        _set_state(member, ConnectionState.PAUSED, ConnectionState.ACTIVE, "resumed", engine)


def _set_state(
    member: Member, before: ConnectionState, after: ConnectionState, verb: str, engine: Engine
) -> None:
    who = member.user.get_full_name()
    with transaction.atomic():
        live = Connection.objects.filter(firm_id=member.firm_id, ledger=LEDGER, state=before)
        reason = f"Paused by {who}." if after is ConnectionState.PAUSED else ""
        changed = live.update(state=after, state_reason=reason, due_at=engine.now())
        if changed and (connection := connection_of(member.firm_id)):
            say(connection, engine.now(), f"{who} {verb} the sync", result="info", by=member)


def disconnect(member: Member, *, forget_links: bool = False, engine: Engine | None = None) -> None:
    """Hand the sign-in back and stop. Links and queue are kept for a reconnect unless they are to be forgotten.

    The state is set first: from that commit on no call leaves for the company, even if revoking fails.
    """
    engine = engine or Engine()
    connection = connection_of(member.firm_id)
    if connection is None:
        return
    with transaction.atomic():
        who = member.user.get_full_name()
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        connection.state = ConnectionState.DISCONNECTED
        connection.state_reason = f"Disconnected by {who}."
        connection.epoch += 1  # a run under way loses its lease
        connection.lease_until = None
        connection.save(update_fields=["state", "state_reason", "epoch", "lease_until"])
        held = token_store.taken_away(connection)
        say(
            connection,
            engine.now(),
            f"{who} disconnected {connection.company_name}",
            result="info",
            by=member,
        )
        if forget_links:
            forget(connection)
    if held is not None and not _give_up(engine.provider(connection.ledger), held):
        with transaction.atomic():
            say(connection, engine.now(), NOT_TAKEN_BACK, result="problem")
