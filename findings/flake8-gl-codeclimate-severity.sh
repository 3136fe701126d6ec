#!/usr/bin/env bash
# flake8-gl-codeclimate 0.2.2 with flake8 7.3.0: severities and fingerprints of a Code Quality report.
# One would guess: a name that does not exist is worse than a missing blank line, and an entry keeps its
# fingerprint when a line is added above it, since GitLab goes by it to tell new issues from old ones.
# What happens: all that pyflakes finds is "minor", also the undefined name that will fail when it is reached;
# pycodestyle's errors, the missing blank line among them, are "major". One line more at the top of the file
# gives each entry below it another fingerprint.
# Why it matters here: a merge request that adds an import shows every old issue of that file once as fixed and
# once as new, and a gate by severity stops it for a blank line and not for the undefined name.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check flake8==7.3.0 flake8-gl-codeclimate==0.2.2

printf '%s\n' 'def total(rows):' '    return sum(rows) + rest' 'def count(rows):' '    return len(rows)' >before.py
{ echo '# a new first line' && cat before.py; } >after.py

list() { # the entries of a version of the file, with fingerprints or without
    cp "$1.py" store.py
    venv/bin/flake8 --isolated --format=gl-codeclimate store.py >report.json || true
    python3 -I - "$2" <<'PYTHON'
import json, sys

for entry in json.load(open("report.json")):
    shown = [str(entry["location"]["lines"]["begin"]), entry["severity"], entry["description"]]
    print(entry["fingerprint"] if sys.argv[1] == "fingerprints" else ": ".join(shown))
PYTHON
}
list before fingerprints | sort >before.txt
list after fingerprints | sort >after.txt
seen=$(
    list before text
    list after text
    echo "entries: $(wc -l <before.txt)"
    echo "fingerprints kept: $(comm -12 before.txt after.txt | wc -l)"
)

expected='2: minor: undefined name '\''rest'\'' [F821]
3: major: expected 2 blank lines, found 0 [E302]
3: minor: undefined name '\''rest'\'' [F821]
4: major: expected 2 blank lines, found 0 [E302]
entries: 2
fingerprints kept: 0'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
