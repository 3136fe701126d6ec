"""What signs our requests, whichever way we signed in: nobody may see it in what comes back."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

from chargehand.core.files import read_bounded

# Headers that may hold a secret; of `Bearer …` and `Basic …` the second word is it.
_SIGNING = re.compile(r"auth|key|token|secret|cookie|credential", re.IGNORECASE)
_NO_SECRET = ("x-stainless-", "anthropic-")
_MOST_NOTED = 100
# What a workload shows to be given a token: a signed text, of which the SDK sends no more either.
_IDENTITY, _IDENTITY_FILE, _MOST_BYTES = (
    "ANTHROPIC_IDENTITY_TOKEN",
    "ANTHROPIC_IDENTITY_TOKEN_FILE",
    16 * 1024,
)


class Credentials:
    """The secrets of one client: what went out with its requests, and what it shows to be given a token.

    Safe to share between threads.

    The SDK exchanges tokens by itself, anew in long runs: to look at what is sent is how to know them all.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._sent: dict[str, None] = {}
        self._lock = Lock()

    def note(self, headers: Mapping[str, str]) -> None:
        """Keep what signs the request with these headers."""
        signing = (
            secret
            for name, value in headers.items()
            if _SIGNING.search(name) and not name.lower().startswith(_NO_SECRET)
            for secret in _words(value)
        )
        with self._lock:
            self._sent.update(dict.fromkeys(signing))
            while len(self._sent) > _MOST_NOTED:
                self._sent.pop(next(iter(self._sent)))

    def known(self) -> tuple[str, ...]:
        """Return all secrets that are known by now."""
        with self._lock:
            sent = tuple(self._sent)
        return tuple(dict.fromkeys(filter(None, (*sent, *self._identity()))))

    def _identity(self) -> Iterator[str]:
        yield self._environ.get(_IDENTITY, "").strip()
        if path := self._environ.get(_IDENTITY_FILE):
            with suppress(OSError):  # there is none, so none was shown
                yield read_bounded(Path(path), _MOST_BYTES).decode("utf-8", "replace").strip()


def _words(value: str) -> tuple[str, ...]:
    scheme, _, rest = value.strip().partition(" ")
    return (rest.strip(),) if rest and scheme.lower() in ("bearer", "basic") else (value.strip(),)
