"""A call, a stream, a price and a fault at each cloud, through the SDK's own clients and their signatures."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chargehand.core.clouds import ANTHROPIC, BEDROCK, CLOUDS, FOUNDRY, VERTEX, Cloud, cloud_of
from chargehand.core.errors import ConfigError, NoAnswer, NoCredentials
from chargehand.cost.prices import Prices
from chargehand.llm.provider.clouds.access import is_installed
from tests.contract.cloud_table import ASKED, PAGE, WAYS, Way, at, told

pytest.importorskip("boto3", reason="needs the extra bedrock")
pytest.importorskip("google.auth", reason="needs the extra vertex")

_LOGINS = ("ANTHROPIC_PROFILE", "ANTHROPIC_CONFIG_DIR", "ANTHROPIC_FEDERATION_RULE_ID")
_NEEDS_FOUNDRY = pytest.mark.skipif(not is_installed("azure.identity"), reason="needs the extra foundry")
each_way = pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=way.name, marks=[_NEEDS_FOUNDRY] if "IDENTITY_HEADER" in way.environ else [])
        for way in WAYS
    ],
)


@each_way
def test_the_page_tells_what_a_cloud_does(way: Way, tmp_path: Path) -> None:
    """If this fails: `python -m tests.contract.cloud_table`, and read the difference."""
    line = f"| {' | '.join(told(way, tmp_path))} |\n"
    assert PAGE.read_text("utf-8").count(line) == 1


@each_way
def test_tokens_are_counted_where_the_cloud_counts(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at(way, tmp_path, monkeypatch) as (claude, server):
        if way.cloud.counts_tokens:
            assert claude.count_tokens(ASKED) > 0
        else:
            with pytest.raises(NoAnswer, match="Amazon Bedrock does not count tokens"):
                claude.count_tokens(ASKED)
            assert server.seen == []


@each_way
def test_nothing_to_sign_in_with_is_said_in_one_sentence(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {name: value for name, value in way.environ.items() if "{url}" in value or "REGION" in name}
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", *_LOGINS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with (
        at(way._replace(environ=kept), tmp_path, monkeypatch) as (claude, _),
        pytest.raises(NoCredentials) as caught,
    ):
        claude.check_credentials()
    assert f"no usable credentials for {way.cloud.title}" in str(caught.value)


@pytest.mark.parametrize(
    ("cloud", "model", "dollars"),
    [
        (BEDROCK, "claude-opus-5-5", "4"),
        (BEDROCK, "eu.anthropic.claude-opus-5-5", "4.4"),
        (VERTEX, "claude-haiku-4-5-20251001", "1"),
        (FOUNDRY, "claude-opus-5-5", None),
        (BEDROCK, "meta.llama4", None),
    ],
)
def test_a_price_is_the_cloud_s_own_and_an_unknown_one_is_unknown(
    cloud: Cloud, model: str, dollars: str | None
) -> None:
    rates = Prices(cloud=cloud).rates(model)
    assert (rates and rates.input) == (dollars and Decimal(dollars))


def test_a_region_of_vertex_costs_a_tenth_more() -> None:
    prices: Any = [  # Any: rates may be unknown
        Prices(cloud=VERTEX, factor=VERTEX.factor({"CLOUD_ML_REGION": each})) for each in ("global", "x")
    ]
    world, region = (each.rates("claude-opus-5-5").input for each in prices)
    assert region == world * Decimal("1.1")


@pytest.mark.parametrize(
    ("environ", "cloud"),
    [
        ({}, ANTHROPIC),
        ({"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "x"}, ANTHROPIC),
        ({"CLAUDE_CODE_USE_BEDROCK": "0"}, ANTHROPIC),
        ({"CLAUDE_CODE_USE_BEDROCK": "1", "ANTHROPIC_API_KEY": "x"}, BEDROCK),
        ({"AWS_BEARER_TOKEN_BEDROCK": "x", "ANTHROPIC_API_KEY": "x"}, ANTHROPIC),
        ({"AWS_BEARER_TOKEN_BEDROCK": "x"}, BEDROCK),
        ({"ANTHROPIC_VERTEX_PROJECT_ID": "x"}, VERTEX),
        ({"ANTHROPIC_FOUNDRY_RESOURCE": "x"}, FOUNDRY),
    ],
)
def test_the_environment_means_a_cloud_by_what_only_its_users_have(
    environ: dict[str, str], cloud: Cloud
) -> None:
    assert cloud_of(None, environ) is cloud
    assert all(cloud_of(name, environ) is each for name, each in CLOUDS.items())


def test_an_environment_that_means_two_clouds_is_refused() -> None:
    environ = {"ANTHROPIC_VERTEX_PROJECT_ID": "x", "ANTHROPIC_FOUNDRY_API_KEY": "x"}
    with pytest.raises(ConfigError, match="ANTHROPIC_VERTEX_PROJECT_ID and ANTHROPIC_FOUNDRY_API_KEY mean"):
        cloud_of(None, environ)
    assert cloud_of("foundry", environ) is FOUNDRY
