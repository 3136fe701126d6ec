"""No byte of a secret that a check knows leaves the process: by a socket, into a file, or to the terminal."""

import json
import re
import subprocess
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from string import ascii_letters, digits
from typing import Any, NamedTuple

import pytest

from chargehand.core.markers import holds_marker
from tests.attacks.attempt import PAGE, REPORTS, added, claim
from tests.attacks.conftest import Attack
from tests.command import chargehand, environment, plain_environment
from tests.markers import without_tags
from tests.messages_api import MessagesApi, Script

Json = dict[str, Any]  # Any: JSON
# Made anew from a seed, so that no scanner takes this file for a leak; they protect nothing.
RANDOM = Random(13)  # noqa: S311 # as above
FRAGMENT = 10
WORDS = re.compile(rb"[\w!=]{%d,}" % FRAGMENT)  # every piece of a secret lies in one
# Tells what the process connects to, and what was in each file that it moves or removes.
WATCHED = """
import os, sys
def watch(event, arguments):
    if event == "socket.connect":
        tell(f"connected to {arguments[1]}\\n".encode())
    elif event in ("os.rename", "os.remove") and os.path.isfile(arguments[0]):
        with open(arguments[0], "rb") as file:
            tell(file.read())
def tell(data):
    with open(os.environ["WATCHED"], "ab") as file:
        file.write(data)
sys.addaudithook(watch)
from chargehand.cli.main import main
main()
"""


def drawn(length: int, alphabet: str = ascii_letters + digits) -> str:
    return "".join(RANDOM.choices(alphabet, k=length))


def token() -> str:
    return "gh" + "p_" + drawn(36)


def pem(lines: int) -> list[str]:
    body = [drawn(64) for _ in range(lines)]
    return [
        "-----BEGIN " + "RSA PRIVATE KEY-----",
        *body,
        drawn(11) + "=",
        "-----END " + "RSA PRIVATE KEY-----",
    ]


KEPT, ENCLOSING, REMOVED, BEFORE, NAMED, ONLY_NAMED = (token() for _ in range(6))
ADDED, AWS = token(), "AKI" + "A" + drawn(16, "ABCDEFGHJKLMNPQRSTUVWXYZ234567")
PASSWORD = f"{drawn(6)}!9{drawn(6)}"
MANY = [token() for _ in range(25)]
OLD_KEY, NEW_KEY = pem(24), pem(24)
PATCHED_KEY = [*OLD_KEY[:14], drawn(64), *OLD_KEY[15:]]
KEYS = [line for line in (*OLD_KEY, *NEW_KEY, *PATCHED_KEY) if "PRIVATE KEY" not in line]
SECRETS = [KEPT, ENCLOSING, REMOVED, BEFORE, NAMED, ONLY_NAMED, ADDED, AWS, PASSWORD, *MANY, *KEYS]
# No secrets, but in files that never_send names.
UNSENT = [drawn(14, ascii_letters) for _ in range(6)]
FILLER = [f"    a{n} = {n}" for n in range(14)]
OTHERS = [f"option_{n} = {n}" for n in range(30)]
BASE = {
    "app.py": [
        "import os",
        "",
        "def connect():",
        f"    token = '{ENCLOSING}'",
        *FILLER,
        "    return a1",
        "",
        "x = 1",
    ],
    "old.py": ["import os", f"TOKEN = '{REMOVED}'", f"KEPT = '{KEPT}'", "x = 1"],
    "flat.conf": [f"token = {BEFORE}", *(f" {line}" for line in OTHERS)],
    "private/plan.py": [f"def {UNSENT[0]}():", *FILLER, f"    old = {UNSENT[1]}", "    x = 1"],
    "private/moved.py": ["def moved_helper():", f"    return {UNSENT[2]}", *FILLER, "    x = 1"],
    "private/user.py": ["from app import connect", f"connect({UNSENT[5]})"],
    "deploy.pem": OLD_KEY,
    "key.yaml": ["name: a", "key: |", *(f"  {line}" for line in OLD_KEY), "last: b"],
}
HEAD = {
    "app.py": [
        *BASE["app.py"][:-3],
        "    return a2",
        "",
        f"AWS = '{AWS}'",
        f"db_password = '{PASSWORD}'",
        "q = moved_helper()",
    ],
    "old.py": ["import os", f"KEPT = '{KEPT}'", "x = 2"],
    "flat.conf": [*BASE["flat.conf"][:-2], " option_28 = 0", " option_29 = 29"],
    "private/plan.py": [f"def {UNSENT[0]}():", *FILLER, f"    new = {UNSENT[3]}", "    x = 2"],
    "moved.py": ["def moved_helper():", f"    return {UNSENT[2]}", *FILLER, "    x = 3"],
    "private/new.py": [f"# {UNSENT[4]}", f"password = '{token()}'"],
    "deploy.pem": PATCHED_KEY,
    "key.yaml": ["name: b", "key: |", *(f"  {line}" for line in NEW_KEY), "last: c"],
    "many.py": [f"TOKEN_{n} = '{each}'" for n, each in enumerate(MANY)],
    "tests/test_app.py": [f"    connect('{PASSWORD}')", f"    use('{ADDED}')"],
    f"keys/{NAMED}.py": [f"NAME = '{NAMED}'"],
    f"keys/{ONLY_NAMED}.py": ["NAME = None"],
}
# With the tag that the key of tests/command.py gives this place.
MARKED = "AWS = 'MASKED_y7ize_AWS_ACCESS_KEY_AT_app_py_21'"
CLAIMS = [
    claim(
        "app.py", MARKED, f"Who has {AWS}?", line=21, message=f"{AWS} is open.", suggestion=f"AWS = '{AWS}'"
    ),
    claim("app.py", MARKED, "Masked already", line=21, suggestion=MARKED),
    claim("app.py", "    return a2", f"{PASSWORD} \\u0041", line=19, suggestion="    return a3"),
]
SUMMARY = {"summary": f"Revoke {AWS} and {PASSWORD}.", "rulings": []}
RULES: list[Json] = [
    {"role": "worker", "lens": "security", "reply": {"claims": CLAIMS}},
    {"role": "worker", "lens": "tests", "model": "claude-haiku-5-5", "reply": f"no JSON, but {AWS}"},
    {"role": "worker", "lens": "tests", "reply": {"claims": []}},
    {"role": "worker", "lens": "style", "stop_reason": "refusal", "category": AWS},
    {
        "role": "plan",
        "reply": {"groups": [{"files": [1], "lenses": ["security"], "focus": f"Look at {AWS}."}]},
    },
    {"role": "judge", "reply": SUMMARY},
]


class Seen(NamedTuple):
    """One run: its exit code, and by where it was caught, all that could be seen of it."""

    code: int
    caught: dict[str, bytes]
    sent: tuple[Json, ...]
    report: Json

    def leaks(self, secrets: Iterable[str] = SECRETS) -> list[tuple[str, str]]:
        """Return where a piece of a secret was caught, each with the beginning of the piece."""
        pieces = {
            each[at : at + FRAGMENT] for each in secrets for at in range(max(len(each) - FRAGMENT, 0) + 1)
        }
        assert all(WORDS.fullmatch(piece.encode()) for piece in pieces)
        # What was caught says the same words many times: each is looked at once.
        words = {where: b"\n".join({*WORDS.findall(data)}) for where, data in self.caught.items()}
        return [
            (where, piece[:4]) for where, said in words.items() for piece in pieces if piece.encode() in said
        ]

    def texts(self, role: str) -> str:
        """Return all that models of this role were asked."""
        return without_tags("\n".join(json.dumps(each) for each in self.sent if each["role"] == role))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    git(folder, "init", "-q", "-b", "main", ".")
    rules = ["[plan]", "small_change_files = 1", "[paths]", 'never_send = ["private/"]']
    commit(folder, {**BASE, ".chargehand.toml": rules})
    git(folder, "checkout", "-q", "-b", "pr")
    git(folder, "rm", "-q", "private/moved.py")
    commit(folder, HEAD)
    return folder


def commit(folder: Path, files: dict[str, list[str]]) -> None:
    for name, lines in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(
        ["git", *who, *words], cwd=folder, check=True, env={**plain_environment(), "HOME": str(folder)}
    )


def watched(
    checkout: Path, out: Path, *words: str | Path, has_key: bool = True, command: str = "review"
) -> Seen:
    """Run the command with all that can be seen of it caught; what it writes lies in `out`."""
    out.mkdir(exist_ok=True)
    caught = out / "watched"
    caught.unlink(missing_ok=True)
    reports = [word for name, option in REPORTS.items() for word in (option, str(out / name))]
    more = reports if command == "review" else []
    with MessagesApi(script=Script.of(RULES)) as api:
        env = (environment(api) if has_key else plain_environment()) | {"WATCHED": str(caught)}
        done = chargehand(command, "--base", "main", *more, *words, cwd=checkout, env=env, program=WATCHED)
    assert "Traceback" not in done.stderr, done.stderr
    server = f"127.0.0.1', {api.url.rpartition(':')[2]}"
    hosts = (
        [line for line in caught.read_bytes().split(b"\n") if b"connected to" in line]
        if caught.exists()
        else []
    )
    assert [host for host in hosts if server.encode() not in host] == []
    sent = tuple(
        {"role": each.role, "model": each.model, **each.request}
        for each in api.log
        if zlib.decompress(each.packed)
    )
    files = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    requests = {f"request {n}": json.dumps(each, ensure_ascii=False).encode() for n, each in enumerate(sent)}
    streams = {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}
    report = json.loads(files["report.json"]) if "report.json" in files and command == "review" else {}
    return Seen(done.returncode, {**files, **requests, **streams}, sent, report)


@pytest.fixture(scope="module")
def live(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Path]:
    """Give a run with models that keeps and records everything, and where it wrote."""
    out = tmp_path_factory.mktemp("live")
    return watched(
        checkout, out, "--cache", out / "cache", "--record", out / "run.jsonl", "--annotations", "-v"
    ), out


def test_nothing_leaks_from_a_run_that_plans_works_escalates_and_judges(live: tuple[Seen, Path]) -> None:
    seen, _ = live
    assert seen.leaks() == []
    assert {each["role"] for each in seen.sent} >= {"plan", "worker", "judge"}
    assert "claude-sonnet-5-5" in {each["model"] for each in seen.sent if each["role"] == "worker"}
    workers = seen.texts("worker")
    for shown in (
        "AWS = 'MASKED_",
        "token = 'MASKED_",
        "TOKEN_24 = 'MASKED_",
        "connect('MASKED_",
        "keys/MASKED_",
    ):
        assert shown in workers
    assert "MASKED_AWS" in seen.texts("judge")
    assert "MASKED_GITHUB_TOKEN" in seen.texts("plan")


def test_no_text_of_what_is_never_sent_is_sent_or_kept_and_the_report_says_so(
    live: tuple[Seen, Path],
) -> None:
    seen, _ = live
    kept = [where for where in seen.caught if where.startswith(("request", "cache", "run.jsonl"))]
    away = seen._replace(caught={where: seen.caught[where] for where in kept})
    assert {where.partition("/")[0].partition(" ")[0] for where in kept} == {"request", "cache", "run.jsonl"}
    assert away.leaks(UNSENT) == []
    assert "private/plan.py (modified, not read: never-sent)" in seen.texts("plan")
    gaps = {
        each["path"]: each["by"] for each in seen.report["skipped_files"] if each["reason"] == "never-sent"
    }
    assert gaps == dict.fromkeys(("moved.py", "private/new.py", "private/plan.py"), "nobody")
    assert "3 files of the change went to no model, as never_send says" in seen.report["verdict"]["reasons"]
    checked = {each["path"] for each in seen.report["findings"] if each["rule"] == "security/secret"}
    assert "private/new.py" in checked


def test_a_quote_with_a_marker_finds_its_line_and_a_suggestion_with_one_is_dropped(
    live: tuple[Seen, Path],
) -> None:
    seen, _ = live
    findings = {each["title"]: each for each in seen.report["findings"]}
    asked = next(
        each for title, each in findings.items() if without_tags(title).startswith("Who has MASKED_AWS")
    )
    assert (asked["path"], asked["start_line"]) == ("app.py", 21)
    assert asked["quote"] == MARKED
    assert asked["suggestion"] == ""
    assert "a marker in place of a secret" in asked["note"] + asked["message"]
    fine = next(each for each in findings.values() if each["start_line"] == 19 and each["suggestion"])
    assert fine["suggestion"] == "    return a3"
    assert "MASKED_AWS_ACCESS_KEY_AT_app_py_21" in without_tags(seen.report["summary"])


def test_a_second_run_finds_what_the_first_one_kept(live: tuple[Seen, Path], checkout: Path) -> None:
    _, out = live
    again = watched(checkout, out, "--cache", out / "cache")
    assert again.leaks() == []
    lenses = {each["system"] for each in again.sent if each["role"] == "worker"}
    # The refused lens has no answer to keep.
    assert len(again.sent) < 6, lenses


def test_a_recording_is_replayed_without_a_key(live: tuple[Seen, Path], checkout: Path) -> None:
    seen, out = live
    replayed = watched(checkout, out / "again", "--replay", out / "run.jsonl", has_key=False)
    assert replayed.leaks() == []
    assert [each["title"] for each in replayed.report["findings"]] == [
        each["title"] for each in seen.report["findings"]
    ]


def test_nothing_leaks_through_a_batch_and_its_state(checkout: Path, tmp_path: Path) -> None:
    seen = watched(checkout, tmp_path, "--batch", "--batch-state", tmp_path / "batch.json")
    assert seen.leaks() == []
    assert b"chargehand_batch" in seen.caught["watched"]  # the state is gone, and was looked at before
    assert "MASKED_AWS" in seen.texts("worker")


@pytest.mark.parametrize("words", [["--exact"], []])
def test_an_estimate_counts_what_a_review_sends(words: Sequence[str], checkout: Path, tmp_path: Path) -> None:
    seen = watched(checkout, tmp_path, *words, command="estimate")
    assert (seen.code, seen.leaks()) == (0, [])
    assert bool(words) == any(holds_marker(json.dumps(each)) for each in seen.sent)


def test_nothing_leaks_without_models_and_the_rules_of_severity_hold(checkout: Path, tmp_path: Path) -> None:
    seen = watched(checkout, tmp_path, "--offline", "--annotations")
    assert seen.leaks() == []
    found = [each for each in seen.report["findings"] if each["rule"] == "security/secret"]
    by_place = {(each["path"], each["start_line"]): each["severity"] for each in found}
    assert by_place["app.py", 21] == "high"
    assert by_place["old.py", 2] == "low"
    (removed,) = [each for each in found if each["path"] == "old.py"]
    assert "Rotate it" in removed["message"]
    assert ("flat.conf", 1) not in by_place


def test_a_value_that_only_a_model_calls_a_secret_is_in_no_report(attack: Attack) -> None:
    lines = ["door = 'ou' + open_sesame('never mind', 4)", "x = 1", "PIN: swordfish"]
    rules = [
        {
            "role": "worker",
            "lens": "security",
            "reply": {
                "claims": [
                    claim(
                        "a.py",
                        lines[0],
                        "A password: never mind",
                        rule="security/secret",
                        suggestion="door = 1",
                    ),
                    claim("a.py", lines[2], "The PIN is swordfish", rule="security/secret", line=3),
                    claim("a.py", lines[1], "Nobody reads x", line=2),
                ]
            },
        },
        {"role": "judge", "reply": {"summary": "Two passwords.", "rulings": []}},
    ]
    tried = attack(added("a.py", *lines), "--annotations", "--html", PAGE, rules=rules)
    assert "MASKED_SECRET" in tried.reports[PAGE]
    assert [(each["start_line"], holds_marker(each["quote"])) for each in tried.report["findings"]] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert [name for name, text in tried.reports.items() if "never mind" in text or "swordfish" in text] == []
    judged = "\n".join(text for text in tried.prompts if "#1 security/secret" in text)
    assert judged
    assert "swordfish" not in judged


def test_only_who_has_the_key_can_write_a_marker(attack: Attack) -> None:
    change = added("a.py", "x = 1", f"AWS = '{AWS}'", f"again('{AWS}')", f"TOKEN = '{token()}'")

    def prompts(**more: str) -> str:
        return "\n".join(sorted(attack(change, environ=more).prompts))

    usual = prompts()
    assert usual == prompts()
    found = re.findall(r"MASKED_([a-z2-7]{5})_([A-Z_]+)_AT_a_py_(\d)", usual)
    assert {each[1:] for each in found} == {("AWS_ACCESS_KEY", "2"), ("GITHUB_TOKEN", "4")}
    assert len({each[0] for each in found}) == 2
    assert not set(found) & set(
        re.findall(r"MASKED_([a-z2-7]{5})_([A-Z_]+)_AT_a_py_(\d)", prompts(CHARGEHAND_CACHE_SECRET="s" * 16))
    )


def test_a_job_without_a_secret_draws_a_key(attack: Attack) -> None:
    change = added("a.py", f"AWS = '{AWS}'")
    by_token = {"ANTHROPIC_API_KEY": None, "ANTHROPIC_AUTH_TOKEN": "test-key"}
    tags = [
        set(re.findall(r"MASKED_([a-z2-7]{5})_AWS", "".join(attack(change, environ=by_token).prompts)))
        for _ in range(2)
    ]
    assert [len(each) for each in tags] == [1, 1]
    assert tags[0] != tags[1]
    unsealed = attack(change, "--cache", "kept", environ=by_token)
    assert "MASKED_AWS_ACCESS_KEY_AT_a_py_1" in "".join(unsealed.prompts)


@pytest.mark.parametrize("tag", ["", "aaaaa_"])
def test_a_quote_with_a_forged_marker_leads_to_no_line(attack: Attack, tag: str) -> None:
    quote = f"AWS = 'MASKED_{tag}AWS_ACCESS_KEY_AT_a_py_2'"
    rules = [
        {"role": "worker", "lens": "security", "reply": {"claims": [claim("a.py", quote, "Forged", line=1)]}}
    ]
    tried = attack(added("a.py", "x = 1", f"AWS = '{AWS}'"), rules=rules)
    (forged,) = [each for each in tried.report["findings"] if each["title"] == "Forged"]
    assert forged["start_line"] is None


def test_no_author_forges_a_marker(attack: Attack) -> None:
    forged = "MASKED_AWS_ACCESS_KEY_AT_a_py_2"
    tried = attack(added("a.py", f"x = '{forged}'", f"AWS = '{AWS}'"))
    prompts = "\n".join(tried.prompts)
    assert f"x = '{forged}'" in prompts
    assert "AWS = 'MASKED1_AWS_ACCESS_KEY_AT_a_py_2'" in without_tags(prompts)


def test_lines_that_are_too_many_to_be_searched_are_shown_to_no_model(attack: Attack) -> None:
    lines = [f"a{n} = 'AKI" + f"A{n:012}QQQQ'" for n in range(10_020)]
    tried = attack(added("a.py", *lines))
    assert "MASKED_LINE_NOT_SEARCHED_AT_a_py_10020" in without_tags("\n".join(tried.prompts))
    assert f"{10_019:012}QQQQ" not in "\n".join(tried.prompts)
    assert any("not searched for secrets" in title for title in tried.titles())
    assert "20 lines of the change may hold secrets and are too many" in str(
        tried.report["verdict"]["reasons"]
    )


EVADING = (
    "src/auth/login1",
    "src/auth/login_v2x1",
    "src/auth",
    "src/auth/AuthenticationControllerIntegrationTests",
)


def test_a_path_that_a_line_calls_a_secret_stays_under_the_rules_for_it(
    attack: Attack, tmp_path: Path
) -> None:
    gate = '[gate]\npaths = { "*" = "never", "src/auth/" = "high" }\n'
    lens = '[lenses.mine]\ninstructions = "x"\npaths = ["src/auth/[lA]*"]\n'
    (tmp_path / ".chargehand.toml").write_text(gate + lens)
    called = [word for text in EVADING for word in (text, text.rpartition("/")[2])]
    lines = [
        line
        for word in called
        for line in (
            f'password = "{word}"',
            f'dsn = "Server=db;User=u;Password={word};"',
            f"aws_x = '{word}'",
        )
    ]
    told = [claim("conf.py", line, "A secret", rule="secret", severity="low") for line in lines[:6]]
    paths = [f"{text}.py" for text in EVADING if text != "src/auth"]
    grave = [claim(path, "x = 1", "It goes wrong", severity="critical") for path in paths]
    rule: Json = {"role": "worker", "lens": "security", "reply": {"claims": [*told, *grave]}}
    change = "".join(added(path, "x = 1") for path in paths) + added("conf.py", *lines)
    tried = attack(change, rules=[rule])
    assert tried.code == 1
    read = {each["path"] for each in tried.report["coverage"] if each["lens"] == "mine"}
    assert read == set(paths)
    assert read <= {each["path"] for each in tried.report["findings"]}


def test_code_that_a_line_calls_a_password_is_shown_all_the_same(attack: Attack) -> None:
    code = ("os.system(cmd1)", "exec(b64decode(x))", "y = eval(input1)", "z = subprocess.Popen([q1])")
    called = (
        "os.system(cmd1)",
        "os.system(cmd1",
        "b64decode",
        "eval(input1)",
        "Popen([q1])",
        "exec(b64decode",
    )
    lines = [
        line
        for text in called
        for line in (f'password = "{text}"', f'dsn = "Server=db;User=u;Password={text};"')
    ]
    same_row = 'password = "os.system(row1)"; os.system(row1)'
    bare = "host=a;password=eval(input2);"
    tried = attack(added("conf.py", *lines, same_row) + added("run.py", *code, bare))
    for prompt in tried.prompts:
        assert [line for line in (*code, bare) if f"+{line}\n" not in prompt] == []
        assert "; os.system(row1)" in prompt
    assert "MASKED_" in tried.prompts[0]


def test_a_password_that_may_be_code_is_masked_bare_in_text_for_people_alone(attack: Attack) -> None:
    code, pin, other = "y = Winterfell2024(x)", "Winterfell2024==1", "Winterfell2024x is a town."
    change = (
        added("conf.py", 'password = "Winterfell2024"')
        + added("README.md", "Sign in with Winterfell2024.", other)
        + added("run.py", code)
        + added("pins.txt", pin)
    )
    tried = attack(change)
    for prompt in tried.prompts:
        assert [line for line in (code, pin, other) if f"+{line}" not in prompt] == []
        assert "Sign in with MASKED_SECRET_KEYWORD_AT_conf_py_1." in without_tags(prompt)
        assert 'password = "MASKED_SECRET_KEYWORD_AT_conf_py_1"' in without_tags(prompt)


def test_what_people_and_files_say_of_a_review_is_masked_too(attack: Attack, tmp_path: Path) -> None:
    secrets = suppressed, _, waived, refused, gone, setting = [token() for _ in range(6)]
    accepts = f'[[suppressions]]\nrule = "security/injection"\nreason = "{suppressed}"\nguidance = true\n'
    (tmp_path / ".chargehand.toml").write_text(accepts)
    change = added("a.py", "run(x)", "run(y)")
    found = [
        claim("a.py", "run(x)", "x", rule="injection"),
        claim("a.py", "run(y)", "y", rule="secret", line=2),
    ]
    rules: list[Json] = [{"role": "worker", "lens": "security", "reply": {"claims": found}}]
    first = attack(change, rules=rules).report
    waiver = {"fingerprint": first["findings"][1]["fingerprint"], "by": "bob", "reason": waived}
    (tmp_path / "waivers.json").write_text(json.dumps({"waivers": [waiver], "refused": [refused]}))
    for each in first["findings"]:
        each |= {"title": gone, "quote": gone, "message": gone, "fingerprint": "0" * 32, "fingerprint_v2": ""}
    (tmp_path / "before.json").write_text(json.dumps(first))
    tried = attack(change, "--waivers", "waivers.json", "--baseline", "before.json", rules=rules)
    said = {**tried.reports, **{str(n): prompt for n, prompt in enumerate(tried.prompts)}}
    reasons = [each["suppression"] for each in tried.report["findings"]]
    (tmp_path / ".chargehand.toml").write_text(f"fail_on = '{setting}'")
    failed = attack(change, "-vv")
    said |= {f"failed {name}": text for name, text in failed.reports.items()}
    assert [name for name, text in said.items() if any(each[5:] in text for each in secrets)] == []
    assert "MASKED_GITHUB_TOKEN_AT_reason_1" in "".join(tried.prompts)
    assert "MASKED_GITHUB_TOKEN" in said["failed report.json"]
    assert (tried.code, failed.code) == (0, 2)
    assert all("MASKED_GITHUB_TOKEN_AT_words" in str(each) for each in reasons), reasons


def test_a_key_that_only_a_model_says_is_kept_and_shown_nowhere(attack: Attack, tmp_path: Path) -> None:
    """It decoded, joined or guessed one: nothing of the change tells that it is a secret."""
    title, message, fix, quote, file, summary, reason, prose = said = [token() for _ in range(8)]
    claims = [
        claim("a.py", "x = 1", f"It is {title}", message=f"Base64 of {message}", suggestion=f"x = '{fix}'"),
        claim("a.py", f"x = {quote}", "Nowhere", line=2),
        claim("a.py", "y = 2", "Harmless", line=2),
        claim(f"{file}.py", "y = 2", "In no file", line=2),
    ]
    rules: list[Json] = [
        {"role": "worker", "lens": "security", "reply": {"claims": claims}},
        {"role": "worker", "lens": "style", "reply": f"no JSON, but {prose}"},
        {
            "role": "judge",
            "reply": {
                "summary": f"Revoke {summary}.",
                "rulings": [{"claim": 3, "action": "dismiss", "reason": f"As {reason} says"}],
            },
        },
    ]
    kept = ("--cache", "cache", "--record", "run.jsonl")
    tried = attack(added("a.py", "x = 1", "y = 2"), *kept, "--html", PAGE, "--annotations", "-v", rules=rules)
    texts = {**tried.reports, **{f"request {n}": each for n, each in enumerate(tried.prompts)}}
    texts |= {path.name: path.read_text("utf-8") for path in (tmp_path / "cache").rglob("*.json")}
    texts["run.jsonl"] = (tmp_path / "run.jsonl").read_text("utf-8")
    assert [(name, each) for name, text in texts.items() for each in said if each[4:20] in text] == []
    shown = next(each for each in tried.report["findings"] if each["title"].startswith("It is MASKED_"))
    assert (shown["quote"], shown["suggestion"]) == ("x = 1", "")
    assert "MASKED_GITHUB_TOKEN" in tried.report["summary"]
    judged = "\n".join(text for text in tried.prompts if "#1 security/other" in text)
    assert "It is MASKED_GITHUB_TOKEN" in judged
    assert "MASKED_GITHUB_TOKEN" in texts["run.jsonl"]


def poisoned(entry: Json, **ends: object) -> Json:
    """Return an entry of a recording whose attempt ended in another way."""
    return {
        name: value for name, value in entry.items() if name not in ("reply", "failure", "stopped")
    } | ends


def test_a_recording_that_holds_a_key_shows_none(attack: Attack, tmp_path: Path) -> None:
    change = added("a.py", "x = 1")
    attack(change, "--record", "run.jsonl")
    header, *entries = map(json.loads, (tmp_path / "run.jsonl").read_text("utf-8").splitlines())
    reply, said = entries[0]["reply"], [token() for _ in range(8)]
    texts, stop, refusal, request_id, failure, failed_id, stopped, name = said
    ends: list[Json] = [
        {"reply": reply | {"text": json.dumps({"claims": [claim("a.py", "x = 1", texts)]})}},
        {"reply": reply | {"stop_reason": stop}},
        {"reply": reply | {"stop_reason": "refusal", "refusal": refusal, "request_id": request_id}},
        {"failure": {"failure": "invalid", "detail": failure, "request_id": failed_id}},
        {"stopped": stopped},
        {name: 1},
    ]
    shown = []
    for end in ends:
        lines = [header, *(poisoned(entry, **end) for entry in entries)]
        (tmp_path / "held.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
        tried = attack(change, "--replay", "held.jsonl", "-v")
        shown += [*tried.reports.values()]
    assert [each for each in said if any(each[4:20] in text for text in shown)] == []
    assert sum("MASKED_GITHUB_TOKEN" in text for text in shown) > len(ends)


def test_a_branch_that_is_called_by_a_key_is_so_nowhere(checkout: Path, tmp_path: Path) -> None:
    """Neither in the reports of a run that counts what it costs, nor if there is nothing to review."""
    branch = token()
    git(checkout, "branch", "-f", f"feature-{branch}", "pr")
    git(checkout, "checkout", "-q", f"feature-{branch}")
    counted = watched(checkout, tmp_path / "counted", "--state", tmp_path / "counted" / "state.json")
    empty = watched(checkout, tmp_path / "empty", "--base", "HEAD", "--offline")
    git(checkout, "checkout", "-q", "pr")
    assert (counted.leaks([branch[4:]]), empty.leaks([branch[4:]])) == ([], [])
    called = "branch feature-MASKED_GITHUB_TOKEN_AT_branch_1"
    assert counted.report["bill"]["pr"]["subject"] == called
    assert called in counted.caught["state.json"].decode()
    assert empty.report["change"]["branch"].startswith("feature-MASKED_GITHUB_TOKEN")


# A line of a diff for each form in which git, and others, write something beside lines of code.
BESIDE_LINES = {
    "a mail": "From: {0} <a@b>\nSubject: [PATCH] {1}\n\n{2}\n---\n a.py | 1 +\n{code}-- \n{3}\n",
    "modes": "diff --git a/{0} b/{0}\nold mode 100644\nnew mode 100755\n{code}",
    "an unknown mode": "diff --git a/q b/q\nold mode {0}\nnew mode {1}\n{code}",
    "ids": "diff --git a/q b/q\nindex {0}..{1} 100644\n--- a/q\n+++ b/q\n@@ -1 +1 @@\n-x\n+y\n{code}",
    "a rename": "diff --git a/{0} b/{1}\nsimilarity index 100%\nrename from {0}\nrename to {1}\n{code}",
    "a rename of others": "diff --git a/{0} b/{1}\nsimilarity index 9%\nrename from {2}\nrename to {3}\n"
    "{code}",
    "a copy": "diff --git a/{0} b/{1}\nsimilarity index {2}%\ncopy from {0}\ncopy to {1}\n{code}",
    "a binary file": "diff --git a/{0} b/{0}\nBinary files a/{1} and b/{2} differ\n{code}",
    "a binary patch": "diff --git a/q b/q\nindex 1..2 100644\nGIT binary patch\nliteral 9\nc{0}\n\n{code}",
    "a submodule": "diff --git a/{0} b/{0}\nindex 1..2 160000\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n"
    "-Subproject commit {1}\n+Subproject commit {2}\n{code}",
    "a submodule's log": "Submodule {0} 1234567..2345678:\n  > {1}\n{code}",
    "a link": "diff --git a/q b/q\nnew file mode 120000\n--- /dev/null\n+++ b/q\n@@ -0,0 +1 @@\n+/home/{0}\n"
    "\\ No newline {1}\n{code}",
    "headings": "diff --git a/q b/q\n--- a/q\t{0}\n+++ b/q\t{1}\n@@ -1 +1 @@ {2}\n-x\n+y\n{code}",
    "a torn hunk": "diff --git a/q b/q\n--- a/q\n+++ b/q\n@@ -1,3 +1,{0} @@\n-x\n+y\n{1}\n{code}",
    "a name in quotes": 'diff --git "a/\\t{0}" "b/\\t{0}"\nnew file mode 100644\n{code}',
    "an unknown heading": "diff --git a/q b/q\n{0} q\n--- a/q\n+++ b/q\n@@ -1 +1 @@\n-x\n+y\n{code}",
    "Subversion's": "Index: {0}.py\n{bar}\n--- {0}.py\t({1})\n+++ {0}.py\t({2})\n@@ -1 +1 @@\n-x\n+y\n"
    "Property changes on: {0}.py\nAdded: {3}\n   + {4}\n",
    "a merge": "diff --cc a.py\nindex 1,2..3\n--- a/a.py\n+++ b/a.py\n@@@ -1,1 -1,1 +1,1 @@@ {0}\n"
    "- x = '{1}'\n -y = '{2}'\n++z = '{3}'\n",
    "no diff": "{0}\n",
}


@pytest.mark.parametrize("form", BESIDE_LINES.values(), ids=BESIDE_LINES)
def test_what_stands_beside_the_lines_of_a_diff_is_masked_too(attack: Attack, form: str) -> None:
    said = [token() for _ in range(5)]
    tried = attack(form.format(*said, code=added("a.py", "x = 1"), bar="=" * 67), "--html", PAGE, "-vv")
    texts = (*tried.reports.values(), *tried.prompts)
    assert [each for each in said if any(each[4:20] in text for text in texts)] == []


def test_the_doctor_quotes_no_secret_of_a_configuration(tmp_path: Path) -> None:
    value, key, lens, instructions, path, rule, branch = said = [token() for _ in range(7)]
    git(tmp_path, "init", "-q", "-b", branch, ".")
    (tmp_path / ".chargehand.toml").write_text(
        f'fail_on = "{value}"\n{key} = 1\n[lenses."{lens}"]\ninstructions = "{instructions}"\n'
        f'paths = ["{path}"]\n[gate]\nrules = {{ "{rule}" = "off" }}\n'
    )
    for options in ((), ("--json",), ("--comment",)):
        done = chargehand("doctor", *options, cwd=tmp_path, env=plain_environment())
        assert done.returncode == 2
        assert [each for each in said if each[4:20] in done.stdout + done.stderr] == []
        assert "MASKED_GITHUB_TOKEN_AT_words" in done.stdout
    json.loads(chargehand("doctor", "--json", cwd=tmp_path, env=plain_environment()).stdout)


def test_a_sample_of_history_has_no_secret_in_its_titles(tmp_path: Path) -> None:
    subject = token()
    git(tmp_path, "init", "-q", "-b", "main", ".")
    for number in range(2):
        lines = ["def f(a, b):", f"    return a + b + {number}"]
        (tmp_path / "a.py").write_text("".join(f"{line}\n" for line in lines))
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", f"Rotate {subject}")
    asked = ("parity", "sample", "--into", "sample.jsonl", "--kind", "merged", "-n", "2")
    done = chargehand(*asked, cwd=tmp_path, env=plain_environment())
    sample = (tmp_path / "sample.jsonl").read_text("utf-8")
    assert (done.returncode, subject[4:20] in sample) == (0, False)
    assert "Rotate MASKED_GITHUB_TOKEN" in sample


def test_what_is_masked_without_a_finding_is_counted_in_every_report(attack: Attack, tmp_path: Path) -> None:
    kept, twice, gone, new = (token() for _ in range(4))
    lines = [" import os", f" A = '{kept}'", f"-B = '{twice}'", f"+C = '{twice}'", f" D = '{kept}'"]
    change = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,4 +1,4 @@\n" + "".join(
        f"{line}\n" for line in lines
    )
    removed = "diff --git a/b.py b/b.py\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-E = '{}'\n+E = '{}'\n"
    told = "1 value in and around the change is masked, and no finding tells of it: GitHub token."
    for tried in (attack(change, "--offline"), attack(change)):
        without = [name for name, text in tried.reports.items() if told not in " ".join(text.split())]
        # Code Quality has no room for sentences, and people read them on standard error.
        assert without == ["codequality.json", "stdout"]
    assert "is masked" not in attack(removed.format(gone, new), "--offline").reports["report.json"]
    (tmp_path / ".chargehand.toml").write_text("[checks]\ndisabled = ['secrets']\n")
    off = attack(removed.format(gone, new), "--offline")
    assert "2 values in and around the change are masked" in off.reports["report.json"]
    assert "GitHub token (2)" in off.reports["report.json"]


def test_a_password_that_may_be_code_is_in_no_sentence_of_a_report(attack: Attack, tmp_path: Path) -> None:
    """Models were shown it bare, as code, and repeat it; the branch has it between hyphens."""
    password = "Winterfell2024x"
    (tmp_path / ".gitignore").write_text("*.json\n*.md\n*.xml\n*.sarif\n*.html\n")
    git(tmp_path, "init", "-q", "-b", "main", ".")
    commit(tmp_path, {"a.py": ["x = 0"]})
    git(tmp_path, "checkout", "-q", "-b", f"use-{password}-now")
    commit(tmp_path, {"a.py": [f'db_password = "{password}"', "x = open_it()"]})
    said = f"With {password} (or login_{password})"
    claims = [
        claim("a.py", "x = open_it()", f"{said} it opens", message=said, line=2),
        claim("a.py", "x = open_it()", f"{said} it shuts", message=said, line=2, rule="hardcoded-value"),
    ]
    rules: list[Json] = [
        {"role": "worker", "lens": "security", "reply": {"claims": claims}},
        {
            "role": "judge",
            "reply": {
                "summary": said,
                "rulings": [
                    {"claim": 2, "action": "regrade", "severity": "critical", "reason": said},
                    {"claim": 3, "action": "dismiss", "reason": said},
                ],
            },
        },
    ]
    tried = attack("", "--base", "main", "--html", PAGE, "--annotations", rules=rules)
    assert tried.report["summary"].startswith("With MASKED_")
    assert [name for name, text in tried.reports.items() if password in text] == []
    assert tried.report["change"]["branch"].startswith("use-MASKED_")
