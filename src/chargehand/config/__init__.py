"""Decides what is set: defaults, under the configuration file, under the environment, under the flags."""

from chargehand.config.base import with_base
from chargehand.config.baseline import find_baseline, place_inside
from chargehand.config.brought import with_brought
from chargehand.config.chosen import choose_settings
from chargehand.config.file import ConfigFile, find_config
from chargehand.config.load import load_settings
from chargehand.config.settings import Settings
from chargehand.config.tables import NoModelSettings
from chargehand.config.variables import CACHE_SECRET, VARIABLES

__all__ = [
    "CACHE_SECRET",
    "VARIABLES",
    "ConfigFile",
    "NoModelSettings",
    "Settings",
    "choose_settings",
    "find_baseline",
    "find_config",
    "load_settings",
    "place_inside",
    "with_base",
    "with_brought",
]
