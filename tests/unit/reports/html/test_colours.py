from types import ModuleType

import pytest

from chargehand.reports.html.colours import MOST_CHARACTERS, MOST_SECONDS, painter, plain

LINES = ['def f(x):  # "why"', '\treturn x and "<b>"', "", "ünï = 0x1F"]


def test_each_line_is_coloured_by_itself_and_its_text_stays() -> None:
    paint = painter()
    assert paint is not None
    assert paint(LINES, "python") == (
        '<span class="k">def</span> <span class="f">f</span>(x):  <span class="c"># "why"</span>',
        '\t<span class="k">return</span> x <span class="k">and</span> <span class="s">"&lt;b&gt;"</span>',
        "",
        'ünï = <span class="n">0x1F</span>',
    )


@pytest.mark.parametrize("language", ["", "no-such-language"])
def test_a_language_that_nobody_knows_has_one_colour(language: str) -> None:
    paint = painter()
    assert paint is not None
    assert paint(LINES, language) == plain(LINES, language)


def test_text_over_lines_is_closed_on_each() -> None:
    paint = painter()
    assert paint is not None
    assert paint(["/* a", "b */ int x;"], "c")[0] == '<span class="c">/* a</span>'


def test_characters_that_end_lines_elsewhere_are_shown_and_end_none() -> None:
    paint = painter()
    assert paint is not None
    lines = ["a = 1\r\x0c\u2028b", "\ufeffc"]
    assert len(paint(lines, "python")) == len(lines)


class Broken(ModuleType):
    """A library whose lexers stumble, or return another text."""

    def __init__(self, returned: list[tuple[tuple[str, ...], str]] | None) -> None:
        super().__init__("broken")
        self.returned = returned

    def get_lexer_by_name(self, _language: str, **_options: bool) -> "Broken":
        return self

    def get_tokens(self, _code: str) -> list[tuple[tuple[str, ...], str]]:
        if self.returned is None:
            raise RecursionError
        return self.returned


@pytest.mark.parametrize("returned", [None, [], [(("Keyword",), "another text")]])
def test_a_lexer_that_stumbles_or_changes_the_text_costs_only_the_colours(
    returned: list[tuple[tuple[str, ...], str]] | None,
) -> None:
    paint = painter(lambda _name: Broken(returned))
    assert paint is not None
    assert paint(LINES, "python") == plain(LINES, "python")


def test_after_code_that_takes_long_there_is_one_colour() -> None:
    times = iter((0.0, MOST_SECONDS, 10.0, 10.0))
    paint = painter(clock=lambda: next(times))
    assert paint is not None
    assert paint(LINES, "python") != plain(LINES, "python")
    assert paint(LINES, "python") == plain(LINES, "python")


def test_after_much_code_there_is_one_colour() -> None:
    paint = painter()
    assert paint is not None
    paint(["x" * MOST_CHARACTERS], "")
    assert paint(LINES, "python") == plain(LINES, "python")
