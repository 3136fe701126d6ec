"""Small trees of awkward names and contents, and what git says of the way from one to another."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st


class Blob(NamedTuple):
    """What stands under a path: text, a link's target, or a submodule's commit id."""

    mode: str
    data: bytes


Tree = Mapping[bytes, Blob]


class Row(NamedTuple):
    """What git says of one path: counts are None where it sees no lines."""

    status: str
    path: bytes
    old_path: bytes | None
    added: int | None
    removed: int | None
    modes: tuple[str, str]
    blobs: tuple[str, str]


# What looks like a part of a diff, what other line splitters cut at, and what is no UTF-8.
AWKWARD_LINES = (
    *(b"", b" ", b"\t", b"a", b"b", b"c", b"d", b"}", b"  return x", b"a" * 600),
    *(b"- x", b"-- x", b"--- a/z", b"++ y", b"+++ b/z", b"@@ -1 +1 @@", b"@@ -1,2 +1,2 @@ f()", b"-- "),
    *(b"diff --git a/q b/q", b"diff --cc q", b"index 1111111..2222222 100644", b"new file mode 100644"),
    *(b"rename from a", b"Binary files a/x and b/x differ", b"GIT binary patch", b"Only in a: b"),
    *(b"\\ No newline at end of file", b"\\", b"From 1 Mon Sep 17 00:00:00 2001", b"Subject: x"),
    *(
        b"Submodule q 1111111..2222222:",
        b"\r",
        b"a\r",
        b"a\rb",
        b"\r\r",
        b"\x0c",
        b"a\x0bb",
        b"\x1c\x1d\x1e",
    ),
    *("a\u0085b".encode(), "a\u2028b\u2029".encode(), "\u202ea".encode(), b"\xef\xbb\xbfa", b"caf\xe9"),
    *(b"\x1b[31ma\x1b[m", b"\xff\xfe", b"\xed\xa0\x80", "日本".encode(), b"\x00"),
)
LINES = st.sampled_from(AWKWARD_LINES) | st.binary(max_size=12).map(lambda line: line.replace(b"\n", b""))
CONTENTS = st.tuples(st.lists(LINES, max_size=14), st.booleans()).map(
    lambda drawn: b"\n".join(drawn[0]) + (b"\n" if drawn[1] and drawn[0] else b"")
)
AWKWARD_PARTS = (
    *(
        b"a",
        b"b",
        b"c",
        b"i",
        b"w",
        b"1",
        b"2",
        b"x",
        b"y.py",
        b"dev",
        b"null",
        b"a b",
        b" b",
        b"b ",
        b"a  b",
    ),
    *(b"a\tb", b"a\nb", b'"', b'a"b', b"\\", b"a\\b", b"-- a", b"--- a", b"caf\xe9", "é".encode()),
    *("日本".encode(), b"\x01", b"\x7f", b"\x1b[2J", "\u202e".encode(), b"a => b", b"{a", b"x differ"),
    *(b"x and y", b"#", b"*", b"a\rb", b"\r", b"\xed\xa0\x80", b"%20", b"..a", b"a..", b"...", b"a:b"),
)
PARTS = st.sampled_from(AWKWARD_PARTS) | st.binary(min_size=1, max_size=6).filter(
    lambda part: not set(part) & {0, 0x2F} and part not in {b".", b".."}
)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(b"/".join)
COMMITS = st.sampled_from(["1" * 40, "2" * 40, "3" * 40])
BLOBS = st.one_of(
    st.builds(Blob, st.sampled_from(["100644", "100644", "100755"]), CONTENTS),
    st.builds(Blob, st.just("100644"), CONTENTS),
    st.builds(Blob, st.just("120000"), st.sampled_from([b"a", b"b/c", b"caf\xe9", b"a\nb"])),
    st.builds(Blob, st.just("160000"), COMMITS.map(str.encode)),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Tree, Tree]:
    """Return two trees that have much in common."""
    old = _without_conflicts(draw(st.dictionaries(PATHS, BLOBS, max_size=5)))
    new: dict[bytes, Blob] = {}
    for path, blob in old.items():
        match draw(st.sampled_from(["keep", "edit", "edit", "edit", "delete", "move", "mode", "replace"])):
            case "keep":
                new[path] = blob
            case "edit":
                new[path] = draw(_edited(blob))
            case "move":
                new[draw(PATHS)] = draw(_edited(blob) | st.just(blob))
            case "mode" if blob.mode.startswith("100"):
                new[path] = blob._replace(mode="100755" if blob.mode == "100644" else "100644")
            case "replace":
                new[path] = draw(BLOBS)
            case _:
                pass
    new |= draw(st.dictionaries(PATHS, BLOBS, max_size=2))
    return old, _without_conflicts(new)


@st.composite
def _edited(draw: st.DrawFn, blob: Blob) -> Blob:
    if blob.mode == "160000":
        return Blob(blob.mode, draw(COMMITS).encode())
    if blob.mode == "120000":
        return Blob(blob.mode, draw(st.sampled_from([b"a", b"b", b"c"])))
    lines = blob.data.split(b"\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(LINES, max_size=2))
    return Blob(blob.mode, b"\n".join(lines))


def _without_conflicts(tree: Mapping[bytes, Blob]) -> dict[bytes, Blob]:
    """Leave out what is both file and folder, and what git refuses."""
    folders = {path[:at] for path in tree for at in range(len(path)) if path[at : at + 1] == b"/"}
    return {
        path: blob
        for path, blob in tree.items()
        if path not in folders and not any(part.lower() == b".git" for part in path.split(b"/"))
    }


class Repository:
    """A repository that takes trees without a work tree; holds the folder of it."""

    def __init__(self, folder: Path, *, is_bare: bool = True) -> None:
        self.folder = folder
        self._git("init", "--quiet", *(["--bare"] if is_bare else []), ".")

    def import_pair(self, old: Tree, new: Tree, *, is_child: bool = False) -> None:
        """Make `old` and `new` the trees of the branches of these names; `is_child`: new is made from old."""
        stream = _commit("old", old) + _commit("new", new, parent="old" if is_child else "")
        self._git("fast-import", "--quiet", "--force", stdin=stream)

    def diff(self, *options: str) -> bytes:
        """Return the diff of the two, with these options before all others if they start with `-c`."""
        settings = [option for option in options if option.startswith("-c")]
        rest = [option for option in options if not option.startswith("-c")]
        form = ("--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--full-index")
        return self._git(*settings, "diff", *form, *rest, "--end-of-options", "old", "new", "--")

    def rows(self, *options: str) -> list[Row]:
        """Return what git says of each path that changed."""
        # These would ask for the patch as well.
        rest = [option for option in options if not option.startswith(("-U", "--binary"))]
        fields = self.diff("--raw", "--numstat", "-z", *rest).split(b"\0")[:-1]
        fields.reverse()
        raw = []
        while fields and fields[-1].startswith(b":"):
            *said, letter = fields.pop()[1:].decode().split(" ")
            raw.append((letter[0], [fields.pop() for _ in range(1 + (letter[0] in "RC"))], said))
        return [_row(fields, *each) for each in raw]

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        pins = ("-c", "core.protectNTFS=false", "-c", "core.protectHFS=false", "-c", "core.fsync=none")
        command = ["git", *pins, *_spread(arguments)]
        return subprocess.run(
            command, cwd=self.folder, env=environ, input=stdin, capture_output=True, check=True
        ).stdout


def _spread(arguments: Sequence[str]) -> list[str]:
    """Split `-cname=value`, which stands for two arguments."""
    spread: list[str] = []
    for argument in arguments:
        spread += ["-c", argument[2:]] if argument.startswith("-c") and "=" in argument else [argument]
    return spread


def _row(fields: list[bytes], letter: str, paths: list[bytes], said: list[str]) -> Row:
    """Match a row of `--raw -z` with the next one of `--numstat -z`; a rename has two names in both."""
    added, removed, path = fields.pop().split(b"\t", 2)
    assert paths == ([path] if path else [fields.pop(), fields.pop()])
    return Row(
        status=letter,
        path=paths[-1],
        old_path=None if path else paths[0],
        added=None if added == b"-" else int(added),
        removed=None if removed == b"-" else int(removed),
        modes=(said[0], said[1]),
        blobs=(said[2], said[3]),
    )


def _commit(name: str, tree: Tree, parent: str = "") -> bytes:
    parts = [
        f"reset refs/heads/{name}\n\ncommit refs/heads/{name}\n".encode(),
        b"committer t <t@example.org> 0 +0000\ndata 0\n",
        f"from refs/heads/{parent}\n".encode() if parent else b"",
        b"deleteall\n",
    ]
    for path, blob in tree.items():
        quoted = b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'
        if blob.mode == "160000":
            parts.append(b"M 160000 %s %s\n" % (blob.data, quoted))
        else:
            mode = blob.mode.encode()
            parts.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(blob.data), blob.data))
    return b"".join(parts)
