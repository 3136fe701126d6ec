"""Under which settings fleets are compared: those that reviews in this repository have."""

from collections.abc import Mapping
from pathlib import Path

from chargehand.change import Checkout, Given, find_change
from chargehand.config import NoModelSettings, Settings, choose_settings


def configured(
    checkout: Checkout, config: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Settings:
    """Return what is configured here, with nothing that ties a review to what others did before.

    A baseline, a budget of the request and probes have no place in a comparison, nor has what other tools
    said of another change, or for what no model is to be asked. Raises ConfigError.
    """
    change = find_change(Given(diff=b""), checkout)
    _, settings = choose_settings(change, checkout, config, environ, flags)
    return settings.evolve(
        baseline=None,
        sarif_in=(),
        no_model=NoModelSettings(),
        pr_budget=None,
        deadline=None,
        fail_spend=None,
        extends=None,
        probe_rate=0,
    )
