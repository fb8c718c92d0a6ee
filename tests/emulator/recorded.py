"""Decides: how a recorded answer is compared with the emulator's: member order, printed numbers, `"*"` for anything."""

from __future__ import annotations

import json
from typing import Any

ANY = "*"
NEWER = ("ClientEntityId", "IsProject", "ItemAccountRef", "V4IDPseudonym")
"""Members that later versions of the service print and the recordings of 2020 to 2023 do not have."""


class Number(str):
    """A number as it was printed: 100.00 is not 100."""

    __slots__ = ()


def parsed(text: str | bytes) -> Any:
    """JSON with its numbers as printed; members keep their order."""
    return json.loads(text, parse_float=Number, parse_int=Number)


def differences(recorded: Any, answered: Any, where: str = "") -> list[str]:
    """One line for each difference; "*" in the recording stands for any value, a last member "*" for any more."""
    if recorded == ANY:
        return []
    if isinstance(recorded, dict) and isinstance(answered, dict):
        open_ended = ANY in recorded
        wanted, found = (
            [name for name in recorded if name != ANY],
            [name for name in answered if name not in NEWER],
        )
        if wanted != (found[: len(wanted)] if open_ended else found):
            return [f"{where}: members {found} instead of {wanted}"]
        return [
            one for name in wanted for one in differences(recorded[name], answered[name], f"{where}.{name}")
        ]
    if isinstance(recorded, list) and isinstance(answered, list):
        if len(recorded) != len(answered):
            return [f"{where}: {len(answered)} instead of {len(recorded)}"]
        pairs = enumerate(zip(recorded, answered, strict=True))
        return [
            one for place, (left, right) in pairs for one in differences(left, right, f"{where}[{place}]")
        ]
    same = recorded == answered and isinstance(recorded, Number) == isinstance(answered, Number)
    return [] if same else [f"{where}: {answered!r} instead of {recorded!r}"]
