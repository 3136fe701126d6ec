"""The repository: whether git opens it, and has the history that tells what the change is."""

import re
from collections.abc import Iterator
from shutil import which

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.change import NoRepository

# The lines that our own messages end with.
_TYPED = re.compile(r"(?:[Rr]un:|Name them:) (git .+?)(?: \(in a CI job.*)?", re.DOTALL)

_INSTALLING = (
    "apt-get install git",
    "dnf install git",
    "apk add git",
    "pacman -S git",
    "brew install git",
)


def repository(place: Place) -> Iterator[Trouble]:
    """Yield why no change can be found here."""
    reasons = place.faults
    if isinstance(place.checkout, NoRepository) and not reasons:
        reasons = (place.checkout.reason,)
    for said in reasons:
        yield Trouble(said=_shortened(said), mend=Run(line=_line(said)))


def _shortened(said: str) -> str:
    return re.sub(r"^Nothing was reviewed(, and nothing was spent)?: ", "", said)


def _line(said: str) -> str:
    found = re.search(_TYPED.pattern + r"\Z", said, re.DOTALL)
    if found:
        return found[1]
    if brought := re.search(r"(\w+) leads into the checkout", said):
        return 'export HOME="$(mktemp -d)"' if brought[1] == "HOME" else f"unset {brought[1]}"
    if "git is not installed" in said:
        return next((line for line in _INSTALLING if which(line.split()[0])), _INSTALLING[0])
    if "GITHUB_EVENT_PATH" in said:
        return "unset GITHUB_EVENT_PATH GITHUB_ACTIONS"
    if "cannot be written to" in said:
        return "git fetch --unshallow origin"
    return "cd your/repository" if "no git repository" in said or "bare" in said else "git status"
