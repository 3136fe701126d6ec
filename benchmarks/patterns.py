"""Does chargehand read patterns as git does? Random ones, against `git check-ignore` and `git check-attr`.

    python benchmarks/patterns.py [--patterns 10000] [--seed 1]

Lists of one to three random patterns are tried on random paths, many of them made to fit. Every answer that
differs is printed; the exit code is then 1.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chargehand.change.diff.there import attribute
from chargehand.core.patterns import matcher

PARTS = (
    *("a", "b", "c", "A", "Z", "1", ".", "-", " ", "#", "!", "é", "\t", "{a,b}"),
    *("*", "*", "**", "***", "?", "/", "/", "**/", "/**", "/**/", "*.", "\\", "\\*", "\\a", "\\ ", "\\/"),
    *(
        "[ab]",
        "[a-c]",
        "[!a]",
        "[^a]",
        "[a-Z]",
        "[z-a]",
        "[!z-a]",
        "[a-Zc]",
        "[]a]",
        "[!]a]",
        "[a",
        "]",
        "[]",
    ),
    *("[a-]", "[-a]", "[--0]", "[a-c-e]", "[\\]]", "[\\a-\\c]", "[/]", "[a/b]", "[a-\\]", "[é]"),
    *(
        "[[:alpha:]]",
        "[[:digit:]x]",
        "[[:upper:]]",
        "[![:space:]]",
        "[[:foo:]]",
        "[[:alpha:]",
        "[[:alpha]",
        "[[:a",
    ),
)
LETTERS = (*"abcAZ1-][*#!.x{m", " ", "é", "\\", "\t")


class Difference(NamedTuple):
    """A list of patterns, a path, and whether git says that it is named; we say the opposite."""

    patterns: Sequence[str]
    path: str
    is_named: bool


def differences(number: int, seed: int) -> Iterator[Difference]:
    """Try `number` lists of patterns; yield each answer that is not git's."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "init", "-q", name], check=True)
        for _ in range(number):
            patterns = [_pattern(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
            paths = _paths(chance, patterns)
            ours = matcher(tuple(patterns))
            for path, is_named in _ignored(folder, patterns, paths).items():
                if ours(path) != is_named:
                    yield Difference(patterns, path, is_named)
            yield from _attributes(folder, patterns[:1], paths)


def _attributes(folder: Path, patterns: Sequence[str], paths: Sequence[str]) -> Iterator[Difference]:
    """Try the first pattern as a line of .gitattributes, where a space would end it."""
    if any(set(pattern) & set(' \t"') or pattern.startswith(("#", "!")) for pattern in patterns):
        return
    text = "".join(f"{pattern} seen\n" for pattern in patterns)
    (folder / ".gitattributes").write_text(text, "utf-8")
    said = attribute({"": text}, "seen")
    out = _git(folder, paths, "check-attr", "-z", "--stdin", "seen")
    for path, _, value in zip(out[::3], out[1::3], out[2::3], strict=True):
        if (said(path) is True) != (value == "set"):
            yield Difference(patterns, path, value == "set")


def _ignored(folder: Path, patterns: Sequence[str], paths: Sequence[str]) -> dict[str, bool]:
    (folder / ".gitignore").write_text("".join(f"{pattern}\n" for pattern in patterns), "utf-8")
    out = _git(folder, paths, "check-ignore", "--no-index", "-z", "--stdin", "-v", "-n")
    rows = zip(out[::4], out[2::4], out[3::4], strict=True)
    return {path: bool(source) and not pattern.startswith("!") for source, pattern, path in rows}


def _git(folder: Path, paths: Sequence[str], *arguments: str) -> list[str]:
    command = ["git", "--literal-pathspecs", "-C", str(folder), "-c", "core.ignoreCase=false", *arguments]
    asked = "".join(f"{path}\0" for path in paths).encode()
    done = subprocess.run(command, input=asked, capture_output=True, check=False)
    return done.stdout.decode().split("\0")[:-1]


def _pattern(chance: random.Random) -> str:
    start = chance.choice(("", "", "", "!", "/"))
    return start + "".join(chance.choice(PARTS) for _ in range(chance.randint(1, 6)))


def _paths(chance: random.Random, patterns: Sequence[str]) -> list[str]:
    made = [_random_path(chance) for _ in range(6)]
    made += [_fitting(chance, chance.choice(patterns)) for _ in range(8)]
    is_path = (path for path in made if all(part not in ("", ".", "..", ".git") for part in path.split("/")))
    return list(dict.fromkeys(is_path))


def _random_path(chance: random.Random) -> str:
    names = ("".join(chance.choice(LETTERS) for _ in range(chance.randint(1, 3))) for _ in range(4))
    return "/".join(list(names)[: chance.randint(1, 4)])


def _fitting(chance: random.Random, pattern: str) -> str:
    """Return a path that the pattern may well name: letters in place of what is special in it."""
    path = pattern.lstrip("!/").replace("**/", chance.choice(("", "a/", "b/c/")))
    filled = "".join(chance.choice(("", "a", "b/", "x")) if each in "*?" else each for each in path)
    above, below = chance.choice(("", "", "a/", "c/b/")), chance.choice(("", "", "/a", "/b/x"))
    return f"{above}{filled.rstrip('/')}{below}".replace("[", chance.choice(("", "["))).replace("\\", "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patterns", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = list(differences(options.patterns, options.seed))
    for each in found:
        print(f"{each.patterns!r} {each.path!r}: git says {each.is_named}")
    print(f"{options.patterns:,} lists of patterns, {len(found)} answers that differ from git's")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
