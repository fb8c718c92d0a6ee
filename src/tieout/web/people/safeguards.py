"""Decides: which element of the FTC Safeguards Rule a firm's plan has to speak of, what Tieout does about it, what not.

The elements are those of 16 CFR 314.4 (a) to (j), "Standards for Safeguarding Customer Information", in our own
words. The rule takes effect for tax preparers as IRS Publication 4557 ("Safeguarding Taxpayer Data") says, and
IRS Publication 5708 has a template of the plan. Firms with customer information of fewer than 5,000 consumers are
excused from parts of (b), (d), (h) and (i) by 16 CFR 314.6. Nothing here is legal advice, and nothing says "compliant".
"""

from __future__ import annotations

from dataclasses import dataclass

RULE = "16 CFR 314.4"
SOURCES = (
    "16 CFR Part 314, Standards for Safeguarding Customer Information (ecfr.gov)",
    "FTC, Safeguards Rule: What Your Business Needs to Know (ftc.gov)",
    "IRS Publication 4557, Safeguarding Taxpayer Data; IRS Publication 5708, Creating a Written Information Security Plan",
)


@dataclass(frozen=True, slots=True)
class Element:
    paragraph: str
    """As in the rule: ``(c)(5)``."""
    asks: str
    here: str
    """What Tieout does or shows; empty when it does nothing about it."""
    yours: str
    """What remains the firm's own work."""


ELEMENTS: tuple[Element, ...] = (
    Element(
        "(a)",
        "A qualified individual who oversees the program",
        "",
        "Name that person in the plan. Tieout knows administrators, not who is responsible.",
    ),
    Element(
        "(b)",
        "A written risk assessment",
        "",
        "Write it, and repeat it. This document is an input to it.",
    ),
    Element(
        "(c)(1)",
        "Access controls, reviewed from time to time",
        "Rights by role, clients limited to those assigned, an end to rights at once when a member is switched off. "
        "Who has which is listed above.",
        "Review that list, and switch off who left. Control access to computers, paper and other programs.",
    ),
    Element(
        "(c)(2)",
        "An inventory of data, people, devices and systems",
        "What Tieout holds and where it goes is listed above.",
        "List everything else: computers, phones, paper, tax software, storage and mail.",
    ),
    Element(
        "(c)(3)",
        "Encryption of customer information at rest and in transit",
        "Stored tokens, the QuickBooks company id and two-factor secrets are encrypted. Transport is as stated above.",
        "Encrypt the disk the database and its backups are on: Tieout does not encrypt client records in its database.",
    ),
    Element(
        "(c)(4)",
        "Secure development, and evaluation of programs from outside",
        "The source of Tieout, its tests and its decisions are open to be read.",
        "Evaluate Tieout and every other program that holds customer information, and keep them up to date.",
    ),
    Element(
        "(c)(5)",
        "Multi-factor authentication for whoever gets at information systems",
        "Authenticator apps, passkeys and recovery codes; a switch that requires one of everybody. "
        "Its state and each member's are listed above.",
        "Require it, here and in every other system.",
    ),
    Element(
        "(c)(6)",
        "Disposal of customer information, at the latest two years after its last use",
        "",
        "Tieout archives clients and deletes none, and its history only grows. Decide what is kept for which legal reason.",
    ),
    Element(
        "(c)(7)",
        "Change management",
        "Every change of rights, roles and billing settings is in the audit log with who made it and when; "
        "what was changed about QuickBooks is in its activity.",
        "Decide who may approve changes of systems.",
    ),
    Element(
        "(c)(8)",
        "Logging of what authorized users do, and detection of unauthorized use",
        "The audit log of every change, refused sign-ins included, chained by hashes; its state is stated above.",
        "Read it. It holds changes, not who looked at what.",
    ),
    Element(
        "(d)",
        "Testing: continuous monitoring, or yearly penetration tests and scans every six months",
        "",
        "Have it done. Tieout does not monitor your network or test itself from outside.",
    ),
    Element(
        "(e)",
        "Training and qualified staff",
        "",
        "Train everybody who works with customer information, and keep a record of it.",
    ),
    Element(
        "(f)",
        "Oversight of service providers",
        "The providers Tieout sends data to, and which data, are listed above.",
        "Choose and review them, Intuit included, and whoever hosts Tieout, its database and its mail.",
    ),
    Element(
        "(g)",
        "Adjusting the program to results and changes",
        "",
        "Keep this document, make it again after changes, and compare.",
    ),
    Element(
        "(h)",
        "A written incident response plan",
        "Ways to act at once: end sessions, switch off members, revoke API tokens, disconnect QuickBooks.",
        "Write the plan, with names and telephone numbers.",
    ),
    Element(
        "(i)",
        "A written report to those who govern the firm, at least yearly",
        "",
        "The qualified individual writes it.",
    ),
    Element(
        "(j)",
        "Notice to the FTC within 30 days of an event with unencrypted information of 500 or more consumers",
        "",
        "Notify, and look up what the IRS and your states ask for besides.",
    ),
)
