"""Where the forms of definitions are found: by git in files, and in a line that was read."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from chargehand.change.context.languages import Language

COMMENT = re.compile(r"\s*(#(?!\s*(define|if|elif|include)|\[)|//|\*|/\*|--(?!\w)|\"\"\"|:\w+:|``)")


def search_pattern(language: Language, names: Iterable[str]) -> str:
    """Return what `git grep -E` finds definitions of these names by."""
    known = "|".join(map(_escaped, names))
    forms = (*language.forms, *language.loose)
    return "|".join(_spelled(form, f"({known})") + (_END if form.endswith("NAME") else "") for form in forms)


def definitions_in(line: str, language: Language) -> Iterator[tuple[str, bool]]:
    """Yield each name that a line may define, and whether its form is one that a call has too."""
    if len(line) > LONGEST_LINE or _NO_DEFINITION.match(line):
        return
    for pattern, is_loose in _patterns(language):
        for found in pattern.finditer(line):
            if not (is_loose and (found["name"] in KEYWORDS or _STATEMENT.match(line))):
                yield found["name"], is_loose


@lru_cache(maxsize=32)
def _patterns(language: Language) -> tuple[tuple["re.Pattern[str]", bool], ...]:
    """Return the forms as Python reads them; they are compiled when the first file of the language comes."""
    forms = ((form, form in language.loose) for form in (*language.forms, *language.loose))
    name = r"(?P<name>[^\W\d][\w$]*[?!]?|\$[\w$]+)(?![\w$])"
    return tuple((re.compile(_spelled(form, name)), is_loose) for form, is_loose in forms)


def _spelled(form: str, name: str) -> str:
    spelled = re.sub("|".join(map(re.escape, _MEANT)), lambda found: _MEANT[found[0]], form)
    return spelled.replace("NAME", name)


def _escaped(name: str) -> str:
    """Return a name as it stands in a pattern; what is no letter, digit or underscore stands for itself."""
    return re.sub(r"[^\w]", r"[\g<0>]", name, flags=re.ASCII)


# A longer line is no person's, and a pattern could take long for it.
LONGEST_LINE = 1_000

# The tabs are tabs: in brackets, git takes `\t` for two characters. A bracket in brackets comes first.
_MEANT = {
    " ": "[\t ]+",
    "~": "[\t ]*",
    r"\t": "\t",
    "START": "(^|[^A-Za-z0-9_.$])",  # of a word
    "OWNER": "([A-Za-z0-9_.:]*[.:])?",  # what it is a member of
    "TYPE": "[]A-Za-z0-9_<>,.?@&*:\t [-]*",
    "GAP": "[]>*&:\t ]",  # how a type ends before the name
    "FUNCTION": r"((async[\t ]*)?(function|\(|class|[A-Za-z0-9_$]+[\t ]*=>))".replace(r"\t", "\t"),
}
_END = "([^A-Za-z0-9_$]|$)"

# What imports or only looks like a definition.
_NO_DEFINITION = re.compile(rf"{COMMENT.pattern}|[^=]*=\s*(require|await import|import)\(")
_STATEMENT = re.compile(
    r"\s*(return|new|throw|else|case|await|yield|assert|in|not|if|elif|while|for|delete|goto|raise|and|or|import"
    r"|from|using|package|switch|catch|do|try)\b"
)

# Words of these languages that are no names, and stand where names do.
_WORDS = """
abstract and as assert async await bool boolean break byte case catch char class const constexpr continue def
default defer del do double elif else elsif end enum except export extends extern false False final finally
float fn for foreach func function goto if impl implements import in inline int interface is lambda let long
new nil None none not null operator or override package pass private protected pub public raise readonly
require rescue return self Self short signed sizeof static string struct super switch synchronized then this
throw throws trait true True try typedef typeof undefined union unless unsafe unsigned using val var virtual
void volatile when where while yield
"""
KEYWORDS = frozenset(_WORDS.split())
