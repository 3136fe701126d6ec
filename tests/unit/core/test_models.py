import pytest

from chargehand.core.fleets import FLEETS
from chargehand.core.models import EFFORTS, capabilities, plain_id
from chargehand.core.usage import Role
from chargehand.cost.prices import Prices

FLEET_MODELS = sorted(
    {each for fleet in FLEETS.values() for each in (fleet.orchestrator, fleet.worker, fleet.escalation)}
)


@pytest.mark.parametrize("model", FLEET_MODELS)
def test_every_model_of_a_fleet_is_known_and_priced(model: str) -> None:
    assert capabilities(model).obeys_schema
    assert Prices().rates(model)


def test_every_role_has_an_effort() -> None:
    assert EFFORTS.keys() == set(Role)


def test_a_dated_id_is_its_undated_model() -> None:
    assert capabilities("claude-haiku-4-5-20251001") == capabilities("claude-haiku-4-5")
    assert plain_id("claude-haiku-4-5-20251001") == "claude-haiku-4-5"


@pytest.mark.parametrize("model", ["claude-haiku-4-5-2025100", "claude-haiku-4-5-202510010", "x-20251001\n"])
def test_what_only_looks_dated_keeps_its_name(model: str) -> None:
    assert plain_id(model) == model


@pytest.mark.parametrize("model", ["llama-3.3-70b", "claude-haiku-4-5-foo", "claude-opus-6", ""])
def test_an_unknown_model_is_sent_nothing_that_it_might_refuse(model: str) -> None:
    able = capabilities(model)
    assert able.effort(Role.WORKER) is None
    assert (able.thinking, able.min_cache_tokens) == (None, None)
    assert (able.tokenizer, able.obeys_schema) == ("new", False)


@pytest.mark.parametrize(
    ("model", "tokenizer"),
    [
        ("claude-opus-4-7", "new"),
        ("claude-opus-4-6", "old"),
        ("claude-sonnet-4-6", "old"),
        ("claude-haiku-4-5-20251001", "old"),
        ("claude-haiku-5-5", "new"),
    ],
)
def test_tokenizers_changed_with_opus_4_7(model: str, tokenizer: str) -> None:
    assert capabilities(model).tokenizer == tokenizer


def test_haiku_5_5_has_a_price_step() -> None:
    stepped = [model for model in FLEET_MODELS if capabilities(model).price_step_tokens]
    assert stepped == ["claude-haiku-5-5"]
    assert capabilities("claude-haiku-5-5").price_step_tokens == 100_000
