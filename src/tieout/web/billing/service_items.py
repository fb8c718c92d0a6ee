"""Acts: the pages of service items: list, one row edited in place, new, edit, archive, restore, export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.practice.actions.clients import ChangedMeanwhile
from tieout.practice.actions.service_items import (
    archive_service_item,
    change_service_item,
    create_service_item,
    restore_service_item,
    used_by,
)
from tieout.practice.billing_access import access_item, history_of_row, lists_in_use, visible_items
from tieout.practice.billing_export import headings, item_rows
from tieout.practice.billing_settings import settings_of
from tieout.practice.csv_text import write_csv
from tieout.practice.ledger_lists import LedgerList
from tieout.practice.permissions import Permission
from tieout.practice.saved_views import ListName
from tieout.practice.service_items import SERVICE_ITEM, ServiceItem
from tieout.practice.validation import Invalid
from tieout.web.access import FirmRequest, requires
from tieout.web.badges import badges_for
from tieout.web.billing.acting import by, carried_out, version_seen
from tieout.web.billing.history import entries
from tieout.web.billing.item_form import ItemForm
from tieout.web.billing.item_list import ITEMS, narrowed
from tieout.web.billing.meanwhile import Meanwhile, status_of_form, version_shown
from tieout.web.downloads import csv_file
from tieout.web.long_list import long_page
from tieout.web.record_panel import panel_of
from tieout.web.saved_views import bar_of, opening

HISTORY_SHOWN = 50


@require_GET
@requires(Permission.VIEW_BILLING)
def index(request: FirmRequest) -> HttpResponse:
    if (elsewhere := opening(request, ListName.SERVICE_ITEMS)) is not None:
        return elsewhere
    asked = ITEMS.read(request.GET)
    items = visible_items(request.member)
    found = narrowed(asked, items).select_related("category", "income_account", "tax_rate")
    page = long_page(found, request.GET)
    shown = page.rows
    return render(
        request,
        "billing/item_list.html",
        {
            "asked": asked,
            "page": page,
            "views": bar_of(request, ListName.SERVICE_ITEMS),
            **_rows(request, shown),
            "any_item": bool(shown) or items.exists(),
        },
    )


@require_GET
@requires(Permission.VIEW_BILLING)
def record(request: FirmRequest, item_id: int) -> HttpResponse:
    item = access_item(request.member, item_id)
    panel = panel_of(request, SERVICE_ITEM, str(item.pk))
    return render(request, "billing/item.html", _about(request, item) | {"panel": panel})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_SERVICE_ITEMS)
def new(request: FirmRequest) -> HttpResponse:
    member = request.member
    form = ItemForm(request.POST if request.method == "POST" else None, firm_id=member.firm_id)
    if request.method == "POST" and form.is_valid():
        item = form.save(lambda _: create_service_item(**by(member), **form.values()))
        if item is not None:
            messages.success(request, f"{item.name} can be put on invoices now.")
            return redirect("service_item", item.pk)
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_SERVICE_ITEMS)
def edit(request: FirmRequest, item_id: int) -> HttpResponse:
    member = request.member
    item = access_item(member, item_id, to_edit=True)
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        firm_id=member.firm_id,
        item=item,
        initial=ItemForm.initial_of(item),
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = form.save(
                lambda _: change_service_item(
                    **by(member),
                    item_id=item.pk,
                    expected_version=version_seen(request.POST.get("version")),
                    **form.values(),
                )
            )
        except ChangedMeanwhile as problem:
            here = reverse("service_item", args=[item.pk])
            return _form(request, form, item, Meanwhile.of(problem, item, SERVICE_ITEM, here))
        if saved is not None:
            changed = saved.version != item.version
            messages.success(request, f"Saved {saved.name}." if changed else "Nothing was changed.")
            return redirect("service_item", item.pk)
    return _form(request, form, item)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_SERVICE_ITEMS)
def row(request: FirmRequest, item_id: int) -> HttpResponse:
    """One row of the list: asked for with ``edit`` its inputs, and on POST saved. Without scripts: the edit page."""
    member = request.member
    item = access_item(member, item_id, to_edit=True)
    if not request.headers.get("HX-Request"):
        return redirect("service_item_edit", item.pk)
    if request.method == "GET":
        template = "billing/item_row_edit.html" if "edit" in request.GET else "billing/item_row.html"
        return render(request, template, {**_one_row(request, item), "problems": {}})
    typed = {name: request.POST.get(name, "").strip() for name in ("name", "rate", "sku")}
    problems: dict[str, str] = {}
    try:
        change_service_item(
            **by(member),
            item_id=item.pk,
            expected_version=version_seen(request.POST.get("version")),
            name=typed["name"],
            rate=typed["rate"],
            sku=typed["sku"],
        )
    except Invalid as invalid:
        problems = dict(invalid.problems)
    except ChangedMeanwhile as refusal:
        problems = {"": str(refusal)}
    item = access_item(member, item_id)
    if problems:
        others = [told for name, told in problems.items() if name not in typed]
        context = {**_one_row(request, item), "typed": typed, "problems": problems, "others": others}
        return render(request, "billing/item_row_edit.html", context)
    return render(request, "billing/item_row.html", {**_one_row(request, item), "saved": True})


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_SERVICE_ITEMS)
def archive(request: FirmRequest, item_id: int) -> HttpResponse:
    item = access_item(request.member, item_id, to_edit=True)
    if request.method == "POST":
        carried_out(
            request,
            lambda: archive_service_item(**by(request.member), item_id=item.pk),
            f"{item.name} is archived. Nothing was deleted, and you can restore it here.",
        )
        return redirect("service_item", item.pk)
    return render(request, "billing/item_archive.html", _about(request, item))


@requires(Permission.EDIT_SERVICE_ITEMS)
@require_POST
def restore(request: FirmRequest, item_id: int) -> HttpResponse:
    item = access_item(request.member, item_id, to_edit=True)
    carried_out(
        request,
        lambda: restore_service_item(**by(request.member), item_id=item.pk),
        f"{item.name} is active again.",
    )
    return redirect("service_item", item.pk)


@require_GET
@requires(Permission.VIEW_BILLING)
def export(request: FirmRequest) -> HttpResponse:
    """The list as it is filtered, every column."""
    found = narrowed(ITEMS.read(request.GET), visible_items(request.member))
    return csv_file("tieout-service-items.csv", write_csv(headings("items"), item_rows(found)))


def _rows(request: FirmRequest, items: list[ServiceItem]) -> dict[str, Any]:
    """What a row shows, for a page of them."""
    firm_id = request.member.firm_id
    badges = badges_for(SERVICE_ITEM, [str(each.pk) for each in items])
    uses, lists = used_by(firm_id, [each.pk for each in items]), lists_in_use(firm_id)
    return {
        "rows": [(each, uses[each.pk], badges.get(str(each.pk))) for each in items],
        "with_badges": bool(badges),
        "with_category": LedgerList.CATEGORY in lists,
        "with_account": LedgerList.ACCOUNT in lists,
        "may_edit": request.member.may(Permission.EDIT_SERVICE_ITEMS),
    }


def _one_row(request: FirmRequest, item: ServiceItem) -> dict[str, Any]:
    context = _rows(request, [item])
    _, use, badge = context["rows"][0]
    return {**context, "item": item, "use": use, "badge": badge}


def _about(request: FirmRequest, item: ServiceItem) -> dict[str, Any]:
    history = history_of_row(item, SERVICE_ITEM)[:HISTORY_SHOWN]
    return {
        **_one_row(request, item),
        "lists": lists_in_use(item.firm_id),
        "history": entries(history, "service item", settings_of(item.firm_id).currency),
    }


def _form(
    request: FirmRequest, form: ItemForm, item: ServiceItem | None, meanwhile: Meanwhile | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "item": None,
        "meanwhile": meanwhile,
        "version": version_shown(request, item, meanwhile),
    }
    if item is not None:
        context |= _one_row(request, item)
    status = status_of_form(form.is_bound and form.errors, meanwhile)
    return render(request, "billing/item_form.html", context, status=status)


urlpatterns: list[URLPattern] = [
    path("service-items/", index, name="service_items"),
    path("service-items/new/", new, name="service_item_new"),
    path("service-items/export.csv", export, name="service_items_export"),
    path("service-items/<int:item_id>/", record, name="service_item"),
    path("service-items/<int:item_id>/row/", row, name="service_item_row"),
    path("service-items/<int:item_id>/edit/", edit, name="service_item_edit"),
    path("service-items/<int:item_id>/archive/", archive, name="service_item_archive"),
    path("service-items/<int:item_id>/restore/", restore, name="service_item_restore"),
]
