"""Runs the real command line in a process of its own, without reading the SDK from disk each time.

One process imports what the command needs and forks for each run, which begins as a fresh one does, a second
earlier. Where the interpreter itself matters (imports, start-up, signals), tests start `sys.executable`.
"""

import multiprocessing
import os
import pkgutil
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import chargehand as package
from tests.messages_api import MessagesApi

MAIN = "from chargehand.cli.main import main; main()"
_OURS = [module.name for module in pkgutil.walk_packages(package.__path__, "chargehand.")]
_LIBRARIES = ["anthropic", "detect_secrets.settings", "genai_prices.data", "pathspec"]
_FOREIGN = re.compile("CI|GITHUB_.*|GITLAB_.*|GIT_.*|CHARGEHAND_.*|ANTHROPIC_.*|PRE_COMMIT.*")
_PROCESSES = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
_PROCESSES.set_forkserver_preload([*_OURS, *_LIBRARIES])


def chargehand(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str], stdin: str = "", program: str = MAIN
) -> CompletedProcess[str]:
    """Run `chargehand` with `arguments`, as a shell would, and return its exit code and what it printed.

    `program` is what Python runs, if more has to be prepared.
    """
    command = ["chargehand", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        files[0].write_bytes(stdin.encode())
        job = (program, command, cwd, dict(env), files)
        run = _PROCESSES.Process(target=_run, args=job)  # type: ignore[attr-defined]  # each kind of context has it
        run.start()
        run.join()
        code = run.exitcode
        run.close()
        assert code is not None
        return CompletedProcess(command, code, *(file.read_text("utf-8") for file in files[1:]))


def environment(api: MessagesApi) -> dict[str, str]:
    """Return a person's environment whose key and server are those of `api`."""
    return plain_environment() | {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}


def plain_environment() -> dict[str, str]:
    """Return this environment without what would tell the run of a CI job or of other settings."""
    return {name: value for name, value in os.environ.items() if not _FOREIGN.fullmatch(name)}


def _run(program: str, command: list[str], cwd: Path, env: dict[str, str], files: list[Path]) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate("rww"))  # noqa: SIM115, PTH123 - they stay open
    sys.argv = command
    exec(program, {"__name__": "__main__"})  # noqa: S102 - a test wrote it
