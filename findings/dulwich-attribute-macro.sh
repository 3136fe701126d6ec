#!/usr/bin/env bash
# dulwich 1.2.21: its .gitattributes reader knows no macros, not even git's own "binary".
# One would guess: for `*.lock binary`, asking for the attributes of x.lock says that diff is off, as in git.
# What happens: the answer holds `binary` and nothing about `diff`, so the file looks like any text file.
# `[attr]generated -diff` is kept as a pattern for a file name, and a quoted pattern ("my file.txt") is cut at
# its space. Plain `-diff` is read as git reads it.
# Why it matters here: "which files does git itself treat as binary" cannot be asked of this reader.
# Ask `git check-attr`, which needs no commit and runs nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check dulwich==1.2.21

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
cat >repo/.gitattributes <<'ATTRIBUTES'
[attr]generated -diff
*.lock binary
*.min.js generated
"my file.txt" -diff
*.csv -diff
ATTRIBUTES

cat >read.py <<'PYTHON'
from dulwich.attrs import GitAttributes

attributes = GitAttributes.from_file("repo/.gitattributes")
for name in ("x.lock", "x.min.js", "my file.txt", "x.csv"):
    found = attributes.match_path(name.encode())
    print(f"dulwich: {name}:", {key.decode(): value for key, value in found.items()} or "nothing")
PYTHON
seen=$(
    git -C repo check-attr diff x.lock x.min.js 'my file.txt' x.csv
    venv/bin/python -I read.py
)

expected="x.lock: diff: unset
x.min.js: diff: unset
my file.txt: diff: unset
x.csv: diff: unset
dulwich: x.lock: {'binary': True}
dulwich: x.min.js: {'generated': True}
dulwich: my file.txt: nothing
dulwich: x.csv: {'diff': False}"
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
