"""Microsoft Foundry, signed in to with its key, or by Entra ID, with what azure-identity finds."""

import logging
from collections.abc import Mapping
from typing import Any

from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.llm.provider.clouds.access import Access, Wanted, is_installed
from chargehand.llm.provider.headers import key_in
from chargehand.llm.provider.sdk import sdk

_ADDRESS, _KEY = "ANTHROPIC_FOUNDRY_BASE_URL", "ANTHROPIC_FOUNDRY_API_KEY"
_SCOPE = "https://cognitiveservices.azure.com/.default"
_LIBRARY = "azure.identity"
_NO_KEY = (
    f"No model was asked: no usable credentials for Microsoft Foundry. Set {_KEY}, or have "
    "chargehand[foundry] installed and sign in by Entra ID, such as with `az login`, or run with --offline "
    "(free checks only) or --replay."
)


class _EntraId:
    """Gives a token of Entra ID for each request; the library keeps it while it is good.

    `token` is the last one, which no report may show.
    """

    def __init__(self) -> None:
        from azure.identity import (  # noqa: PLC0415  # an extra, and start-up time: 0.15 s
            DefaultAzureCredential,
            get_bearer_token_provider,
        )

        # What it tried is a page of text, which it logs and would print; what we say is a sentence.
        logging.getLogger("azure").addHandler(logging.NullHandler())
        self._give = get_bearer_token_provider(DefaultAzureCredential(), _SCOPE)
        self.token = ""

    def __call__(self) -> str:
        self.token = self._give()
        return self.token


def _connect(wanted: Wanted) -> Any:  # Any: the SDK's client
    resource = wanted.environ.get("ANTHROPIC_FOUNDRY_RESOURCE", "").strip()
    default = f"https://{resource}.services.ai.azure.com/anthropic/" if resource else ""
    address = wanted.address(_ADDRESS, default, "ANTHROPIC_FOUNDRY_RESOURCE")
    if not address.url:
        raise EnvironmentFault(
            f"No model was asked: neither ANTHROPIC_FOUNDRY_RESOURCE nor {_ADDRESS} is set. Set the first to "
            "the name of the resource."
        )
    common = wanted.common(address)
    if key := wanted.api_key or key_in(wanted.environ, _KEY):
        return sdk().AnthropicFoundry(api_key=key, base_url=address.url, **common)
    return sdk().AnthropicFoundry(azure_ad_token_provider=_signed_in(), base_url=address.url, **common)


def _signed_in() -> _EntraId:
    if not is_installed(_LIBRARY):
        raise NoCredentials(_NO_KEY)
    entra_id = _EntraId()
    try:
        entra_id()
    except _failures() as error:
        raise NoCredentials(f"{_NO_KEY} Azure says: {type(error).__name__}.") from error
    return entra_id


def _check(_client: Any) -> None:  # Any: as above
    """Do nothing: without a key or a token no client was made."""


def _secrets(client: Any, _environ: Mapping[str, str]) -> tuple[str | None, ...]:  # Any: as above
    # The SDK shows nobody who gives it tokens.
    entra_id = vars(client).get("_azure_ad_token_provider")
    return (client.api_key, entra_id.token if isinstance(entra_id, _EntraId) else None)


def _failures() -> tuple[type[Exception], ...]:
    if not is_installed(_LIBRARY):
        return ()
    from azure.core.exceptions import AzureError  # noqa: PLC0415  # as above

    return (AzureError,)


ACCESS = Access(no_key=_NO_KEY, connect=_connect, check=_check, secrets=_secrets, failures=_failures)
