"""What there is to examine: read once, with what could not be read as a sentence of its own."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from chargehand.change import Automatic, Checkout, NoRepository, Repository, find_change, find_repository
from chargehand.change.ci.event import CiJob
from chargehand.change.ci.platforms import read_job
from chargehand.change.git.tips import commit_of, default_branch
from chargehand.config import ConfigFile, Settings, find_config, load_settings, with_base
from chargehand.core.change import Change
from chargehand.core.errors import ChangeError, ConfigError


class Asked(NamedTuple):
    """What the review would be asked to do, by the names of its options."""

    config: Path | None = None
    cache: Path | None = None
    state: Path | None = None
    is_commenting: bool = False
    is_online: bool = False


class Target(NamedTuple):
    """The tip of the branch that changes are for; `branch` is its name, as git knows it."""

    commit: str
    branch: str


class Place(NamedTuple):
    """Where the review would run.

    `change` is None if it cannot be found, and `faults` then says why. `settings` are the defaults unless it
    `is_configured`: what is set can be used. `file` is what is set in files, a base's included, if it can be
    read. `has_library` tells whether a module is installed.
    """

    asked: Asked
    cwd: Path
    environ: Mapping[str, str]
    checkout: Checkout
    job: CiJob | None
    change: Change | None
    target: Target | None
    file: ConfigFile | None
    settings: Settings
    is_configured: bool
    faults: tuple[str, ...]
    has_library: Callable[[str], bool]

    @property
    def root(self) -> Path:
        """The top of the work tree, or the current folder."""
        return self.checkout.root if isinstance(self.checkout, Repository) else self.cwd


def look_around(
    asked: Asked, cwd: Path, environ: Mapping[str, str], has_library: Callable[[str], bool] | None = None
) -> Place:
    """Return what there is; nothing of it raises."""
    faults: list[str] = []
    checkout, job, change = _found(cwd, environ, faults)
    file, settings = _settings(asked, checkout, change, environ)
    return Place(
        asked=asked,
        cwd=cwd,
        environ=environ,
        checkout=checkout,
        job=job,
        change=change,
        target=_target(checkout, change),
        file=file,
        settings=settings or Settings(),
        is_configured=settings is not None,
        faults=tuple(faults),
        has_library=has_library or is_installed,
    )


def is_installed(module: str) -> bool:
    """Tell whether a module can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it is a part of
        return False


def _found(
    cwd: Path, environ: Mapping[str, str], faults: list[str]
) -> tuple[Checkout, CiJob | None, Change | None]:
    checkout: Checkout = NoRepository(cwd=cwd, reason="git was not asked", environ=environ)
    job: CiJob | None = None
    try:
        checkout = find_repository(cwd, environ)
        job = read_job(environ)
        return checkout, job, find_change(Automatic(), checkout)
    except ChangeError as error:
        faults.append(str(error))
        return checkout, job, None


def _target(checkout: Checkout, change: Change | None) -> Target | None:
    if not isinstance(checkout, Repository):
        return None
    if change and change.rules.commit:
        return Target(change.rules.commit, change.rules.branch)
    try:
        ref = default_branch(checkout)
    except ChangeError:  # told as a fault of the change, unless nothing of it is needed
        return None
    commit = commit_of(checkout, ref)
    return Target(commit, ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")) if commit else None


def _settings(
    asked: Asked, checkout: Checkout, change: Change | None, environ: Mapping[str, str]
) -> tuple[ConfigFile | None, Settings | None]:
    file: ConfigFile | None = None
    try:
        file = with_base(find_config(checkout, change, asked.config), checkout) if change else None
        return file, load_settings(file, environ, {})
    except ConfigError:  # told by the checks of the configuration and of the variables
        return file, None
