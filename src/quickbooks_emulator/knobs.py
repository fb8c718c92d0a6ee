"""Decides: the switches for everything about the real service that is a guess or differs between companies.

Each default is the documented or most likely behavior; a test may set another one over the control API.
"""

from __future__ import annotations

import msgspec

HOUR = 3600
DAY = 24 * HOUR
FIVE_YEARS = 157_680_000


class Knobs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Durations are seconds of virtual time."""

    code_seconds: int = 600
    access_token_seconds: int = HOUR
    rotation_seconds: int = DAY
    rotated_token_grace_seconds: int = 0
    refresh_token_seconds: int = 8_726_400  # 101 days, recorded; documented as 100 days without a refresh
    grant_seconds: int = FIVE_YEARS
    client_id_beside_basic: bool = (
        True  # False: client_id in the body beside Basic -> invalid_client (reported)
    )
    request_id_seconds: int = DAY
    request_id_strict: bool = False  # True: same id with another body -> 600 instead of the stored answer
    request_id_keeps_faults: bool = False
    start_position_zero: bool = False  # True: STARTPOSITION 0 reads as 1 instead of 4001
    strict_query_values: bool = False  # True: a bare number in a comparison -> 4000
    change_days: int = 30
    change_cap: int = 1000
    batch_items: int = 30
    webhook_batch: int = 100
    ripples_send_events: bool = False  # a guess: records touched by another one's change stay silent
    job_false_drops_parent: bool = True  # False: ParentRef without Job -> 6150
    reactivate_strips_suffix: bool = True


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one company's connection may do; None switches a limit off. Minutes are virtual."""

    requests_per_minute: int | None = 500
    in_flight: int | None = 10
    batches_per_minute: int | None = 40


NO_LIMITS = Limits(requests_per_minute=None, in_flight=None, batches_per_minute=None)
