from datetime import datetime, timezone

import pytest

from chargehand.core.errors import Failure, NoAnswer, ProviderStopped
from chargehand.llm.provider.errors import ProviderError, error_of, retry_after_s

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "9", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_the_wait_is_read_from_the_headers(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after_s(headers, NOW) == expected


def test_a_spend_limit_is_known_by_its_words_even_where_they_are_not_shown() -> None:
    words = "You have reached your specified API usage limits. You will regain access on 2026-12-01."
    told = ProviderError(status=400, code=None, words=words, shown="", request_id=None, model="m")
    met = error_of(told, {}, NOW)
    assert isinstance(met, ProviderStopped)
    assert "2026" not in str(met)


@pytest.mark.parametrize(
    ("status", "expected"), [(418, Failure.REJECTED), (599, Failure.SERVER_ERROR), (304, Failure.REJECTED)]
)
def test_a_status_nobody_expects_is_a_failure_of_its_class(status: int, expected: Failure) -> None:
    told = ProviderError(status=status, code=None, words="", shown="", request_id=None, model="m")
    met = error_of(told, {}, NOW)
    assert isinstance(met, NoAnswer)
    assert met.failure is expected
