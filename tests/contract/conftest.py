"""The place every contract test begins in: the sample company, connected."""

import pytest

from tests.contract.place import Place, place


@pytest.fixture
def here() -> Place:
    return place()
