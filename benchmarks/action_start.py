"""From the action's first step to the first request: this build beside an earlier one, in pairs.

    python benchmarks/action_start.py EARLIER [--pairs 5]

EARLIER is a checkout of the earlier build. The installing step of each one's action is run as by a runner,
and then the command until its first request arrives. Cold begins with nothing, warm with the cache of pip
that a run before filled, kept also with what a run before has installed (`install-cache`), if the build can
keep that. Needs the package index. Processor time is that of all that was started: it says
more where others use the machine, and nothing of waiting for the network.
"""

import argparse
import contextlib
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

PROJECT = Path(__file__).resolve().parent.parent
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a = 1\n+a = 2\n"
# What tells a build of this machine's own caches and settings.
FOREIGN = ("ANTHROPIC_", "CHARGEHAND_", "GITHUB_", "UV_")


class Taken(NamedTuple):
    """How long a start took, in seconds: by the clock, and of the processors."""

    clock: float
    processor: float


def main() -> None:
    """Print the median of the ratios, cold and warm, of both kinds of time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("earlier", type=Path, help="a checkout of the earlier build")
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs of each kind")
    asked = parser.parse_args()
    builds = (asked.earlier.resolve(), PROJECT)
    with tempfile.TemporaryDirectory() as kept:
        for build in builds:
            taken(build, Path(kept, "pip"), Path(kept, "installed"))
        for name, *folders in (
            ("cold", None, None),
            ("warm", Path(kept, "pip"), None),
            ("kept", Path(kept, "pip"), Path(kept, "installed")),
        ):
            report(name, [pair(builds, *folders, is_turned=bool(n % 2)) for n in range(asked.pairs)])


def pair(
    builds: tuple[Path, Path], cache: Path | None, installed: Path | None, *, is_turned: bool
) -> tuple[Taken, Taken]:
    """Return what the earlier and this build take, measured in this order or turned round."""
    found = {build: taken(build, cache, installed) for build in (builds[::-1] if is_turned else builds)}
    return found[builds[0]], found[builds[1]]


def report(name: str, pairs: list[tuple[Taken, Taken]]) -> None:
    """Print the ratios of both kinds of time."""
    for kind in Taken._fields:
        times = [(getattr(earlier, kind), getattr(ours, kind)) for earlier, ours in pairs]
        ratios = sorted(ours / earlier for earlier, ours in times)
        earlier, ours = (statistics.median(each) for each in zip(*times, strict=True))
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{name}, {kind}: {spread} of the earlier build; {ours:.1f} s, earlier {earlier:.1f} s")


def taken(build: Path, cache: Path | None, installed: Path | None) -> Taken:
    """Return how long it takes from the installing step to the first request."""
    before = children()
    with tempfile.TemporaryDirectory() as temp, listening() as server:
        folder = Path(temp)
        (folder / "change.diff").write_text(DIFF)
        environ = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN)}
        environ |= {"PIP_CACHE_DIR": str(cache or folder / "cache"), "RUNNER_TEMP": temp}
        environ |= {"GITHUB_ACTION_PATH": str(build), "GITHUB_OUTPUT": str(folder / "outputs")}
        environ |= {"install_cache": str(installed or "")}
        start = time.perf_counter()
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", installing_step(build)]
        subprocess.run(shell, cwd=folder, env=environ, check=True, stdout=sys.stderr)
        outputs = dict(line.split("=", 1) for line in (folder / "outputs").read_text().splitlines())
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with subprocess.Popen(
            [outputs["python"], *flags_of(build, outputs), "-m", "chargehand", "review", "change.diff"],
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


def flags_of(build: Path, outputs: Mapping[str, str]) -> list[str]:
    """Return the flags with which the action starts Python for the review."""
    found = re.search(r'python=\("\$\w+" (.*)\)', (build / "action.yml").read_text("utf-8"))
    flags = found[1] if found else ""
    return flags.replace("${no_bytecode:+-B}", "-B" if outputs.get("no-bytecode") else "").split()


def installing_step(build: Path) -> str:
    """Return the text of the action's first step."""
    step: str = yaml.safe_load((build / "action.yml").read_text("utf-8"))["runs"]["steps"][0]["run"]
    return step


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """Give a socket that takes a connection, so that the first request is noticed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(120)
        yield server


if __name__ == "__main__":
    main()
