"""The configuration: that of the work tree, and that of the target's tip, which counts in CI."""

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import partial

from chargehand.app.doctor.place import Place
from chargehand.app.doctor.toml_lines import mend, mend_line
from chargehand.app.doctor.trouble import Run, Trouble, Write
from chargehand.change import Repository, read_file_at
from chargehand.config.base import with_base
from chargehand.config.file import OWN, SHARED, ConfigFile, parse_config, read_config_text, texts_at, texts_in
from chargehand.config.load import complaints_about
from chargehand.core.errors import ConfigError

_BEGIN = "Nothing was reviewed: "


def configuration(place: Place) -> Iterator[Trouble]:
    """Yield what is wrong with the settings of each file that counts here, or in a job."""
    try:
        here = _texts(place)
    except ConfigError as error:
        yield _unreadable(place, error)
        return
    yield from _troubles(place, here, "")
    if place.target and isinstance(place.checkout, Repository):
        merged = _at_target(place, place.checkout, place.target.commit, here)
        if merged != here:
            yield from _troubles(place, merged, place.target.branch or place.target.commit[:12])


def texts_here(place: Place) -> dict[str, str]:
    """Return by name the files of the work tree that may hold settings; none if they cannot be read."""
    try:
        return _texts(place)
    except ConfigError:
        return {}


def taken_out(place: Place, key: str) -> Run | Write:
    """Return how a setting is taken out of where it stands: a variable counts before a file."""
    if place.environ.get(variable := f"CHARGEHAND_{key.upper()}"):
        return Run(line=f"unset {variable}")
    for name, text in texts_here(place).items():
        above = () if name == OWN else ("tool", "chargehand")
        if found := mend(name, text, (*above, key), "", lambda other: f"\n{key}" not in f"\n{other}"):
            return found
    return Run(line=f"unset {variable}")


def _texts(place: Place) -> dict[str, str]:
    path = place.asked.config
    return {str(path): read_config_text(place.cwd / path)} if path else texts_in(place.root)


def _at_target(place: Place, repository: Repository, commit: str, here: Mapping[str, str]) -> dict[str, str]:
    if place.asked.config is None:
        return texts_at(repository, commit)
    found = {name: read_file_at(repository, commit, name) for name in here}
    return {name: text for name, text in found.items() if text is not None}


def _unreadable(place: Place, error: ConfigError) -> Trouble:
    said = str(error).removeprefix(_BEGIN)
    path = place.root / OWN
    if place.asked.config is None and path.is_symlink():
        return Trouble(said=said, mend=Run(line=f"cp {OWN} {OWN}.new && mv {OWN}.new {OWN}"))
    name = shlex.quote(str(place.asked.config or OWN))
    is_there = (place.cwd / place.asked.config if place.asked.config else path).exists()
    return Trouble(said=said, mend=Run(line=f"mv {name} {name}.old" if is_there else f"touch {name}"))


def _troubles(place: Place, texts: Mapping[str, str], branch: str) -> Iterator[Trouble]:
    files: dict[str, ConfigFile | None] = {}
    for name, text in texts.items():
        parsed = _parsed(name, text)
        if isinstance(parsed, ConfigError):
            yield from _no_toml(name, text, parsed, branch)
        else:
            files[name] = parsed
    for name, file in files.items():
        if file:
            yield from _complaints(name, texts[name], file, branch)
            yield from _base(name, texts[name], place, branch)
    if all(file and not file.is_empty for file in files.values()) and len(files) > 1:
        said = f"There are settings in {OWN} and in [tool.chargehand] of {SHARED}, and only one can count."
        yield Trouble(said=said, mend=Run(line=f"mv {OWN} {OWN}.unused"))


def _base(name: str, text: str, place: Place, branch: str) -> Iterator[Trouble]:
    """Yield why the base that a file extends cannot be had, or does not let the file be as it is."""
    if not (said := _of_base(name, text, place)):
        return
    above = ("tool", "chargehand") if name.endswith(SHARED) else ()
    clash = re.search(r" sets ([\w.-]+)", said)
    key = (*above, *(clash[1] if clash else "extends").split("."))
    fetch = re.search(r"Run: (git fetch .+)\Z", said)
    found = mend(name, text, key, "", lambda other: _of_base(name, other, place) != said)
    if fetch or found is None:
        yield Trouble(said=said, mend=Run(line=fetch[1] if fetch else "chargehand doctor"))
    else:
        yield Trouble(said=said, mend=_on(found, branch))


def _of_base(name: str, text: str, place: Place) -> str:
    """Return what is wrong with the base of a file, empty if nothing is."""
    try:
        with_base(parse_config(name, text), place.checkout)
    except ConfigError as error:
        return str(error).removeprefix(_BEGIN)
    return ""


def _no_toml(name: str, text: str, error: ConfigError, branch: str) -> Iterator[Trouble]:
    number = getattr(error.__cause__, "lineno", 0) or _line_at_fault(text)
    found = mend_line(name, text, number, partial(_is_toml, name))
    comment = Write(path=name, first=number, last=number, line=f"# {text.split(chr(10))[number - 1]}")
    yield Trouble(said=str(error).removeprefix(_BEGIN), mend=_on(found or comment, branch))


def _line_at_fault(text: str) -> int:
    """Return the first line that is not UTF-8, else the one that has a value where our table belongs."""
    lines = list(enumerate(text.split("\n"), 1))
    odd = (number for number, line in lines if any("\ud800" <= each <= "\udfff" for each in line))
    return next(
        odd, next((number for number, line in lines if re.match(r"(tool\.)?chargehand\s*=", line)), 1)
    )


def _parsed(name: str, text: str) -> ConfigFile | ConfigError | None:
    try:
        return parse_config(name, text)
    except ConfigError as error:
        return error


def _is_toml(name: str, text: str) -> bool:
    return not isinstance(_parsed(name, text), ConfigError)


def _complaints(name: str, text: str, file: ConfigFile, branch: str) -> Iterator[Trouble]:
    complaints = complaints_about(file)
    above = ("tool", "chargehand") if name.endswith(SHARED) else ()
    for key, said in complaints:
        told = f"{said}{f' (branch {branch})' if branch else ''}"
        if newer := re.search(r"asks for chargehand ([\d.]+) or newer", said):
            yield Trouble(said=told, mend=Run(line=f"pip install 'chargehand>={newer[1]}'"))
            continue
        is_right = partial(_has_fewer, name, len(complaints))
        found = mend(name, text, (*above, *key), said, is_right)
        line = found or Write(path=name, first=1, last=0, line=f"# {said}")
        yield Trouble(said=told, mend=_on(line, branch))


def _has_fewer(name: str, most: int, text: str) -> bool:
    """Tell whether less is wrong with the settings in `text`."""
    file = _parsed(name, text)
    return file is None or (isinstance(file, ConfigFile) and len(complaints_about(file)) < most)


def _on(write: Write, branch: str) -> Write:
    return write.evolve(branch=branch)
