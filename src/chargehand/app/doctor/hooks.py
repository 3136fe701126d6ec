"""The hooks of pre-commit: whether those that the file names run in this clone."""

from collections.abc import Iterator
from pathlib import Path

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.change import Repository
from chargehand.core.files import read_plainly

_FILE, _LARGEST_BYTES = ".pre-commit-config.yaml", 1_000_000
_REPOSITORY = "github.com/chargehand/chargehand"
_INSTALL = "pre-commit install --hook-type pre-commit --hook-type pre-push"


def hooks(place: Place) -> Iterator[Trouble]:
    """Yield which hook of git is not installed, on a person's machine."""
    if not isinstance(place.checkout, Repository) or place.job is not None:
        return
    try:
        text = read_plainly(place.root / _FILE, _LARGEST_BYTES).decode("utf-8", "replace")
    except OSError:  # there is none
        return
    wanted = {"chargehand-checks": "pre-commit", "chargehand": "pre-push"}
    named = [hook for id_, hook in wanted.items() if _REPOSITORY in text and f"id: {id_}\n" in f"{text}\n"]
    common = Path(place.checkout.ask("rev-parse", "--git-common-dir").lines[0])  # of all work trees
    missing = [hook for hook in named if not (place.checkout.git_dir / common / "hooks" / hook).exists()]
    if missing:
        said = (
            f"{_FILE} names hooks of ours, and git's {' and '.join(missing)} is not installed in this clone."
        )
        # git's own settings may name another folder of hooks, and git is not asked for these.
        yield Trouble(said=said, mend=Run(line=_INSTALL), is_failing=False)
