"""Which language a file is written in, by its name, as highlighters call it."""

from pathlib import PurePosixPath

_LANGUAGES = {
    "bash": "bash", "c": "c", "cc": "cpp", "clj": "clojure", "cpp": "cpp", "cs": "csharp", "css": "css",
    "dart": "dart", "ex": "elixir", "exs": "elixir", "go": "go", "h": "c", "hpp": "cpp", "hs": "haskell",
    "html": "html", "java": "java", "js": "javascript", "json": "json", "jsx": "jsx", "kt": "kotlin",
    "lua": "lua", "md": "markdown", "php": "php", "pl": "perl", "ps1": "powershell", "py": "python",
    "pyi": "python", "r": "r", "rb": "ruby", "rs": "rust", "scala": "scala", "scss": "scss", "sh": "bash",
    "sql": "sql", "swift": "swift", "tf": "hcl", "toml": "toml", "ts": "typescript", "tsx": "tsx",
    "vue": "vue", "xml": "xml", "yaml": "yaml", "yml": "yaml", "zig": "zig",
}  # fmt: skip
_NAMES = frozenset(_LANGUAGES.values())


def language_of(path: str) -> str:
    """Return the language of a file, empty if none is known."""
    return _LANGUAGES.get(PurePosixPath(path).suffix[1:].lower(), "")


def language_named(tag: str) -> str:
    """Return the language that a fence names, empty if none is known."""
    name = _LANGUAGES.get(tag.lower(), tag.lower())
    return name if name in _NAMES else ""
