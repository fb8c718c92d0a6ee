"""Acts: two firms that look alike, each with a row of everything, at a fixed moment; a program with every scope."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.practice.billing_world import NOW
from tests.web.api.world import Program, Stock, stocked, token_for
from tests.web.conftest import make_firm, make_members
from tieout.practice.firms import Firm, Member

MINE, THEIRS = "Quillfeather", "Zanzibarite"


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def patient(settings: object) -> None:
    """Nobody listens to the bell, and no test is held up by the rate but the one about it."""
    settings.OUTBOX_BELL = settings.BULK_BELL = ""  # type: ignore[attr-defined]
    settings.API_CALLS_A_MINUTE = 1_000_000  # type: ignore[attr-defined]


@pytest.fixture
def stock(firm: Firm) -> Stock:
    return stocked(firm.pk, MINE)


@pytest.fixture
def twin(db: None) -> Firm:
    return make_firm("Byrne & Cole CPA")


@pytest.fixture
def twin_members(twin: Firm) -> dict[str, Member]:
    return make_members(twin)


@pytest.fixture
def twin_stock(twin: Firm) -> Stock:
    return stocked(twin.pk, THEIRS)


@pytest.fixture
def program(members: dict[str, Member]) -> Program:
    return Program(token_for(members["admin"]))
