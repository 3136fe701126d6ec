#!/usr/bin/env bash
# parse-diff 0.12.0 (npm): git's remark about a missing newline comes back as a line of the file.
# One would guess: `\ No newline at end of file` is a marker, so a hunk that changes the last line has one
# removed and one added line.
# What happens: each marker is one more change, of the type and with the line number of the line before it, so
# the hunk has two changes of type "add" at line 2. The file's counters disagree with it: additions is 1.
# Why it matters here: a reviewer that sends the changes of type "add" to a model shows it a line that is not
# in the file, and one that counts them takes the change for larger than `git diff --numstat` says it is.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" parse-diff@0.12.0

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
printf 'first\nsecond' >repo/list.txt
git -C repo add list.txt
printf 'first\nlast' >repo/list.txt
git -C repo diff >change.diff

cat >show.cjs <<'NODE'
const [file] = require("parse-diff")(require("node:fs").readFileSync("change.diff", "utf8"));
console.log("additions:", file.additions, "deletions:", file.deletions);
for (const { type, ln, ln1, content } of file.chunks[0].changes) console.log(type, ln ?? ln1, content);
NODE
seen=$(
    echo "git:" "$(git -C repo diff --numstat | tr '\t' ' ')"
    node show.cjs
)

expected='git: 1 1 list.txt
additions: 1 deletions: 1
normal 1  first
del 2 -second
del 2 \ No newline at end of file
add 2 +last
add 2 \ No newline at end of file'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
