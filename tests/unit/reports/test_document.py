import json

import pytest

from chargehand.reports.document import as_text


def test_strings_and_keys_are_made_printable_at_any_depth() -> None:
    text = as_text({"a\u202e": [{"b": ("\ud800", "caf\udce9")}, 1, 1.5, None, True]})
    assert json.loads(text) == {r"a\u{202e}": [{"b": [r"\u{d800}", r"caf\xe9"]}, 1, 1.5, None, True]}


def test_what_json_has_no_word_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        as_text({"seconds": float("nan")})
