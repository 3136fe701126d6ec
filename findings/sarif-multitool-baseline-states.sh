#!/usr/bin/env bash
# SARIF Multitool 5.7.0 (npm), match-results-forward: what "unchanged" and "updated" mean.
# One would guess: a finding that only moved to another line is unchanged, and one whose text or level
# changed is updated.
# What happens: the other way round. Moved by 37 lines: "updated". On the same line with other words, a higher
# level and another fingerprint of our own: "unchanged".
# Why it matters here: a model words the same finding differently in each run, which is fine; but a gate that
# looks only at baselineState "new" or "updated" lets a finding pass that rose from note to error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @microsoft/sarif-multitool-linux@5.7.0
multitool=node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$multitool" # npm leaves that to an install script

cat >write.py <<'PYTHON'
import json

def result(message, uri, line, level, mark):
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return {"ruleId": "R1", "level": level, "message": {"text": message},
            "partialFingerprints": {"finding/v1": mark}, "locations": [{"physicalLocation": place}]}

def write(name, *results):
    driver = {"name": "reviewer", "rules": [{"id": "R1"}]}
    runs = [{"tool": {"driver": driver}, "results": results}]
    with open(name, "w") as file:
        json.dump({"version": "2.1.0", "runs": runs}, file)

write("before.sarif", result("same words", "moved.py", 3, "note", "a"),
      result("the loop may end too soon", "reworded.py", 3, "note", "b"))
write("after.sarif", result("same words", "moved.py", 40, "note", "a"),
      result("money is rounded twice", "reworded.py", 3, "error", "c"))
PYTHON
cat >states.py <<'PYTHON'
import json

with open("matched.sarif") as file:
    for result in json.load(file)["runs"][0]["results"]:
        location = result["locations"][0]["physicalLocation"]
        print(location["artifactLocation"]["uri"], result["baselineState"])
PYTHON
python3 -I write.py
"$multitool" match-results-forward after.sarif --previous before.sarif -o matched.sarif --log ForceOverwrite >tool.log
seen=$(python3 -I states.py)

expected='moved.py updated
reworded.py unchanged'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
