"""Secrets that are more than a value with a name: connections, headers, private keys, what base64 wraps."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from random import Random

from tests.secret_corpus.forms import filled

Structure = Callable[[Random], tuple[str, str, str]]


def _line(path: str, text: str, form: str) -> Structure:
    """Return a structure of one line, in which `§` stands for the secret of this form."""

    def make(random: Random) -> tuple[str, str, str]:
        secret = filled(form, random)
        return path, filled(text, random).replace("§", secret) + "\n", secret

    return make


def _encoded(path: str, text: str, plain: str) -> Structure:
    """Return a structure in which `§` stands for a text in base64."""

    def make(random: Random) -> tuple[str, str, str]:
        secret = b64encode(filled(plain, random).encode()).decode()
        return path, text.replace("§", secret) + "\n", secret

    return make


def _key(path: str, name: str, headers: Sequence[str] = (), dashes: str = "-----") -> Structure:
    def make(random: Random) -> tuple[str, str, str]:
        body = [filled("<base64 64>", random) for _ in range(12)]
        close = dashes[::-1]
        lines = [f"{dashes}BEGIN {name}{close}", *headers, *body, f"{dashes}END {name}{close}"]
        return path, "\n".join(lines) + "\n", body[0]

    return make


def _putty(version: int, encryption: str) -> Structure:
    def make(random: Random) -> tuple[str, str, str]:
        body = [filled("<base64 64>", random) for _ in range(4)]
        head = [f"PuTTY-User-Key-File-{version}: ssh-ed25519", f"Encryption: {encryption}", "Comment: deploy"]
        lines = [
            *head,
            "Public-Lines: 2",
            *body[:2],
            "Private-Lines: 2",
            *body[2:],
            f"Private-MAC: {body[0]}",
        ]
        return "deploy.ppk", "\n".join(lines) + "\n", body[2]

    return make


def _quoted_key(random: Random) -> tuple[str, str, str]:
    body = filled("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC<base64 600>", random)
    text = "-----BEGIN " + f"PRIVATE KEY-----\\n{body}\\n-----END " + "PRIVATE KEY-----\\n"
    return "config/service.json", f'  "private_key": "{text}",\n', body


_ALL_LETTERS = "<alnum 18>"

STRUCTURES: dict[str, Sequence[Structure]] = {
    "address": (
        _line("app/db.py", 'DATABASE = "postgres://shop:§@db.corp.net:5432/shop"', _ALL_LETTERS),
        _line("compose.yaml", "      DATABASE_URL: mysql://shop:§@10.1.2.3/shop", _ALL_LETTERS),
        _line("src/db.ts", "const uri = 'mongodb+srv://shop:§@cluster0.mongo.corp.net/shop';", _ALL_LETTERS),
        _line("src/queue.go", 'conn := "amqp://worker:§@mq.corp.net:5672/"', _ALL_LETTERS),
        _line(".env", "REDIS_URL=redis://:§@cache.corp.net:6379/0", _ALL_LETTERS),
        _line("deploy.sh", "git clone https://bot:§@git.corp.net/shop.git", _ALL_LETTERS),
        _line("src/ftp.php", "$remote = 'ftp://upload:§@ftp.corp.net/in';", _ALL_LETTERS),
        _line("pip.conf", "extra-index-url = https://ci:§@pypi.corp.net/simple", _ALL_LETTERS),
    ),
    "connection string": (
        _line(
            "appsettings.json",
            '  "Db": "Server=db.corp.net;Database=Shop;User Id=shop;Password=§;"',
            "<alnum 14>!",
        ),
        _line(
            "Web.config",
            '<add name="Db" connectionString="Data Source=db;Initial Catalog=Shop;uid=sa;pwd=§" />',
            "<alnum 14>#",
        ),
        _line(
            "src/Db.java", 'String url = "jdbc:mysql://db.corp.net/shop?user=shop&password=§";', "<alnum 14>"
        ),
        _line(
            "src/Db.java",
            'String url = "jdbc:sqlserver://db.corp.net;databaseName=shop;user=sa;password=§;";',
            "<alnum 14>",
        ),
        _line(
            "etl/load.py",
            'c = pyodbc.connect("DRIVER={ODBC Driver 18};SERVER=db.corp.net;UID=etl;PWD=§")',
            "<alnum 14>",
        ),
        _line(
            "src/cache.cs",
            'var c = "shop.redis.cache.windows.net:6380,password=§,ssl=True,abortConnect=False";',
            "<base64 43>=",
        ),
        _line(
            "src/bus.cs",
            'var c = "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=§";',
            "<base64 43>=",
        ),
        _line(
            "etl/load.py",
            'c = psycopg.connect("host=db.corp.net user=etl password=§ dbname=shop")',
            "<alnum 14>",
        ),
        _line(
            "src/blob.ts",
            "const u = 'https://shop.blob.core.windows.net/c?sv=2023-01-03&se=2031-01-01&sp=r&sig=§';",
            "<alnum 43>%3D",
        ),
    ),
    "header": (
        _encoded("src/api.js", "headers: { Authorization: 'Basic §' },", "shop:<alnum 14>"),
        _encoded("call.sh", 'curl -H "Authorization: Basic §" https://api.corp.net', "shop:<alnum 14>"),
        _line("src/api.js", "headers: { Authorization: 'Bearer §' },", "<alnum 40>"),
        _line("call.sh", 'curl -H "Authorization: Bearer §" https://api.corp.net', "<hex 40>"),
        _line("call.sh", "curl -H 'X-Api-Key: §' https://api.corp.net", "<alnum 32>"),
        _line("call.sh", "curl -u shop:§ https://api.corp.net", "<alnum 14>"),
        _line("call.sh", 'curl --user "shop:§" https://api.corp.net', "<alnum 14>"),
        _line("src/api.py", 'TOKEN = "§"', "eyJhbGciOiJIUzI1NiJ9.eyJ<alnum 60>.<word 43>"),
    ),
    "private key": (
        _key("id_rsa", "RSA PRIVATE KEY"),
        _key("server.key", "PRIVATE KEY"),
        _key("id_ecdsa", "EC PRIVATE KEY"),
        _key("id_dsa", "DSA PRIVATE KEY"),
        _key("id_ed25519", "OPENSSH PRIVATE KEY"),
        _key("server.key", "ENCRYPTED PRIVATE KEY"),
        _key(
            "old.pem",
            "RSA PRIVATE KEY",
            ("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,0A1B2C3D4E5F60718293A4B5C6D7E8F9", ""),
        ),
        _key("release.asc", "PGP PRIVATE KEY BLOCK", ("Version: GnuPG v2", "")),
        _key("host", "SSH2 ENCRYPTED PRIVATE KEY", ('Comment: "host"',), dashes="---- "),
        _putty(2, "none"),
        _putty(3, "none"),
        _putty(3, "aes256-cbc"),
        _quoted_key,
    ),
    "base64": (
        _encoded("deploy/secret.yaml", "  credentials: §", "aws_access_key_id=AKIA<B32 16>"),
        _encoded("src/wrapped.js", "const blob = atob('§');", "ghp_<alnum 36>"),
        _encoded(
            "deploy/secret.yaml",
            "  tls.key: §",
            "-----BEGIN " + "PRIVATE KEY-----\n<base64 64>\n<base64 64>\n",
        ),
        _encoded(
            "run.sh", "echo § | base64 -d > .netrc", "machine api.corp.net login shop password <alnum 16>"
        ),
        _encoded("src/wrapped.py", 'URL = b64decode("§")', "postgres://shop:<alnum 16>@db.corp.net/shop"),
        _encoded("docker/config.json", '      "auth": "§"', "shop:<alnum 20>"),
        _encoded("deploy/secret.yaml", "  DB_PASSWORD: §", "<alnum 20>"),
    ),
    "login file": (
        _line(".npmrc", "//npm.corp.net/:_authToken=§", "<uuid>"),
        _encoded(".npmrc", "_auth=§", "shop:<alnum 16>"),
        _line(".netrc", "machine api.corp.net login shop password §", "<alnum 16>"),
        _line(".pypirc", "password = §", "<alnum 16>"),
        _line(".aws/credentials", "aws_secret_access_key = §", "<base64 40>"),
        _line("nuget.config", '      <add key="ClearTextPassword" value="§" />', "<alnum 16>"),
        _line("settings.xml", "      <password>§</password>", "<alnum 14>"),
    ),
    "password": (
        _line("src/Db.java", '    source.setPassword("§");', "<password 14>"),
        _line("app/db.py", 'connect(user="shop", password="§")', "<password 14>"),
        _line("src/login.js", "  login('shop', { password: '§' });", "<password 12>"),
        _line("deploy.sh", "mysql --user=shop --password=§ shop < dump.sql", "<alnum 14>"),
        _line("deploy.sh", "./login --token § --quiet", "<alnum 32>"),
        _line("src/conf.rs", 'let key = env::var("API_TOKEN").unwrap_or("§".to_string());', "<alnum 32>"),
        _line("src/Conf.cs", 'var k = Environment.GetEnvironmentVariable("API_KEY") ?? "§";', "<alnum 32>"),
        _line("src/Conf.kt", 'val k = System.getenv("API_SECRET") ?: "§"', "<alnum 32>"),
        _line("app/conf.py", 'k = os.environ["API_TOKEN"] or "§"', "<alnum 32>"),
        _line("deploy/pod.yaml", '          - {name: DB_PASSWORD, value: "§"}', "<password 14>"),
        _line("deploy/pod.yaml", '          - name: DB_PASSWORD\n            value: "§"', "<password 14>"),
    ),
}
