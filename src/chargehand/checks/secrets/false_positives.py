"""Whether a value that was taken for a secret is one, or merely stands where one will be."""

import re

SHORTEST_GUESS = 8

# The keys that the makers of a storage and of a database emulator publish begin so.
_PUBLISHED_KEYS = ("Eby8vdM02xNOcqFlqUwJPL", "C2y6yDjf5/R+ob0N8A7Cgv")
_PLACEHOLDER_KEY = re.compile(
    r"example|placeholder|dummy|redacted|1234567|abcdefg|xxxx|(.)\1{5}", re.IGNORECASE
)
_TELEGRAM_TOKEN = re.compile(r"\d{8,10}:(?=\S*[A-Z])(?=\S*[a-z])(?=\S*[0-9])[\w-]{35}")
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|fake|placeholder|change.?me|your|xxx|todo|redacted|replace|insert|\.\.\.|\*\*\*|^<|[{}$%()]"
    r"|\benv\b|^secrets\.|^vault:|^(.)\1+$",
    re.IGNORECASE,
)
# The word is part of the name of something else: password_field, secretName, keyPath.
_OTHER_NAME = re.compile(
    r"(pass\w*|pwd|secret|key)\w*?(name|field|label|path|file|url|uri|id|type|regex|pattern|prefix|suffix|hint|policy"
    r"|length|min|max|env|var|ref|header|message|error|title|text|expir\w*|ttl|hash|algorithm)s?[\"'\]]*\s*[:=]",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"[!=]==?\s*[\w.]")
_CALLED = re.compile(r"[:=]\s*[\w.-]+[\[(]")
_DOTTED_NAME = re.compile(r"[a-z]+\d*([-_./:][a-z0-9]+)+", re.IGNORECASE)
# Several names in a row: rules for a form's field, the names of secrets.
_NAME = r"[a-z_]+\d*([-_./:=][a-z0-9_,]+)*"
_LIST = re.compile(rf"[\[(]?{_NAME}([|,;] ?{_NAME})+[|,;\])]*", re.IGNORECASE)
_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_IDS = re.compile(rf"{_ID}(\W{_ID})+", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9a-f]+[ul]*", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:/|[/~.]|data:|urn:|arn:", re.IGNORECASE)
_DEFAULT_PASSWORDS = frozenset({"password", "passw0rd", "postgres", "postgresql", "changeit"})
# The machine itself, reserved example domains, and names without a dot, such as those in a compose file.
_LOCAL_HOST = re.compile(r"127\.0\.0\.1|\[::1\]|0\.0\.0\.0|[\w.-]*example\b|[\w-]+([:/\"'\s]|$)")


def is_placeholder(key: str) -> bool:
    """Tell whether a text of a known form is a sample and no key."""
    return bool(_PLACEHOLDER_KEY.search(key)) or _is_published(key)


def is_telegram_token(key: str, line: str) -> bool:
    """Tell a bot's token from two ids with a colon between, and from words in a row.

    It stands alone, and its second part is random: it has large letters, small ones and digits.
    """
    is_part = re.search(rf"[0-9a-f-]{re.escape(key)}|{re.escape(key)}[\w-]", line, re.IGNORECASE)
    return not is_part and bool(_TELEGRAM_TOKEN.fullmatch(key))


def is_aws_id(key: str, line: str) -> bool:
    """Tell an AWS access key, if it is an id, from a part of a longer run of hexadecimal digits."""
    return len(key) != 20 or bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(key)}(?![A-Za-z0-9])", line))


def is_plausible(kind: str, value: str, line: str) -> bool:
    """Tell whether a guess by the words around a value deserves a claim; detect-secrets names the `kind`."""
    if len(value) < SHORTEST_GUESS or _PLACEHOLDER.search(value) or _is_published(value):
        return False
    if kind == "Basic Auth Credentials":
        host = line.partition(f":{value}@")[2]
        return value not in _DEFAULT_PASSWORDS and not _LOCAL_HOST.match(host)
    return kind != "Secret Keyword" or (_is_password(value) and not _names_another(line))


def _is_published(key: str) -> bool:
    return any(start in key for start in _PUBLISHED_KEYS)


def _is_password(value: str) -> bool:
    """Tell a random or chosen value from a word, a sentence, a name or a reference."""
    if any(form.fullmatch(value) for form in (_DOTTED_NAME, _LIST, _IDS, _NUMBER)) or _ADDRESS.match(value):
        return False
    has_letter = any(each.isalpha() for each in value)
    has_other = any(not each.isalpha() and each not in "-_." for each in value)
    is_text = any(each.isspace() for each in value)
    return has_letter and has_other and not is_text


def _names_another(line: str) -> bool:
    return any(form.search(line) for form in (_OTHER_NAME, _COMPARED, _CALLED))
