"""Which texts in a line are secrets: by detect-secrets, less what is plainly none."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from chargehand.checks.check import holds_any
from chargehand.checks.paths import is_prose, is_test
from chargehand.checks.secrets.false_positives import (
    is_aws_id,
    is_placeholder,
    is_plausible,
    is_telegram_token,
)

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

# Issuers that detect-secrets 1.5 does not know; and OpenAI, whose pattern there is slow on long lines.
_ALSO = {
    "Anthropic API key": re.compile(r"\bsk-ant-[a-z0-9]+-[\w-]{20,}"),
    "GitHub fine-grained token": re.compile(r"\bgithub_pat_\w{36,}"),
    "OpenAI API key": re.compile(r"\bsk-[\w-]{0,100}T3BlbkFJ[\w-]{20}"),
    "Google API key": re.compile(r"\bAIza[\w-]{35}\b"),
}
# Code that looks for a key's first line holds it in quotes, without a line break behind it. The key itself
# stands on the same line at times.
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?![\"'`])(?P<rest>[^\s\"']{16,})?|PuTTY-User-Key-File-2:"
)
# Of some forms detect-secrets returns a part only, such as the prefix: the key is the run that holds it.
_KEY_RUN = re.compile(r"[\w+/=.~:-]+")
SHORTEST_KEY = 16

# The keyword plugin's time grows with the square of these.
LONGEST_GUESSED, KEYWORDS_GUESSED = 500, 8

# No exact form matches without a long run of characters, not all small, or one of these words; and no guess
# without one of these. Nearly all lines end here.
_RUN = re.compile(r"(?<![A-Za-z0-9_-])(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{22}")
_EXACT_HINTS = (
    *("akia", "asia", "abia", "acca", "a3t", "xox", "hooks.slack", "authtoken"),
    *("private key", "putty-user"),
)
_GUESS_HINTS = ("://", "eyj", "key", "pass", "pwd", "secret", "contrase")
# Hashes and ids are long runs, too: of those lines nearly all end here. Each exact form has one of these
# words in it, in small letters, or matches one of these beginnings.
_KEY_WORDS = (
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glft-", "glsoat-"),
    *("glrt-", "gr1348941", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-", "accountkey="),
    *("authtoken", "pypi-age", "xox", "hooks.slack", "sq0csp-", "k_live_", "sk-ant-", "t3blbkfj"),
    *("aiza", "private key", "putty-user"),
)
_KEY_BEGINNINGS = tuple(
    map(
        re.compile,
        (
            r"A(?:3T[A-Z0-9]|BIA|CCA|KIA|SIA)[0-9A-Z]{16}",
            r"(?i:aws).{0,50}['\"][0-9a-zA-Z/+]{40}['\"]",
            r"SG\.[\w-]{22}\.",
            r"[0-9a-z]{32}-us\d",
            r"[MNO][\w-]{23,25}\.[\w-]{6}\.",
            r"\d{8,10}:[\w-]{35}",
            r"(?:AC|SK)[a-z0-9]{32}",
        ),
    )
)
_KEYWORD = re.compile(
    r"(api|auth|service|account|db|database|priv|private|client)_?key|(db|database|key)_?pass|passw|pwd|secret|contrase",
    re.IGNORECASE,
)


# A line of a key's body; what stands between it and the head takes fewer lines than these.
_KEY_BODY = re.compile(r"[\w+/=]{40}")
LINES_BELOW = 6


class Candidate(NamedTuple):
    """A line that may hold a secret; `below` are the next lines, where the body of a private key stands."""

    path: str
    text: str
    below: tuple[str, ...] = ()


class Secret(NamedTuple):
    """A secret as it stands in its line; `is_exact` tells a known form from a guess.

    `value` is empty if the line only announces the secret, as the first line of a private key does.
    """

    kind: str
    value: str
    is_exact: bool


def may_hold_secret(text: str) -> bool:
    """Tell whether it is worth looking closer at a line, or at many."""
    return _may_hold_run(text) or holds_any(text, _GUESS_HINTS)


def may_hold_key(text: str) -> bool:
    """Tell whether a line may hold a key of a known form."""
    if not _may_hold_run(text):
        return False
    return holds_any(text, _KEY_WORDS) or any(form.search(text) for form in _KEY_BEGINNINGS)


def may_guess(path: str, text: str) -> bool:
    """Tell whether a line holds a word beside which a password may stand, where one is looked for."""
    if len(text) > LONGEST_GUESSED or is_test(path) or is_prose(path):
        return False
    keywords = len(_KEYWORD.findall(text))
    return 0 < keywords <= KEYWORDS_GUESSED or (not keywords and ("://" in text or "eyJ" in text))


def detect(lines: Iterable[Candidate]) -> list[list[Secret]]:
    """Return the secrets in each line, a known form before a guess at the same value.

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
        return [_in_line(line, exact, guessing) for line in lines]


def _may_hold_run(text: str) -> bool:
    return holds_any(text, _EXACT_HINTS) or _RUN.search(text) is not None


def _in_line(line: Candidate, exact: "list[Plugin]", guessing: "list[Plugin]") -> list[Secret]:
    path, text = line.path, line.text
    # detect-secrets hashes what it finds as UTF-8, which undecodable bytes are not. Places stay the same.
    clean = text.encode("utf-8", "replace").decode()
    found: dict[str, Secret] = {}
    if may_hold_key(clean):
        for kind, value in _exact(line._replace(text=clean), exact):
            found.setdefault(value, Secret(kind, _as_written(value, clean, text), is_exact=True))
    if may_guess(path, clean):
        known = [value for value in found if value]
        for kind, value in _guessed(path, clean, guessing):
            if not any(value in each or each in value for each in known):
                found.setdefault(value, Secret(kind, _as_written(value, clean, text), is_exact=False))
    return list(found.values())


def _as_written(value: str, clean: str, text: str) -> str:
    place = clean.find(value)
    return text[place : place + len(value)]


def _exact(line: Candidate, plugins: "list[Plugin]") -> Iterator[tuple[str, str]]:
    text = line.text
    for kind, value in _plugged(line.path, text, plugins):
        if kind == "Private Key":
            yield from ((kind, rest) for rest in _private_key(line))
        elif _is_whole(kind, value, text):
            yield from ((kind, whole) for whole in _wholes(value, text) if not is_placeholder(whole))
    for kind, form in _ALSO.items():
        yield from ((kind, value) for value in form.findall(text) if not is_placeholder(value))


def _is_whole(kind: str, value: str, text: str) -> bool:
    match kind:
        case "Telegram Bot Token":
            return is_telegram_token(value, text)
        case "AWS Access Key":
            return is_aws_id(value, text)
        case _:
            return True


def _private_key(line: Candidate) -> Iterator[str]:
    """Yield what follows the head of a private key on its line, unless there is only talk of one."""
    head = _PRIVATE_KEY.search(line.text)
    if not head or is_placeholder(line.text):
        return
    if head["rest"] or not line.below or any(_KEY_BODY.search(text) for text in line.below):
        yield head["rest"] or ""


def _wholes(value: str, text: str) -> Iterator[str]:
    runs = _KEY_RUN.findall(text) if len(value) < SHORTEST_KEY else [value]
    return (run for run in runs if value in run and len(run) >= SHORTEST_KEY)


def _guessed(path: str, text: str, plugins: "list[Plugin]") -> Iterator[tuple[str, str]]:
    for kind, value in _plugged(path, text, plugins):
        if is_plausible(kind, value, text):
            is_part = kind == "JSON Web Token"
            yield kind, next(run for run in _KEY_RUN.findall(text) if value in run) if is_part else value


def _plugged(path: str, text: str, plugins: "list[Plugin]") -> Iterator[tuple[str, str]]:
    for plugin in plugins:
        secrets = plugin.analyze_line(filename=path, line=text)
        for secret in sorted(secrets, key=lambda each: each.secret_hash):
            if secret.secret_value:
                yield secret.type, secret.secret_value
