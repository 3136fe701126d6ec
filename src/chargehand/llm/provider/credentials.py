"""What signs our requests, whichever way we signed in: nobody may see it in what comes back."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

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

    The SDK exchanges tokens by itself, anew in long runs: to look at what is sent is how to know them all.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._sent: dict[str, None] = {}

    def note(self, headers: Mapping[str, str]) -> None:
        """Keep what signs the request with these headers."""
        for name, value in headers.items():
            if _SIGNING.search(name) and not name.lower().startswith(_NO_SECRET):
                self._sent.update(dict.fromkeys(_words(value)))
        while len(self._sent) > _MOST_NOTED:
            self._sent.pop(next(iter(self._sent)), None)

    def known(self) -> tuple[str, ...]:
        """Return all secrets that are known by now."""
        return tuple(dict.fromkeys(filter(None, (*self._sent, *self._identity()))))

    def _identity(self) -> Iterator[str]:
        yield self._environ.get(_IDENTITY, "").strip()
        if path := self._environ.get(_IDENTITY_FILE):
            with suppress(OSError):  # there is none, so none was shown
                yield read_bounded(Path(path), _MOST_BYTES).decode("utf-8", "replace").strip()


def _words(value: str) -> tuple[str, ...]:
    scheme, _, rest = value.strip().partition(" ")
    return (rest.strip(),) if rest and scheme.lower() in ("bearer", "basic") else (value.strip(),)
