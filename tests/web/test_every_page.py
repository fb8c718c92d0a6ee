"""Every page there is opens with something to show, found through the router. The browser walks the same list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.whole_firm import LATER, open_firm, pages
from tests.web.whole_firm_later import visits

pytestmark = pytest.mark.django_db


def test_every_page_opens_with_something_to_show(settings: Any) -> None:
    firm = open_firm(settings)
    found = list(pages(firm))
    odd = [f"{each.route}: {each.problem}" for each in found if each.problem]
    assert not odd, "\n".join(odd)
    assert len(found) > 90
    later = [each for visit in visits(firm) for each in visit.pages]
    odd = [f"{each.route}: {each.problem}" for each in later if each.problem]
    assert not odd, "\n".join(odd)
    assert {each.route for each in later} >= LATER
