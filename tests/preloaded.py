"""Prepares the process that forks for each run: imports, builds and sets aside what every run needs.

A command builds a model when it first uses it, so that it does not wait for others. Here all are built at
once, for all runs. What is there by then is no garbage, so no run looks through it for some.
"""

import gc
import pkgutil
from importlib import import_module

from pydantic import BaseModel

import chargehand

_LIBRARIES = ("anthropic", "genai_prices.data", "httpcore2", "pathspec")
_RUNNER = "tests.command"  # what a fork begins with


def _build(kind: type[BaseModel]) -> None:
    for each in kind.__subclasses__():
        if each.__module__.startswith("chargehand.") and not each.__pydantic_complete__:
            each.model_rebuild()
        _build(each)


_ours = [found.name for found in pkgutil.walk_packages(chargehand.__path__, "chargehand.")]
for _name in (*_LIBRARIES, *_ours, _RUNNER):
    import_module(_name)
_build(BaseModel)
gc.freeze()
