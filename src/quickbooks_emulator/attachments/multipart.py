"""Decides: what files an upload holds, in the dialects clients speak. Pure.

Three were recorded: binary parts with file names (ruby), a base64 part after the metadata with bare line feeds
(python-quickbooks), and content parts without any metadata (node-quickbooks).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quickbooks_emulator import formats

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;]+))', re.IGNORECASE)
_NAME = re.compile(r'\bname="([^"]*)"', re.IGNORECASE)
_FILE_NAME = re.compile(r'\bfilename="([^"]*)"', re.IGNORECASE)
_NUMBER = re.compile(r"(\d+)$")


class NotMultipart(ValueError):
    """The body cannot be read as an upload; the message says why."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. `metadata`: the Attachable that came with it, None without one; `content` None for metadata alone."""

    metadata: Any
    content: bytes | None
    file_name: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    headers: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        found = _NAME.search(self.headers.get("content-disposition", ""))
        return found.group(1) if found else ""

    @property
    def file_name(self) -> str:
        found = _FILE_NAME.search(self.headers.get("content-disposition", ""))
        return found.group(1) if found else ""

    def document(self) -> Any:
        """Metadata: JSON, or XML as its content type says. Raises NotJson or NotXml."""
        if "xml" in self.headers.get("content-type", ""):
            return formats.from_xml(self.body)[1]
        return formats.from_json(self.body)


def uploads(content_type: str, body: bytes) -> list[Upload]:
    """Files in the order they came; metadata and content belong together by the number at the end of their names.
    Raises NotMultipart."""
    found = _BOUNDARY.search(content_type)
    boundary = (found.group(1) or found.group(2) or "").strip() if found else ""
    if not boundary:
        raise NotMultipart("it is not multipart with a boundary")
    metadata: dict[str, Any] = {}
    contents: dict[str, _Part] = {}
    for place, part in enumerate(_parts(boundary.encode(), body)):
        numbered = _NUMBER.search(part.name)
        key = numbered.group(1) if numbered else f"part {place}"
        if "metadata" in part.name.lower():
            try:
                metadata[key] = part.document()
            except (formats.NotJson, formats.NotXml) as error:
                raise NotMultipart(f"the metadata is neither JSON nor XML: {error}") from error
        else:
            contents[key] = part
    if not metadata and not contents:
        raise NotMultipart("it holds no part")
    return [_upload(metadata.get(key), contents.get(key)) for key in dict.fromkeys([*metadata, *contents])]


def _upload(metadata: Any, part: _Part | None) -> Upload:
    if part is None:
        return Upload(metadata, None)
    return Upload(metadata, part.body, part.file_name, part.headers.get("content-type", ""))


def _parts(boundary: bytes, body: bytes) -> Iterator[_Part]:
    for piece in body.split(b"--" + boundary)[1:]:
        if piece.startswith(b"--"):
            return
        head, blank, content = _split(piece.lstrip(b"\r\n"))
        if not blank:
            raise NotMultipart("a part has no headers")
        headers = {}
        for line in head.decode("utf-8", "replace").splitlines():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        content = content.removesuffix(b"\n").removesuffix(b"\r")
        if headers.get("content-transfer-encoding", "").lower() == "base64":
            try:
                content = base64.b64decode(content, validate=False)
            except binascii.Error as error:
                raise NotMultipart(f"a part is not base64: {error}") from error
        yield _Part(headers, content)


def _split(piece: bytes) -> tuple[bytes, bytes, bytes]:
    """At the first empty line, whichever line ends are used."""
    found = re.search(rb"\r?\n\r?\n", piece)
    if found is None:
        return piece, b"", b""
    return piece[: found.start()], found.group(), piece[found.end() :]
