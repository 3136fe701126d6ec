"""How a definition looks in each language, line by line: enough to find where a name is defined.

A form is read by `git grep -E` and by Python, so it holds nothing that these read differently: a blank in it
stands for blanks, `~` for blanks or nothing, and words in capitals for what `forms.py` says.
"""

from pathlib import PurePosixPath
from typing import Literal, NamedTuple


class Language(NamedTuple):
    """Languages whose files define names for each other.

    `endings` are those of their files' names, and `forms` of definitions. `loose`: forms that a call has too,
    so that only what follows them tells which it is; where it `declares`, one that ends with `;` is none.
    `quotes`: what a text stands in, beside double quotes. `calls_bare`: a call needs no brackets.
    """

    endings: tuple[str, ...]
    forms: tuple[str, ...]
    loose: tuple[str, ...] = ()
    quotes: str = "'"
    declares: Literal["nowhere", "at-the-left", "anywhere"] = "nowhere"
    calls_bare: bool = False


def language_of(path: str) -> Language | None:
    """Return the language of a file; None if none of its definitions could be told."""
    return _BY_ENDING.get(PurePosixPath(path).suffix.lower())


_PYTHON = Language((".py", ".pyi"), (r"^~(async )?(def|class) NAME", r"^NAME~(:[^=]*)?=[^=]"))
_JAVASCRIPT = Language(
    (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"),
    (
        r"START(function|function\*|class|interface|type|enum|namespace) NAME",
        r"START(const|let|var) NAME~(:[^=]*)?=~FUNCTION",
        r"^(export )?(const|let|var) NAME",
        r"[A-Za-z0-9_$)]\.NAME~=~FUNCTION",
        r"^~(static |readonly )*NAME~[:=]~FUNCTION",
    ),
    (r"^~((static|async|get|set|public|private|protected|override|abstract) )*[*#]?NAME~\([^;]*[{(,]~$",),
    quotes="'`",
)
_GO = Language(
    (".go",),
    (r"^func (\([^)]*\)~)?NAME", r"^type NAME", r"^\tNAME (struct|interface|func)", r"^(var )?NAME~:?=~func"),
    quotes="`",
)
_JAVA = Language(
    (".java", ".kt", ".kts", ".scala", ".groovy", ".cs"),
    (
        r"START(class|interface|enum|record|struct|object|trait|@interface) NAME",
        r"START(fun|def) (<[^>]*> )?OWNERNAME",
    ),
    (r"^~[A-Za-z@<]TYPEGAPNAME~\(",),
    quotes="",
    declares="anywhere",
)
_RUST = Language(
    (".rs",),
    (r"START(fn|struct|enum|trait|type|union|mod|const|static) NAME", r"macro_rules!~NAME"),
    quotes="",
)
_RUBY = Language(
    (".rb", ".rake"),
    (
        r"^~((private|protected|public|module_function|private_class_method) )?(def|class|module) OWNERNAME",
        r"^~NAME~=~(Struct|Class|Data|Module)\.",
        r"(define_method|alias_method)~\(?:NAME",
        r"^~attr_(accessor|reader|writer) .*:NAME",
        r"^~alias NAME",
    ),
    calls_bare=True,
)
_C = Language(
    (".c", ".h", ".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx", ".m", ".mm"),
    (
        r"START(struct|class|union|enum|namespace) NAME~(:[^:]|[{]|$)",
        r"^~#~define NAME",
        r"^~using NAME~=",
        r"^~typedef .*GAPNAME~;",
        r"^[}]~NAME~;",
    ),
    (r"^~[A-Za-z_]TYPEGAPNAME~\(", r"^NAME~\("),
    quotes="",
    declares="at-the-left",
)
_PHP = Language((".php",), (r"START(function~&?|class |interface |trait |enum )NAME",))
_OTHERS = Language(
    (".swift", ".lua", ".ex", ".exs", ".dart", ".jl"),
    (
        r"START(func|class|struct|enum|protocol|extension|function) OWNERNAME",
        r"START(def|defp|defmodule|defmacro|mixin) OWNERNAME",
    ),
    quotes="",
)
_LANGUAGES = (_PYTHON, _JAVASCRIPT, _GO, _JAVA, _RUST, _RUBY, _C, _PHP, _OTHERS)
_BY_ENDING = {ending: language for language in _LANGUAGES for ending in language.endings}
