from decimal import Decimal

import pytest
from pydantic import ValidationError

from chargehand.change.diff.rules import ReadingRules
from chargehand.config import Settings
from chargehand.config.tables import LensSettings, ModelSettings, PathSettings
from chargehand.core.diff import SkipReason
from chargehand.core.finding import Severity
from chargehand.core.fleets import FLEETS
from chargehand.core.gate import Gate
from chargehand.core.shape import read
from chargehand.lenses import BUILT_IN_LENSES, built_in_lenses


def lenses(**own: dict[str, object]) -> Settings:
    return read(Settings, {"lenses": {name.replace("_", "-"): lens for name, lens in own.items()}})


def test_the_default_gate_is_the_verdict_s() -> None:
    assert Settings().whole_gate() == Gate()


def test_the_gate_holds_what_was_set() -> None:
    settings = Settings(fail_on="low", max_spend=Decimal(2), fail_spend=Decimal(1), on_incomplete="warn")
    assert settings.whole_gate() == Gate(
        fail_on=Severity.LOW, max_spend=Decimal(2), fail_spend=Decimal(1), on_incomplete="warn"
    )


def test_never_is_a_gate_that_no_finding_closes() -> None:
    assert Settings(fail_on="never").whole_gate().fail_on is None


def test_own_models_take_the_place_of_the_fleet_s() -> None:
    assert Settings(fleet="4").chosen_fleet() == FLEETS["4"]
    fleet = Settings(models=ModelSettings(worker="local")).chosen_fleet()
    assert (fleet.worker, fleet.orchestrator) == ("local", FLEETS["5"].orchestrator)


def test_without_settings_the_built_in_lenses_look_as_they_are() -> None:
    assert Settings().active_lenses() == built_in_lenses()


def test_a_lens_that_is_switched_off_does_not_look() -> None:
    names = [lens.name for lens in lenses(style={"enabled": False}).active_lenses()]
    assert names == [name for name in BUILT_IN_LENSES if name != "style"]


def test_instructions_for_a_built_in_lens_are_added_to_its_own() -> None:
    built_in = built_in_lenses()[1]
    lens = lenses(
        security={"instructions": "Mind the tokens.", "paths": ["src/"], "model": "m"}
    ).active_lenses()[1]
    assert lens.instructions == f"{built_in.instructions}\n\nFor this project:\nMind the tokens."
    assert (lens.purpose, lens.paths, lens.model) == (built_in.purpose, ("src/",), "m")


def test_a_lens_of_one_s_own_comes_after_the_built_in_ones() -> None:
    lens = lenses(api_stability={"instructions": "Breaking changes.\nNothing else."}).active_lenses()[-1]
    assert (lens.name, lens.purpose) == ("api-stability", "Breaking changes.")
    assert lens.instructions == "Breaking changes.\nNothing else."


def test_a_lens_of_one_s_own_may_state_its_purpose() -> None:
    assert lenses(api={"instructions": "x", "purpose": "y"}).active_lenses()[-1].purpose == "y"


@pytest.mark.parametrize("instructions", ["", " \n"])
def test_a_name_without_instructions_is_taken_for_a_slip_of_the_pen(instructions: str) -> None:
    with pytest.raises(ValidationError, match="no instructions of its own; did you mean security"):
        lenses(securty={"instructions": instructions})


@pytest.mark.parametrize("name", ["Bad", "1st", "", "a/b", "a\nb", "x" * 41])
def test_a_lens_name_can_be_part_of_a_rule_s_id(name: str) -> None:
    with pytest.raises(ValidationError, match="small letters"):
        read(Settings, {"lenses": {name: {"instructions": "x"}}})


def test_somebody_has_to_look() -> None:
    off: dict[str, object] = {"enabled": False}
    everything = dict.fromkeys(BUILT_IN_LENSES, off)
    with pytest.raises(ValidationError, match="nothing would be reviewed"):
        lenses(**everything)
    with pytest.raises(ValidationError, match="nothing would be reviewed"):
        lenses(**everything, mine={"enabled": False, "instructions": "x"})
    assert [lens.name for lens in lenses(**everything, mine={"instructions": "x"}).active_lenses()] == [
        "mine"
    ]


def test_what_is_read_is_what_was_set_and_otherwise_everything() -> None:
    assert Settings().reading_rules() == ReadingRules()
    paths = PathSettings(ignore=("a",), include=("b",), review=(SkipReason.GENERATED,), max_line_bytes=7)
    assert Settings(paths=paths).reading_rules() == ReadingRules(
        ignore=("a",), include=("b",), review=(SkipReason.GENERATED,), max_line_bytes=7
    )


def test_what_may_go_unread_is_said_for_all_files_or_by_pattern() -> None:
    assert read(PathSettings, {"on_unread": "warn"}).may_go_unread() == ("*",)
    by_pattern = PathSettings(on_unread={"*.bin": "warn", "core/": "fail"})
    assert by_pattern.may_go_unread() == ("*.bin", "!core/")
    with pytest.raises(ValidationError):
        PathSettings(on_unread={"!": "warn"})


def test_instructions_are_bounded_because_every_call_pays_for_them() -> None:
    with pytest.raises(ValidationError):
        Settings(instructions="x" * 20_001)
    with pytest.raises(ValidationError):
        LensSettings(instructions="x" * 20_001)


def test_guidance_needs_a_rule_or_path_is_bounded_and_ends_with_its_day() -> None:
    given = {"path": "a/", "reason": "x", "until": "2026-01-31", "guidance": True}
    settings = read(Settings, {"suppressions": [given, {"path": "b/", "reason": "y"}]})
    assert [each.path for each in settings.guidance("2026-01-31")] == ["a/"]
    assert settings.guidance("2026-02-01") == ()
    with pytest.raises(ValidationError, match="models know no fingerprint"):
        read(Settings, {"suppressions": [{"fingerprint": "0" * 32, "reason": "x", "guidance": True}]})
    with pytest.raises(ValidationError, match="more than 20 that are guidance"):
        read(Settings, {"suppressions": [given] * 21})
