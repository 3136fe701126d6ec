"""What a terminal is given: colours and links where they mean something, and nothing that acts."""

import io
import re
from functools import partial
from pathlib import Path

import pytest

from chargehand.app.screen import screen_of
from chargehand.reports import terminal
from tests.unit.reports.samples import RICH, judged


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


ITERM = {"TERM_PROGRAM": "iTerm.app"}


@pytest.mark.parametrize(
    ("is_terminal", "environ", "has_colour", "has_links"),
    [
        (True, {}, True, False),
        (True, {"TERM": "dumb"}, False, False),
        (True, {"NO_COLOR": "1"}, False, False),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        (False, {"FORCE_COLOR": "1"}, True, False),
        (False, {"FORCE_COLOR": "0"}, False, False),
        (True, ITERM, True, True),
        (True, {**ITERM, "TERM": "screen-256color"}, True, False),
        (True, {**ITERM, "FORCE_HYPERLINK": "0"}, True, False),
        (True, {"VTE_VERSION": "7600"}, True, True),
        (True, {"VTE_VERSION": "4800"}, True, False),
        (True, {"VTE_VERSION": "x"}, True, False),
        (True, {"KITTY_WINDOW_ID": "1"}, True, True),
        (True, {"FORCE_HYPERLINK": "1"}, True, True),
        (False, {**ITERM, "FORCE_HYPERLINK": "1"}, False, False),
    ],
)
def test_the_environment_says_what_is_shown(
    is_terminal: bool, environ: dict[str, str], has_colour: bool, has_links: bool
) -> None:
    screen = screen_of(Terminal() if is_terminal else io.StringIO(), environ)
    assert (screen.has_colour, screen.link is not None) == (has_colour, has_links)


def test_only_a_file_that_is_there_is_linked_and_every_character_that_acts_is_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "top/.git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "top")
    (tmp_path / "outside").write_text("")
    hostile = "a\x1b\\\x07 b;c.py"
    Path(hostile).write_text("")
    Path("out").symlink_to(tmp_path / "outside")
    link = screen_of(Terminal(), ITERM).link
    assert link is not None
    assert [link(path) for path in ("gone.py", "../outside", "out", ".", "nul\0")] == [""] * 5
    address = link(hostile)
    assert address.startswith("file:///")
    assert re.fullmatch(r"[!-~]+", address)
    assert "a%1B%5C%07%20b%3Bc.py" in address or "a%1B%5C%07%20b;c.py" in address


def test_links_change_no_word_and_an_address_that_could_act_is_none() -> None:
    plain = terminal.render(*judged(RICH))
    linked = terminal.render(*judged(RICH), link=lambda path: f"file:///{len(path)}")
    assert re.sub(r"\x1b\]8;;[!-~]*\x1b\\", "", linked) == plain
    assert linked.count("\x1b]8;;file:///") == linked.count("\x1b]8;;\x1b\\") > 0
    for acting in ("file:///a\x1b\\b", "file:///a b", "file:///\x07", ""):
        assert terminal.render(*judged(RICH), link=partial(_always, acting)) == plain


def _always(address: str, _path: str) -> str:
    return address
