"""Decides what attacks have at hand: a function that tries one in an empty folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.attacks.attempt import Attempt, attempt

Attack = Callable[..., Attempt]


@pytest.fixture
def attack(tmp_path: Path) -> Attack:
    """Give `attempt` in an empty folder, the same one for all runs of a test."""
    return partial(attempt, tmp_path)
