"""Whichever way we sign in, a server that echoes what signs gets it into no report, recording or cache."""

import json
from pathlib import Path

import pytest

from tests.attacks.attempt import Json, added, claim
from tests.attacks.conftest import Attack
from tests.command import plain_environment
from tests.contract.publishing import BASE, World
from tests.contract.publishing import added as changed
from tests.contract.publishing import claim as found
from tests.contract.publishing_gitlab import MergeRequest
from tests.github_api import GitHubApi
from tests.gitlab_api import GitLabApi
from tests.local_forge import Fault
from tests.messages_api.service import Settings

TOKENS = ("GITHUB_TOKEN", "CHARGEHAND_GITLAB_TOKEN")
DIFF = added("a.py", "x = 1", "y = 2")
# The server gives its key as the token for this identity.
KEY, IDENTITY = Settings().key, Settings().identity
GATEWAY = "a-token-of-the-gateway"
CACHE = {"CHARGEHAND_CACHE_SECRET": "an entirely random text"}
FEDERATED: dict[str, str | None] = {
    "ANTHROPIC_API_KEY": None,
    "ANTHROPIC_FEDERATION_RULE_ID": "fdrl_1",
    "ANTHROPIC_ORGANIZATION_ID": "00000000-0000-4000-8000-000000000000",
}
SIGNED_IN: dict[str, dict[str, str | None]] = {
    "a key": {},
    "a bearer token": {"ANTHROPIC_API_KEY": None, "ANTHROPIC_AUTH_TOKEN": KEY},
    "an identity in a variable": {**FEDERATED, "ANTHROPIC_IDENTITY_TOKEN": IDENTITY},
    "an identity in a file": {**FEDERATED, "ANTHROPIC_IDENTITY_TOKEN_FILE": "identity.txt"},
    "headers": {
        "ANTHROPIC_API_KEY": None,
        "ANTHROPIC_CUSTOM_HEADERS": f"Authorization: Bearer {KEY}\nX-Gateway-Token: {GATEWAY}",
    },
}


@pytest.mark.parametrize("environ", SIGNED_IN.values(), ids=SIGNED_IN)
def test_what_signs_requests_is_shown_and_kept_nowhere_if_a_server_echoes_it(
    attack: Attack, tmp_path: Path, environ: dict[str, str | None]
) -> None:
    (tmp_path / "identity.txt").write_text(f"{IDENTITY}\n")
    tried = attack(
        DIFF,
        *("-v", "--record", "recording.jsonl", "--cache", "cache", "--on-incomplete", "warn"),
        rules=echoing(KEY, *secrets_in(environ)),
        environ={**environ, **CACHE},
    )
    assert tried.sent
    kept = [path.read_text("utf-8") for path in (tmp_path / "cache").rglob("*.json")]
    assert kept
    for text in (*tried.reports.values(), *kept, (tmp_path / "recording.jsonl").read_text("utf-8")):
        for secret in (KEY, *secrets_in(environ)):
            assert secret not in text
            assert secret not in text.replace(f"\\u{ord(secret[0]):04x}", secret[0])
    assert "MASKED_API_KEY" in tried.reports["report.json"]


def secrets_in(environ: dict[str, str | None]) -> list[str]:
    """Return what else a server learns of those who sign in so."""
    if environ.get("ANTHROPIC_FEDERATION_RULE_ID"):
        return [IDENTITY]
    return [GATEWAY] if "ANTHROPIC_CUSTOM_HEADERS" in environ else []


def echoing(*secrets: str) -> list[Json]:
    """Return the rules of a server that says these wherever it says something."""
    all_of = " ".join(secrets)
    said = claim("a.py", "x = 1", f"It is {all_of}", message=f"{all_of}!", suggestion=f"x = '{all_of}'")
    escaped = json.dumps({"claims": [said]}).replace(all_of[0], f"\\u{ord(all_of[0]):04x}")
    return [
        {"role": "worker", "lens": "security", "reply": {"claims": [said]}},
        {"role": "worker", "lens": "style", "reply": escaped},
        {"role": "worker", "lens": "tests", "reply": f"no JSON but {all_of}", "stop_reason": "end_turn"},
        {"role": "worker", "lens": "correctness", "reply": "x", "stop_reason": secrets[-1]},
        {"role": "judge", "reply": {"summary": f"The key is {all_of}.", "rulings": []}},
    ]


def test_a_token_seals_no_cache_in_a_job_and_a_secret_for_that_does(attack: Attack) -> None:
    environ = {**SIGNED_IN["an identity in a variable"], "CI": "true"}
    refused = attack(DIFF, "--cache", "cache", environ=environ)
    assert (refused.code, refused.sent) == (2, ())
    assert "Set CHARGEHAND_CACHE_SECRET" in refused.told
    sealed = attack(DIFF, "--cache", "cache", environ={**environ, **CACHE})
    assert (sealed.code, bool(sealed.sent)) == (0, True)
    again = attack(DIFF, "--cache", "cache", environ={**environ, **CACHE})
    assert (again.code, again.sent) == (0, ())


def test_an_identity_that_is_refused_ends_in_words_without_it(attack: Attack) -> None:
    environ = {**FEDERATED, "ANTHROPIC_IDENTITY_TOKEN": "identity.of-a.stranger"}
    tried = attack(DIFF, environ=environ)
    assert (tried.code, tried.sent) == (3, ())
    assert not [name for name, text in tried.reports.items() if "stranger" in text]


ECHOED = "a-token-that-only-this-forge-knows"
ECHO = json.dumps({"message": f"no {ECHOED}", "errors": [{"message": f"nor {ECHOED[4:16]}"}]})


@pytest.mark.parametrize("status", [400, 401, 404])
@pytest.mark.parametrize("topic", [World, MergeRequest])
def test_a_forge_that_echoes_its_token_gets_it_into_no_message_and_no_file(
    topic: type[World] | type[MergeRequest],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world = topic(tmp_path, monkeypatch, capsys)
    world.push([*BASE[:20], *changed(1), *BASE[20:]])
    world.review(found(1))
    faults = [Fault(method, "", status, times=99, text=ECHO) for method in ("GET", "POST")]
    with forge_of(world, faults) as api:
        env = plain_environment() | api.environ(**world.job()) | dict.fromkeys(TOKENS, ECHOED)
        done = [
            world.run(*words, env=env)
            for words in (("waivers", "--output", "w.json"), ("publish", str(world.report)))
        ]
    told = [*(each.said for each in done), (tmp_path / "w.json").read_text("utf-8")]
    assert [text for text in told if ECHOED[4:16] in text] == []
    assert all("it repeats a part of the token" in text or "[token]" in text for text in told[1:]), told


def forge_of(world: World | MergeRequest, faults: list[Fault]) -> GitHubApi | GitLabApi:
    """Return the server of a request."""
    if isinstance(world, World):
        return GitHubApi(world.pull, faults=faults)
    return GitLabApi(world.project, faults=faults)
