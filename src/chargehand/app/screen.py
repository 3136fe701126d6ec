"""What the reader's terminal shows: how wide it is, and whether colours and links mean something to it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TextIO

from chargehand.core.files import top_of_checkout
from chargehand.reports import terminal

# Programs that show links, by what they call themselves, or by a variable that only they set.
_PROGRAMS = ("iTerm.app", "WezTerm", "vscode", "Hyper", "ghostty", "rio", "Tabby")
_THEIR_VARIABLES = ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM", "ALACRITTY_WINDOW_ID")
_FIRST_VTE = 5000


class Screen(NamedTuple):
    """Where a person reads; `link` returns the address of a file of the repository, empty for none.

    It is None where links are not shown. `is_cut`: long code is cut, as it would scroll away.
    """

    width: int
    has_colour: bool
    link: Callable[[str], str] | None
    is_cut: bool


def screen_of(stdout: TextIO, environ: Mapping[str, str]) -> Screen:
    """Return what standard output shows, as the environment has it."""
    is_terminal = stdout.isatty()
    return Screen(
        width=_width(stdout, environ),
        has_colour=_has_colour(environ, is_terminal=is_terminal),
        link=_address_of if is_terminal and _has_links(environ) else None,
        is_cut=is_terminal,
    )


def _has_colour(environ: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Tell whether colours are wanted: no-color.org before force-color.org, as Python does."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal and environ.get("TERM") != "dumb"


def _has_links(environ: Mapping[str, str]) -> bool:
    """Tell whether this terminal is known to show links; FORCE_HYPERLINK decides for any other."""
    forced = environ.get("FORCE_HYPERLINK", "")
    if forced:
        return forced != "0"
    if environ.get("TERM", "").startswith(("dumb", "screen", "tmux")):  # which pass them on or not
        return False
    vte = environ.get("VTE_VERSION", "")
    is_new_vte = vte.isascii() and vte.isdigit() and int(vte[:9]) >= _FIRST_VTE
    is_known = environ.get("TERM_PROGRAM") in _PROGRAMS or any(map(environ.get, _THEIR_VARIABLES))
    return is_new_vte or is_known


def _address_of(path: str) -> str:
    """Return the address of a file that is there, each character of it that could act encoded."""
    top = top_of_checkout()
    file = top / path
    try:
        is_ours = file.is_file() and file.resolve().is_relative_to(top.resolve())
    except (OSError, ValueError):  # a name that no system takes
        return ""
    return Path(os.path.abspath(file)).as_uri() if is_ours else ""  # noqa: PTH100 - no link is followed


def _width(stdout: TextIO, environ: Mapping[str, str]) -> int:
    """Return how wide standard output is: as COLUMNS says, else as the terminal does, else 80."""
    wanted = environ.get("COLUMNS", "")
    if wanted.isascii() and wanted.isdigit() and int(wanted[:6]) > 0:
        return int(wanted[:6])
    try:
        return (
            (os.get_terminal_size(stdout.fileno()).columns or terminal.WIDTH)
            if stdout.isatty()
            else terminal.WIDTH
        )
    except OSError:  # a terminal that does not say
        return terminal.WIDTH
