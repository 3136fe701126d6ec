"""From the first step of a CI job to the first request: this build beside an earlier one, in pairs.

    python benchmarks/action_start.py EARLIER [--pairs 5] [--gitlab]

EARLIER is a checkout of the earlier build. The installing step of each one's action is run as by a runner,
and then the command until its first request arrives. Cold begins with nothing, warm with the cache of pip
that a run before filled, kept also with what a run before has installed (`install-cache`), if the build can
keep that. With `--gitlab` it is the job of GitLab, which gets a wheel of each build. Needs the package
index. Processor time is that of all that was started: it says more where others use the machine, and nothing
of waiting for the network.
"""

import argparse
import contextlib
import itertools
import os
import re
import resource
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

PROJECT = Path(__file__).resolve().parent.parent
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
# What tells a build of this machine's own caches and settings.
FOREIGN = ("ANTHROPIC_", "CHARGEHAND_", "GITHUB_", "UV_")


class Build(NamedTuple):
    """The commands that install it, the variables that they are told, and how the review's Python starts.

    They write `python=PATH` to the file that $GITHUB_OUTPUT names, and `no-bytecode=1` for the flag -B.
    """

    script: str
    environ: tuple[tuple[str, str], ...]
    flags: str


class Taken(NamedTuple):
    """How long a start took, in seconds: by the clock, and of the processors."""

    clock: float
    processor: float


def main() -> None:
    """Print the median of the ratios, cold and warm, of both kinds of time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, help="a checkout of the earlier build")
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs of each kind")
    parser.add_argument("--gitlab", action="store_true", help="the job of GitLab in place of the action")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        checkouts = (asked.earlier.resolve(), PROJECT)
        builds = [job_of_gitlab(each, kept) if asked.gitlab else action(each) for each in checkouts]
        for build in builds:
            taken(build, Path(kept, "pip"), Path(kept, "installed"))
        for name, *folders in (
            ("cold", None, None),
            ("warm", Path(kept, "pip"), None),
            ("kept", Path(kept, "pip"), Path(kept, "installed")),
        ):
            report(name, [pair(builds, *folders, is_turned=bool(n % 2)) for n in range(asked.pairs)])


def action(checkout: Path) -> Build:
    """Return the action's first step."""
    text = (checkout / "action.yml").read_text("utf-8")
    flags = re.search(r'python=\("\$\w+" (.*)\)', text)
    script: str = yaml.safe_load(text)["runs"]["steps"][0]["run"]
    return Build(script, (("GITHUB_ACTION_PATH", str(checkout)),), flags[1] if flags else "")


def job_of_gitlab(checkout: Path, folder: str) -> Build:
    """Return the job's commands up to those that collect the review's options."""
    wheels = tempfile.mkdtemp(dir=folder)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", wheels]
    subprocess.run([*build, str(checkout)], check=True)
    (wheel,) = Path(wheels).iterdir()
    found = [*checkout.glob("examples/gitlab/c*.yml"), *checkout.glob("examples/gitlab/*/templates/*.yml")]
    text = found[0].read_text("utf-8")
    jobs = yaml.safe_load(text.split("\n---\n")[-1])
    lines: list[str] = next(job["script"] for job in jobs.values() if "script" in job)
    installing = itertools.takewhile(lambda line: "set -- --codequality" not in line, lines)
    told = 'echo "python=$venv/bin/python" >> "$GITHUB_OUTPUT"'
    flags = re.search(r'"\$venv/bin/python" (-I [-\w ]*)-m chargehand review', text)
    script = "\n".join((*installing, told))
    return Build(script, (("REVIEW_PACKAGE", str(wheel)),), flags[1] if flags else "")


def pair(
    builds: Sequence[Build], cache: Path | None, installed: Path | None, *, is_turned: bool
) -> tuple[Taken, Taken]:
    """Return what the earlier and this build take, measured in this order or turned round."""
    earlier, ours = builds
    if is_turned:
        second = taken(ours, cache, installed)
        return taken(earlier, cache, installed), second
    return taken(earlier, cache, installed), taken(ours, cache, installed)


def report(name: str, pairs: list[tuple[Taken, Taken]]) -> None:
    """Print the ratios of both kinds of time."""
    for kind in Taken._fields:
        times = [(getattr(earlier, kind), getattr(ours, kind)) for earlier, ours in pairs]
        ratios = sorted(ours / earlier for earlier, ours in times)
        earlier, ours = (statistics.median(each) for each in zip(*times, strict=True))
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{name}, {kind}: {spread} of the earlier build; {ours:.1f} s, earlier {earlier:.1f} s")


def taken(build: Build, cache: Path | None, installed: Path | None) -> Taken:
    """Return how long it takes from the installing step to the first request."""
    before = children()
    with tempfile.TemporaryDirectory() as temp, listening() as server:
        folder = Path(temp)
        (folder / "change.diff").write_text(DIFF)
        environ = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
        environ |= {"PIP_CACHE_DIR": str(cache or folder / "cache"), "RUNNER_TEMP": temp}
        environ |= {"GITHUB_OUTPUT": str(folder / "outputs"), "install_cache": str(installed or "")}
        environ |= dict(build.environ)
        start = time.perf_counter()
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", build.script]
        subprocess.run(shell, cwd=folder, env=environ, check=True, stdout=sys.stderr)
        outputs = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
        flags = build.flags.replace("${no_bytecode:+-B}", "-B" if outputs.get("no-bytecode") else "")
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with subprocess.Popen(
            [outputs["python"], *flags.split(), "-m", "chargehand", "review", "change.diff"],
            cwd=folder,
            env={**environ, "ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": "none"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as command:
            server.accept()[0].close()
            seconds = time.perf_counter() - start
            command.kill()
        return Taken(seconds, children() - before)


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
