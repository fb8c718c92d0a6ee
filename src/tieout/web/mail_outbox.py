"""Acts: the page that shows the mails a demonstration would have sent. Outside of one it does not exist.

Anybody may open it there: somebody who was invited reads the mail before they can sign in. A demonstration listens
on its own machine only.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from tieout.practice.mail_outbox import KeptMail, kept_mail, kept_mails
from tieout.web.access import FirmRequest, public
from tieout.web.downloads import attachment


@require_GET
@public
def index(request: FirmRequest) -> HttpResponse:
    _only_in_a_demonstration()
    return render(request, "pages/mail_outbox.html", {"mails": kept_mails()})


@require_GET
@public
def mail(request: FirmRequest, name: str) -> HttpResponse:
    return render(request, "pages/mail.html", {"mail": _mail(name)})


@require_GET
@public
def attached(request: FirmRequest, name: str, number: int) -> HttpResponse:
    files = _mail(name).attached
    if not 1 <= number <= len(files):
        raise Http404
    file = files[number - 1]
    return attachment(file.name, file.content, file.type)


def _mail(name: str) -> KeptMail:
    _only_in_a_demonstration()
    found = kept_mail(name)
    if found is None:
        raise Http404
    return found


def _only_in_a_demonstration() -> None:
    if settings.MODE == "production" or not settings.MAIL_OUTBOX:
        raise Http404


urlpatterns: list[URLPattern] = [
    path("outbox/", index, name="mail_outbox"),
    path("outbox/<str:name>/", mail, name="mail"),
    path("outbox/<str:name>/<int:number>/", attached, name="mail_attached"),
]
