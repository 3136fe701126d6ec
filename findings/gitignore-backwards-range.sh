#!/usr/bin/env bash
# dulwich 1.2.21 and wcmatch 12.0.1 beside git 2.39.5: what `[a-Z]` matches, a range that runs backwards.
# One would guess: every letter, which is what was meant; or, as in a shell and in Python's fnmatch, nothing.
# What happens: git takes the first end of a range as a character of its own before it sees the hyphen. So
# `[a-Z]x` in .gitignore ignores `ax` and neither `bx` nor `Zx`. dulwich does the same; wcmatch and fnmatch
# match nothing. None of the four says a word.
# Why it matters here: a pattern that works for the one file it was tried with leaves out no other. Who matches
# patterns for git must repeat this, or files that git ignores are read, and paid for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check dulwich==1.2.21 wcmatch==12.0.1

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
echo '[a-Z]x' >repo/.gitignore

cat >match.py <<'PYTHON'
import fnmatch as standard

from dulwich.ignore import IgnoreFilter
from wcmatch import fnmatch

names = ("ax", "bx", "Zx")
ignored = IgnoreFilter([b"[a-Z]x"])
print("dulwich", *(name for name in names if ignored.is_ignored(name)))
print("wcmatch", *(name for name in names if fnmatch.fnmatch(name, "[a-Z]x", flags=fnmatch.CASE)))
print("fnmatch", *(name for name in names if standard.fnmatchcase(name, "[a-Z]x")))
PYTHON
seen=$(
    echo git "$(git -C repo check-ignore ax bx Zx | paste -sd ' ')"
    venv/bin/python -I match.py
)

expected='git ax
dulwich ax
wcmatch
fnmatch'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
