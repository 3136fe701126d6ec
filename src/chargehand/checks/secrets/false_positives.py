"""Whether a value that was taken for a secret is one, or merely stands where one will be."""

import re

from chargehand.checks.secrets.assignments import Assigned
from chargehand.checks.secrets.connections import Credential, Kind
from chargehand.checks.secrets.randomness import is_random

SHORTEST_GUESS = 8

# The keys that the makers of a storage and of a database emulator publish begin so, a well-known token, and
# the tokens in the examples of OAuth (RFC 5849, RFC 6749, RFC 6750), which libraries quote.
_PUBLISHED_KEYS = (
    *("Eby8vdM02xNOcqFlqUwJPL", "C2y6yDjf5/R+ob0N8A7Cgv", "eyJzdWIiOiIxMjM0NTY3ODkwI", "0685bd9184jfhq22"),
    *("ad180jjd733klru7", "9djdj82h48djs9d2", "kkk9d7dh3k39sjv7", "kd94hf93k423kf44", "dpf43f3p2l4k3l03"),
    *("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00", "hh5s93j4hdidpola", "hdhd0244k9j7ao03", "j49sk3j29djd"),
    *("2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA", "SplxlOBeZQQYbYS6WxSbIA", "7Fjfp0ZBr1KtDRbnfVdmIw"),
    *("QWxhZGRpbjpvcGVuIHNlc2FtZQ", "open sesame"),  # RFC 7617
    *("czZCaGRSa3F0Mzo3RmpmcDBa", "gX1fBat3bV", "mF_9.B5f-4.1JqM"),
)
_PLACEHOLDER_KEY = re.compile(
    r"example|placeholder|dummy|redacted|1234567|abcdefg|xxxx|(.)\1{5}", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|fake|placeholder|change.?me|your|xxx|todo|redacted|replace|insert|\.\.\.|\*\*\*"
    r"|\\u[0-9a-f]{4}|\benv\b|^secrets\.|^vault:|^(.)\1+$",
    re.IGNORECASE,
)
# What stands for a value that comes from elsewhere: $NAME, ${NAME}, $(command), %NAME%, %s, {{ name }}, and
# [parameters('name')] in the templates of Azure
_REFERENCE = re.compile(
    r"^[<=]|^--|^\[\w+\(|\$[{(A-Za-z_]|[{}]|%[A-Za-z_]\w*%|%[sdv]\b|%\(|\(\)|^@[A-Z_]+@$|^ENC\["
)
_OF_CODE = re.compile(r"[()\[\]{};<>|`$\\]")
_EXPRESSION = re.compile(r"^[$&*@!%]|[()\[\]]|->|::")
# The rest of a name that is that of something else: password_field, secretName, keyPath.
_OTHER_NAME = re.compile(
    r"(name|field|label|path|file|url|uri|id|type|regex|pattern|prefix|suffix|hint|policy|length|min|max|env|var|ref"
    r"|header|message|error|title|text|expir\w*|ttl|hash|algorithm|algo|format|class|placeholder|version|arn|alias"
    r"|digest|checksum|fingerprint|validator|rule|selector|icon|count|size|index|status|input|param\w*)s?$",
    re.IGNORECASE,
)
_SAMPLE_NAME = re.compile(r"example|dummy|fake|mock|(?<![a-z])test(?![a-z])", re.IGNORECASE)
_PUBLIC_NAME = re.compile(
    r"public|publishable|csrf|(foreign|primary|partition|sort|cache)_?key", re.IGNORECASE
)
_DOTTED_NAME = re.compile(r"[a-z]+\d*([-_./:][a-z0-9]+)+", re.IGNORECASE)
# Several names in a row: rules for a form's field, the names of secrets.
_NAME = re.compile(r"_*[a-z]+\d*([-_./:=]+[a-z0-9]+)*_*", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"[|,;]\s?")
_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IDS = re.compile(rf"{_ID}(\W{_ID})+", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]+[ul]*", re.IGNORECASE)
_VERSION = re.compile(r"(\w+:)?[\^~<>=v]{0,3}\d+(\.\d+)+([-+.][\w.]+)?")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,6}")
_PATH = re.compile(r"([\w.*-]+[/\\])+([\w*-]+\.\w{1,5})?")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:/|[/~.]|(data|urn|arn|npm|workspace|link|patch):", re.IGNORECASE)
# Words that people use as passwords where none is needed, with digits and signs around.
_WEAK = re.compile(
    r"[\d\W_]*(?:(?:my|the|a|new|old|some|secure|very|top|s[e3]cr[e3]t|p[a@4][s$35]{2}w[o0]rd|pass(?:wd)?|pwd|root|user|guest"
    r"|admin(?:istrator)?|demo|test(?:ing)?|default|dev|local|foo|bar|baz|qwerty|letmein|welcome|hello|world|abc|key"
    r"|token|api|postgres|mysql|changeit|this|is|wrong|correct|invalid|valid|strong|weak|hunter|monkey|dragon)[\W_]*)+"
    r"[\d\W_]*",
    re.IGNORECASE,
)
_IN_PASSWORDS = (re.compile(r"[!#%^&*~?+@]"), re.compile(r"[0-9]"), re.compile(r"[A-Za-z]"))
_DEFAULT_PASSWORDS = frozenset({"password", "passw0rd", "postgres", "postgresql", "changeit"})
# The machine itself, reserved example domains, and names without a dot, such as those in a compose file.
_LOCAL_HOST = re.compile(r"127\.0\.0\.1|\[::1\]|0\.0\.0\.0|[\w.-]*example\b|[\w-]+([:/\"'\s]|$)")


def is_placeholder(key: str) -> bool:
    """Tell whether a text of a known form is a sample and no key."""
    return bool(_PLACEHOLDER_KEY.search(key)) or _is_published(key)


def is_assigned_secret(given: Assigned) -> bool:
    """Tell whether what is given to a telling name deserves a claim."""
    if _OTHER_NAME.search(given.name) or _SAMPLE_NAME.search(given.name):
        return False
    if not given.is_quoted and _EXPRESSION.search(given.value):
        return False
    if given.is_password:
        return is_password(given.value)
    return not _PUBLIC_NAME.search(given.name) and is_token(given.value)


def is_unlike_code(value: str) -> bool:
    """Tell what can only be a password from what may also be code, such as `os.system(x)` and `b64decode`.

    Whoever writes a change could call any code a password, and have it hidden wherever else it stands.
    """
    return not _OF_CODE.search(value) and (is_random(value) or _has_signs(value))


def is_credential(held: Credential) -> bool:
    """Tell whether what stands in a connection's place for a password deserves a claim."""
    match held.kind:
        case Kind.ADDRESS:
            is_default = held.password in _DEFAULT_PASSWORDS or _LOCAL_HOST.match(held.host)
            return not is_default and is_chosen(held.password)
        case Kind.BEARER:
            return is_token(held.password)
        case _:
            return is_chosen(held.password)


def is_token(value: str) -> bool:
    """Tell a value that a machine made from names and references."""
    return is_chosen(value) and not _is_other_thing(value) and (is_random(value) or _has_signs(value))


def is_password(value: str) -> bool:
    """Tell a random or chosen value from a word, a name or a reference."""
    if not is_chosen(value) or _is_other_thing(value) or _DOTTED_NAME.fullmatch(value):
        return False
    has_letter = any(each.isalpha() for each in value)
    has_other = any(not each.isalpha() and each not in "-_." for each in value)
    return has_letter and (has_other or is_random(value))


def _is_other_thing(value: str) -> bool:
    is_form = any(form.fullmatch(value) for form in (_IDS, _NUMBER, _VERSION, _MAIL, _PATH))
    return is_form or _is_list(value) or _ADDRESS.match(value) is not None


def _is_list(value: str) -> bool:
    parts = _BETWEEN_NAMES.split(value.strip("[]()|,;"))
    return len(parts) > 1 and all(_NAME.fullmatch(part) for part in parts)


def _has_signs(value: str) -> bool:
    """Tell a value with letters, digits and signs, as programs make passwords, which a name does not have."""
    return all(form.search(value) for form in _IN_PASSWORDS)


def is_chosen(value: str) -> bool:
    """Tell a value from a placeholder, from a reference to a value, and from what nobody relies on."""
    return len(value) >= SHORTEST_GUESS and not (
        _PLACEHOLDER.search(value)
        or _REFERENCE.search(value)
        or _WEAK.fullmatch(value.replace("%20", " "))
        or _is_published(value)
    )


def _is_published(key: str) -> bool:
    return any(start in key for start in _PUBLISHED_KEYS)
