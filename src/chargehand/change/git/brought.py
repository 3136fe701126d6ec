"""Refuses a CI job in which programs would read settings that the change brings, since HOME is the checkout.

git runs what its settings name, AWS's client too, and Anthropic's asks the server that a profile names. All
of them look in the home folder, which some jobs put into the checkout.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chargehand.core.errors import ChangeError
from chargehand.core.escaping import one_line

if TYPE_CHECKING:  # it is found by a module that asks this one
    from chargehand.change.git.repository import Repository

_HOME = (".gitconfig", ".config", ".aws", ".azure", ".netrc", "_netrc", ".ssh")
_ITSELF = ("",)
# What is read in the folder that a variable names, or the file itself.
_READ: Mapping[str, tuple[str, ...]] = {
    "HOME": _HOME,
    "USERPROFILE": _HOME,
    "APPDATA": _ITSELF,
    "XDG_CONFIG_HOME": _ITSELF,
    "ANTHROPIC_CONFIG_DIR": _ITSELF,
    "AZURE_CONFIG_DIR": _ITSELF,
    "CLOUDSDK_CONFIG": _ITSELF,
    "GIT_CONFIG_GLOBAL": _ITSELF,
    "GIT_CONFIG_SYSTEM": _ITSELF,
    "NETRC": _ITSELF,
    "AWS_CONFIG_FILE": _ITSELF,
    "AWS_SHARED_CREDENTIALS_FILE": _ITSELF,
    "GOOGLE_APPLICATION_CREDENTIALS": _ITSELF,
}


def refuse_brought_settings(repository: "Repository") -> None:
    """Raise ChangeError if a variable of the job leads programs to settings that are files of the change."""
    if not repository.is_ci or repository.head is None:
        return
    looked_at = list(_looked_at(repository))
    if not looked_at:
        return
    listed = repository.ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", repository.head)
    paths = sorted(listed.out.decode("utf-8", "surrogateescape").split("\0")[:-1])
    for variable, place in looked_at:
        if brought := next((path for path in paths if _is_at(path, place)), None):
            raise ChangeError(
                f"Nothing was reviewed, and nothing was spent: {variable} leads into the checkout, so that "
                f"the change itself brings settings of programs that we run ({one_line(brought)}). Let "
                f"{variable} name a place outside of the checkout in this job."
            )


def _looked_at(repository: "Repository") -> Iterator[tuple[str, str]]:
    """Yield variables with a place that is read, from the top of the checkout, as written and as it is."""
    top = repository.root.resolve()
    named = ((variable, repository.environ.get(variable), names) for variable, names in _READ.items())
    for variable, value, names in named:
        for place in (repository.cwd / value / name for name in names) if value else ():
            for each in (Path(os.path.normpath(place)), place.resolve()):
                if each.is_relative_to(top):
                    yield variable, each.relative_to(top).as_posix()


def _is_at(path: str, place: str) -> bool:
    """Tell whether a file is what is read, lies in it, or is a link on the way to it."""
    return place in (".", path) or path.startswith(f"{place}/") or place.startswith(f"{path}/")
