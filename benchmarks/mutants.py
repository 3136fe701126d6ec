"""How good planted defects are: of how many languages they still parse, and change the program.

    python benchmarks/mutants.py CLONE...

Each clone is a git repository; files of its HEAD are read, as if a change had added all their lines. Python's
own compiler judges Python; of other languages their grammars do. `equal` are those that compile to the same
code (Python), or to the same words (all others).
"""

import sys
from collections import Counter
from io import StringIO
from itertools import islice
from pathlib import Path, PurePosixPath
from random import Random
from subprocess import run
from tokenize import COMMENT, STRING, generate_tokens
from types import CodeType

from chargehand.change.diff.scopes import Node, has_grammar, tree_of
from chargehand.change.planting import Mutation, mutations
from chargehand.change.planting.places import faults, tokens

FILES, IN_A_FILE, LONGEST = 60, 12, 60_000


def main() -> None:
    counted: dict[str, Counter[str]] = {}
    for clone in sys.argv[1:]:
        for path, text in _files(Path(clone)):
            row = counted.setdefault(PurePosixPath(path).suffix, Counter())
            for each in islice(
                mutations(path, text, range(1, text.count("\n") + 2), Random(1).shuffle), IN_A_FILE
            ):
                row["planted"] += 1
                row.update(_seen(path, text, each))
                row[each.kind] += 1
    for suffix, row in sorted(counted.items()):
        kinds = ", ".join(f"{kind} {row[kind]}" for kind in sorted(row) if kind not in _COLUMNS)
        print(f"{suffix:6}", *(f"{row[name]:>5} {name}" for name in _COLUMNS), f"  ({kinds})")


_COLUMNS = ("planted", "parse", "equal", "in text")


def _seen(path: str, text: str, mutation: Mutation) -> list[str]:
    rows = text.split("\n")
    rows[mutation.first - 1 : mutation.last] = mutation.lines
    changed = "\n".join(rows)
    if path.endswith(".py"):
        before, after = _compiled(text), _compiled(changed)
        said = {"parse": bool(after), "equal": after == before, "in text": bool(_said(changed) - _said(text))}
        return [name for name, holds in said.items() if holds]
    old, _ = tree_of(path, text.encode())
    new, _ = tree_of(path, changed.encode())
    if old is None or new is None:
        return []
    said = {
        "parse": faults(new) <= faults(old),
        "equal": tokens(new, changed.encode()) == tokens(old, text.encode()),
        "in text": bool(_texts(new, changed.encode()) - _texts(old, text.encode())),
    }
    return [name for name, holds in said.items() if holds]


def _texts(root: Node, source: bytes) -> Counter[bytes]:
    """Return the comments and texts of a file: a defect in one of them would make a new one."""
    found: Counter[bytes] = Counter()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if "comment" in node.type or "string" in node.type:
            found[source[node.start_byte : node.end_byte]] += 1
        else:
            waiting += node.children
    return found


def _compiled(text: str) -> list[object] | None:
    """Return what Python makes of a text, without where each line stands; None if it is no program."""
    try:
        return _code(compile(text, "x", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None


def _said(text: str) -> Counter[str]:
    """Return the comments and texts of Python, by its own lexer."""
    words = generate_tokens(StringIO(text).readline)
    return Counter(each.string for each in words if each.type in (COMMENT, STRING))


def _code(code: CodeType) -> list[object]:
    inside = [_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return [code.co_code, code.co_names, code.co_varnames, inside]


def _files(clone: Path) -> list[tuple[str, str]]:
    names = run(
        ["git", "-C", clone, "ls-tree", "-r", "--name-only", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [path for path in names.stdout.splitlines() if has_grammar(path)]
    Random(1).shuffle(paths)
    found = []
    for path in paths[:FILES]:
        shown = run(["git", "-C", clone, "show", f"HEAD:{path}"], capture_output=True, check=False).stdout
        text = shown.decode("utf-8", "surrogateescape")
        if len(text) < LONGEST and (not path.endswith(".py") or _compiled(text)):
            found.append((path, text))
    return found


if __name__ == "__main__":
    main()
