"""The SDK and its HTTP client, imported when they are first used: the one module that imports the SDK."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Thread
from typing import Any

from chargehand.cost.prices import load_prices


@cache
def sdk() -> Any:  # Any: a module; mypy cannot name its type
    """Return the SDK, imported on first use."""
    with _uncollected():
        import anthropic  # noqa: PLC0415  # start-up time: 1.5 s
    return anthropic


def http() -> Any:  # Any: as above
    """Return the SDK's HTTP client, whose errors come through while a stream is read."""
    import httpx2  # noqa: PLC0415  # start-up time; the SDK has loaded it

    return httpx2


def timeouts() -> tuple[Any, ...]:  # Any: as above
    """Return the classes of errors that mean that time was up."""
    return sdk().APITimeoutError, http().TimeoutException


def warm_up() -> None:
    """Start importing the SDK in the background, while the change is read.

    The price data come first: the SDK uses again what they need only while they are loaded.
    """

    def load() -> None:
        with _uncollected():
            load_prices()
            sdk()

    Thread(target=load, name="import-sdk", daemon=True).start()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: for what only adds, that is a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
