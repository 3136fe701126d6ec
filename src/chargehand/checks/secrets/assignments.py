"""Which values in a line are given to something whose name says that it is a secret."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from chargehand.checks.check import holds_any


class Assigned(NamedTuple):
    """A value as it stands in its line, and the name that it is given to.

    A password is chosen by people; what has another name, such as a token, is made by a machine.
    """

    name: str
    value: str
    is_password: bool
    is_quoted: bool


HINTS = ("pass", "pwd", "secret", "token", "key", "cred", "auth", "contrase", "kennwort", "senha")

_BY_PEOPLE = (
    r"passw(?:or)?d|passwort|passphrase|passcode|pwd|(?<![a-z])pass(?![a-z])|(?:db|database|key|user|admin|root"
    r"|smtp|mail|ftp|ssh|store|sql)_?pass(?![a-z])|contrase[nñ]a|kennwort|(?<![a-z])senha"
)
_BY_MACHINES = (
    r"secret|token|credential|(?<![a-z])auth(?![a-z])|(?:api|app|auth|access|account|admin|client|consumer|crypto"
    r"|database|db|deploy|encrypt|encryption|hmac|host|license|master|priv|private|project|security|server"
    r"|service|session|shared|sign|signing|ssh|storage|subscription|webhook|write)[_.-]?key"
    r"|(?<=[a-z0-9]_)key(?![a-z_])"
)
_WORD = re.compile(f"(?P<password>{_BY_PEOPLE})|{_BY_MACHINES}", re.IGNORECASE)
_NAME = re.compile(r"(?:\w[\w.-]{0,60})?$")
LONGEST_NAME = 60
# A look at each word takes up to a fifth of a millisecond.
MOST_WORDS = 20

# What stands between the word and the value: the rest of the name and what closes it, a type, and a sign.
_REST = r"(?P<rest>[\w-]{0,40})[\\\"'`\])}]{0,4}"
_TYPE = r"(?:\s?:\s?[a-z][\w.<>\[\]|?]{0,40}(?=\s?=)|\s(?:[a-z]{1,6}\s)?string(?=\s?=)|\[\d{0,4}\])?"
_SIGN = (
    r"(?:\s?,?\s{1,9}[\"']?(?:value|default|defaultvalue)[\"']?\s?[=:]"
    r"|\s{0,40}(?:=>|:=|\?\?=?|\|\|=?|\?:|=|:(?!:)|or\b|,|>)"
    r"|\.(?:unwrap_or|or_?else|getorelse)\w{0,10}\((?:\|_?\|\s?|\(\)\s?->\s?)?"
    r"|(?P<call>\())"
)
_QUOTED = (
    r"\s{0,40}(?:[@$rbuf]{1,2}(?=[\"']))?\\?[\"']?(?P<quote>[\"'`])"
    r"(?P<value>(?:(?!(?P=quote))[^\\\s]){1,400})\\?(?P=quote)"
)
_IN_QUOTES = re.compile(_REST + _TYPE + _SIGN + _QUOTED, re.IGNORECASE)
# ${NAME:-value}, ${name:value}, but not ${NAME:+value}, which shows none; <name>value</name>
_IN_BRACES = re.compile(r"(?P<rest>[\w.-]{0,40}):?[-=:](?P<value>(?!\+)[^{}\s\"'`$?]{1,400})\}")
_IN_TAGS = re.compile(r"(?P<rest>[\w.-]{0,40})>(?P<value>[^<>\s]{1,400})</")
_BEHIND_SIGN = r"(?P<rest>[\w.-]{0,40})[\"\]]{0,2}(?:\s{0,40}[:?]?=|\s?:(?=\s))\s{0,40}"
_SETTING = re.compile(_BEHIND_SIGN + r"(?P<value>[^\s\"'`,<>]{1,400})\s{0,40}(?:$|[#;,\\}])")
_IN_SHELL = re.compile(_BEHIND_SIGN + r"(?P<value>[^\s\"'`;&|<>]{1,400})")
_BEHIND_BLANK = re.compile(r"(?P<rest>[\w.-]{0,40})[ \t]{1,9}(?P<value>[^\s\"'`;&|<>]{1,400})")
# ENV NAME value; --name value; password value, in a file for logins
_TAKES_BLANK = re.compile(r"^\s{0,40}ENV\s{1,9}$|\s--$|\slogin\s{1,9}\S{1,60}\s{1,9}$")
# set_password("…"), .password("…"), but not get_password("…")
_SETTER = re.compile(r"(?:.*\.)?(?:(?:set|with|use)\w*)?$", re.IGNORECASE)
# The rest of a name which says that the word is a part of another: tokenizer, secretary.
_OTHER_WORD = re.compile(r"(?!s?(?![a-z]))[a-z]")
_OTHER_WORD_CAPITAL = re.compile(r"(?!S?(?![A-Z]))[A-Z]")

# Where no file says that values are bare, one of these stands beside each.
_BESIDE_VALUES = ('"', "'", "`", "}", "</")

# Files whose values need no quotes: what a shell reads, and settings.
_SHELL = re.compile(
    r"(?:^|/)(?:\.env(?:rc)?(?:\.[\w.-]+)?|[\w.-]*\.env|(?:GNU)?Makefile|[\w.-]*Dockerfile[\w.-]*"
    r"|Containerfile[\w.-]*|Procfile|Jenkinsfile|[._]netrc|\.(?:profile|bashrc|zshrc|bash_profile))$"
    r"|\.(?:sh|bash|zsh|ksh|fish|mk|bat|cmd|service)$",
    re.IGNORECASE,
)
_SETTINGS = re.compile(
    r"(?:^|/)(?:\.npmrc|\.pypirc|\.yarnrc|credentials|config|\.my\.cnf|\.s3cfg|\.gitconfig)$"
    r"|\.(?:properties|ini|cfg|conf|cnf|config|ya?ml|props|npmrc|tf|tfvars|hcl|inc)"
    r"(?:\.(?:dist|example|local|template))?$",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"(?:^|/)(?:\.env(?:\.[\w.-]+)?|[\w.-]*\.env)$", re.IGNORECASE)


def may_assign(text: str) -> bool:
    """Tell whether a line holds a telling word."""
    return holds_any(text, HINTS) and _WORD.search(text) is not None


def is_shell(path: str) -> bool:
    """Tell a file that a shell reads, or whose values it is given."""
    return bool(_SHELL.search(path))


def has_bare_values(path: str) -> bool:
    """Tell a file of settings whose values stand without quotes, and which no shell runs."""
    return bool(_SETTINGS.search(path) or _ENVIRONMENT.search(path))


def assigned(path: str, text: str) -> Iterator[Assigned]:
    """Yield the values in a line that stand behind a telling name."""
    is_for_shell = is_shell(path)
    is_bare = is_for_shell or bool(_SETTINGS.search(path))
    if not is_bare and not any(map(text.__contains__, _BESIDE_VALUES)):
        return
    for word in islice(_WORD.finditer(text), MOST_WORDS):
        name = _NAME.search(text, max(0, word.start() - LONGEST_NAME), word.start())
        before = name.group() if name else ""
        found = _in_quotes(text, before, word)
        is_quoted = found is not None
        if not found:
            found = _IN_BRACES.match(text, word.end()) or _IN_TAGS.match(text, word.end())
        if not found and is_bare:
            found = _bare(text, word.start() - len(before), word.end(), is_shell=is_for_shell)
        if found and not _is_other_word(word.group(), found["rest"]):
            whole = before + word.group() + found["rest"]
            yield Assigned(whole, found["value"], bool(word["password"]), is_quoted)


def _in_quotes(text: str, before: str, word: re.Match[str]) -> re.Match[str] | None:
    found = _IN_QUOTES.match(text, word.end())
    is_other_call = found and found["call"] and (word.group() == "pass" or not _SETTER.match(before))
    return None if is_other_call else found


def _bare(text: str, start: int, end: int, *, is_shell: bool) -> re.Match[str] | None:
    """Return a value without quotes: in a shell it ends at a blank, in settings only a comment may follow."""
    found = (_IN_SHELL if is_shell else _SETTING).match(text, end)
    if not found and _TAKES_BLANK.search(text[:start]):
        return _BEHIND_BLANK.match(text, end)
    return found


def _is_other_word(word: str, rest: str) -> bool:
    form = _OTHER_WORD_CAPITAL if word.isupper() else _OTHER_WORD
    return bool(form.match(rest))
