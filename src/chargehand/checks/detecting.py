"""Which texts in a line are secrets: by detect-secrets, less what is plainly none."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from chargehand.checks.hints import holds_any
from chargehand.checks.kinds import is_prose, is_test

if TYPE_CHECKING:
    from detect_secrets.core.plugins.util import Plugin

# These know the form of one issuer's keys: what they find is a key, or a fake of one.
EXACT = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
# These go by the words around a value. Left out altogether: the entropy plugins, which report every hash; the
# address plugin; and those whose patterns take minutes on a long line (IBM Cloud) or match plain words
# (Artifactory).
GUESSING = ("BasicAuthDetector", "JwtTokenDetector", "KeywordDetector")

# Issuers that detect-secrets 1.5 does not know; and OpenAI, where its own pattern is slow on long lines.
_ALSO = {
    "Anthropic API key": re.compile(r"\bsk-ant-[a-z0-9]+-[\w-]{20,}"),
    "GitHub fine-grained token": re.compile(r"\bgithub_pat_\w{36,}"),
    "OpenAI API key": re.compile(r"\bsk-[\w-]{0,100}T3BlbkFJ[\w-]{20}"),
    "Google API key": re.compile(r"\bAIza[\w-]{35}\b"),
}

# The keyword plugin's time grows with the square of these.
LONGEST_GUESSED, KEYWORDS_GUESSED = 500, 8
SHORTEST = 8

# No exact form matches without a long run of characters, not all small, or one of these words; and no guess
# without one of these. Nearly all lines end here.
_RUN = re.compile(r"(?<![A-Za-z0-9_-])(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{22}")
_EXACT_HINTS = (
    "akia",
    "asia",
    "abia",
    "acca",
    "a3t",
    "xox",
    "hooks.slack",
    "authtoken",
    "private key",
    "putty-user",
)
_GUESS_HINTS = ("://", "eyj", "key", "pass", "pwd", "secret", "contrase")
_KEYWORD = re.compile(
    r"(api|auth|service|account|db|database|priv|private|client)_?key|(db|database|key)_?pass|passw|pwd|secret|contrase",
    re.IGNORECASE,
)
# What stands where a secret will be: in a value of a known form, and in a guessed one.
_STAND_IN_KEY = re.compile(r"example|placeholder|dummy|redacted|1234567|abcdefg|xxxx|(.)\1{5}", re.IGNORECASE)
# Code that looks for a key's first line holds it in quotes, without a line break behind it.
_KEY_BEGINS = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?![\"'`])|^PuTTY-User-Key-File-2")
_STAND_IN = re.compile(
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
_DOTTED_NAME = re.compile(r"[a-z]+\d*([-_./:][a-z0-9]+)+", re.IGNORECASE)
_DEFAULT_PASSWORDS = frozenset({"password", "passw0rd", "postgres", "postgresql", "changeit"})
# The machine itself, reserved example domains, and names without a dot, such as those in a compose file.
_LOCAL_HOST = re.compile(r"127\.0\.0\.1|\[::1\]|0\.0\.0\.0|[\w.-]*example\b|[\w-]+([:/\"'\s]|$)")


class Secret(NamedTuple):
    """A value that was taken for a secret; `is_exact` tells a known form from a guess."""

    kind: str
    value: str
    is_exact: bool


def may_hold_secret(text: str) -> bool:
    """Tell whether it is worth looking closer at a line, or at many."""
    return _may_hold_exact(text) or holds_any(text, _GUESS_HINTS)


def detect(lines: Iterable[tuple[str, str]]) -> list[list[Secret]]:
    """Return the secrets in each line of (path, text), a known form before a guess at the same value.

    Guesses are only made outside of tests and prose. Marks that would silence detect-secrets are not
    obeyed: a change has no say in its own review. No key is tried out: nothing leaves the machine.
    """
    # Imported here for the start-up time: it takes a sixth of a second.
    from detect_secrets.settings import get_plugins, transient_settings  # noqa: PLC0415 # start-up time

    # Keys would be tried out only under the filter for verification; with no filter named there is none.
    settings = {"plugins_used": [{"name": name} for name in (*EXACT, *GUESSING)], "filters_used": []}
    with transient_settings(settings):
        plugins = {type(plugin).__name__: plugin for plugin in get_plugins()}
        exact = [plugins[name] for name in EXACT]
        guessing = [plugins[name] for name in GUESSING]
        return [_in_line(path, text, exact, guessing) for path, text in lines]


def _may_hold_exact(text: str) -> bool:
    return holds_any(text, _EXACT_HINTS) or _RUN.search(text) is not None


def _in_line(path: str, text: str, exact: "list[Plugin]", guessing: "list[Plugin]") -> list[Secret]:
    # detect-secrets hashes what it finds as UTF-8, which undecodable bytes are not.
    text = text.encode("utf-8", "replace").decode()
    found: dict[str, Secret] = {}
    if _may_hold_exact(text):
        found = {value: Secret(kind, value, is_exact=True) for kind, value in _exact(path, text, exact)}
    if _may_guess(path, text):
        for kind, value in _plugged(path, text, guessing):
            if not any(value in known or known in value for known in found) and not _is_noise(
                kind, value, text
            ):
                found[value] = Secret(kind, value, is_exact=False)
    return list(found.values())


def _exact(path: str, text: str, plugins: "list[Plugin]") -> Iterator[tuple[str, str]]:
    for kind, value in _plugged(path, text, plugins):
        is_header_alone = kind == "Private Key" and not _KEY_BEGINS.search(text)
        if not is_header_alone and not _STAND_IN_KEY.search(text if kind == "Private Key" else value):
            yield kind, value
    for kind, form in _ALSO.items():
        yield from ((kind, value) for value in form.findall(text) if not _STAND_IN_KEY.search(value))


def _plugged(path: str, text: str, plugins: "list[Plugin]") -> Iterator[tuple[str, str]]:
    for plugin in plugins:
        for secret in sorted(
            plugin.analyze_line(filename=path, line=text), key=lambda each: each.secret_hash
        ):
            if secret.secret_value:
                yield secret.type, secret.secret_value


def _may_guess(path: str, text: str) -> bool:
    if len(text) > LONGEST_GUESSED or is_test(path) or is_prose(path):
        return False
    keywords = len(_KEYWORD.findall(text))
    return 0 < keywords <= KEYWORDS_GUESSED or (not keywords and ("://" in text or "eyJ" in text))


def _is_noise(kind: str, value: str, text: str) -> bool:
    if len(value) < SHORTEST or _STAND_IN.search(value):
        return True
    if kind == "Basic Auth Credentials":
        host = text.partition(f":{value}@")[2]
        return value in _DEFAULT_PASSWORDS or bool(_LOCAL_HOST.match(host))
    return kind == "Secret Keyword" and (not _is_password(value) or _names_another(text))


def _is_password(value: str) -> bool:
    """Tell a random or chosen value from a word, a sentence, a name or a reference."""
    has_letter = any(each.isalpha() for each in value)
    has_other = any(not each.isalpha() and each not in "-_." for each in value)
    is_text = any(each.isspace() for each in value)
    return has_letter and has_other and not is_text and not _DOTTED_NAME.fullmatch(value)


def _names_another(text: str) -> bool:
    from detect_secrets.filters import heuristic  # noqa: PLC0415 # start-up time

    return bool(_OTHER_NAME.search(text)) or heuristic.is_indirect_reference(text)
