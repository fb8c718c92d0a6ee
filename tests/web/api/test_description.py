"""Shows that the OpenAPI description is complete, committed as it is, and readable as a page."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from django.test import Client as Browser
from openapi_spec_validator import OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tieout.practice.permissions import Permission
from tieout.web.api.operations import OFFERS, description

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_committed_copy_is_in_step() -> None:
    """Not in step? ./run manage api_description writes it again."""
    assert json.loads(COMMITTED.read_text()) == description()


def test_it_describes_every_operation_with_its_scope_and_its_problems() -> None:
    told = description()
    assert told["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert described == {(each.method, each.path) for each in OFFERS}
    names = [each.name for each in OFFERS]
    assert len(names) == len(set(names))
    for offer in OFFERS:
        operation = told["paths"][offer.path][offer.method.lower()]
        assert operation["operationId"] == offer.name
        scope = offer.permission.value if isinstance(offer.permission, Permission) else None
        assert operation["x-scope"] == scope
        assert {"401", "403", "429"} <= set(operation["responses"])


def test_it_is_valid_by_the_word_of_others() -> None:
    """A validator that is not ours, by the schema of OpenAPI 3.1."""
    told = copy.deepcopy(description())
    OpenAPIV31SpecValidator(told).validate()
    told["paths"]["/clients"]["get"]["responses"]["200"].pop("description")
    with pytest.raises(OpenAPIValidationError):
        OpenAPIV31SpecValidator(told).validate()


def test_no_amount_is_a_json_number() -> None:
    """Floats lose cents: only counts, versions, ids and positions are numbers, and all of those are whole."""
    assert '"type": "number"' not in json.dumps(description())


def test_every_reference_in_it_leads_somewhere() -> None:
    told = description()
    shapes = told["components"]["schemas"]
    text = json.dumps(told)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.split('"')[0] in shapes


@pytest.mark.django_db
def test_anybody_may_read_the_page_and_the_description() -> None:
    browser = Browser()
    page = browser.get("/api/docs")
    assert page.status_code == 200
    text = page.content.decode()
    for offer in OFFERS:
        assert f'id="{offer.name}"' in text
    for part in text.split('href="#')[1:]:
        assert f'id="{part.split(chr(34))[0]}"' in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert json.loads(browser.get("/api/v1/openapi.json").content) == description()


@pytest.mark.django_db
def test_what_is_nowhere_is_a_problem_not_a_page() -> None:
    for path in ("/api/v1/nothing", "/api/v2/clients", "/api/v1/clients/1/", "/api/v1/"):
        answer = Browser().post(path)
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path
