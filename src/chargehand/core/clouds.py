"""Where Claude is asked: which cloud the settings or the environment mean, and what it does otherwise."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from chargehand.core.errors import ConfigError

_ONE = Decimal(1)
REGIONAL = Decimal("1.1")


def _as_it_is(model: str) -> str:
    return model


def _with_at_sign(model: str) -> str:
    """Return the id as Vertex writes it: the date of a snapshot stands behind an `@`."""
    return re.sub(r"-([0-9]{8})\Z", r"@\1", model)


def _worldwide(model: str) -> str:
    """Return the id of Bedrock's profile for all regions; who wants another names it, as `eu.anthropic.…`."""
    return f"global.anthropic.{model}" if model.startswith("claude-") else model


def _of_region(environ: Mapping[str, str]) -> Decimal:
    """Return a tenth more for one region: cloud.google.com/vertex-ai/generative-ai/pricing."""
    return _ONE if environ.get("CLOUD_ML_REGION") == "global" else REGIONAL


def _everywhere(_environ: Mapping[str, str]) -> Decimal:
    return _ONE


class Cloud(NamedTuple):
    """A way to Claude.

    `chosen_by` are variables that mean this one whatever else is set, `implied_by` those that only its users
    have, `keys` those that a person sets to sign in. `prices_from` is the provider's name in the price data,
    empty if these list none; `factor` is what it charges on top. `model_id` turns Anthropic's id of a model
    into its own. `address` is where it is asked if no variable says otherwise, empty if that varies.
    """

    name: str
    title: str
    chosen_by: tuple[str, ...]
    implied_by: tuple[str, ...]
    keys: tuple[str, ...]
    address_variable: str
    prices_from: str
    address: str = ""
    has_batches: bool = False
    counts_tokens: bool = True
    model_id: Callable[[str], str] = _as_it_is
    factor: Callable[[Mapping[str, str]], Decimal] = _everywhere


ANTHROPIC = Cloud(
    name="anthropic",
    title="the Messages API",
    chosen_by=(),
    implied_by=(
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_PROFILE",
        "ANTHROPIC_FEDERATION_RULE_ID",
        "ANTHROPIC_CUSTOM_HEADERS",
    ),
    keys=("ANTHROPIC_API_KEY",),
    address_variable="ANTHROPIC_BASE_URL",
    prices_from="anthropic",
    address="https://api.anthropic.com",
    has_batches=True,
)
BEDROCK = Cloud(
    name="bedrock",
    title="Amazon Bedrock",
    chosen_by=("CLAUDE_CODE_USE_BEDROCK",),
    implied_by=("AWS_BEARER_TOKEN_BEDROCK", "ANTHROPIC_BEDROCK_BASE_URL"),
    keys=("AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN"),
    address_variable="ANTHROPIC_BEDROCK_BASE_URL",
    prices_from="aws",
    counts_tokens=False,
    model_id=_worldwide,
)
VERTEX = Cloud(
    name="vertex",
    title="Google Vertex AI",
    chosen_by=("CLAUDE_CODE_USE_VERTEX",),
    implied_by=("ANTHROPIC_VERTEX_PROJECT_ID", "ANTHROPIC_VERTEX_BASE_URL"),
    keys=("GOOGLE_APPLICATION_CREDENTIALS",),
    address_variable="ANTHROPIC_VERTEX_BASE_URL",
    prices_from="google",
    model_id=_with_at_sign,
    factor=_of_region,
)
FOUNDRY = Cloud(
    name="foundry",
    title="Microsoft Foundry",
    chosen_by=("CLAUDE_CODE_USE_FOUNDRY",),
    implied_by=("ANTHROPIC_FOUNDRY_API_KEY", "ANTHROPIC_FOUNDRY_RESOURCE", "ANTHROPIC_FOUNDRY_BASE_URL"),
    keys=("ANTHROPIC_FOUNDRY_API_KEY",),
    address_variable="ANTHROPIC_FOUNDRY_BASE_URL",
    prices_from="",
)
CLOUDS = {cloud.name: cloud for cloud in (ANTHROPIC, BEDROCK, VERTEX, FOUNDRY)}


def cloud_of(wanted: str | None, environ: Mapping[str, str]) -> Cloud:
    """Return the cloud that the setting names, else the one that the environment means, else Anthropic's own.

    Raises ConfigError if the environment means several: each would be paid by somebody else.
    """
    if wanted:
        return CLOUDS[wanted]
    chosen = [cloud for cloud in CLOUDS.values() if any(_is_on(environ, name) for name in cloud.chosen_by)]
    if not chosen and any(environ.get(name) for name in ANTHROPIC.implied_by):
        return ANTHROPIC
    meant = chosen or [cloud for cloud in CLOUDS.values() if any(map(environ.get, cloud.implied_by))]
    if len(meant) > 1:
        variables = (
            name for cloud in meant for name in (*cloud.chosen_by, *cloud.implied_by) if environ.get(name)
        )
        raise ConfigError(
            f"Nothing was reviewed: {' and '.join(variables)} mean different clouds. Say which in the "
            f'configuration, as provider = "{meant[0].name}", or in CHARGEHAND_PROVIDER.'
        )
    return meant[0] if meant else ANTHROPIC


def is_elsewhere(cloud: Cloud, environ: Mapping[str, str]) -> bool:
    """Tell whether an address of the user's own is asked: a gateway may answer with another model."""
    return environ.get(cloud.address_variable, "").rstrip("/") not in ("", cloud.address)


def _is_on(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() not in ("", "0", "false", "no", "off")
