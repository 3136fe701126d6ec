"""Decides under which settings a change is reviewed, even if those of the target branch are broken."""

from collections.abc import Mapping
from pathlib import Path

from chargehand.change import Checkout
from chargehand.config.base import with_base
from chargehand.config.brought import brought_configuration
from chargehand.config.file import ConfigFile, find_config, passed_over
from chargehand.config.load import load_settings, load_valid_settings
from chargehand.config.settings import Settings
from chargehand.core.change import Change
from chargehand.core.errors import ConfigError


def choose_settings(
    change: Change,
    checkout: Checkout,
    explicit: Path | None,
    environ: Mapping[str, str],
    flags: Mapping[str, object],
) -> tuple[Change, Settings]:
    """Return the settings, and the change, whose notices say if some settings were ignored.

    If the configuration of the target branch is broken, a change that touches it could never be reviewed,
    and so never fix it: it is reviewed under what is valid. Raises `ConfigError` for every other change.
    """
    file: ConfigFile | None = None
    try:
        file = with_base(find_config(checkout, change, explicit), checkout)
        settings = load_settings(file, environ, flags)
        notice = "" if explicit else passed_over(checkout, change)
        return change.evolve(notices=(*change.notices, notice)) if notice else change, settings
    except ConfigError as error:
        if change.rules.origin != "commit" or not brought_configuration(change, checkout, explicit):
            raise
        settings = load_valid_settings(file, environ, flags)
        said = str(error).removeprefix("Nothing was reviewed: ")
        notice = (
            "The configuration of the target branch is broken, and this change touches it: it is reviewed "
            f"under the settings that are valid, and the strictest in place of the others. {said}"
        )
        return change.evolve(notices=(notice, *change.notices)), settings
