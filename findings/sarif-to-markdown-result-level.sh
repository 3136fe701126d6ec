#!/usr/bin/env bash
# @security-alert/sarif-to-markdown 1.11.1 (npm): the level of a result does not count.
# One would guess: a SARIF result with "level": "error" is listed, and each result with its own message.
# What happens: only the rule's defaultConfiguration.level decides. A rule without one (valid; SARIF then means
# "warning") has its results left out: the page says "Nothing here." and shouldFail is false, errors or not.
# With a default level they are listed, but each rule shows the message of its first result only.
# Why it matters here: a tool whose findings carry their own level must write a default level for each rule
# as well, and a separate rule for what needs a text of its own, or this reader shows a clean page.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" @security-alert/sarif-to-markdown@1.11.1

cat >show.cjs <<'NODE'
const { sarifToMarkdown } = require("@security-alert/sarif-to-markdown");
const result = (line, text) => ({
  ruleId: "R1",
  level: "error",
  message: { text },
  locations: [{ physicalLocation: { artifactLocation: { uri: "a.py" }, region: { startLine: line } } }],
});
const show = (rule) => {
  const results = [result(3, "first text"), result(9, "second text")];
  const log = { version: "2.1.0", runs: [{ tool: { driver: { name: "reviewer", rules: [rule] } }, results }] };
  const options = { title: "Review", owner: "o", repo: "r", branch: "main", sourceRoot: "", failOn: ["error"] };
  const [page] = sarifToMarkdown(options)(log);
  const listed = page.body.split("## Suppressed Results")[0];
  console.log("nothing here:", listed.includes("Nothing here."));
  console.log("first text:", listed.includes("first text"), "second text:", listed.includes("second text"));
  console.log("places:", (listed.match(/a\.py#L\d/g) || []).length, "should fail:", page.shouldFail);
};
show({ id: "R1" });
show({ id: "R1", defaultConfiguration: { level: "error" } });
NODE
seen=$(node show.cjs)

expected='nothing here: true
first text: false second text: false
places: 0 should fail: false
nothing here: false
first text: true second text: false
places: 2 should fail: true'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
