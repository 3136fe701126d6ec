"""What pip is told of this network: its files and variables, read as pip reads them, but without its start.

https://pip.pypa.io/en/stable/topics/configuration/ says where they are and which wins.
"""

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

_SECTIONS = ("global", "install")  # the second says what the command `install` does otherwise


def pip_settings(environ: Mapping[str, str], system: str = sys.platform) -> dict[str, str]:
    """Return the settings by name, with blanks between several values.

    Raises configparser.Error, UnicodeDecodeError or OSError for a file that cannot be read.
    """
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for path in _files(environ, system):
        parser = configparser.RawConfigParser()
        if path.is_file():
            parser.read_string(path.read_text("utf-8"))
        for section in filter(parser.has_section, _SECTIONS):
            found[section].update(parser.items(section))
    variables = {name[4:].lower(): text for name, text in environ.items() if name.startswith("PIP_") and text}
    merged = {**found["global"], **found["install"], **variables}
    return {name.replace("_", "-"): " ".join(text.split()) for name, text in merged.items()}


def _files(environ: Mapping[str, str], system: str) -> Iterator[Path]:
    """Yield where a file may be, one that wins after those that it wins over."""
    own = environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return
    shared, personal, name = _places(environ, system)
    yield from (folder / name for folder in shared)
    if not own or not Path(own).exists():
        yield from (folder / name for folder in personal)
    yield Path(sys.prefix) / name
    if own:
        yield Path(own)


def _places(environ: Mapping[str, str], system: str) -> tuple[list[Path], list[Path], str]:
    """Return the folders of the machine and of the user, and what the file is called there."""
    home = Path.home()
    if system == "win32":
        shared = Path(environ.get("ALLUSERSPROFILE", "C:/ProgramData"), "pip")
        return [shared], [home / "pip", Path(environ.get("APPDATA", home), "pip")], "pip.ini"
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip")
    if system == "darwin":
        library = Path("Library/Application Support/pip")
        personal = home / library if (home / library).is_dir() else home / ".config/pip"
        return [Path("/") / library], [home / ".pip", personal], "pip.conf"
    folders = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep)
    return [*(Path(folder, "pip") for folder in folders), Path("/etc")], [home / ".pip", config], "pip.conf"
