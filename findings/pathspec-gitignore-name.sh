#!/usr/bin/env bash
# pathspec 1.1.1: the two names of "gitignore style" match different files.
# One would guess: "gitwildmatch" is the deprecated name, its warning says to use "gitignore", and to do so
# changes no more than the spelling.
# What happens: with the pattern `gen/*`, "gitwildmatch" matches gen/sub/a.py and "gitignore" does not.
# Neither is wrong: git itself answers like the first for .gitignore and like the second for .gitattributes.
# Why it matters here: a reviewer that skips files by patterns begins to review (and pay for) other files, or
# stops reviewing some, as soon as its code does what the warning says.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check pathspec==1.1.1

export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
mkdir -p repo/gen/sub
touch repo/gen/b.py repo/gen/sub/a.py
echo 'gen/*' >repo/.gitignore
echo 'gen/* linguist-generated' >repo/.gitattributes

cat >match.py <<'PYTHON'
import warnings

from pathspec import PathSpec

warnings.simplefilter("ignore", DeprecationWarning)
for name in ("gitwildmatch", "gitignore"):
    spec = PathSpec.from_lines(name, ["gen/*"])
    print(name, *sorted(spec.match_files(["gen/b.py", "gen/sub/a.py"])))
PYTHON
seen=$(
    venv/bin/python -I match.py
    echo ".gitignore" "$(git -C repo check-ignore gen/b.py gen/sub/a.py | paste -sd ' ')"
    git -C repo check-attr linguist-generated gen/b.py gen/sub/a.py
)

expected='gitwildmatch gen/b.py gen/sub/a.py
gitignore gen/b.py
.gitignore gen/b.py gen/sub/a.py
gen/b.py: linguist-generated: set
gen/sub/a.py: linguist-generated: unspecified'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
