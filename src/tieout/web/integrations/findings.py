"""Decides: what each setting of a QuickBooks company means for the sync: fine, to know, or to change before it hurts.

Paths are those of Intuit's Preferences entity. A setting that a company does not tell is unknown, never assumed off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One setting, judged."""

    look: str
    """A key of ``templatetags.page.LOOKS``: ``done``, ``info`` or ``problem``."""
    word: str
    title: str
    sentence: str
    where: str = ""
    """The way to the switch, in QuickBooks' own words."""


Facts = Mapping[str, Any]
SALES = "Gear > Account and settings > Sales > Sales form content"
ADVANCED = "Gear > Account and settings > Advanced"


def _fine(title: str, sentence: str) -> Finding:
    return Finding("done", "Fine", title, sentence)


def _know(title: str, sentence: str, where: str = "") -> Finding:
    return Finding("info", "Good to know", title, sentence, where)


def _change(title: str, sentence: str, where: str) -> Finding:
    return Finding("problem", "Change this", title, sentence, where)


def findings(facts: Facts, customers: int = 0) -> list[Finding]:
    """All settings looked at, those to change first.

    ``customers``: how many are known of the readings made so far; nothing is said while none was.
    """
    found = [judge(facts) for judge in _JUDGES]
    if customers:
        found.append(_fine("Customers", f"{customers:,} have been read so far, the inactive ones included."))
    order = {"problem": 0, "info": 1, "done": 2}
    return sorted(found, key=lambda one: order[one.look])


def _preference(facts: Facts, group: str, name: str) -> Any:
    return ((facts.get("preferences") or {}).get(group) or {}).get(name)


def closed_to(facts: Facts) -> str:
    """The ISO date to which the company's books are closed; empty when they are not."""
    return str(_preference(facts, "AccountingInfoPrefs", "BookCloseDate") or "")


def _country(facts: Facts) -> Finding:
    """Outside the US every line names a tax code; inside, a line is only taxable or not (Intuit's tax guides)."""
    title, country = "Country", str(facts.get("country") or "")
    if not country:
        return _know(title, "QuickBooks does not tell. It is taken for the United States.")
    if country in ("US", "USA", "United States"):
        return _fine(title, "United States.")
    return _know(
        title,
        f"{country}: every row of an invoice needs one of QuickBooks' tax codes there. Choose the two for taxable and "
        "other rows in the invoices step.",
    )


def _access(facts: Facts) -> Finding:
    """Intuit lets only an administrator of a company connect an app to it, and its settings were read with that right."""
    return _fine(
        "Right of the sign-in",
        "Whoever connected is an administrator of the company: QuickBooks lets nobody else, and it let us read these settings.",
    )


def _auto_apply(facts: Facts) -> Finding:
    title = "Automatically apply credits"
    on = _preference(facts, "SalesFormsPrefs", "AutoApplyCredit")
    where = f"{ADVANCED} > Automation"
    if on:
        return _change(
            title,
            "On: QuickBooks spends a client's credit on the next invoice by itself, other than you did here. "
            "Turn it off before payments and credits are sent; clients are not affected.",
            where,
        )
    if on is None:
        return _know(
            title, "QuickBooks does not tell. Make sure that it is off before payments are sent.", where
        )
    return _fine(title, "Off: credits stay where you put them.")


def _numbers(facts: Facts) -> Finding:
    title = "Custom transaction numbers"
    if _preference(facts, "SalesFormsPrefs", "CustomTxnNumbers"):
        return _fine(title, "On: invoices keep the numbers they have here.")
    return _know(
        title,
        "Off: QuickBooks may give an invoice a number of its own; it is then shown beside ours. "
        "Turn it on if both should be the same.",
        SALES,
    )


def _classes(facts: Facts) -> Finding:
    title = "Class tracking"
    if _preference(facts, "AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
        return _fine(title, "On, one for each row of an invoice.")
    if _preference(facts, "AccountingInfoPrefs", "ClassTrackingPerTxn"):
        return _know(
            title,
            "On, one for a whole invoice: rows of one invoice cannot have different classes.",
            f"{ADVANCED} > Categories",
        )
    return _know(title, "Off: invoices are sent without classes.", f"{ADVANCED} > Categories")


def _locations(facts: Facts) -> Finding:
    title = "Location tracking"
    if _preference(facts, "AccountingInfoPrefs", "TrackDepartments"):
        called = _preference(facts, "AccountingInfoPrefs", "DepartmentTerminology") or "Location"
        return _fine(title, f"On, called {called} there.")
    return _know(title, "Off: invoices are sent without a location.", f"{ADVANCED} > Categories")


def _tax(facts: Facts) -> Finding:
    title = "Sales tax"
    if not _preference(facts, "TaxPrefs", "UsingSalesTax"):
        return _fine(title, "Not used: invoices are sent without tax.")
    if _preference(facts, "TaxPrefs", "PartnerTaxEnabled"):
        return _know(
            title,
            "Automated: QuickBooks computes the tax itself. Where it comes to another cent than here, you are told.",
        )
    return _fine(title, "On, with rates of your own: they are matched with yours.")


def _currency(facts: Facts) -> Finding:
    title = "Currency"
    home = (_preference(facts, "CurrencyPrefs", "HomeCurrency") or {}).get("value") or "unknown"
    if _preference(facts, "CurrencyPrefs", "MultiCurrencyEnabled"):
        return _know(
            title,
            f"Several, at home {home}. Clients are kept in step in any; invoices are sent in {home} only.",
        )
    return _fine(title, f"One only: {home}.")


def _closing(facts: Facts) -> Finding:
    title = "Closing date"
    date = _preference(facts, "AccountingInfoPrefs", "BookCloseDate")
    if date:
        return _know(
            title,
            f"The books are closed to {date}. What is dated up to then is not accepted there; clients are not affected.",
            f"{ADVANCED} > Accounting",
        )
    return _fine(title, "None: no period is closed.")


def _plan(facts: Facts) -> Finding:
    title = "Plan"
    plan = str(facts.get("plan") or "")
    if not plan:
        return _know(
            title,
            "QuickBooks does not tell which plan it is. What the plan lacks is seen in the settings above.",
        )
    if any(small in plan for small in SMALL_PLANS):
        return _know(title, f"{plan}: it has no classes and no locations. Everything else works.")
    return _fine(title, f"{plan}: it has all that Tieout uses.")


SMALL_PLANS = ("Simple Start", "Essentials", "EasyStart", "Self-Employed")
"""Plans without class and location tracking (Intuit's comparison of plans)."""

_JUDGES: Sequence[Callable[[Facts], Finding]] = (
    _auto_apply,
    _numbers,
    _classes,
    _locations,
    _tax,
    _currency,
    _closing,
    _plan,
    _country,
    _access,
)
