#!/usr/bin/env bash
# git 2.39.5, whatthepatch 1.0.7, unidiff 1.0.1, and from npm diff2html 3.4.56, gitdiff-parser 0.3.1, parse-diff 0.12.0,
# parse-git-patch 2.1.1 and what-the-diff 0.6.0: the path of a file whose name has a space.
# One would guess: what follows `+++ b/` up to the end of the line is the path.
# What happens: git ends that line with a tab if the name has a space, so that GNU patch does not take the rest
# for a date. Three of the seven readers keep the tab as a part of the name. (Another, what-the-diff, has "b/"
# before the name on both sides, so that no prefix of the old side can be cut off.)
# Why it matters here: a comment on "my notes.txt<tab>" is refused by the forge, no CODEOWNERS or ignore pattern
# matches it, and in a list of files the two look alike.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check whatthepatch==1.0.7 unidiff==1.0.1
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" \
    diff2html@3.4.56 gitdiff-parser@0.3.1 parse-diff@0.12.0 parse-git-patch@2.1.1 what-the-diff@0.6.0

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
echo old >"repo/my notes.txt"
git -C repo add .
echo new >"repo/my notes.txt"
git -C repo diff >notes.diff

cat >read.cjs <<'NODE'
const text = require("fs").readFileSync("notes.diff", "utf8");
const show = (reader, from, to) => console.log(`${reader}: ${JSON.stringify(from)} ${JSON.stringify(to)}`);
const html = require("diff2html").parse(text)[0];
show("diff2html", html.oldName, html.newName);
const gitdiff = require("gitdiff-parser").parse(text)[0];
show("gitdiff-parser", gitdiff.oldPath, gitdiff.newPath);
const plain = require("parse-diff")(text)[0];
show("parse-diff", plain.from, plain.to);
const patch = require("parse-git-patch").default(text).files[0];
show("parse-git-patch", patch.beforeName, patch.afterName);
const what = require("what-the-diff").parse(text)[0];
show("what-the-diff", what.oldPath, what.newPath);
NODE
cat >read.py <<'PYTHON'
import json
import unidiff, whatthepatch

text = open("notes.diff").read()
file = unidiff.PatchSet(text)[0]
print("unidiff:", json.dumps(file.source_file), json.dumps(file.target_file))
header = next(iter(whatthepatch.parse_patch(text))).header
print("whatthepatch:", json.dumps(header.old_path), json.dumps(header.new_path))
PYTHON
seen=$(
    grep '^+++' notes.diff | cat -A
    node read.cjs
    venv/bin/python -I read.py
)

expected='+++ b/my notes.txt^I$
diff2html: "my notes.txt\t" "my notes.txt\t"
gitdiff-parser: "my notes.txt\t" "my notes.txt\t"
parse-diff: "my notes.txt" "my notes.txt"
parse-git-patch: "my notes.txt" "my notes.txt"
what-the-diff: "b/my notes.txt" "b/my notes.txt"
unidiff: "a/my notes.txt" "b/my notes.txt"
whatthepatch: "my notes.txt\t" "my notes.txt\t"'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
