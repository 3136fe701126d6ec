"""Only who holds the secret can seal a text."""

import pytest

from chargehand.core.seal import is_sealed, seal_of


def test_a_seal_holds_for_its_text_and_its_secret_alone() -> None:
    seal = seal_of("text", "secret")
    assert is_sealed("text", seal, "secret")
    assert not is_sealed("text ", seal, "secret")
    assert not is_sealed("text", seal, "Secret")


@pytest.mark.parametrize("forged", ["", "é", "\ud800", "0" * 64])
def test_what_is_no_seal_at_all_is_refused(forged: str) -> None:
    assert not is_sealed("text", forged, "secret")


def test_any_text_that_git_can_name_is_sealed_under_any_secret_that_the_environment_can_hold() -> None:
    assert is_sealed("a\udcff", seal_of("a\udcff", "key\udcff"), "key\udcff")
