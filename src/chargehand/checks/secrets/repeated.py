"""Which lines repeat, bare, a guessed password that may as well be code, where it can be none.

In code a bare word is a name, a call or a look-up. Whoever writes a change could call any of them a
password, and so hide it. So a line counts only if nothing would run the word, wherever it stands: in a
comment, in a sentence in quotes, as the whole value of a setting or of an option, or in text for people.
"""

import re
from collections.abc import Iterable, Iterator

from chargehand.checks.secrets.assignments import has_bare_values, is_shell
from chargehand.core.diff import FileDiff
from chargehand.core.markers import Hidden
from chargehand.core.masking import Row
from chargehand.core.time_limit import Step, any_step

# What nothing runs and nothing is installed from, whatever its author calls a password.
_TEXT_FILE = re.compile(r"\.(md|markdown|rst|adoc|asciidoc)$", re.IGNORECASE)
# In a shell, the value of -p may follow at once.
_WORD, _WORD_IN_SHELL = re.compile(r"[\w-]+"), re.compile(r"(?<=\s)-p|[\w-]+")
_GOES_ON = re.compile(r"[\w-]")
# What begins a line that is a comment as a whole, by the endings of files.
_HASH = (
    r"py|pyi|rb|sh|bash|zsh|fish|ya?ml|toml|pl|pm|r|exs?|mk|Makefile|Dockerfile|cmake|tf|hcl|conf|cfg|ini"
    r"|properties|env|ps1|nix|jl|tcl"
)
_SLASHES = r"[cm]?[jt]sx?|java|kts?|scala|groovy|gradle|go|rs|c|cc|cpp|cxx|h|hh|hpp|cs|swift|dart|php|proto"
_COMMENTS = tuple(
    (re.compile(rf"(?:^|[/.])(?:{files})$", re.IGNORECASE), re.compile(rf"\s*{sign}"))
    for files, sign in (
        (_HASH, "#"),
        (_SLASHES, "//"),
        (r"sql|lua|hs|elm|ads|adb", "--"),
        (r"ini|asm|lisp|clj|el", ";"),
    )
)
# With one of these a comment or a text in quotes may end, or hold code that is run.
_RUNS = re.compile(r"[(){}\[\]<>;$`\"'\\|&*=]|-\}")
_IN_QUOTES = re.compile(r"(?P<quote>[\"'])(?P<text>\w(?:(?!(?P=quote))[^\\]){0,400}[\w.,:!?])(?P=quote)")
# `name: value` and `name = value`, but for names of what is run.
_SETTING = re.compile(
    r"\s*(?:- )?(?![\w.-]*(?:run|script|command|cmd|entrypoint|exec|args|uses|image|shell|hook|step|task"
    r"|action|before|after|call|func|handler|class|module|plugin))[\w.-]+\s*[:=]\s*(?P<value>[^\s#;]+)"
    r"\s*(?:[#;].*)?",
    re.IGNORECASE,
)
# Right before the value of an option of a program, and before a password behind a user's name.
_OPTION = re.compile(r"\s(?:--?[A-Za-z][\w-]*[=\s]|-p|[\w.-]+:)$")
# ... but not before what a program is to run.
_RUNS_OPTION = re.compile(r"-(?:c|e|x|-?\w*(?:exec|eval|command|run|call)\w*)[=\s]$", re.IGNORECASE)
_LONGEST_OPTION = 60


def repeated(secrets: Iterable[Hidden], files: Iterable[FileDiff], step: Step = any_step) -> Iterator[Hidden]:
    """Yield each guessed password that may be code once more for each line that must not show it.

    `step` is told of each line that is looked at, and may raise.
    """
    doubtful = {each.text: each for each in secrets if each.reach == "as-text" and each.text}
    for file in files if doubtful else ():
        is_text = bool(_TEXT_FILE.search(file.path))
        words = _any_of(doubtful) if is_text else _WORD_IN_SHELL if is_shell(file.path) else _WORD
        for hunk in file.hunks:
            step(hunk.old_count + hunk.new_count)
            if doubtful.keys().isdisjoint(words.findall(hunk.body)):
                continue
            for line in hunk.lines():
                step(1)
                for text in dict.fromkeys(words.findall(line.text)):
                    if text in doubtful and (is_text or _is_no_code(file.path, line.text, text)):
                        yield doubtful[text]._replace(row=Row.of(file.path, line))


def _any_of(texts: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(texts, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _is_no_code(path: str, line: str, word: str) -> bool:
    """Tell whether no place of the word in the line could be run."""
    if _is_comment(path, line):
        return True
    quoted = [found.span("text") for found in _IN_QUOTES.finditer(line) if not _RUNS.search(found["text"])]
    places = [found.span() for found in re.finditer(re.escape(word), line)]
    return all(
        not _GOES_ON.match(line, end)
        and (
            any(begin <= start and end <= close for begin, close in quoted)
            or _is_value(path, line, start, end)
        )
        for start, end in places
    )


def _is_comment(path: str, line: str) -> bool:
    begins = (sign.match(line) for files, sign in _COMMENTS if files.search(path))
    return any(begin and not _RUNS.search(line.replace("=", " "), begin.end()) for begin in begins)


def _is_value(path: str, line: str, start: int, end: int) -> bool:
    """Tell the whole value of a setting, and what a shell gives to an option of a program."""
    if has_bare_values(path):
        setting = _SETTING.fullmatch(line)
        return setting is not None and setting.span("value") == (start, end)
    before = line[max(0, start - _LONGEST_OPTION) : start]
    return is_shell(path) and bool(_OPTION.search(before)) and not _RUNS_OPTION.search(before)
