"""Values that are known by the words around them: what is found of them, and what is left alone."""

from base64 import b64encode

import pytest

from chargehand.checks.secrets import search
from chargehand.core.finding import Claim, Confidence, Severity
from tests.unit.changes import added, changed, diff_of
from tests.unit.checks.secrets.masked import texts_of

CHOSEN = "Vk93hsXq" + "02LmZp"
RANDOM = "q7Vb2Xk9Lm4N" + "p8Rt6Wz3Yc5Hd1Jf"
HEX = "7f3a9c1e5b8d2f4a" + "6c0e9b7d1f3a5c8e"


def claims(path: str, *lines: str) -> tuple[Claim, ...]:
    return search(diff_of(added(path, *lines))).claims


def hidden(path: str, *lines: str) -> list[str]:
    """Return the texts that are masked."""
    return texts_of(search(diff_of(added(path, *lines))).mask)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (".env", "DB_PASSWORD=§"),
        ("config/.env.production", "export DB_PASSWORD=§ # the shop's"),
        ("run.sh", "export DB_PASSWORD=§"),
        ("run.sh", "DB_PASSWORD=§ ./migrate && ./run"),
        ("run.sh", "./migrate --db-password=§ --quiet"),
        ("run.sh", "./migrate --db-password § --quiet"),
        ("Makefile", "DB_PASSWORD ?= §"),
        ("Dockerfile", "ENV DB_PASSWORD=§ MODE=live"),
        ("docker/Dockerfile.live", "ENV DB_PASSWORD §"),
        ("app.properties", "spring.datasource.password=§"),
        ("app.properties", "db.password: §"),
        ("etc/app.ini", "password = § ; of the shop"),
        ("values.yaml", "  dbPassword: § # of the shop"),
        ("compose.yaml", "      - DB_PASSWORD=§"),
        (".netrc", "machine api.corp.net login shop password §"),
        ("deploy.bat", "set DB_PASSWORD=§"),
    ],
)
def test_values_without_quotes_are_found_in_settings_and_scripts(path: str, line: str) -> None:
    lines = ("x = 1", line.replace("§", CHOSEN))
    (claim,) = claims(path, *lines)
    assert (claim.severity, claim.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)
    assert hidden(path, *lines) == [CHOSEN]
    assert claim.line == 2


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", 'key = os.environ.get("API_TOKEN", "§")'),
        ("a.py", 'key = os.environ["API_TOKEN"] or "§"'),
        ("a.py", "key = config('API_TOKEN', default='§')"),
        ("a.js", "const key = process.env.API_TOKEN || '§';"),
        ("a.ts", "const key = process.env.API_TOKEN ?? '§';"),
        ("a.rb", "KEY = ENV.fetch('API_TOKEN', '§')"),
        ("a.rb", "KEY = ENV['API_TOKEN'] || '§'"),
        ("a.php", "$key = getenv('API_TOKEN') ?: '§';"),
        ("a.go", 'key := getEnv("API_TOKEN", "§")'),
        ("a.rs", 'let key = env::var("API_TOKEN").unwrap_or("§".to_string());'),
        ("A.cs", 'var key = Environment.GetEnvironmentVariable("API_TOKEN") ?? "§";'),
        ("A.java", '@Value("${api.token:§}") String key;'),
        ("run.sh", "curl -d ${API_TOKEN:-§} https://api.corp.net"),
        ("compose.yaml", "      KEY: ${API_TOKEN:-§}"),
    ],
)
def test_defaults_of_what_is_looked_up_in_the_environment_are_found(path: str, line: str) -> None:
    assert hidden(path, line.replace("§", RANDOM)) == [RANDOM]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "DSN = 'postgres://shop:§@db.corp.net/shop'"),
        ("a.json", '"Db": "Server=db.corp.net;User Id=shop;Password=§;"'),
        ("A.java", 'url = "jdbc:mysql://db.corp.net/shop?user=shop&password=§";'),
        ("A.java", 'url = "jdbc:sqlserver://db.corp.net;user=shop;password=§";'),
        ("a.py", 'connect("DRIVER={ODBC Driver 18};SERVER=db;UID=shop;PWD=§")'),
        ("a.py", 'connect("host=db.corp.net user=shop password=§")'),
        ("call.sh", "curl -su shop:§ https://api.corp.net"),
        ("a.js", "headers: { Authorization: 'Bearer §' }"),
        ("a.js", "headers: { 'X-Api-Key': '§' }"),
        ("a.xml", "<password>§</password>"),
        ("Web.config", '<add key="ApiToken" value="§" />'),
        ("A.java", 'source.setPassword("§");'),
        ("pod.yaml", '- {name: DB_PASSWORD, value: "§"}'),
        ("a.json", '"body": "{\\"password\\": \\"§\\"}"'),
        ("a.ts", "const password: string = '§';"),
    ],
)
def test_credentials_of_connections_calls_and_markup_are_found(path: str, line: str) -> None:
    assert hidden(path, line.replace("§", RANDOM)) == [RANDOM]


def test_a_basic_header_is_found_and_masked_as_it_is_written() -> None:
    run = b64encode(f"shop:{CHOSEN}".encode()).decode()
    assert hidden("a.js", f"Authorization: 'Basic {run}'") == [run]
    none = b64encode(b"shop:${PASSWORD}").decode()
    assert claims("a.js", f"Authorization: 'Basic {none}'") == ()
    assert claims("a.js", "Basic Authentication", "Basic AuthenticationProvider") == ()


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("gh" + "p_" + RANDOM + "Gs2Qa7Ub4Ei9", Severity.HIGH),
        ("-----BEGIN " + "PRIVATE KEY-----\n" + RANDOM * 2, Severity.HIGH),
        (f"postgres://shop:{CHOSEN}@db.corp.net/shop", Severity.MEDIUM),
        (f"api_password: '{CHOSEN}'", Severity.MEDIUM),
    ],
)
def test_a_secret_in_base64_is_found_and_its_whole_run_hidden(text: str, severity: Severity) -> None:
    run = b64encode(text.encode()).decode()
    (claim,) = claims("deploy/secret.yaml", f"  blob: {run}")
    assert claim.severity is severity
    assert hidden("deploy/secret.yaml", f"  blob: {run}") == [run]
    assert "base64" in claim.title


def test_the_value_of_a_variable_may_stand_on_the_line_below_its_name() -> None:
    for name, value in (
        ("const DB_PASSWORD =", f"  '{CHOSEN}';"),
        ('  "DB_PASSWORD",', f'  "{CHOSEN}",'),
        ("- name: DB_PASSWORD", f'  value: "{CHOSEN}"'),
        ('"name": "DB_PASSWORD",', f'"value": "{CHOSEN}"'),
    ):
        (claim,) = claims("pod.yaml", name, value)
        assert (claim.line, hidden("pod.yaml", name, value)) == (2, [CHOSEN])
        file = changed("pod.yaml", [name, "value: 1"], [name, value])
        (claim,) = search(diff_of(file)).claims
        assert claim.line == 2
    assert claims("pod.yaml", "- name: MODE", f'  value: "{CHOSEN}"') == ()
    assert claims("pod.yaml", "mode:", f'  "{CHOSEN}"') == ()


def test_a_line_below_a_telling_name_that_has_a_name_of_its_own_gives_no_value_to_it() -> None:
    for name, value, secrets in (
        (f'  "db_password": "{CHOSEN}",', '  "hostgroups": 0,', [CHOSEN]),
        ("  'secondary_key',", f"  'digest': '{RANDOM}',", []),
        ("  'v3AuthPass': read('v3_auth_pass'),", "  'v3PrivMode1': mode.upper(),", []),
    ):
        assert hidden("a.py", name, value) == secrets
        assert len(claims("a.py", name, value)) == len(secrets)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("run.sh", "DB_PASSWORD=$1"),
        ("run.sh", "DB_PASSWORD=$(cat /run/secrets/db_password1)"),
        ("run.sh", ": ${DB_PASSWORD:?set_it_to_1_word}"),
        ("run.sh", "mysql --password=$DB_PASSWORD1"),
        ("Makefile", "TOKEN := $(shell cat token1.txt)"),
        ("Dockerfile", "ENV DB_PASSWORD_FILE=/run/secrets/db-password-1"),
        ("Dockerfile", "ARG DB_PASSWORD"),
        (".env", "DB_PASSWORD=change-me-please-1"),
        (".env", "DB_PASSWORD=admin123"),
        ("values.yaml", "  password: a sentence of 7 words about it"),
        ("values.yaml", "  password: *shared1"),
        ("values.yaml", "  password: !vault some1"),
        ("values.yaml", "  password: ENC[AES256_GCM,data:" + RANDOM + "]"),
        ("values.yaml", "  parse-passwd: 'npm:^1.0.0'"),
        ("yarn.lock", 'js-tokens-BABEL_8-true: "npm:js-tokens@^8.0.0"'),
        ("api/swagger.yaml", f'  "password": "{CHOSEN}"'),
        ("main.tf", "  password = var.database_password1"),
        ("main.tf", "  password = random_password.db1.result"),
        ("a.py", f"password = {CHOSEN}"),
        ("a.py", f'token = get_token("{RANDOM}")'),
        ("a.py", f'cache_key = "{HEX}"'),
        ("a.py", f'password_hash = "{HEX}"'),
        ("a.js", f"const tokenizer = '{RANDOM}';"),
        ("a.js", f"const publicKey = '{RANDOM}';"),
        ("a.cs", "PublicKeyToken=" + HEX[:16]),
        ("a.js", 'token = "AbstractTokenizer4Factory"'),
        ("a.js", 'accessToken: "urn:ietf:params:oauth:token-type:access_token2"'),
        ("a.rs", 't.pass("tests/pass/*.rs");'),
        ("a.php", "'password' => '--password='.$it"),
        ("a.rs", 'b"username=user&password=secure%20password"'),
        ("call.sh", "curl -u shop:$PASSWORD https://api.corp.net"),
        ("a.js", "Authorization: `Bearer ${accessToken}`"),
        ("a.py", 'DSN = "Server=db;User Id=shop;Password={password1};"'),
        ("a.py", "client.connect(user=vm_user, password=vm_password1)"),
        ("a.py", "User(email=params.get('email'), password=params.get('password1'))"),
        ("a.py", "connect(server=self.host + '\\\\' + self.name, user=self.user, password=self.password1,"),
        ("a.json", '"adminPassword": "[parameters(\'adminPassword1\')]"'),
        ("a.yml", "password: \"{{ lookup('password', 'credentials1/' + client) }}\""),
    ],
)
def test_references_weak_words_expressions_and_other_names_are_left_alone(path: str, line: str) -> None:
    assert claims(path, line) == ()


def test_a_line_of_very_many_words_is_looked_at_in_bounded_time() -> None:
    flood = "pwdA=" * 190
    assert claims(".env", flood) == ()
    assert hidden(".env", f"DB_PASSWORD={CHOSEN} {flood}") == [CHOSEN]
