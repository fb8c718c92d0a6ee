"""Shows the settings doctor: what each QuickBooks setting means, and that it is looked at once a day or when asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sync.rig import Rig
from tests.web.conftest import entered
from tieout.sync import settings_doctor
from tieout.sync.models import SettingsCheck
from tieout.web.integrations.findings import findings

PAGE = "/settings/integrations/quickbooks/doctor/"


def judged(group: str, **preferences: Any) -> dict[str, tuple[str, str]]:
    found = findings({"preferences": {group: preferences}})
    return {one.title: (one.look, one.sentence) for one in found}


@pytest.mark.parametrize(
    "title, group, preferences, look, words",
    [
        ("Automatically apply credits", "SalesFormsPrefs", {"AutoApplyCredit": True}, "problem", "On: "),
        ("Automatically apply credits", "SalesFormsPrefs", {"AutoApplyCredit": False}, "done", "Off: "),
        ("Automatically apply credits", "SalesFormsPrefs", {}, "info", "does not tell"),
        ("Custom transaction numbers", "SalesFormsPrefs", {"CustomTxnNumbers": True}, "done", "keep"),
        ("Custom transaction numbers", "SalesFormsPrefs", {"CustomTxnNumbers": False}, "info", "of its own"),
        ("Class tracking", "AccountingInfoPrefs", {"ClassTrackingPerTxnLine": True}, "done", "each row"),
        ("Class tracking", "AccountingInfoPrefs", {"ClassTrackingPerTxn": True}, "info", "whole invoice"),
        ("Class tracking", "AccountingInfoPrefs", {}, "info", "Off"),
        (
            "Location tracking",
            "AccountingInfoPrefs",
            {"TrackDepartments": True, "DepartmentTerminology": "Store"},
            "done",
            "called Store",
        ),
        ("Sales tax", "TaxPrefs", {"UsingSalesTax": True, "PartnerTaxEnabled": True}, "info", "Automated"),
        ("Sales tax", "TaxPrefs", {"UsingSalesTax": False}, "done", "Not used"),
        ("Currency", "CurrencyPrefs", {"HomeCurrency": {"value": "USD"}}, "done", "USD"),
        (
            "Currency",
            "CurrencyPrefs",
            {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "CAD"}},
            "info",
            "at home CAD",
        ),
        ("Closing date", "AccountingInfoPrefs", {"BookCloseDate": "2025-12-31"}, "info", "2025-12-31"),
    ],
)
def test_a_setting_is_fine_or_says_what_it_means(
    title: str, group: str, preferences: dict[str, Any], look: str, words: str
) -> None:
    found_look, sentence = judged(group, **preferences)[title]
    assert found_look == look
    assert words in sentence


def test_what_has_to_be_changed_comes_first_and_says_where() -> None:
    first = findings({"preferences": {"SalesFormsPrefs": {"AutoApplyCredit": True}}})[0]
    assert first.title == "Automatically apply credits"
    assert "Automation" in first.where


@pytest.mark.django_db
def test_the_settings_are_read_from_the_company_and_a_change_is_seen_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rig = Rig()
    rig.set_up()
    monkeypatch.setattr(settings_doctor, "Engine", lambda: rig.engine)
    browser = entered(rig.member)
    page = browser.get(PAGE).content.decode()
    assert "Nothing in QuickBooks' own settings has to be changed" in page.replace("&#x27;", "'")
    rig.emulator.control.set_preferences(rig.realm, {"SalesFormsPrefs": {"AutoApplyCredit": True}})
    assert "should be changed" not in browser.get(PAGE).content.decode(), "one look a day"
    browser.post(PAGE + "again/")
    page = browser.get(PAGE).content.decode()
    assert "1 setting in QuickBooks should be changed." in page


@pytest.mark.django_db
def test_when_quickbooks_does_not_answer_the_last_look_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.set_up()
    with rig.here():
        settings_doctor.examine(rig.connection, engine=rig.engine)
        rig.fault("status", status=503, times=20)
        check = settings_doctor.examine(rig.connection, engine=rig.engine)
        assert check.problem
        assert SettingsCheck.objects.get().facts["preferences"]


@pytest.mark.parametrize(
    ("country", "look", "words"),
    [("US", "done", "United States"), ("CA", "info", "CA: every row"), ("", "info", "does not tell")],
)
def test_the_country_says_what_taxes_need(country: str, look: str, words: str) -> None:
    (found,) = [one for one in findings({"country": country}) if one.title == "Country"]
    assert found.look == look
    assert words in found.sentence


def test_customers_are_counted_only_once_some_were_read() -> None:
    assert "Customers" not in {one.title for one in findings({})}
    (found,) = [one for one in findings({}, 1204) if one.title == "Customers"]
    assert "1,204" in found.sentence
