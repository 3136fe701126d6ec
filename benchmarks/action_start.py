"""From the first step of a CI job to the first request: this build beside an earlier one, in pairs.

    python benchmarks/action_start.py EARLIER [--pairs 5] [--door action gitlab]

EARLIER is a checkout of the earlier build. The installing step of each one's action is run as by a runner,
and the script of its job for GitLab up to the review; then the command until its first request arrives. Cold
begins with nothing. Warm has the cache of pip that a job before filled, and in GitLab what that job left in
the folders of the job's `cache:`, which a runner brings before the script begins. Kept also has what a job
before installed (the action's `install-cache`), if the build can keep that. Needs the package index.
Processor time is that of all that was started: it says more where others use the machine, and nothing of
waiting for the network.

What the runs write is removed at the end: ext4 without a journal needs up to thirty times as long to make a
file in the minutes after thousands were removed, which no job meets.
"""

import argparse
import contextlib
import itertools
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.messages_api import MessagesApi

PROJECT = Path(__file__).resolve().parent.parent
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
# What tells a build of this machine's own caches and settings.
FOREIGN = ("ANTHROPIC_", "CHARGEHAND_", "CI_", "GITHUB_", "GITLAB_", "REVIEW_", "UV_")
KEY = "a-key-that-signs-nothing"


class Build(NamedTuple):
    """The commands that install it, the variables that they are told, and how the review's Python starts.

    They write `python=PATH` to the file that $GITHUB_OUTPUT names, and `no-bytecode=1` for the flag -B.
    `rest` are the commands of the same job that come after these, `cached` the folders that it keeps.
    """

    script: str
    environ: tuple[tuple[str, str], ...]
    flags: str
    rest: str = ""
    cached: tuple[str, ...] = ()


class Before(NamedTuple):
    """What jobs before left: a cache of pip, environments, and what GitLab keeps."""

    pip: Path | None = None
    installed: Path | None = None
    cached: Path | None = None


class Taken(NamedTuple):
    """How long a start took, in seconds: by the clock, and of the processors."""

    clock: float
    processor: float


def main() -> None:
    """Print the medians and their ratio for each door, cold and warm, in both kinds of time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, help="a checkout of the earlier build")
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs of each kind")
    parser.add_argument("--door", nargs="+", choices=["action", "gitlab"], default=["action", "gitlab"])
    asked = parser.parse_args()
    checkouts = (asked.earlier.resolve(), PROJECT)
    print(f"{asked.pairs} pairs, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        tempfile.tempdir = kept
        for door in asked.door:
            make = action if door == "action" else job_of_gitlab
            builds = [make(each, tempfile.mkdtemp(dir=kept)) for each in checkouts]
            befores = [fill(build, Path(tempfile.mkdtemp(dir=folder))) for build in builds]
            kinds = {
                "cold": [Before(), Before()],
                "warm": [before._replace(installed=None) for before in befores],
                "kept": befores,
            }
            for kind in ("cold", "warm", "kept")[: 3 if door == "action" else 2]:
                pairs = [pair(builds, kinds[kind], is_turned=bool(n % 2)) for n in range(asked.pairs)]
                report(f"{door}, {kind}", pairs)


def action(checkout: Path, _: str) -> Build:
    """Return the action's first step."""
    text = (checkout / "action.yml").read_text("utf-8")
    flags = re.search(r'python=\("\$\w+" (.*)\)', text)
    script: str = yaml.safe_load(text)["runs"]["steps"][0]["run"]
    return Build(script, (("GITHUB_ACTION_PATH", str(checkout)),), flags[1] if flags else "")


def job_of_gitlab(checkout: Path, wheels: str) -> Build:
    """Return the job's commands, parted before those that collect the review's options."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels]
    subprocess.run([*build, str(checkout)], check=True)
    found = [*checkout.glob("examples/gitlab/c*.yml"), *checkout.glob("examples/gitlab/*/templates/*.yml")]
    spec, text = found[0].read_text("utf-8").split("\n---\n")
    jobs = yaml.safe_load(text)
    job = next(job for job in jobs.values() if "script" in job)
    lines: list[str] = job["script"]
    installing = [*itertools.takewhile(lambda line: "set -- --codequality" not in line, lines)]
    told = 'echo "python=$venv/bin/python" >> "$GITHUB_OUTPUT"'
    flags = re.search(r'"\$venv/bin/python" (-I [-\w ]*)-m chargehand review', text)
    defaults = {name: each["default"] for name, each in yaml.safe_load(spec)["spec"]["inputs"].items()}
    environ = {
        name: re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: str(defaults[match[1]]), value)
        for name, value in job["variables"].items()
    }
    environ["PIP_FIND_LINKS"] = f"{os.environ.get('PIP_FIND_LINKS', '')} {wheels}".strip()
    caches = job["cache"] if isinstance(job["cache"], list) else [job["cache"]]
    return Build(
        "\n".join([*installing, told]),
        tuple(environ.items()),
        flags[1] if flags else "",
        "\n".join(lines[len(installing) :]),
        tuple(path for cache in caches for path in cache["paths"]),
    )


def fill(build: Build, folder: Path) -> Before:
    """Run the job once, and return what it leaves: in GitLab whole, with a repository and a model server."""
    before = Before(folder / "pip", folder / "installed", folder / "cached")
    if not build.rest:
        taken(build, before)
        return before
    temp = tempfile.mkdtemp()
    with MessagesApi() as models:
        base = repository(Path(temp, "checkout"))
        environ = environ_of(build, before, Path(temp)) | {
            "ANTHROPIC_BASE_URL": models.url,
            "ANTHROPIC_API_KEY": models.key,
            "CHARGEHAND_CACHE_SECRET": KEY,
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }
        whole = [*SHELL, f"{build.script}\n{build.rest}"]
        subprocess.run(whole, cwd=Path(temp, "checkout"), env=environ, check=True, stdout=sys.stderr)
        for path in build.cached:
            if Path(temp, "checkout", path).exists():
                shutil.copytree(Path(temp, "checkout", path), folder / "cached" / path)
    return before


def repository(folder: Path) -> str:
    """Make a repository in which a branch changes a line, and return the commit before."""
    folder.mkdir()
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    for text, branch in (("a = 1\n", "main"), ("a = 2\n", "feature")):
        subprocess.run([*git, "checkout", "-q", "-B", branch], check=True)
        (folder / "a.py").write_text(text)
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", branch], check=True)
    base = subprocess.run([*git, "rev-parse", "main"], check=True, capture_output=True, text=True)
    return base.stdout.strip()


def pair(builds: Sequence[Build], befores: Sequence[Before], *, is_turned: bool) -> tuple[Taken, Taken]:
    """Return what the earlier and this build take, measured in this order or turned round."""
    (earlier, ours), (of_earlier, of_ours) = builds, befores
    if is_turned:
        second = taken(ours, of_ours)
        return taken(earlier, of_earlier), second
    return taken(earlier, of_earlier), taken(ours, of_ours)


def report(name: str, pairs: list[tuple[Taken, Taken]]) -> None:
    """Print the medians of both kinds of time and their ratios."""
    for kind in Taken._fields:
        times = [(getattr(earlier, kind), getattr(ours, kind)) for earlier, ours in pairs]
        ratios = sorted(ours / earlier for earlier, ours in times)
        earlier, ours = (statistics.median(each) for each in zip(*times, strict=True))
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        seconds = f"{ours:.1f} s, earlier {earlier:.1f} s"
        print(f"{name}, {kind}: {spread} of the earlier build; {seconds}", flush=True)


SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


def environ_of(build: Build, before: Before, folder: Path) -> dict[str, str]:
    """Return the variables of a job, with its own folder for what is thrown away."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
    # The interpreter itself: a version manager's shell script would start it twice as slowly.
    environ["PATH"] = f"{Path(sys.base_prefix, 'bin')}{os.pathsep}{environ['PATH']}"
    environ |= {"PIP_CACHE_DIR": str(before.pip or folder / "cache"), "RUNNER_TEMP": str(folder)}
    environ |= {"GITHUB_OUTPUT": str(folder / "outputs"), "install_cache": str(before.installed or "")}
    return environ | {"TMPDIR": str(folder)} | dict(build.environ)


def taken(build: Build, before: Before) -> Taken:
    """Return how long it takes from the installing step to the first request."""
    used = children()
    with listening() as server:
        folder = Path(tempfile.mkdtemp())
        checkout = folder / "checkout"
        if before.cached and before.cached.exists():
            shutil.copytree(before.cached, checkout)
        checkout.mkdir(exist_ok=True)
        (checkout / "change.diff").write_text(DIFF)
        environ = environ_of(build, before, folder)
        if build.rest:
            environ["CHARGEHAND_CACHE_SECRET"] = KEY
        start = time.perf_counter()
        subprocess.run([*SHELL, build.script], cwd=checkout, env=environ, check=True, stdout=sys.stderr)
        outputs = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
        flags = build.flags.replace("${no_bytecode:+-B}", "-B" if outputs.get("no-bytecode") else "")
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with subprocess.Popen(
            [outputs["python"], *flags.split(), "-m", "chargehand", "review", "change.diff"],
            cwd=checkout,
            env={**environ, "ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": KEY},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as command:
            server.accept()[0].close()
            seconds = time.perf_counter() - start
            command.kill()
        return Taken(seconds, children() - used)


def children() -> float:
    """Return the processor time of all children that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """Give a socket that takes a connection, so that the first request is noticed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        yield server


if __name__ == "__main__":
    main()
