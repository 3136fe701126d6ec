"""How long is left, by what ended so far."""

import pytest

from chargehand.pipeline.time_left import time_left


@pytest.mark.parametrize(
    ("elapsed_s", "done", "total", "threads", "said"),
    [
        (5, 0, 40, 8, ""),  # nobody knows yet
        (5, 1, 40, 8, "about 40 s left"),  # and not 195, although one took five seconds
        (60, 10, 40, 8, "about 2 min left"),
        (5, 2, 3, 8, ""),  # near enough
        (9, 3, 3, 8, ""),
        (40, 1, 3, 1, "about 80 s left"),
        (3_600, 10, 100, 2, "about 8.5 h left"),
    ],
)
def test_the_rest_takes_as_long_as_what_ended(
    elapsed_s: float, done: int, total: int, threads: int, said: str
) -> None:
    assert time_left(elapsed_s, done, total, threads) == said
