"""Decides: what the API offers, as declarations: an address, a method, a permission, a verb, its shapes.

A ``Section`` is one resource. One ``act`` is one verb at one address; the rest (funnel, version, answer) is the
section's. ``operations`` assembles them, the door guards them, the tests walk them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Any

from django.urls import reverse
from ninja import Query, Router, Schema

from tieout.practice.permissions import Permission
from tieout.web.api.calling import ApiRequest, carry_out, given_to, refuse_unseen
from tieout.web.api.kinds_of_value import Given, RowId
from tieout.web.api.paging import Narrowed, Page, Paged, asked, page, query_for, whole
from tieout.web.listing import Asked, ListKind

IN_PATH = re.compile(r"{(\w+)}")
Find = Callable[..., Any]
_QUERY: Any = Query


@dataclass(frozen=True, slots=True)
class Offer:
    """One operation, as far as the door and the tests need to know it."""

    name: str
    method: str
    path: str
    permission: Permission | None
    """None: any token."""
    conditional: bool = False
    """It changes one record that has a version, so ``If-Match`` is heeded."""
    apart: bool = False
    """It begins and ends its own transactions."""
    query: frozenset[str] = frozenset()
    media: str = ""
    """The answer's kind when it is no JSON."""


@dataclass
class Section:
    """The operations of one resource."""

    tag: str
    words: str
    router: Router = field(default_factory=Router)
    offers: list[Offer] = field(default_factory=list)

    def rows(
        self,
        path: str,
        permission: Permission | None,
        name: str,
        *,
        kind: ListKind,
        shape: type[Schema],
        found: Callable[..., Any],
        searches: bool = True,
        summary: str,
        prepared: Callable[[ApiRequest, list[Any]], Any] | None = None,
    ) -> None:
        """A list. ``found(request, asked, **ids of the path)``: the rows a funnel allows, narrowed as asked.

        ``prepared(request, rows)``: brings what many rows need at once.
        """
        takes = query_for(_camel(name), kind, searches=searches)

        def view(request: ApiRequest, query: Paged, **ids: int) -> Page:
            wanted: Asked = asked(kind, query)
            part = page(found(request, wanted, **ids), wanted, query)
            if prepared is not None:
                prepared(request, part.data)
            return part

        self._add(
            "GET",
            path,
            permission,
            name,
            view,
            summary=summary,
            answers=paged(shape),
            query=takes,
        )

    def one(
        self,
        path: str,
        permission: Permission | None,
        name: str,
        *,
        shape: Any,
        shows: Find,
        summary: str,
        query: type[Schema] | None = None,
    ) -> None:
        """One record. ``shows(request, **ids of the path)``; with a ``query`` also that, by this name."""

        def view(request: ApiRequest, **given: Any) -> Any:
            return _shown(request, shows(request, **given))

        self._add("GET", path, permission, name, view, summary=summary, answers=shape, query=query)

    def act(
        self,
        path: str,
        permission: Permission | None,
        name: str,
        verb: Callable[..., Any],
        *,
        shape: Any,
        shows: Find,
        summary: str,
        finds: Find | None = None,
        takes: type[Given] | None = None,
        method: str = "POST",
        makes: str = "",
        apart: bool = False,
    ) -> None:
        """One verb. ``finds(request, **ids)``: the funnel to the row it changes, which has to let the caller in.

        ``shows``: the record as it is then, by the ids of the path; of a verb that ``makes`` something (the name of
        its address), by what the verb returned.
        """

        def view(request: ApiRequest, body: Given | None = None, **ids: int) -> Any:
            row = finds(request, **ids) if finds else None
            values = given_to(body)
            refuse_unseen(request.member, values)
            made = carry_out(request, verb, row, ids, **values)
            if not makes:
                return _shown(request, shows(request, **ids))
            shown = _shown(request, shows(request, made))
            request.location = reverse(f"api:{makes}", args=[made.pk])
            return shown

        self._add(
            method,
            path,
            permission,
            name,
            view,
            summary=summary,
            answers=shape,
            status=201 if makes else 200 if shape is not None else 204,
            body=takes,
            conditional=finds is not None and not makes,
            apart=apart,
            description=(verb.__doc__ or "").split("\n")[0].split(" Raises ")[0],
        )

    def file(
        self,
        path: str,
        permission: Permission,
        name: str,
        media: str,
        view: Find,
        *,
        summary: str,
        kind: ListKind | None = None,
    ) -> None:
        """A file. ``view(request, **ids)`` answers with it; of a list of this ``kind`` ``view(request, asked)``."""
        if kind is None:
            self._add("GET", path, permission, name, view, summary=summary, answers=None, media=media)
            return
        every = whole(kind)

        def narrowed(request: ApiRequest, query: Narrowed) -> Any:
            return view(request, asked(every, query))

        takes = query_for(_camel(name), every, base=Narrowed)
        self._add(
            "GET", path, permission, name, narrowed, summary=summary, answers=None, media=media, query=takes
        )

    def custom(
        self,
        method: str,
        path: str,
        permission: Permission | None,
        name: str,
        view: Callable[..., Any],
        *,
        shape: Any,
        summary: str,
        takes: type[Given] | None = None,
        apart: bool = False,
    ) -> None:
        """What is no single verb. ``view(request, **ids, body=...)``."""
        self._add(
            method, path, permission, name, view, summary=summary, answers=shape, body=takes, apart=apart
        )

    def _add(
        self,
        method: str,
        path: str,
        permission: Permission | None,
        name: str,
        view: Callable[..., Any],
        *,
        summary: str,
        answers: Any,
        status: int = 200,
        body: type[Given] | None = None,
        query: type[Schema] | None = None,
        conditional: bool = False,
        apart: bool = False,
        description: str = "",
        media: str = "",
    ) -> None:
        def operation(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs)

        operation.__name__ = name
        operation.__signature__ = _signature(path, body, query)  # type: ignore[attr-defined]
        self.router.add_api_operation(
            path,
            [method],
            operation,
            response={status: answers},
            operation_id=name,
            summary=summary,
            description=description or None,
            tags=[self.tag],
            url_name=name if method == "GET" else None,
        )
        self.offers.append(
            Offer(
                name=name,
                method=method,
                path=path,
                permission=permission,
                conditional=conditional,
                apart=apart,
                query=frozenset(query.model_fields) if query else frozenset(),
                media=media,
            )
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One address of one record, and how all its verbs come to it and answer."""

    section: Section
    path: str
    shape: Any
    shows: Find
    finds: Find

    def get(self, permission: Permission | None, name: str, *, summary: str) -> None:
        """The record itself."""
        self.section.one(self.path, permission, name, shape=self.shape, shows=self.shows, summary=summary)

    def act(
        self,
        suffix: str,
        permission: Permission | None,
        name: str,
        verb: Callable[..., Any],
        *,
        summary: str,
        takes: type[Given] | None = None,
        method: str = "POST",
        finds: Find | None = None,
        apart: bool = False,
    ) -> None:
        """One verb on it, answered with the record as it is then. ``finds``: for another row beside it."""
        self.section.act(
            self.path + suffix,
            permission,
            name,
            verb,
            shape=self.shape,
            shows=self.shows,
            finds=finds or self.finds,
            takes=takes,
            method=method,
            apart=apart,
            summary=summary,
        )


def paged(shape: type[Schema]) -> type[Schema]:
    """A page of rows of this shape."""
    return type(
        f"{shape.__name__}Page",
        (Schema,),
        {"__annotations__": {"data": list[shape], "next_cursor": str | None}, "__module__": __name__},  # type: ignore[valid-type]
    )


def _signature(path: str, body: type[Given] | None, query: type[Schema] | None) -> Signature:
    """What the operation takes, for ninja: ids from the path, the list's parameters, the body."""
    told = [Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=ApiRequest)]
    told += [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=RowId if name.endswith("_id") else str)
        for name in IN_PATH.findall(path)
    ]
    if query is not None:
        told.append(Parameter("query", Parameter.KEYWORD_ONLY, annotation=_QUERY[query]))
    if body is not None:
        needs_one = any(each.is_required() for each in body.model_fields.values())
        default = Parameter.empty if needs_one else None
        told.append(Parameter("body", Parameter.KEYWORD_ONLY, annotation=body, default=default))
    return Signature(told)


def _shown(request: ApiRequest, row: Any) -> Any:
    request.version_shown = getattr(row, "version", None)
    return row


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
