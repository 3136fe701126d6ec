"""The ways to Claude, one file each."""

from chargehand.llm.provider.clouds.access import Access
from chargehand.llm.provider.clouds.anthropic import ACCESS as ANTHROPIC
from chargehand.llm.provider.clouds.bedrock import ACCESS as BEDROCK
from chargehand.llm.provider.clouds.foundry import ACCESS as FOUNDRY
from chargehand.llm.provider.clouds.vertex import ACCESS as VERTEX

ACCESSES: dict[str, Access] = {
    "anthropic": ANTHROPIC,
    "bedrock": BEDROCK,
    "vertex": VERTEX,
    "foundry": FOUNDRY,
}
