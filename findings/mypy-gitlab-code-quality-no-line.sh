#!/usr/bin/env bash
# mypy-gitlab-code-quality 1.3.0 with mypy 1.18.2: an error without a line number is left out of the report.
# One would guess: every line of mypy with the word "error" becomes an entry of the Code Quality report.
# What happens: mypy stops on two modules of one name and says so with a path but no line. The converter
# wants a line number, skips what has none without a word, writes an empty list and exits 0.
# Why it matters here: an empty Code Quality report says "nothing found" although nothing was checked. A
# format whose entries must have a line needs another way to say that a file, or a run, was not looked at.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check mypy==1.18.2 mypy-gitlab-code-quality==1.3.0

mkdir api worker
echo 'answer: int = "forty-two"' >api/tasks.py
echo 'answer: int = "forty-two"' >worker/tasks.py

convert() { # what mypy prints for the files that are named, and what becomes of it
    local status=0
    venv/bin/mypy --config-file= --no-error-summary "$@" >mypy.txt || status=$?
    grep -v ': note: ' mypy.txt
    echo "mypy exits $status"
    status=0
    venv/bin/mypy-gitlab-code-quality <mypy.txt >report.json || status=$?
    python3 -I -c 'import json; print("entries:", len(json.load(open("report.json"))))'
    echo "converter exits $status"
}
seen=$(
    convert api/tasks.py
    convert api/tasks.py worker/tasks.py
)

expected='api/tasks.py:1: error: Incompatible types in assignment (expression has type "str", variable has type "int")  [assignment]
mypy exits 1
entries: 1
converter exits 0
worker/tasks.py: error: Duplicate module named "tasks" (also at "api/tasks.py")
mypy exits 2
entries: 0
converter exits 0'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
