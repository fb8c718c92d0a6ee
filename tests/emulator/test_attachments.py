"""Files: uploaded in the dialects of real clients, linked, downloaded by a link that expires."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx2
import pytest

from quickbooks_emulator import Emulator
from tests.emulator.books import invoice
from tests.emulator.client import Api, Refusal

FILE = b'<?xml version="1.0"?>\n<a>\xff\x00</a>\r\n'


def post(api: Api, body: bytes, boundary: str = "x") -> list[dict[str, Any]]:
    answer = api.http.post(
        "/upload", content=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["AttachableResponse"]  # type: ignore[no-any-return]


def ruby(metadata: object, *files: bytes) -> bytes:
    """minimul/qbo_api spec/vcr/attachment/create_for_invoice.yml@34abd0ea: binary parts with file names, CR LF."""
    body = b""
    for number, file in enumerate(files, 1):
        body += (
            (
                b'--x\r\nContent-Disposition: form-data; name="file_metadata_%02d"; filename="attachment.json"\r\n'
                b"Content-Length: 117\r\nContent-Type: application/json\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                % number
            )
            + json.dumps(metadata).encode()
            + b"\r\n"
        )
        body += (
            (
                b'--x\r\nContent-Disposition: form-data; name="file_content_%02d"; filename="no_detail.xml"\r\n'
                b"Content-Length: 9\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                % number
            )
            + file
            + b"\r\n"
        )
    return body + b"--x--\r\n"


def test_a_file_is_uploaded_linked_and_fetched_again_by_its_link(
    emulator: Emulator, api: Api, web: httpx2.Client
) -> None:
    bill = invoice(api, 10)
    link = {"EntityRef": {"type": "Invoice", "value": bill["Id"]}}
    metadata = {"AttachableRef": [link], "FileName": "no_detail.xml", "ContentType": "text/xml"}
    (made,) = post(api, ruby(metadata, FILE))
    attachable = made["Attachable"]
    assert list(attachable) == [
        "FileName", "FileAccessUri", "TempDownloadUri", "Size", "ContentType", "domain", "sparse", "Id", "SyncToken",
        "MetaData", "AttachableRef",
    ]  # fmt: skip
    assert (attachable["Size"], attachable["SyncToken"]) == (len(FILE), "0")
    assert len(attachable["Id"]) == 19
    assert attachable["AttachableRef"] == [{**link, "IncludeOnSend": False}]
    fetched = web.get(attachable["TempDownloadUri"])
    assert (fetched.content, fetched.headers["content-type"]) == (FILE, "text/xml")
    where = api.http.get(f"/download/{attachable['Id']}")
    assert web.get(where.text).content == FILE
    assert api.read("Attachable", attachable["Id"])["FileName"] == "no_detail.xml"
    found = api.query(
        f"select * from attachable where AttachableRef.EntityRef.Type = 'invoice' "
        f"and AttachableRef.EntityRef.value = '{bill['Id']}'"
    )
    assert [one["Id"] for one in found] == [attachable["Id"]]


def test_a_link_expires_after_fifteen_minutes_and_cannot_be_changed(
    emulator: Emulator, api: Api, web: httpx2.Client
) -> None:
    (made,) = post(api, ruby({"FileName": "a b/c?.txt"}, FILE))
    url = made["Attachable"]["TempDownloadUri"]
    assert web.get(url).content == FILE
    assert web.get(url.replace("Expires=900", "Expires=99999")).status_code == 200
    assert web.get(url.replace("Signature=", "Signature=0")).status_code == 403
    emulator.clock.advance(901)
    assert web.get(url).status_code == 403
    assert web.get("/temporary/x").status_code == 403


def test_a_base64_part_with_bare_line_feeds_is_read(api: Api, web: httpx2.Client) -> None:
    """python-quickbooks quickbooks/client.py make_request: an empty first line, LF, base64 content."""
    metadata = json.dumps({"FileName": "note.bin", "ContentType": "application/octet-stream"})
    content = base64.b64encode(FILE).decode()
    body = (
        f'\n--y\nContent-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json\n\n{metadata}\n\n'
        f'--y\nContent-Disposition: form-data; name="file_content_01"\nContent-Type: application/octet-stream\n'
        f"Content-Transfer-Encoding: base64\n\n{content}\n\n--y--\n"
    )
    (made,) = post(api, body.encode(), "y")
    assert made["Attachable"]["Size"] == len(FILE)
    assert web.get(made["Attachable"]["TempDownloadUri"]).content == FILE


def test_a_content_part_alone_is_linked_by_an_update(api: Api) -> None:
    """node-quickbooks index.js upload: no metadata, then an update with SyncToken "0"."""
    body = b'--x\r\nContent-Disposition: form-data; name="file_content_01"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x--\r\n'
    (made,) = post(api, body)
    attachable = made["Attachable"]
    assert (attachable["FileName"], attachable["ContentType"], attachable["Size"]) == (
        "a.png",
        "image/png",
        4,
    )
    bill = invoice(api, 10)
    linked = api.post(
        "/attachable",
        {
            "Id": attachable["Id"],
            "SyncToken": "0",
            "AttachableRef": [{"EntityRef": {"type": "Invoice", "value": bill["Id"]}}],
            "FileName": "a.png",
            "ContentType": "image/png",
        },
    )["Attachable"]
    assert (linked["SyncToken"], linked["Size"]) == ("1", 4)
    assert linked["AttachableRef"][0]["EntityRef"] == {"value": bill["Id"], "type": "Invoice"}


def test_each_file_of_an_upload_is_kept_or_refused_on_its_own(api: Api) -> None:
    """minimul/qbo_api spec/vcr/attachment/error_estimate.yml@34abd0ea: HTTP 200 with a Fault inside."""
    metadata = {"AttachableRef": [{"EntityRef": {"type": "Estimate", "value": "75"}}], "FileName": "x.xml"}
    (refused,) = post(api, ruby(metadata, FILE))
    assert refused["Fault"] == {
        "Error": [
            {
                "Message": "A business validation error has occurred while processing your request",
                "Detail": "Business Validation Error: The entity Estimate 75 that you are trying to link does not exist. Estimate 75",
                "code": "6000",
                "element": "",
            }
        ],
        "type": "ValidationFault",
    }
    assert api.count("select count(*) from Attachable") == 0
    assert len(post(api, ruby({"FileName": "two.txt"}, FILE, FILE))) == 2


def test_an_attachment_is_deleted_without_a_token_and_its_file_is_gone(
    emulator: Emulator, api: Api, web: httpx2.Client
) -> None:
    """minimul/qbo_api spec/vcr/attachment/delete_attachment.yml@34abd0ea."""
    (made,) = post(api, ruby({"FileName": "x.txt"}, FILE))
    attachable = made["Attachable"]
    deleted = api.post("/attachable", {"Id": attachable["Id"]}, operation="delete")["Attachable"]
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": attachable["Id"]}
    assert web.get(attachable["TempDownloadUri"]).status_code == 404
    with pytest.raises(Refusal):
        api.get(f"/download/{attachable['Id']}")


def test_a_note_needs_no_file_and_an_empty_attachment_is_refused(api: Api) -> None:
    note = api.create("Attachable", Note="call back")
    assert "TempDownloadUri" not in note
    with pytest.raises(Refusal) as refused:
        api.create("Attachable", Category="Image")
    assert refused.value.code == "2020"


@pytest.mark.parametrize(
    "content_type, body",
    [("text/plain", b"x"), ("multipart/form-data", b"x"), ("multipart/form-data; boundary=x", b""),
     ("multipart/form-data; boundary=x", b"--x\r\nno headers"),
     ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file_metadata_1"\r\n\r\n{\r\n--x--')],
)  # fmt: skip
def test_what_is_no_upload_is_refused(api: Api, content_type: str, body: bytes) -> None:
    answer = api.http.post("/upload", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 400
    assert "the upload" in answer.json()["Fault"]["Error"][0]["Detail"]


def test_files_live_through_snapshots_and_a_new_world_forgets_them(
    emulator: Emulator, api: Api, web: httpx2.Client
) -> None:
    (made,) = post(api, ruby({"FileName": "x.txt"}, FILE))
    before = emulator.control.snapshot()
    emulator.control.reset("sample")
    assert web.get(made["Attachable"]["TempDownloadUri"]).status_code == 404
    emulator.control.restore(before)
    assert web.get(made["Attachable"]["TempDownloadUri"]).content == FILE
