"""What an answer's bytes are."""

from __future__ import annotations

import pytest

from tieout.quickbooks.api.reading import Shape, sniff


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (rb'{"Name": "A\u0000da"}', {"Name": "Ada"}),
        (rb'{"Name": "A\\\u0000da"}', {"Name": "A\\da"}),
        (rb'{"Name": "A\\u0000da"}', {"Name": r"A\u0000da"}),
        (rb'{"Name": "\u0000\u0000"}', {"Name": ""}),
        (rb'{"Name": "A\ud83da"}', {"Name": "A\ufffda"}),
        (rb'{"Name": "\uDE00\ud83d\uDE00\ud83d"}', {"Name": "\ufffd\U0001f600\ufffd"}),
        (rb'{"Name": "A\\ud83d, \"B\\\\\ud83d"}', {"Name": '\x41\\ud83d, "B\\\\\ufffd'}),
    ],
)
def test_a_character_that_no_database_can_keep_is_left_out_and_nothing_else(
    raw: bytes, data: dict[str, str]
) -> None:
    assert sniff(raw) == (Shape.JSON, data)
