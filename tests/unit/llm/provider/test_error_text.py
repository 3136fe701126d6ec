import pytest

from chargehand.llm.provider.error_text import quotable
from tests.unit.llm.asking import PROMPT

KEY = "sk-ant-api03-Zq8WmArKeDkEy5xR2"
MATERIAL = """[1] a.py
    4   total = 0
    5 + total += order.amount  # in cents
      -\tpin_9 = "4711"
    6 + }
"""


@pytest.mark.parametrize(
    "words",
    [
        f"bad key {KEY}",
        f"bad key {KEY[:20]}…",
        f"no workspace for {KEY[-8:]}",
        "cannot parse `order.amount  # in cents`",
        'forbidden word in `pin_9 = "4711"`',
    ],
)
def test_words_that_repeat_the_key_or_a_line_are_withheld(words: str) -> None:
    shown = quotable(words, PROMPT.evolve(material=MATERIAL), (KEY,))
    assert "withheld" in shown


@pytest.mark.parametrize(
    "words",
    [
        "This request would exceed your organization's rate limit of 50,000 tokens per minute.",
        "invalid x-api-key",
        "the key that ends in 5xR2 has no access to this model",
        "prompt is too long: 210000 tokens > 200000 maximum (a.py)",
        "unexpected } in JSON",
    ],
)
def test_other_words_are_shown(words: str) -> None:
    assert quotable(words, PROMPT.evolve(material=MATERIAL), (KEY,)) == words


def test_a_key_that_is_none_hides_no_other_word() -> None:
    assert quotable("the maximum is exceeded", PROMPT, ("x",)) == "the maximum is exceeded"
    assert "withheld" in quotable("unknown key x", PROMPT, ("x",))
