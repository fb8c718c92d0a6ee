"""Decides: which fields the client pages ask for. Labels, lengths and rules come from the practice's one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.urls import reverse

from tieout.practice.access import members_to_assign
from tieout.practice.clients import Client, Contact, Kind, Relation
from tieout.practice.firms import Member
from tieout.practice.permissions import Permission
from tieout.practice.validation import (
    CLIENT_AND_PERSON_RULES,
    CLIENT_RULES,
    CONTACT_RULES,
    PERSON_RULES,
    Invalid,
    TextRule,
    clean_texts,
)

_BILLING = tuple(name for name in CLIENT_RULES if name.startswith("billing_"))
_MAILING = tuple(name for name in CLIENT_RULES if name.startswith("mailing_"))
_PERSON = tuple(PERSON_RULES)

SECTIONS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    Kind.INDIVIDUAL: (
        ("Name", (*_PERSON, "name")),
        ("Contact details", ("email", "phone", "mobile", "website")),
        ("Billing address", _BILLING),
        ("Mailing address", _MAILING),
        ("In your practice", ("relation", "assigned_to_id", "external_id", "company_name", "notes")),
    ),
    Kind.BUSINESS: (
        ("Business", ("name", "company_name", "email", "phone", "mobile", "website")),
        ("Primary contact", _PERSON),
        ("Billing address", _BILLING),
        ("Mailing address", _MAILING),
        ("In your practice", ("relation", "assigned_to_id", "external_id", "notes")),
    ),
}
"""Kind -> headings with their fields, in the order a person fills them in."""

_INPUT_TYPES = {"phone": "tel", "mobile": "tel"}
_AUTOCOMPLETE_OFF = {"autocomplete": "off"}
_HINTS = {
    "email": "Several addresses: separate them by commas.",
    "external_id": "Your own number for this client in another system.",
    "notes": "Private to your practice. Never sent to QuickBooks.",
}


def text_field(name: str, rule: TextRule, hint: str = "") -> forms.CharField:
    """An input for one rule. Only the browser's own limits are set here; the rule itself is checked in ``clean``."""
    attributes = {"class": "form-control", **_AUTOCOMPLETE_OFF}
    if rule.prose:
        widget: forms.Widget = forms.Textarea(attrs={**attributes, "rows": 4})
    else:
        widget = forms.TextInput(attrs={**attributes, "type": _INPUT_TYPES.get(name, "text")})
    return forms.CharField(label=rule.label, required=False, widget=widget, help_text=hint, strip=True)


class RuledForm(forms.Form):
    """A form whose texts obey a table of rules, and that shows a verb's refusal beside the field it is about."""

    rules: Mapping[str, TextRule] = {}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.complete(values)
        try:
            values |= clean_texts(
                {name: values.get(name, "") for name in self.fields if name in self.rules}, self.rules
            )
        except Invalid as invalid:
            self.take(invalid)
        return values

    def complete(self, values: dict[str, Any]) -> None:
        """Fill in what follows from other fields, before the rules are asked. A form may; most do not."""

    def take(self, invalid: Invalid) -> None:
        for name, sentence in invalid.problems.items():
            self.add_error(name if name in self.fields else None, sentence)

    def save(self, verb: Callable[[dict[str, Any]], Any]) -> Any:
        """What the verb returns, or None when it refuses the values; the form then says why."""
        try:
            return verb(dict(self.cleaned_data))
        except Invalid as invalid:
            self.take(invalid)
            return None


class ClientForm(RuledForm):
    """One client with its primary contact's name. Has only the fields of its kind."""

    rules = CLIENT_AND_PERSON_RULES

    relation = forms.ChoiceField(
        choices=Relation.choices, initial=Relation.CLIENT, widget=forms.Select(attrs={"class": "form-select"})
    )
    assigned_to_id = forms.TypedChoiceField(
        label="Assigned to",
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(
        self, *args: Any, kind: str, member: Member, assigned_to: Member | None = None, **kwargs: Any
    ) -> None:
        """``assigned_to``: the member it is assigned to now, who stays on offer when switched off meanwhile."""
        super().__init__(*args, **kwargs)
        self.kind = kind
        for _, names in SECTIONS[kind]:
            for name in names:
                if name in self.rules:
                    self.fields[name] = text_field(name, self.rules[name], _HINTS.get(name, ""))
        self._describe_name()
        if member.may(Permission.VIEW_ALL_CLIENTS):
            colleagues = [(each.pk, each.user.get_full_name()) for each in members_to_assign(member.firm_id)]
            if assigned_to is not None and not assigned_to.is_active:
                colleagues.append((assigned_to.pk, f"{assigned_to} (switched off)"))
            self.fields["assigned_to_id"].choices = [("", "Nobody"), *colleagues]  # type: ignore[attr-defined]
        else:
            del self.fields["assigned_to_id"]

    def sections(self) -> Iterable[tuple[str, list[BoundField]]]:
        for heading, names in SECTIONS[self.kind]:
            yield heading, [self[name] for name in names if name in self.fields]

    def complete(self, values: dict[str, Any]) -> None:
        values["name"] = values.get("name") or self.fallback_name(values)

    def fallback_name(self, values: Mapping[str, str]) -> str:
        """The display name when none is typed: the person's, or the company's."""
        if self.kind == Kind.INDIVIDUAL:
            return " ".join(filter(None, (values.get("given"), values.get("family"))))
        return values.get("company_name") or ""

    def _describe_name(self) -> None:
        name = self.fields["name"]
        name.label = "Display name" if self.kind == Kind.INDIVIDUAL else "Business name"
        name.help_text = (
            "Left empty: first and last name."
            if self.kind == Kind.INDIVIDUAL
            else "Left empty: the company name."
        )
        self.fields["company_name"].label = (
            "Company name" if self.kind == Kind.INDIVIDUAL else "Legal company name"
        )
        watched = ("given", "family", "name") if self.kind == Kind.INDIVIDUAL else ("name", "company_name")
        for each in watched:
            self.fields[each].widget.attrs |= {
                "hx-get": reverse("client_lookalikes"),
                "hx-trigger": "input changed delay:400ms",
                "hx-include": "closest form",
                "hx-target": "#lookalikes",
            }


class ContactForm(RuledForm):
    rules = CONTACT_RULES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rule in CONTACT_RULES.items():
            self.fields[name] = text_field(name, rule)
        self.fields["relation_to_client"].help_text = "For example spouse, dependent, employee or partner."
        self.fields["relation_to_client"].widget.attrs["list"] = "relations"

    @staticmethod
    def initial_of(contact: Contact) -> dict[str, Any]:
        return {name: getattr(contact, name) for name in CONTACT_RULES}


def initial_of(client: Client) -> dict[str, Any]:
    """The form's values of an existing client: its own and those of its primary contact."""
    person = client.contacts.filter(is_primary=True).first() or Contact()
    return {
        **{name: getattr(client, name) for name in CLIENT_RULES},
        **{name: getattr(person, name) for name in PERSON_RULES},
        "relation": client.relation,
        "assigned_to_id": client.assigned_to_id,
    }
