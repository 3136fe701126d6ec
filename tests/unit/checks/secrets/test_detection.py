import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chargehand.checks import Evidence, run_checks
from chargehand.checks.limits import CLAIMS_A_FILE
from chargehand.checks.secrets import search
from chargehand.checks.secrets.detection import Candidate, Secret, detect, may_hold_key
from chargehand.checks.secrets.places import LEAST_COUNTED, MOST_CHARACTERS, PIECE
from chargehand.core.finding import Claim, Confidence, Severity
from chargehand.core.markers import holds_marker
from chargehand.core.shape import to_json
from tests.unit.changes import added, changed, diff_of
from tests.unit.checks.secrets.masked import texts_of

RUN = "q7Vb2Xk9Lm4Np8Rt6Wz3Yc5Hd1Jf0Gs2Qa7Ub4Ei9Ov6Ky3Tn8Pw5Zx1Cr0Dl2Bh7Mj4Fg9Sk6Vq3"
LOWER = "q7vb2xk9lm4np8rt6wz3yc5hd1jf0gs2qa7ub4ei9ov6ky3tn8pw5zx1cr0dl2bh7mj4fg9sk6vq3"
HEX = "7f3a9c1e5b8d2f4a6c0e9b7d1f3a5c8e"


def key(prefix: str, length: int, rest: str = RUN) -> str:
    """Return a made-up key; put together here so that no scanner takes this file for a leak."""
    return prefix + rest[:length]


STRIPE = key("sk_" + "live_", 24)
UUID = "6f1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a11"
SAMPLES = [
    key("AKI" + "A", 16, RUN.upper()),
    f"aws_secret_key = '{RUN[:40]}'",
    "Account" + "Key=" + (RUN + RUN)[:86] + "==",
    f"M{RUN[:23]}.{RUN[:6]}.{RUN[:27]}",
    key("gh" + "p_", 36),
    *(key(f"gl{kind}-", 20) for kind in ("pat", "dt", "cbt", "ptt", "ft", "imt", "agent", "soat", "oas")),
    key("GR1348" + "941", 20),
    f"{HEX}-us12",
    "//registry.npmjs.org/:_auth" + "Token=" + key("npm_", 36),
    "//npm.corp.net/:_auth" + f"Token={UUID}",
    key("pypi-" + "AgEIcHlwaS5vcmc", 74),
    f"SG.{RUN[:22]}.{RUN[:43]}",
    "xox" + "b-902837465101-" + RUN[:24],
    "https://hooks.slack" + ".com/services/T0123ABCD/B0123ABCD/" + RUN[:24],
    key("sq0" + "csp-", 43),
    STRIPE,
    f"9876543210:A{RUN[:34]}",
    "SK" + HEX,
    "-----BEGIN " + "RSA PRIVATE KEY-----",
    "-----BEGIN " + "ENCRYPTED PRIVATE KEY-----",
    "---- BEGIN " + "SSH2 ENCRYPTED PRIVATE KEY ----",
    "PuTTY-User-" + "Key-File-2: ssh-rsa",
    "PuTTY-User-" + "Key-File-3: ssh-ed25519",
    key("sk-" + "ant-api03-", 40),
    key("github_" + "pat_", 40),
    key("AI" + "za", 35),
    key("sk-" + "proj-", 20) + "T3Blbk" + "FJ" + RUN[:20],
]


def claims(path: str, *lines: str) -> tuple[Claim, ...]:
    return search(diff_of(added(path, *lines))).claims


def hidden(path: str, *lines: str) -> set[str]:
    """Return the texts that are masked."""
    return set(texts_of(search(diff_of(added(path, *lines))).mask))


@pytest.mark.parametrize("sample", SAMPLES)
def test_keys_of_a_known_form_are_found_in_any_file(sample: str) -> None:
    for path in ("src/app.py", "deploy.sh", "Dockerfile", "package-lock.json"):
        (claim,) = claims(path, "x = 1", f"  {sample}  ")
        assert claim.rule == "security/secret"
        assert (claim.line, claim.quote[:2], claim.quote[-2:]) == (2, "  ", "  ")
        assert (claim.severity, claim.confidence) == (Severity.HIGH, Confidence.HIGH)
        assert claim.model == "check: secrets"


@pytest.mark.parametrize("sample", SAMPLES)
def test_nothing_of_a_claim_holds_the_secret_which_is_masked_in_its_line(sample: str) -> None:
    (claim,) = claims("src/app.py", sample)
    for text in hidden("src/app.py", sample):
        assert text in sample
        assert text not in to_json(claim)
    assert not re.search(r"[a-z0-9]{16}|[A-Z0-9]{16}", claim.quote)


@pytest.mark.parametrize("path", ["tests/test_pay.py", "README.md", "examples/tls/self_signed/key.pem"])
def test_keys_in_tests_prose_and_examples_weigh_less(path: str) -> None:
    (claim,) = claims(path, STRIPE)
    assert (claim.severity, claim.confidence) == (Severity.MEDIUM, Confidence.LOW)


@pytest.mark.parametrize(
    "path", ["caddytest/a.caddy.localhost.key", "vendor/pkcs7/verify_test_dsa.go", "certs/snakeoil.pem"]
)
def test_a_private_key_whose_path_says_that_it_is_for_tests_weighs_less(path: str) -> None:
    (claim,) = claims(path, "-----BEGIN " + "RSA PRIVATE KEY-----", RUN[:40])
    assert claim.severity is Severity.MEDIUM
    (claim,) = claims(path, STRIPE)
    assert claim.severity is Severity.HIGH


HEAD = "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----"
ARMOUR = ["Version: GnuPG v2", "Comment: ours", "Proc-Type: 4", "Charset: UTF-8", ""]


def test_a_private_key_is_its_head_and_a_line_of_its_body_soon_below() -> None:
    (claim,) = claims("key.asc", HEAD, *ARMOUR, RUN[:40])
    assert (claim.line, claim.severity) == (1, Severity.HIGH)
    assert claims("key.asc", HEAD, *ARMOUR, RUN[:39], RUN[:39]) == ()
    assert claims("key.asc", HEAD, *ARMOUR, "", RUN[:40]) == ()


def test_talk_of_a_private_key_is_none() -> None:
    assert claims("a.go", f'"{HEAD}\\nwxyz+ABC=\\n{HEAD.replace("BEGIN", "END")}"') == ()
    assert len(claims("a.go", f'"{HEAD}\\n{RUN[:40]}\\n{HEAD.replace("BEGIN", "END")}"')) == 1
    assert claims("Armour.java", "/**", f" * {HEAD}", " * The first line of a key.", " */") == ()


def test_the_body_of_a_private_key_may_be_old() -> None:
    file = changed("key.asc", ["head", RUN[:40]], [HEAD, RUN[:40]])
    (claim,) = search(diff_of(file)).claims
    assert claim.line == 1
    gone = changed("key.asc", ["head", RUN[:40], "end"], [HEAD, "end"])
    assert search(diff_of(gone)).claims == ()


def test_a_private_key_on_one_line_is_masked() -> None:
    line = 'key = "-----BEGIN ' + 'PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC"'
    (text,) = hidden("src/app.py", line)
    assert "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" in text


@pytest.mark.parametrize(
    ("path", "line", "secret"),
    [
        ("src/config.ts", '  password: "super_secret_db_password_123!",', "super_secret_db_password_123!"),
        ("app/settings.py", "SECRET_KEY = 'w3#kd92!mvqp'", "w3#kd92!mvqp"),
        ("app/settings.py", 'db_password = "Tr0ub4dor&3"', "Tr0ub4dor&3"),
        ("deploy/values.yaml", "  dbPassword: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("main.go", 'apiKey := "9d1kq7zz83hdmw"', "9d1kq7zz83hdmw"),
        ("app.py", 'DATABASE = "postgres://shop:s3cr3tpw9@db.internal.corp.net/shop"', "s3cr3tpw9"),
        (
            "app.py",
            "token = 'eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0.c2lnbmF0dXJl'",
            "eyJhbGciOiJIUzI1NiJ9",
        ),
    ],
)
def test_values_beside_telling_words_are_guessed(path: str, line: str, secret: str) -> None:
    (claim,) = claims(path, line)
    assert (claim.severity, claim.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)
    assert any(secret in text for text in hidden(path, line))
    assert secret not in to_json(claim)


@pytest.mark.parametrize("path", ["tests/test_app.py", "docs/setup.md", "locales/de.json"])
def test_nothing_is_guessed_in_tests_and_prose(path: str) -> None:
    assert claims(path, 'password = "Tr0ub4dor&3"', "https://u:s3cr3tpw9@db.corp.net") == ()


@pytest.mark.parametrize(
    "line",
    [
        'password = os.environ["DB_PASSWORD"]',
        "const apiKey = process.env.API_KEY",
        'password = "${DB_PASSWORD}"',
        'password: "{{ vault_password }}"',
        'api_key = "<your-api-key>"',
        'password = "changeme123"',
        'password = "xxxxxxxx1"',
        'secret = "secrets.db1.password"',
        'password = "hunter2"',
        'password = "correcthorse"',
        'label.password = "Enter your password, 8 letters"',
        'password_field = "login[pass]"',
        "secretName: app-tls-2024",
        'key_path = "/etc/keys/app1.pem"',
        "password = get_password(user1)",
        "if password == stored_password1:",
        'url = "postgres://postgres:postgres@localhost/test"',
        'url = "https://{user}:{password}@example.com"',
        'url = "redis://:longpassword1@redis:6379/0"',
        'url = "https://user:longpassword1@example.com/"',
        "AKIAIOSFODNN7EXAMPLE",
        "sk_" + "live_xxxxxxxxxxxxxxxxxxxxxxxx",
        'if "-----BEGIN ' + 'PRIVATE KEY-----" in text:',
        'sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"',
        '"integrity": "sha512-' + RUN + '=="',
        'id = "6f1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a11"',
        "data:image/png;base64," + RUN,
        "'password' => 'required|min:8',",
        "CKK_GENERIC_SECRET = 0x00000010",
        '{"5EC6CF7401BC57B18EF154E8C38ACCA8959E57D2F3975FF5",',
        "'password' => 'required|string|confirmed',",
        'secrets = "db_password1,api_key2,till-token3"',
        'secret_key = "https://vault.corp.net/v1/till1"',
        'api_key = "arn:aws:kms:eu-west-1:111122223333:key/1"',
        'api_key = "6f1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a11:7a1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a12"',
        "12345678-3c1f-4b0a-9b7e-123456789012:6f1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a11",
        "3456789012:A6f1b6a52-3c1f-4b0a-9b7e-0f4c6d5e8a",
        "21225780:AEverymajordevelopmentinthehistoryo",
        f"9876543210:A{RUN[:35]}",
        f"aws_key_id = '{HEX}7f3a9c1e'",
        "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
        "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u" + (RUN + RUN)[:46] + "==",
        "AccountKey=C2y6yDjf5/R+ob0N8A7Cgv" + (RUN + RUN)[:64] + "==",
    ],
)
def test_placeholders_references_hashes_and_names_are_not_claimed(line: str) -> None:
    assert claims("src/app.py", line) == ()
    assert claims("src/app.yaml", line) == ()


def test_a_mark_in_the_change_does_not_silence_the_check() -> None:
    assert len(claims("a.py", f'k = "{STRIPE}"  # pragma: allowlist secret')) == 1


def test_a_key_that_is_also_beside_a_telling_word_is_one_secret() -> None:
    assert detect(Candidate("a.py", f'api_key = "{STRIPE}"')) == [Secret("Stripe key", STRIPE, is_exact=True)]


def test_a_line_with_two_secrets_is_one_claim_and_both_are_masked() -> None:
    other = key("gh" + "p_", 36)
    (claim,) = claims("a.py", f"{STRIPE} {other}")
    assert {STRIPE, other} == hidden("a.py", f"{STRIPE} {other}")
    assert claim.quote == "MASKED_STRIPE_KEY_AT_a_py_1 MASKED_GITHUB_TOKEN_AT_a_py_1"


def test_undecodable_bytes_beside_a_secret_do_not_hinder() -> None:
    line = f"caf\udce9 = '{STRIPE}'; db_password = 'gr\udcfcn!passwort1'"
    (claim,) = claims("a.py", line)
    assert claim.quote.startswith("caf\udce9 = 'MASKED_STRIPE_KEY_AT_a_py_1'")
    assert hidden("a.py", line) == {STRIPE, "gr\udcfcn!passwort1"}


def test_what_was_there_before_is_not_claimed_and_masked_all_the_same() -> None:
    file = changed("a.py", [f"a = '{STRIPE}'", f"b = '{STRIPE}'"], [f"a = '{STRIPE}'", "b = 2"])
    found = search(diff_of(file))
    assert found.claims == ()
    assert STRIPE not in to_json(found.mask.diff(diff_of(file)))


def test_what_is_removed_and_stands_nowhere_else_is_low_and_to_be_rotated() -> None:
    diff = diff_of(changed("a.py", ["x = 1", f"b = '{STRIPE}'", "y"], ["x = 1", "y"]))
    (claim,) = search(diff).claims
    assert (claim.severity, claim.line) == (Severity.LOW, 2)
    assert "Rotate it" in claim.message
    assert claim.quote == "b = 'MASKED_STRIPE_KEY_AT_a_py_2'"
    again = diff_of(*diff.files, changed("b.py", ["x"], ["x", f"c = '{STRIPE}'"]))
    assert [(each.path, each.severity) for each in search(again).claims] == [("b.py", Severity.HIGH)]


PEM = ["-----BEGIN RSA " + "PRIVATE KEY-----", (RUN + RUN)[:64], "-----END RSA " + "PRIVATE KEY-----"]


@pytest.mark.parametrize(
    ("path", "lines", "is_deleted", "told"),
    [
        ("a.py", [f"b = '{STRIPE}'"], True, 1),
        ("README.md", [f"b = '{STRIPE}'"], True, 1),
        ("a.pem", PEM, True, 1),
        ("tests/a.pem", PEM, True, 0),
        ("examples/a.pem", PEM, False, 0),
        ("a.py", ["password = 'Winterfell2024'"], False, 1),
        ("a.py", ["password = 'Winterfell2024'"], True, 0),
        (".env", ["DB_PASSWORD=Winterfell2024"], True, 1),
        (".github/workflows/a.yml", ["DB_PASSWORD: Winterfell2024"], False, 0),
    ],
)
def test_of_what_goes_only_what_may_open_something_is_told_and_all_is_masked(
    path: str, lines: list[str], is_deleted: bool, told: int
) -> None:
    file = changed(path, ["x", *lines, "y"], [] if is_deleted else ["x", "y"])
    diff = diff_of(file.evolve(status="deleted") if is_deleted else file)
    found = search(diff)
    assert len(found.claims) == told
    assert holds_marker(to_json(found.mask.diff(diff)))


def test_a_word_with_digits_in_a_job_s_file_is_masked_and_not_told() -> None:
    file = ".github/workflows/ci.yml"
    words, random = "SA_PASSWORD: Winterfell2024", f"SA_PASSWORD: {RUN[:20]}"
    found = search(diff_of(added(file, words, random)))
    assert [claim.line for claim in found.claims] == [2]
    assert len(texts_of(found.mask)) == 2


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("users.xml", [f'<user name="rod" password="{HEX}" />']),
        ("module.py", [f'    api_key: "{HEX}"']),
        ("lookup.py", ["  var: \"{{ lookup('x', password='Winterfell2024') }}\""]),
        ("page.js", [f"  apiKey: '{HEX}',", "  indexName: 'docs',"]),
        (".env", [f'WEB={{"apiKey":"{key("AI" + "za", 35)}","authDomain":"x"}}']),
    ],
)
def test_what_opens_nothing_is_masked_and_not_told(path: str, lines: list[str]) -> None:
    found = search(diff_of(added(path, *lines)))
    assert found.claims == ()
    assert texts_of(found.mask)


def test_no_key_is_tried_out() -> None:
    with watched_network() as used:
        socket.getaddrinfo("127.0.0.1", 1)
        assert len(used) == 1
        assert len(claims("a.py", *SAMPLES)) >= 15
    assert len(used) == 1


@contextmanager
def watched_network() -> Iterator[list[str]]:
    """Collect the names of the network's audit events; a hook cannot be taken away, so it is told to rest."""
    used: list[str] = []
    is_watching = True

    def watch(event: str, _arguments: object) -> None:
        if is_watching and event.startswith("socket."):
            used.append(event)

    sys.addaudithook(watch)
    try:
        yield used
    finally:
        is_watching = False


def test_a_key_is_found_anywhere_in_a_very_long_line() -> None:
    for before in (0, PIECE - 10, 3 * PIECE - 1_511, 50_000):
        line = "a." * (before // 2) + f"'{STRIPE}'" + ".a" * 3_000
        (claim,) = claims("app.min.js", line)
        assert hidden("app.min.js", line) == {STRIPE}
        assert claim.line == 1


@pytest.mark.parametrize(
    ("line", "severity"),
    [("AKI" + "A" + "2" * 12 + "XXXX", Severity.HIGH), ("password = get()", Severity.MEDIUM)],
)
def test_lines_that_are_too_many_to_look_at_are_a_claim_that_is_never_cut(
    line: str, severity: Severity
) -> None:
    most = MOST_CHARACTERS // LEAST_COUNTED
    (claim,) = claims("a.py", *[line] * (most + 7))
    assert (claim.line, claim.severity, claim.confidence) == (most + 1, severity, Confidence.LOW)
    assert claim.title == "7 lines of the change not searched for secrets"
    assert claims("a.py", *[line] * most) == ()


def test_a_real_key_before_the_bound_and_what_is_beyond_it_are_both_said() -> None:
    lines = [f"{number} = '{STRIPE}'" for number in range(MOST_CHARACTERS // LEAST_COUNTED + 1)]
    diff = diff_of(added("a.py", *lines))
    found = run_checks(Evidence(diff, search(diff))).claims
    assert len(found) == CLAIMS_A_FILE
    assert found[0].title == "1 line of the change not searched for secrets"


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_quick_look_lets_every_known_form_through(sample: str) -> None:
    assert may_hold_key(sample)
    assert may_hold_key(f"x = '{sample}';")
