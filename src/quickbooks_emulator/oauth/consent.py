"""Decides: the consent page a person sees, and where each answer sends the browser."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from markupsafe import Markup

from quickbooks_emulator.console.layout import page
from quickbooks_emulator.oauth.documents import App
from quickbooks_emulator.store.documents import Company


def consent_page(companies: Iterable[Company], asked: dict[str, str], app: App) -> str:
    """The form: a company to choose, Connect and Cancel. `asked` is carried along as hidden members."""
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in asked.items()
    )
    options = Markup("").join(
        Markup('<option value="{}">{}</option>').format(one.realm, one.name) for one in companies
    )
    body = Markup(
        "<h1>Connect to QuickBooks</h1>"
        "<p>The app <strong>{}</strong> asks to read and change the accounting data of one company.</p>"
        "<p>This is a simulator: no real company and no Intuit account is involved.</p>"
        "<p>The app's keys are {} keys: they open {} companies.</p>"
        '<form method="post" action="/connect/oauth2">{}'
        '<p><label for="realm">Company</label> <select id="realm" name="realm">{}</select></p>'
        '<p><button type="submit" name="decision" value="connect">Connect</button> '
        '<button type="submit" name="decision" value="cancel">Cancel</button></p>'
        "</form>"
    ).format(app.client_id, app.environment, app.environment, hidden, options)
    return page("Connect to QuickBooks", body)


def refusal_page(sentence: str) -> str:
    """Shown instead of a redirect when the redirect itself cannot be trusted."""
    return page("Cannot connect", Markup("<h1>Cannot connect</h1><p>{}</p>").format(sentence))


def back_to(redirect_uri: str, **members: str) -> str:
    return f"{redirect_uri}?{urlencode(members)}"
