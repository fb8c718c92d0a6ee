"""Acts: the addresses under ``api/``: the operations behind their door, the description, the page that explains it."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from tieout.web.access import public
from tieout.web.api.door import unknown
from tieout.web.api.guide import chapters, shapes
from tieout.web.api.operations import description, guarded
from tieout.web.api.problems import KINDS


@cache
def _text() -> str:
    return json.dumps(description(), indent=1, ensure_ascii=False) + "\n"


@public
@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_text(), content_type="application/json")


@public
@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    told = description()
    context = {"chapters": chapters(told), "shapes": shapes(told), "problems": KINDS.items()}
    return render(request, "pages/api_docs.html", context)


urlpatterns = [
    path("docs", docs, name="api_docs"),
    path("v1/openapi.json", openapi, name="api_description"),
    path("v1/", include((list(guarded()), "api"))),
    path("<path:path>", csrf_exempt(public(unknown))),
]
