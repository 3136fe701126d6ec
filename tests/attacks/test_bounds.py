"""What a server or a file says without measure ends in words, and in time."""

from pathlib import Path

import pytest

from tests.attacks.attempt import Json, added, claim
from tests.attacks.conftest import Attack

DIFF = added("a.py", "x = 1", "y = 2")
DEEP = {
    "arrays in arrays": "threads = " + "[" * 5_000,
    "tables in tables": "a = {" * 3_000,
    "a long name": ".".join("a" * 5_000) + " = 1",
    "a long table": "[" + ".".join("a" * 50_000) + "]\nb = 1",
    "a long number": "threads = " + "9" * 5_000,
    "no end": "max_spend = 1e999999999",
}
STATES = {
    "nested": "[" * 100_000,
    "no end": (
        '{"chargehand_state":1,"changes":[{"subject":{"repository":null,"name":"x"},"runs":[{"started_at":"",'
        '"head":null,"spent_usd":"1e999999"}]}]}'
    ),
    "a long number": '{"chargehand_state":' + "1" * 5_000 + "}",
}


@pytest.mark.parametrize(
    "tokens", [1_000_000_000, 10**15, 10**30, 10**4000], ids=lambda each: f"1e{len(str(each)) - 1}"
)
@pytest.mark.parametrize("options", [(), ("--max-spend", "5")], ids=["no cap", "a cap"])
def test_usage_that_no_call_can_have_ends_over_budget(
    attack: Attack, tokens: int, options: tuple[str, ...]
) -> None:
    usage = {"input_tokens": tokens, "output_tokens": tokens}
    tried = attack(DIFF, *options, rules=[{"usage": usage}])
    assert (tried.code, tried.report["verdict"]["status"]) == (4, "over_budget")
    assert len(tried.report["bill"]["total_usd"]) < 20
    assert set(tried.reports) == {
        "report.sarif",
        "report.md",
        "report.json",
        "codequality.json",
        "junit.xml",
        "stdout",
        "stderr",
    }


def test_a_worker_makes_as_many_claims_as_it_may(attack: Attack) -> None:
    flood = [claim("a.py", "x = 1", f"t{n}", severity="low", rule="injection") for n in range(200)]
    grave = claim("a.py", "y = 2", "the grave one", severity="critical")
    rule: Json = {"role": "worker", "lens": "security", "reply": {"claims": [*flood, grave]}}
    tried = attack(DIFF, rules=[rule])
    titles = tried.titles()
    assert "the grave one" in titles
    assert len(titles) <= 15
    assert "186 of security" in tried.told
    assert "186 of security" in tried.reports["report.md"]


def test_words_of_a_server_that_are_too_long_to_be_searched_for_secrets_are_not_kept(
    attack: Attack, tmp_path: Path
) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"  # made up
    said = {"claims": [claim("a.py", "x = 1", "It fails")]}
    rule: Json = {"role": "worker", "lens": "security", "reply": said, "stop_reason": "x " * 300_000 + secret}
    tried = attack(DIFF, "--record", "run.jsonl", rules=[rule])
    assert (tried.code, tried.report["verdict"]["status"]) == (3, "incomplete")
    recorded = (tmp_path / "run.jsonl").read_text("utf-8")
    assert [text for text in (*tried.reports.values(), recorded) if secret[4:20] in text] == []
    assert "which nobody searched for secrets" in recorded


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_configuration_without_measure_is_refused_in_words(
    attack: Attack, tmp_path: Path, text: str
) -> None:
    (tmp_path / ".chargehand.toml").write_text(text)
    tried = attack(DIFF, "--offline")
    assert tried.code == 2
    assert tried.told.startswith("chargehand: Nothing was reviewed: ")


@pytest.mark.parametrize("text", STATES.values(), ids=STATES)
def test_a_state_without_measure_is_refused_in_words(attack: Attack, tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    tried = attack(
        DIFF,
        "--state",
        "state.json",
        environ={
            "CI": "1",
            "BITBUCKET_BUILD_NUMBER": "1",
            "BITBUCKET_PR_ID": "1",
            "BITBUCKET_PR_DESTINATION_BRANCH": "main",
        },
    )
    assert tried.code == 2
    assert "state.json is damaged" in tried.told


@pytest.mark.parametrize(
    ("words", "megabytes"),
    [
        (("--replay", "huge"), 64),
        (("--config", "huge.toml"), 1),
        (("--batch", "--batch-state", "huge"), 64),
        (("--baseline", "huge"), 64),
    ],
    ids=lambda value: value[-2] if isinstance(value, tuple) else "",
)
def test_a_file_without_a_bound_is_not_read(
    attack: Attack, tmp_path: Path, words: tuple[str, ...], megabytes: int
) -> None:
    huge(tmp_path / words[-1], megabytes)
    tried = attack(DIFF, *words)
    assert (tried.code, tried.sent) == (2, ())
    assert words[-1] in tried.told


def test_an_event_without_a_bound_is_not_read(attack: Attack, tmp_path: Path) -> None:
    huge(tmp_path / "event.json", 25)
    github = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}
    tried = attack(DIFF, "--offline", environ=github)
    assert tried.code == 2
    assert "GITHUB_EVENT_PATH" in tried.told


def test_free_checks_end_at_the_deadline_and_say_how_far_they_got(attack: Attack) -> None:
    lines = [f"password{n} = 'Tr0ub4dor&{n}'" for n in range(400)]
    tried = attack("".join(added(f"{n}.py", *lines) for n in range(40)), "--deadline", "1")
    assert (tried.code, tried.sent) == (3, ())
    said = "The deadline came before the free checks were through: of 40 files, "
    assert [name for name, text in tried.reports.items() if said not in " ".join(text.split())] == ["stderr"]
    assert not [name for name, text in tried.reports.items() if "Tr0ub4dor" in text]


def huge(path: Path, megabytes: int) -> None:
    """Make a file of a byte more, which takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024 + 1)
