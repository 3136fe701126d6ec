"""Which keys in a line detect-secrets knows by their form."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from chargehand.checks.check import holds_any
from chargehand.checks.secrets.false_positives import is_aws_id, is_telegram_token

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin

# These know the form of one issuer's keys: what they find is a key, or a fake of one. Left out: the entropy
# plugins, which report every hash; those that go by the words around a value, which want quotes and take time
# that grows with the square of a line; and those that take minutes on a long line (IBM Cloud, OpenAI) or
# match plain words (Artifactory).
EXACT = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
SHORTEST_KEY = 16

# Of some forms detect-secrets returns a part only, such as the prefix: the key is the run that holds it.
_KEY_RUN = re.compile(r"[\w+/=.~:-]+")
# Hashes and ids are long runs, too: of those lines nearly all end here. Each exact form has one of these
# words in it, in small letters, or matches one of these beginnings.
_KEY_WORDS = (
    *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glft-", "glsoat-"),
    *("glrt-", "gr1348941", "glcbt-", "glimt-", "glptt-", "glagent-", "gloas-", "accountkey="),
    *("authtoken", "pypi-age", "xox", "hooks.slack", "sq0csp-", "k_live_", "sk-ant-", "t3blbkfj"),
    *(),
)
# To look for the word that each has in it takes a tenth of the time.
_KEY_BEGINNINGS = tuple(
    (words, re.compile(form))
    for words, form in (
        (("A3T", "ABIA", "ACCA", "AKIA", "ASIA"), r"A(?:3T[A-Z0-9]|BIA|CCA|KIA|SIA)[0-9A-Z]{16}"),
        (("'", '"'), r"(?i:aws).{0,50}['\"][0-9a-zA-Z/+]{40}['\"]"),
        (("SG.",), r"SG\.[\w-]{22}\."),
        (("-us",), r"[0-9a-z]{32}-us\d"),
        ((".",), r"[MNO][\w-]{23,25}\.[\w-]{6}\."),
        ((":",), r"\d{8,10}:[\w-]{35}"),
        (("AC", "SK"), r"(?:AC|SK)[a-z0-9]{32}"),
    )
)


def may_be_known(text: str) -> bool:
    """Tell whether it is worth asking detect-secrets, which takes a sixth of a second to import."""
    return holds_any(text, _KEY_WORDS) or any(
        form.search(text) for words, form in _KEY_BEGINNINGS if any(map(text.__contains__, words))
    )


def known_keys(path: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the keys in a line with their kinds. None is tried out: nothing leaves the machine."""
    for plugin in _plugins():
        for secret in sorted(
            plugin.analyze_line(filename=path, line=text), key=lambda each: each.secret_hash
        ):
            if secret.secret_value and _is_whole(secret.type, secret.secret_value, text):
                yield from ((secret.type, whole) for whole in _wholes(secret.secret_value, text))


@cache
def _plugins() -> "tuple[BasePlugin, ...]":
    # Imported here for the start-up time: it takes a sixth of a second.
    from detect_secrets.settings import get_plugins, transient_settings  # noqa: PLC0415 # start-up time

    # Keys would be tried out only under the filter for verification; with no filter named there is none.
    settings = {"plugins_used": [{"name": name} for name in EXACT], "filters_used": []}
    with transient_settings(settings):
        plugins = {type(plugin).__name__: plugin for plugin in get_plugins()}
        return tuple(plugins[name] for name in EXACT)


def _is_whole(kind: str, value: str, text: str) -> bool:
    match kind:
        case "Telegram Bot Token":
            return is_telegram_token(value, text)
        case "AWS Access Key":
            return is_aws_id(value, text)
        case _:
            return True


def _wholes(value: str, text: str) -> Iterator[str]:
    runs = _KEY_RUN.findall(text) if len(value) < SHORTEST_KEY else [value]
    return (run for run in runs if value in run and len(run) >= SHORTEST_KEY)
