"""What several unit tests need made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chargehand.llm.cache.store import CacheStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CacheStore]:
    """Give an open cache in the test's folder."""
    with CacheStore.below(tmp_path, "the key") as opened:
        yield opened
