#!/usr/bin/env bash
# node-sarif-builder 4.1.0 (npm): initSimple makes up the end of a region.
# One would guess: a result built with only a start line has a region with only a start line, which in SARIF
# means the whole line; and one with a start column ends at the end of that line.
# What happens: the missing end column becomes 1. A start line alone gives the empty region 1..1 before the
# first character; a start column of 9 gives a region that ends before it begins. The SARIF Multitool 5.7.0
# calls the second an error (SARIF1007).
# Why it matters here: code that builds SARIF with this library must pass an end column, and code that merges
# or compares results by region will meet such empty and backward regions in files of other tools.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" \
    node-sarif-builder@4.1.0 @microsoft/sarif-multitool-linux@5.7.0
multitool=node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x "$multitool" # npm leaves that to an install script

cat >build.cjs <<'NODE'
const { SarifBuilder, SarifRunBuilder, SarifResultBuilder } = require("node-sarif-builder");
const log = new SarifBuilder();
const run = new SarifRunBuilder().initSimple({ toolDriverName: "reviewer", toolDriverVersion: "1" });
for (const place of [{ startLine: 3 }, { startLine: 3, startColumn: 9 }]) {
  const result = new SarifResultBuilder();
  result.initSimple({ ruleId: "R1", level: "error", messageText: "text", fileUri: "a.py", ...place });
  run.addResult(result);
}
log.addRun(run);
const text = log.buildSarifJsonString();
require("node:fs").writeFileSync("built.sarif", text);
for (const { locations } of JSON.parse(text).runs[0].results) {
  console.log(JSON.stringify(locations[0].physicalLocation.region));
}
NODE
cat >errors.py <<'PYTHON'
import json

with open("checked.sarif") as file:
    for result in json.load(file)["runs"][0]["results"]:
        if result["ruleId"].startswith("SARIF1007"):
            print(result["ruleId"], result["level"], result["message"]["arguments"][0])
PYTHON
seen=$(
    node build.cjs
    "$multitool" validate built.sarif -o checked.sarif --log ForceOverwrite >tool.log || cat tool.log
    python3 -I errors.py
)

expected='{"startLine":3,"startColumn":1,"endLine":3,"endColumn":1}
{"startLine":3,"startColumn":9,"endLine":3,"endColumn":1}
SARIF1007 error runs[0].results[1].locations[0].physicalLocation.region.endColumn'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
