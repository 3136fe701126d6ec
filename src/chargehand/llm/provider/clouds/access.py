"""What every way to Claude has: a client that was made, what signs it in, and what that can fail with."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any, NamedTuple

from chargehand.core.errors import EnvironmentFault
from chargehand.llm.provider.connection import Hooks, connection_to, http_client


class Wanted(NamedTuple):
    """What a client is to be like; `api_key` and `base_url` only if the caller gives them."""

    environ: Mapping[str, str]
    timeout_s: float
    hooks: Hooks
    api_key: str | None = None
    base_url: str | None = None

    def common(self, address: "Address") -> dict[str, Any]:  # Any: arguments of the SDK's clients
        """Return the arguments that all clients take, for one that speaks to `address`."""
        connection = connection_to(address.url, address.named_by, self.environ)
        return {
            "timeout": self.timeout_s,
            "max_retries": 0,
            "http_client": http_client(connection, self.hooks),
        }

    def address(self, variable: str, default: str, made_of: str = "") -> "Address":
        """Return where the client speaks to: as the variable says, without blanks, else `default`.

        That is made of what the variable `made_of` holds.
        """
        if url := self.base_url or self.environ.get(variable, "").strip():
            return Address(url, variable)
        return Address(default, made_of or variable)


class Address(NamedTuple):
    """Where a client speaks to, and the variable that says so."""

    url: str
    named_by: str


class Access(NamedTuple):
    """One way to Claude; clients and errors are the SDK's and the cloud's.

    `no_key` is the sentence about missing credentials.
    `connect` makes the client, or raises EnvironmentFault or NoCredentials. `check` raises NoCredentials if
    the client has nothing to sign in with. `secrets` are what it signs in with, as far as that is text.
    `failures` are the errors of signing in.
    """

    no_key: str
    connect: Callable[[Wanted], Any]
    check: Callable[[Any], None]
    secrets: Callable[[Any, Mapping[str, str]], tuple[str | None, ...]]
    failures: Callable[[], tuple[type[Exception], ...]] = tuple


def is_installed(library: str) -> bool:
    """Tell whether a library is there, without importing it."""
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:  # the package that it is a part of
        return False


def needs(library: str, title: str, extra: str) -> None:
    """Raise EnvironmentFault if the library of a cloud is not installed."""
    if not is_installed(library):
        raise EnvironmentFault(
            f"No model was asked: {title} needs a library that is not installed. To have it: "
            f"pip install 'chargehand[{extra}]'"
        )
