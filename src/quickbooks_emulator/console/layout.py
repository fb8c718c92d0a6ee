"""Decides: the frame and the style of every page the emulator serves."""

from __future__ import annotations

from markupsafe import Markup

STYLE_PATH = "/_console/style.css"
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; }
header { border-bottom: 1px solid; display: flex; flex-wrap: wrap; gap: 1rem; padding-bottom: .5rem; }
header strong { background: #8a4b00; color: #fff; padding: 0 .5rem; }
table { border-collapse: collapse; width: 100%; }
caption { font-weight: bold; padding: .5rem 0; text-align: left; }
th, td { border-bottom: 1px solid #8888; padding: .25rem .5rem; text-align: left; vertical-align: top; }
td.number { text-align: right; }
label { display: inline-block; min-width: 8rem; }
input, select, button { font: inherit; padding: .25rem .5rem; }
form.inline { display: inline; }
.scroll { overflow-x: auto; }
"""


def page(title: str, body: Markup) -> str:
    """A whole page. `body` must be made with Markup so that every value in it is escaped."""
    return str(
        Markup(
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<title>{} - Simulator</title><link rel="stylesheet" href="{}"></head><body>'
            '<header><strong>Simulator</strong><a href="/">Companies</a>'
            '<a href="/_console/state">World and time</a><a href="/_console/webhooks">Webhooks</a>'
            '<a href="/_console/requests">Requests</a><a href="/_console/faults">Faults</a></header>'
            "<main>{}</main></body></html>"
        ).format(title, STYLE_PATH, body)
    )
