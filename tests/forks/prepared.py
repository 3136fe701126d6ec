"""Prepares the process that forks: imports, builds and sets aside what every run of the command needs.

A command builds a model, a schema or a table of prices when it first uses it. Here it is done once for all
runs, by a review of one story. What is there by then is no garbage, so no run looks through it for some.
"""

import gc
import io
import os
import pkgutil
import tempfile
from importlib import import_module
from pathlib import Path

from pydantic import BaseModel

import chargehand
from chargehand.app import flow
from chargehand.app.job import Job
from chargehand.app.outputs import Outputs
from chargehand.change import FromFile
from chargehand.pipeline.progress import Progress
from chargehand.reports import FORMATS
from tests.messages_api import MessagesApi, load_replies

_LIBRARIES = ("anthropic", "genai_prices.data", "httpcore2", "pathspec")
_STORY = Path(__file__).parents[1] / "cases" / "planned_by_the_orchestrator"


def prepare() -> None:
    """Do once what every run would do first."""
    ours = (found.name for found in pkgutil.walk_packages(chargehand.__path__, "chargehand."))
    for name in (*_LIBRARIES, *ours):
        import_module(name)
    _build(BaseModel)
    with tempfile.TemporaryDirectory() as folder:
        _review(Path(folder))
    tempfile.tempdir = None  # each run asks its own environment
    gc.freeze()


def _build(kind: type[BaseModel]) -> None:
    for each in kind.__subclasses__():
        if each.__module__.startswith("chargehand.") and not each.__pydantic_complete__:
            each.model_rebuild()
        _build(each)


def _review(folder: Path) -> None:
    """Review the story as `chargehand review` does, and write all reports to a folder."""
    job = Job(
        selection=FromFile(path=_STORY / "change.diff"),
        flags={},
        config=_STORY / "config.toml",
        outputs=Outputs(paths={each.name: str(folder / each.name) for each in FORMATS}),
    )
    screen = io.StringIO()
    with MessagesApi(**load_replies(_STORY / "replies.json")) as api:
        environ = {"PATH": os.defpath, "ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
        flow.run(job, cwd=folder, environ=environ, stdout=screen, progress=Progress(screen, verbosity=-1))
