"""Anthropic's own Messages API, and whatever else speaks it at ANTHROPIC_BASE_URL."""

from collections.abc import Mapping
from typing import Any

from chargehand.core.clouds import ANTHROPIC
from chargehand.core.errors import NoCredentials
from chargehand.llm.provider.clouds.access import Access, Wanted
from chargehand.llm.provider.headers import key_in
from chargehand.llm.provider.sdk import sdk

NO_KEY = (
    "No model was asked: no usable credentials for the Messages API. Set ANTHROPIC_API_KEY, or run with "
    "--offline (free checks only) or --replay."
)
_ADDRESS, _DEFAULT = ANTHROPIC.address_variable, ANTHROPIC.address
_SIGNING_HEADERS = frozenset({"authorization", "x-api-key"})


def _connect(wanted: Wanted) -> Any:  # Any: the SDK's client
    """Make a client; a login, a profile and a federation are the SDK's to find if there is no key."""
    address = wanted.address(_ADDRESS, _DEFAULT)
    key = wanted.api_key or key_in(wanted.environ, "ANTHROPIC_API_KEY")
    token = None if key else key_in(wanted.environ, "ANTHROPIC_AUTH_TOKEN")
    return sdk().Anthropic(
        api_key=key,
        auth_token=token,
        base_url=None if address.url == _DEFAULT else address.url,
        **wanted.common(address),
    )


def _check(client: Any) -> None:  # Any: as above
    headers = {name.lower() for name in client.default_headers}
    if not (client.auth_headers or client.credentials or headers & _SIGNING_HEADERS):
        raise NoCredentials(NO_KEY)


def _secrets(client: Any, _environ: Mapping[str, str]) -> tuple[str | None, ...]:  # Any: as above
    return client.api_key, client.auth_token


ACCESS = Access(no_key=NO_KEY, connect=_connect, check=_check, secrets=_secrets)
