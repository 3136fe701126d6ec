"""What is read beside the change, or kept between runs: the cache, the state, the baseline, logs of tools."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from chargehand.app.doctor.configuration import taken_out
from chargehand.app.doctor.place import Place
from chargehand.app.doctor.trouble import Run, Trouble
from chargehand.app.sealing import SHORTEST_SECRET, has_seal
from chargehand.config import CACHE_SECRET, find_baseline
from chargehand.core.errors import InputError
from chargehand.core.escaping import one_line


def kept(place: Place) -> Iterator[Trouble]:
    """Yield what could not be read or written."""
    yield from _cache(place)
    yield from _state(place)
    yield from _baseline(place)
    yield from _tool_logs(place)


def _cache(place: Place) -> Iterator[Trouble]:
    cache = place.asked.cache
    if cache is None:
        return
    if not has_seal(place.environ):
        said = (
            f"Others may write into the cache of a CI job, and {CACHE_SECRET} is not set, or shorter than "
            f"{SHORTEST_SECRET} characters. Make it a secret of the project: another one finds nothing."
        )
        yield Trouble(said=said, mend=Run(line=f'export {CACHE_SECRET}="$(openssl rand -hex 32)"'))
    yield from _no_folder(place.cwd / cache, "--cache")


def _no_folder(path: Path, option: str) -> Iterator[Trouble]:
    """Yield what stands in the way of a folder of that path."""
    for each in (path, *path.parents):
        if each.is_symlink() or (each.exists() and not each.is_dir()):
            said = f"{option} is to be the folder {path}, and {each} is a {_kind(each)}."
            yield Trouble(
                said=said, mend=Run(line=f"mv {shlex.quote(str(each))} {shlex.quote(f'{each}.old')}")
            )
            return
        if each.is_dir():
            return


def _kind(path: Path) -> str:
    return "link" if path.is_symlink() else "file"


def _state(place: Place) -> Iterator[Trouble]:
    state = place.asked.state
    if state is None:
        if place.settings.pr_budget is not None:
            said = (
                "pr_budget needs a file in which the runs are counted (--state, or the setting state); "
                "without one it bounds each run by itself."
            )
            mend = Run(line="chargehand review --state=chargehand-state.json")
            yield Trouble(said=said, mend=mend, is_failing=False)
        return
    path = place.cwd / state
    quoted = shlex.quote(str(path))
    if path.is_dir():
        said = f"--state is to be a file, and {path} is a folder."
        yield Trouble(said=said, mend=Run(line=f"mv {quoted} {shlex.quote(f'{path}.old')}"))
    elif not path.parent.is_dir():
        said = f"The folder of --state {path} is not there."
        yield Trouble(said=said, mend=Run(line=f"mkdir -p {shlex.quote(str(path.parent))}"))


def _baseline(place: Place) -> Iterator[Trouble]:
    named = place.settings.baseline
    if named is None or place.change is None:
        return
    try:
        find_baseline(place.checkout, place.change, named, place.asked.cache)
    except InputError as error:
        yield Trouble(said=_said(error), mend=taken_out(place, "baseline"))


def _tool_logs(place: Place) -> Iterator[Trouble]:
    if not place.settings.sarif_in:
        return
    from chargehand.app.reported import named_files  # noqa: PLC0415 - start-up time

    try:
        gone = [path for path in named_files(place.settings.sarif_in, place.checkout) if not path.is_file()]
    except InputError as error:
        yield Trouble(said=_said(error), mend=taken_out(place, "sarif_in"))
        return
    for path in gone:
        said = f"The log {one_line(str(path))}, which sarif_in names, is not there. Have its tool run before."
        yield Trouble(said=said, mend=taken_out(place, "sarif_in"))


def _said(error: InputError) -> str:
    return str(error).removeprefix("Nothing was reviewed: ")
