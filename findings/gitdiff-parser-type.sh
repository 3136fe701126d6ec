#!/usr/bin/env bash
# gitdiff-parser 0.3.1 (npm): the type of a file, and whether it is binary.
# One would guess: what git calls "new file", "deleted file" and "rename" is add, delete and rename, with lines
# or without, and what git calls "Binary files … differ" is marked as binary.
# What happens: `---` and `+++` decide, which git writes only before a hunk. An empty or binary file that is new
# is "modify", with its name on both sides; a file that is renamed and edited is "modify" too, and only
# one that is renamed as it was is "rename". `isBinary` is not set, and a changed mode is not told.
# Why it matters here: who looks up the old side of each "modify" asks for files that never were, a binary
# file looks like one without a change, and a list of renames lacks those that somebody should read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" gitdiff-parser@0.3.1

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
cd repo
seq 20 >moved.txt
seq 50 >edited.txt
echo echo >run.sh
git add .
git -c user.name=a -c user.email=a@example.org commit --quiet --message first
touch empty-new.txt
echo text >text-new.txt
printf '\0\1' >image-new.bin
chmod +x run.sh
git mv moved.txt moved-new.txt
git mv edited.txt edited-new.txt
echo 51 >>edited-new.txt
git add --all
git diff --cached --find-renames >../all.diff
git diff --cached --find-renames --raw --abbrev=4 >../git.txt
cd ..

cat >show.cjs <<'NODE'
const text = require("fs").readFileSync("all.diff", "utf8");
for (const { type, oldPath, newPath, isBinary, oldMode, newMode } of require("gitdiff-parser").parse(text))
  console.log(type, oldPath, newPath, `binary: ${isBinary}, modes: ${oldMode} ${newMode}`);
NODE
seen=$(
    cut -d' ' -f1,2,5 git.txt # as git says it
    node show.cjs
)

expected=':100644 100644 R097	edited.txt	edited-new.txt
:000000 100644 A	empty-new.txt
:000000 100644 A	image-new.bin
:100644 100644 R100	moved.txt	moved-new.txt
:100644 100755 M	run.sh
:000000 100644 A	text-new.txt
modify edited.txt edited-new.txt binary: undefined, modes: 100644 100644
modify empty-new.txt empty-new.txt binary: undefined, modes: undefined 100644
modify image-new.bin image-new.bin binary: undefined, modes: undefined 100644
rename moved.txt moved-new.txt binary: undefined, modes: undefined undefined
modify run.sh run.sh binary: undefined, modes: undefined undefined
add /dev/null text-new.txt binary: undefined, modes: undefined 100644'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
