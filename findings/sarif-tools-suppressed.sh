#!/usr/bin/env bash
# sarif-tools 3.0.5: which results it counts as issues.
# One would guess: a result whose suppression was accepted, that is gone since the baseline
# (`baselineState: absent`) or that says the rule was met (`kind: pass`) is no issue, and `--check error` passes.
# What happens: the check fails for a suppressed result and for one that is gone, each alone. The Code Climate
# report for GitLab lists both as open, without a mark, and a rule that was met as an issue of the lowest
# severity; only the level `none`, which SARIF asks for beside `pass`, keeps that one from failing the check.
# Why it matters here: a tool that keeps what people accepted in its SARIF, so that nothing vanishes, has its
# builds failed by this one. Copy the open results into a file of their own, or filter by a blame filter file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check sarif-tools==3.0.5

cat >write.py <<'PYTHON'
import json

PLACE = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}}
RESULT = {"ruleId": "R1", "level": "error", "message": {"text": "a fault"}, "locations": [PLACE]}
KINDS = {
    "open": {},
    "suppressed": {"suppressions": [{"kind": "external", "status": "accepted", "justification": "a test"}]},
    "absent": {"baselineState": "absent"},
    "pass": {"kind": "pass", "level": "none"},
}
for name, more in KINDS.items():
    run = {"tool": {"driver": {"name": "tool", "rules": [{"id": "R1"}]}}, "results": [RESULT | more]}
    with open(f"{name}.sarif", "w", encoding="utf-8") as file:
        json.dump({"version": "2.1.0", "runs": [run]}, file)
PYTHON
venv/bin/python -I write.py

seen=$(for name in open suppressed absent pass; do
    code=0
    venv/bin/sarif --check error summary "$name.sarif" >/dev/null 2>&1 || code=$?
    venv/bin/sarif codeclimate --output issues.json "$name.sarif" >/dev/null
    echo "$name: exit $code, listed as$(grep -o '"severity": "[a-z]*"' issues.json | cut -d: -f2)"
done)

expected='open: exit 1, listed as "major"
suppressed: exit 1, listed as "major"
absent: exit 1, listed as "major"
pass: exit 0, listed as "info"'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
