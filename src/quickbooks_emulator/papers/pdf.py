"""Decides: lines of text as a PDF file, written by hand: Letter pages, one fixed-width font, no compression. Pure."""

from __future__ import annotations

from collections.abc import Sequence

LINES_ON_A_PAGE = 60
_TOP, _LEFT, _LEADING, _SIZE = 740, 50, 12, 9
_PAGE_FROM = 4  # objects 1 to 3 are the catalog, the list of pages and the font


def document(lines: Sequence[str], title: str = "") -> bytes:
    """A PDF 1.4 file. Characters outside Windows-1252 print as question marks."""
    pages = [
        lines[first : first + LINES_ON_A_PAGE] for first in range(0, max(len(lines), 1), LINES_ON_A_PAGE)
    ]
    numbers = [_PAGE_FROM + 2 * place for place in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    information = _PAGE_FROM + 2 * len(pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in zip(numbers, pages, strict=True):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        content = _content(page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    objects.append(b"<< /Title (%s) /Producer (quickbooks_emulator) >>" % _text(title))
    return _file(objects, information)


def _content(page: Sequence[str]) -> bytes:
    lines = b"".join(b"(%s) Tj T*\n" % _text(line) for line in page)
    return f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n".encode() + lines + b"ET"


def _text(line: str) -> bytes:
    found = line.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        found = found.replace(special, b"\\" + special)
    return found.replace(b"\r", b" ").replace(b"\n", b" ")


def _file(objects: Sequence[bytes], information: int) -> bytes:
    made = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return made + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, information, len(made))
    )
