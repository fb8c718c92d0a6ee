"""Decides: the pieces the console's pages are made of: tables, forms, buttons, the sentence after an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from quickbooks_emulator.console.layout import page
from quickbooks_emulator.messages import Request, Response, html_response, redirect

_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def shown(status: int, title: str, body: Markup) -> Response:
    return html_response(status, page(title, body), Content_Security_Policy=_POLICY)


def back(address: str, sentence: str = "") -> Response:
    """To a page, which says what was done."""
    return redirect(address + ("?" + urlencode({"said": sentence}, quote_via=quote) if sentence else ""))


def said(request: Request) -> Markup:
    sentence = request.params.get("said", "")
    return Markup('<p role="status">{}</p>').format(sentence) if sentence else Markup("")


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(column or "Action") for column in columns)
    lines = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in rows
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(caption, caption, head, lines)


def button(address: str, text: str, **members: str) -> Markup:
    """A form that is only a button."""
    hidden = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in members.items()
    )
    return Markup(
        '<form class="inline" method="post" action="{}">{}<button type="submit">{}</button></form>'
    ).format(address, hidden, text)


def form(
    address: str, title: str, press: str, inputs: Mapping[str, object], **choices: Sequence[str]
) -> Markup:
    """One input for each member with its value; a member in `choices` is chosen from those."""
    made = []
    for name, value in inputs.items():
        field = f"{address.rsplit('/', 1)[-1]}-{name}"
        label = Markup('<label for="{}">{}</label> ').format(field, _words(name))
        if name in choices:
            options = Markup("").join(
                Markup('<option value="{}"{}>{}</option>').format(
                    one, Markup(" selected") if one == str(value) else "", one
                )
                for one in choices[name]
            )
            field_ = Markup('<select id="{}" name="{}">{}</select>').format(field, name, options)
        else:
            field_ = Markup('<input id="{}" name="{}" value="{}">').format(field, name, value)
        made.append(Markup("<p>{}{}</p>").format(label, field_))
    return Markup(
        '<h2>{}</h2><form method="post" action="{}">{}<p><button type="submit">{}</button></p></form>'
    ).format(title, address, Markup("").join(made), press)


def _words(name: str) -> str:
    """A member's name as a label; names of QuickBooks' own stay as they are written there."""
    return (name[:1].upper() + name[1:]).replace("_", " ")
