"""What the shares of storms came into is judged together, and every seed that ever failed is run again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sim import chunks
from tests.sim.chunks import CORE, CORE_300, LONG, MET, SELDOM, core_of, met_together, missing
from tests.sim.found import ENGINE, FOUND, SHARES, part

TESTS = Path(__file__).resolve().parents[1]


def test_the_share_that_ends_last_judges_the_counts_of_all(tmp_path: Path) -> None:
    for number in (2, 0, 3):
        assert met_together(tmp_path, number, {"overtaken": number, "refused": 1}) is None
    assert met_together(tmp_path, 1, {"dry run": 1}) == {"overtaken": 5, "refused": 3, "dry run": 1}


def test_a_situation_that_no_share_came_into_fails_the_last_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = dict.fromkeys(CORE, 1)
    lacking = {**met, "fault F14": 0}

    class Ran:
        def __init__(self, seeds: int) -> None:
            self.seeds, self.failures, self.probes = seeds, dict[int, str](), lacking

    monkeypatch.setattr(chunks.campaign, "here", lambda *groups: [Ran(len(one)) for one in groups])
    for number in range(SHARES - 1):
        chunks.share(number, tmp_path)
    with pytest.raises(AssertionError, match=r"never met by any share: .*F14"):
        chunks.share(SHARES - 1, tmp_path)


def test_what_so_many_seeds_must_have_met_grows_with_them() -> None:
    assert set(MET) <= set(CORE_300) <= set(CORE)
    assert set(SELDOM) == {*CORE} - {*CORE_300}
    assert (core_of(100), core_of(300), core_of(LONG)) == ((), CORE_300, CORE)
    assert missing(("a", "b", "c"), {"a": 1, "b": 0}) == ["b", "c"]


def test_every_seed_that_ever_failed_is_in_one_share() -> None:
    assert sorted(seed for number in range(SHARES) for seed in part(number)) == sorted(FOUND)


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_the_engines_has_a_test_by_name(seed: int) -> None:
    found = FOUND[seed]
    assert found.test or found.whose != ENGINE
    if found.test:
        file, _, name = found.test.partition("::")
        assert f"def {name}(" in (TESTS / file).read_text()
