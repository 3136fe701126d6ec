"""Microsoft Foundry, signed in to with its key."""

from collections.abc import Mapping
from typing import Any

from chargehand.core.errors import EnvironmentFault, NoCredentials
from chargehand.llm.provider.clouds.access import Access, Wanted
from chargehand.llm.provider.headers import key_in
from chargehand.llm.provider.sdk import sdk

_ADDRESS, _KEY = "ANTHROPIC_FOUNDRY_BASE_URL", "ANTHROPIC_FOUNDRY_API_KEY"
_NO_KEY = (
    f"No model was asked: no usable credentials for Microsoft Foundry. Set {_KEY}, or run with --offline "
    "(free checks only) or --replay."
)


def _connect(wanted: Wanted) -> Any:  # Any: the SDK's client
    resource = wanted.environ.get("ANTHROPIC_FOUNDRY_RESOURCE", "").strip()
    default = f"https://{resource}.services.ai.azure.com/anthropic/" if resource else ""
    address = wanted.address(_ADDRESS, default, "ANTHROPIC_FOUNDRY_RESOURCE")
    if not address.url:
        raise EnvironmentFault(
            f"No model was asked: neither ANTHROPIC_FOUNDRY_RESOURCE nor {_ADDRESS} is set. Set the first to "
            "the name of the resource."
        )
    key = wanted.api_key or key_in(wanted.environ, _KEY)
    if key is None:
        raise NoCredentials(_NO_KEY)
    return sdk().AnthropicFoundry(api_key=key, base_url=address.url, **wanted.common(address))


def _check(_client: Any) -> None:  # Any: as above
    """Do nothing: without a key no client was made."""


def _secrets(client: Any, _environ: Mapping[str, str]) -> tuple[str | None, ...]:  # Any: as above
    return (client.api_key,)


ACCESS = Access(no_key=_NO_KEY, connect=_connect, check=_check, secrets=_secrets)
