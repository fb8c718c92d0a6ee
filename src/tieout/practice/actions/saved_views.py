"""Acts: the verbs on saved views. History, but no note: how a list is looked at is the practice's own affair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction

from tieout.practice.access import require
from tieout.practice.actions.recording import (
    check_version,
    given,
    record_changed,
    record_created,
    record_draft,
    set_values,
)
from tieout.practice.actor import Actor
from tieout.practice.firms import Member
from tieout.practice.saved_views import (
    LONGEST_QUERY,
    MOST,
    NAME,
    NEEDS,
    SAVED_VIEW,
    TO_SHARE,
    ListName,
    SavedView,
    access_view,
)
from tieout.practice.validation import Invalid, TextRule, clean_texts

FLAGS = ("is_shared", "is_default")
RULES = {"name": NAME, "query": TextRule("What the list shows", LONGEST_QUERY)}


class ViewFields(TypedDict, total=False):
    name: str
    query: str
    is_shared: bool
    is_default: bool


def save_view(
    *, by: Member, list: str, name: str, query: str, is_shared: bool = False, is_default: bool = False
) -> SavedView:
    """Keep what a list shows under a name; under one the member has already, that view shows this from now on.

    Raises NotAllowed, Invalid.
    """
    if list not in ListName.values:
        raise Invalid({"list": f"Choose one of the lists: {', '.join(ListName.values)}."})
    require(by, NEEDS[ListName(list)])
    texts = clean_texts({"name": name, "query": query}, RULES)
    if is_shared:
        require(by, TO_SHARE)
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=by.pk)
        of_list = SavedView.objects.filter(firm_id=by.firm_id, list=list)
        before = of_list.filter(member=by, name__iexact=texts["name"]).first()
        if before is not None:
            return change_view(
                by=by,
                view_id=before.pk,
                name=texts["name"],
                query=texts["query"],
                is_shared=is_shared,
                is_default=is_default,
            )
        view = SavedView(firm_id=by.firm_id, member=by, list=list, **texts)
        _check_room(view, is_shared)
        view.is_shared, view.is_default = is_shared, is_default
        _settle_default(view)
        _save(view)
        told = {"list": list, **texts, "is_shared": is_shared or None, "is_default": is_default or None}
        record_created(view, SAVED_VIEW, Actor.of(by), given(told))
    return view


def change_view(
    *, by: Member, view_id: int | str, expected_version: int | None = None, **fields: Unpack[ViewFields]
) -> SavedView:
    """Another name, another question, shared or no longer, the default or no longer.

    Raises RecordChangedMeanwhile, NotYours, NotAllowed, Invalid.
    """
    asked: Mapping[str, Any] = {**fields}
    texts = clean_texts({key: asked[key] for key in RULES if key in asked}, RULES)
    flags = {key: asked[key] for key in FLAGS if key in asked}
    with transaction.atomic():
        view = access_view(by, view_id, to_change=True)
        check_version(view, SAVED_VIEW, expected_version)
        if flags.get("is_shared", view.is_shared) != view.is_shared:
            require(by, TO_SHARE)
            _check_room(view, flags["is_shared"])
        if changes := set_values(view, {**texts, **flags}):
            _settle_default(view)
            _save(view)
            record_changed(view, SAVED_VIEW, "changed", Actor.of(by), changes)
    return view


def delete_view(*, by: Member, view_id: int | str, expected_version: int | None = None) -> str:
    """Forget it; the records it showed are untouched. Returns its name. Raises NotYours, NotAllowed."""
    with transaction.atomic():
        view = access_view(by, view_id, to_change=True)
        check_version(view, SAVED_VIEW, expected_version)
        record_draft(view, SAVED_VIEW, "deleted", Actor.of(by), {"name": [view.name, None]})
        view.delete()
    return view.name


def _check_room(view: SavedView, shared: bool) -> None:
    rows = SavedView.objects.filter(firm_id=view.firm_id, list=view.list, is_shared=shared)
    if (rows if shared else rows.filter(member_id=view.member_id)).count() >= MOST:
        whose = "The firm shares" if shared else "You have"
        raise Invalid(
            {"name": f"{whose} {MOST} views of this list already. Delete one that is not needed first."}
        )


def _settle_default(view: SavedView) -> None:
    """At most one is: another that was is no longer."""
    if not view.is_default:
        return
    others = SavedView.objects.filter(firm_id=view.firm_id, list=view.list, is_default=True).exclude(
        pk=view.pk
    )
    same = (
        others.filter(is_shared=True)
        if view.is_shared
        else others.filter(member_id=view.member_id, is_shared=False)
    )
    same.update(is_default=False)


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "saved_view_" not in str(error):
            raise
        told = f"Another view of this list is called {view.name}. Choose another name."
        if "default" in str(error):
            told = "Someone chose another default at the same moment. Look at the list again."
        raise Invalid({"name": told}) from error
