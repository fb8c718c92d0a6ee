"""Acts: takes uploads in, hands out links that expire, and serves what they point to."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote, unquote

from quickbooks_emulator import faults
from quickbooks_emulator.attachments.documents import File
from quickbooks_emulator.attachments.multipart import NotMultipart, Upload, uploads
from quickbooks_emulator.entities.declaration import Body
from quickbooks_emulator.entities.render import render
from quickbooks_emulator.messages import Request, Response, text_response
from quickbooks_emulator.service.writes import existing, write
from quickbooks_emulator.store import Store
from quickbooks_emulator.store.books import Books

LINK_SECONDS = 900  # recorded: X-Amz-Expires=900
PREFIX = "/temporary/"
_PATH = re.compile(PREFIX + r"([^/]+)/(\d+)/.*")
_KEY = b"quickbooks_emulator links"  # links guard nothing here: they only expire as the real ones do
_LARGEST = 100 * 1024 * 1024


def take_in(books: Books, request: Request) -> Body:
    """The members of the answer to /upload: HTTP 200 with an Attachable or a Fault for each file (recorded)."""
    try:
        found = uploads(request.header("content-type"), request.body)
    except NotMultipart as error:
        raise faults.unreadable(f"the upload: {error}") from error
    return {"AttachableResponse": [_one(books, upload) for upload in found]}


def _one(books: Books, upload: Upload) -> Body:
    mark = books.transaction.mark()
    try:
        return {"Attachable": _keep(books, upload)}
    except faults.Fault as fault:
        books.transaction.roll_back(mark)
        return {"Fault": fault.envelope(in_batch=True)}


def _keep(books: Books, upload: Upload) -> Body:
    entity = books.entities["Attachable"]
    given = upload.metadata if upload.metadata is not None else {}
    if not isinstance(given, dict):
        raise faults.unreadable("the metadata must be an object")
    if upload.content is not None and len(upload.content) > _LARGEST:
        raise faults.business("The file is too large.")
    fields = {name: value for name, value in given.items() if name not in ("Id", "SyncToken")}
    if upload.file_name:
        fields.setdefault("FileName", upload.file_name)
    if upload.content_type:
        fields.setdefault("ContentType", upload.content_type)
    record = write(books, entity, fields)
    if upload.content is not None:
        files = books.collection("files").name
        books.transaction.put(files, record.id, File(upload.content))
        record = books.amend(entity, record, {**record.body, "Size": len(upload.content)})
    return render(books, entity, record)


def download(books: Books, record_id: str) -> Response:
    """The answer to /download/{id}: the temporary link as text (documented). 610 for what has no file."""
    record = existing(books, books.entities["Attachable"], record_id)
    if books.collection("files").get(record.id) is None:
        raise faults.not_found()
    return text_response(200, link(books, record.id, record.body.get("FileName", "file")))


def link(books: Books, record_id: str, file_name: str) -> str:
    path = f"{PREFIX}{books.company.realm}/{record_id}/{quote(file_name, safe='')}"
    return f"{books.base_url}{path}?X-Amz-Date={books.now}&X-Amz-Expires={LINK_SECONDS}&X-Amz-Signature={_signature(path, books.now)}"


def serve(store: Store, request: Request, now: int) -> Response:
    """The file a link points to, without any other authorization; 403 once it has expired or was changed."""
    match = _PATH.fullmatch(request.path)
    params = request.params
    made = params.get("x-amz-date", "")
    path = PREFIX + "/".join(quote(one, safe="") for one in request.path.removeprefix(PREFIX).split("/", 2))
    valid = made.isdecimal() and hmac.compare_digest(
        params.get("x-amz-signature", ""), _signature(path, int(made))
    )
    if match is None or not valid or not 0 <= now - int(made) <= LINK_SECONDS:
        return text_response(403, "<Error><Code>AccessDenied</Code></Error>", "application/xml")
    realm, record_id = match.groups()
    file: File | None = store.collection(f"files/{realm}").get(record_id)
    record = store.collection(f"records/{realm}/Attachable").get(record_id)
    if file is None or record is None:
        return text_response(404, "<Error><Code>NoSuchKey</Code></Error>", "application/xml")
    kind = record.body.get("ContentType") or "application/octet-stream"
    return Response(200, file.content, {"Content-Type": _printable(kind)})


def _signature(path: str, made: int) -> str:
    return hmac.new(_KEY, f"{unquote(path)}/{made}".encode(), hashlib.sha256).hexdigest()


def _printable(text: str) -> str:
    """A header value: no line ends, only Latin-1."""
    return re.sub(r"[^\x20-\x7e]", "", text) or "application/octet-stream"
