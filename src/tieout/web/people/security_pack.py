"""Decides: the security pack as a PDF file, for a firm's Written Information Security Plan. Pure.

It says what ``security_facts`` found and, element by element of 16 CFR 314.4 (``safeguards``), what of it Tieout does
and what stays the firm's own work. It claims nothing about the law being kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tieout.web.people.safeguards import ELEMENTS, RULE, SOURCES
from tieout.web.people.security_facts import Chain, Facts, Integration, TokenFacts
from tieout.web.report_pdf import ReportPage

TITLE = "Security pack"
FACT = (38, 62)
NONE = "none"


def security_pack(facts: Facts, chain: Chain, write_log: str, made_by: str) -> bytes:
    """``write_log``: the sentence about the log of what was sent to QuickBooks; empty without one."""
    page = ReportPage(TITLE, facts.firm, chain.at)
    page.add_page()
    _head(page, facts, chain, made_by)
    _people(page, facts)
    _sign_in(page, facts)
    _logs(page, chain, write_log)
    _outside(page, facts.integration, facts.tokens, facts.mail)
    _kept(page, facts)
    _elements(page)
    return bytes(page.output())


def chain_said(chain: Chain) -> str:
    """What was found of the audit log, in a sentence."""
    if not chain.entries:
        return "No entry of the audit log is chained yet."
    which = (
        f"entries {chain.first:,} to {chain.entries:,}"
        if chain.first > 1
        else f"all {chain.entries:,} entries"
    )
    if chain.broken_at is not None:
        return f"NOT WHOLE: entry {chain.broken_at:,} does not fit the chain. Looked through: {which}."
    return f"Whole: {which} fit the chain of hashes. The last hash is {chain.last_hash}."


def instant(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%b %d, %Y, %H:%M} UTC" if at else "never"


def _head(page: ReportPage, facts: Facts, chain: Chain, made_by: str) -> None:
    page.say(TITLE, 16, bold=True)
    page.say(facts.firm, 11)
    page.say(
        f"Made {instant(chain.at)} by {made_by}, from the tables and settings of Tieout at that moment",
        9,
        grey=True,
    )
    page.ln(2)
    page.say(
        "An attachment to your Written Information Security Plan: what the program you keep clients and invoices in "
        "does to protect them, who gets in, and what is left for you to do. It speaks of Tieout only, and is no "
        "statement that the law is kept.",
        10,
    )
    page.ln(2)


def _people(page: ReportPage, facts: Facts) -> None:
    page.say("1. Who has access", 12, bold=True)
    page.rows(
        ("Name", "E-mail", "Role", "Since", "Two-factor", "Open sessions"),
        (19, 25, 19, 13, 12, 12),
        [
            (
                each.name,
                each.email,
                each.role,
                f"{each.joined_at:%b %d, %Y}",
                "on" if each.second_factor else "OFF",
                str(each.sessions),
            )
            for each in facts.people
        ],
    )
    page.say(
        f"{facts.former} former member{'' if facts.former == 1 else 's'} switched off; {facts.invited} "
        f"invitation{'' if facts.invited == 1 else 's'} open.",
        9,
    )
    page.rows(
        ("Role", "Members", "May"),
        (24, 10, 66),
        [(role.name, str(role.members), ", ".join(role.may) or "nothing") for role in facts.roles],
    )


def _sign_in(page: ReportPage, facts: Facts) -> None:
    page.say("2. Signing in", 12, bold=True)
    required = (
        "required of everybody by the firm"
        if facts.second_factor_required
        else "NOT required by the firm; each member decides"
    )
    rows = [
        (
            "Two-factor sign-in",
            f"{required}. {facts.secured} of {len(facts.people)} active members have set it up",
        ),
        *facts.policy,
    ]
    page.rows(("What", "How it is"), FACT, rows)
    page.say("3. Encryption", 12, bold=True)
    page.rows(("What", "How it is"), FACT, facts.encryption)


def _logs(page: ReportPage, chain: Chain, write_log: str) -> None:
    page.say("4. Logs", 12, bold=True)
    rows = [("Audit log", f"{chain_said(chain)} Verified {instant(chain.at)}.")]
    if write_log:
        rows.append(("Log of what was sent to QuickBooks", write_log))
    page.rows(("Log", "What was found"), FACT, rows)


def _outside(
    page: ReportPage, integration: Integration | None, tokens: Sequence[TokenFacts], mail: str
) -> None:
    page.say("5. Where data goes", 12, bold=True)
    if integration is None:
        page.say("QuickBooks Online is not connected: nothing is sent there.", 10)
    else:
        page.rows(
            ("QuickBooks Online", ""),
            FACT,
            [
                ("Company", integration.company),
                ("State", integration.state),
                ("Connected", f"by {integration.connected_by}, {instant(integration.connected_at)}"),
                (
                    "Permission",
                    "Intuit's scope for accounting, with which the rest of the company's books can be read too",
                ),
                (
                    "Has to be renewed by",
                    instant(integration.renew_by) if integration.renew_by else "not known",
                ),
            ],
        )
        page.rows(
            ("Records", "Direction", "State", "Fields that leave Tieout"),
            (18, 15, 11, 56),
            [
                (each.plural, each.way, "on" if each.is_on else "off", ", ".join(each.leaves) or NONE)
                for each in integration.travels
            ],
        )
        page.say("Notes on clients and tags are never sent.", 9)
    page.say(mail, 9)
    page.say("Programs with an API token", 11, bold=True)
    if not tokens:
        page.say("None.", 10)
        return
    page.rows(
        ("Token", "Acts for", "May", "Made", "Expires", "Last used"),
        (16, 16, 30, 13, 12, 13),
        [
            (
                each.name,
                each.acts_for,
                ", ".join(each.scopes) or "nothing",
                f"{each.made_at:%b %d, %Y}",
                f"{each.expires_at:%b %d, %Y}" if each.expires_at else "NEVER",
                instant(each.last_used_at),
            )
            for each in tokens
        ],
    )


def _kept(page: ReportPage, facts: Facts) -> None:
    page.say("6. How long it is kept, and backups", 12, bold=True)
    page.rows(("What", "How it is"), FACT, facts.kept)


def _elements(page: ReportPage) -> None:
    page.say(f"7. The elements of {RULE}", 12, bold=True)
    page.rows(
        ("Element", "What the rule asks for", "In Tieout", "Your own work"),
        (9, 25, 33, 33),
        [(each.paragraph, each.asks, each.here or NONE, each.yours) for each in ELEMENTS],
    )
    page.say(f"Sources: {'. '.join(SOURCES)}.", 8, grey=True)
