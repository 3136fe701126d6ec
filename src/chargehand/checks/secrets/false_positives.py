"""Whether a value that was taken for a secret is one, or merely stands where one will be."""

import re

SHORTEST_GUESS = 8

_PLACEHOLDER_KEY = re.compile(
    r"example|placeholder|dummy|redacted|1234567|abcdefg|xxxx|(.)\1{5}", re.IGNORECASE
)
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
_DEFAULT_PASSWORDS = frozenset({"password", "passw0rd", "postgres", "postgresql", "changeit"})
# The machine itself, reserved example domains, and names without a dot, such as those in a compose file.
_LOCAL_HOST = re.compile(r"127\.0\.0\.1|\[::1\]|0\.0\.0\.0|[\w.-]*example\b|[\w-]+([:/\"'\s]|$)")


def is_placeholder(key: str) -> bool:
    """Tell whether a text of a known form is a sample and no key."""
    return bool(_PLACEHOLDER_KEY.search(key))


def is_plausible(kind: str, value: str, line: str) -> bool:
    """Tell whether a guess by the words around a value deserves a claim; detect-secrets names the `kind`."""
    if len(value) < SHORTEST_GUESS or _PLACEHOLDER.search(value):
        return False
    if kind == "Basic Auth Credentials":
        host = line.partition(f":{value}@")[2]
        return value not in _DEFAULT_PASSWORDS and not _LOCAL_HOST.match(host)
    return kind != "Secret Keyword" or (_is_password(value) and not _names_another(line))


def _is_password(value: str) -> bool:
    """Tell a random or chosen value from a word, a sentence, a name or a reference."""
    has_letter = any(each.isalpha() for each in value)
    has_other = any(not each.isalpha() and each not in "-_." for each in value)
    is_text = any(each.isspace() for each in value)
    return has_letter and has_other and not is_text and not _DOTTED_NAME.fullmatch(value)


def _names_another(line: str) -> bool:
    return any(form.search(line) for form in (_OTHER_NAME, _COMPARED, _CALLED))
