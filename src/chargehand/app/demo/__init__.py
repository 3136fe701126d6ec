"""A packaged change and the replies that were written for it, so that the pipeline runs without a key."""

from importlib.resources import files
from pathlib import Path

from chargehand.core.change import Change
from chargehand.lenses import BUILT_IN_LENSES

# The lenses that the replies were written for: one that is added later has nothing to say here.
LENSES = ("correctness", "security", "tests", "documentation", "style")


def demo_settings() -> dict[str, object]:
    """Return the settings of the demo, as a configuration file has them."""
    return {"lenses": {name: {"enabled": False} for name in BUILT_IN_LENSES if name not in LENSES}}


def demo_change() -> Change:
    """Return the packaged change: seven files of a small web service, at least one defect for each lens."""
    return Change(source="demo", diff=files(__name__).joinpath("change.diff").read_bytes())


def demo_replies() -> Path:
    """Return the path of the scripted replies; their tokens are what tests/messages_api counts for them."""
    return Path(str(files(__name__).joinpath("replies.jsonl")))
