"""Who reviews a diff in the cost benchmark: chargehand, an earlier build of it, a pipeline, one pass.

All but chargehand see the whole reviewable diff in every call, in its tersest form and without line numbers.
They get chargehand's own instructions, lens texts, rules, answer shapes and efforts. None of their calls is
cached: those that start together would each write the cache, and a single one has nobody to share it with.
"""

import contextlib
import io
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from anthropic import Anthropic

from benchmarks.child import environ
from chargehand.budget.plain_pass import PLAIN_PROMPT
from chargehand.cli.main import commands
from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.escaping import one_line, printable
from chargehand.core.fleets import Fleet
from chargehand.core.models import capabilities
from chargehand.core.plan import Lens
from chargehand.core.prompt import Prompt
from chargehand.core.usage import Role
from chargehand.lenses import rules_of
from chargehand.llm.provider.claude import Claude
from chargehand.llm.verification import verify
from chargehand.pipeline.answers import ClaimAnswer, JudgeAnswer, PlanAnswer, WorkerAnswer
from chargehand.pipeline.prompts import frame, judge_instructions, render, worker_instructions
from tests.messages_api import MessagesApi

MAX_TOKENS = 20_000
SEE_ABOVE = "(every file of the change above)"


def chargehand(
    api: MessagesApi, change: Path, fleet: str, folder: Path, options: Sequence[str] = ()
) -> dict[str, Any]:  # Any: a JSON report
    """Run `chargehand review` on the file `change` and return its JSON report."""
    with _environment(api, folder), contextlib.redirect_stdout(io.StringIO()):
        commands.main([*_review(change, fleet, folder), *options], standalone_mode=False)
    found = _report(folder)
    gaps = [cell for cell in found["coverage"] if cell["outcome"] != "reviewed"]
    if gaps or found["verdict"]["status"] not in ("passed", "blocked"):
        raise RuntimeError(f"chargehand did not review all of {change}: {found['verdict']['reasons']}")
    return found


def before(
    api: MessagesApi, change: Path, fleet: str, folder: Path, checkout: Path
) -> dict[str, Any]:  # Any: as above
    """Run the same command of another checkout, which has a .venv of its own."""
    python = checkout / ".venv" / "bin" / "python"
    command = [str(python), "-m", "chargehand", *_review(change, fleet, folder)]
    own = {name: value for name, value in environ(api.url, api.key).items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=own, check=False, capture_output=True, text=True)
    if not (folder / "report.json").exists():
        raise RuntimeError(f"{checkout} reported nothing of {change}: {done.stderr.strip()}")
    return _report(folder)


def _review(change: Path, fleet: str, folder: Path) -> list[str]:
    reports = ["--json", str(folder / "report.json"), "-q"]
    return ["review", str(change), "--fleet", fleet, "--fail-on", "high", *reports]


def _report(folder: Path) -> dict[str, Any]:  # Any: as above
    found: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))  # Any: as above
    return found


def pipeline(api: MessagesApi, diff: Diff, lenses: Sequence[Lens], fleet: Fleet) -> None:
    """Plan, work and synthesise in three phases: six calls, each of which reads the whole diff.

    The last two lenses share a worker, so that five lenses make four workers.
    """
    whole = material(diff)
    with Claude(60, api_key=api.key, base_url=api.url) as claude:
        claude.ask(_plan(whole, lenses, fleet.orchestrator))
        claims: list[ClaimAnswer] = []
        for asked in (*((lens,) for lens in lenses[:-2]), lenses[-2:]):
            prompt = _worker(whole, asked, fleet.worker, Role.WORKER)
            claims += verify(prompt, claude.ask(prompt)).answer_as(WorkerAnswer).claims
        claude.ask(_synthesis(whole, claims, fleet.orchestrator))


def single_pass(api: MessagesApi, diff: Diff, lenses: Sequence[Lens], model: str) -> None:
    """Ask `model` once for everything with all our instructions, at medium effort."""
    with Claude(60, api_key=api.key, base_url=api.url) as claude:
        claude.ask(_worker(material(diff), lenses, model, Role.ESCALATION))


def plain_pass(api: MessagesApi, diff: Diff, model: str) -> None:
    """Ask `model` once with one paragraph and the change as git shows it, for an answer of any form."""
    effort = {"output_config": {"effort": "medium"}} if capabilities(model).always_thinks else {}
    with Anthropic(api_key=api.key, base_url=api.url, max_retries=0) as client:
        client.messages.create(
            model=model,
            max_tokens=MAX_TOKENS,
            system=PLAIN_PROMPT,
            messages=[{"role": "user", "content": as_git_shows(diff)}],
            extra_body=effort,
        )


def as_git_shows(diff: Diff) -> str:
    """Return the reviewable files as a patch."""
    return "".join(
        f"diff --git a/{file.path} b/{file.path}\n" + "".join(map(_hunk, file.hunks))
        for file in diff.reviewable
    )


def material(diff: Diff) -> str:
    """Return the reviewable files: a numbered line for each, then its hunks as git shows them."""
    return frame("".join(_file(number, file) for number, file in enumerate(diff.reviewable, 1)))


def _file(number: int, file: FileDiff) -> str:
    return f"[{number}] {one_line(file.path)} ({file.status})\n" + "".join(map(_hunk, file.hunks))


def _hunk(hunk: Hunk) -> str:
    where = f"-{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count}"
    return f"@@ {where} @@ {hunk.section}".rstrip() + f"\n{printable(hunk.body)}\n"


def _plan(whole: str, lenses: Sequence[Lens], model: str) -> Prompt:
    names = "\n".join(f"{lens.name}: {lens.purpose}" for lens in lenses)
    return Prompt(
        role=Role.PLAN,
        task="plan",
        model=model,
        instructions=render("plan"),
        material=whole,
        question=render("plan_question", manifest=SEE_ABOVE, lenses=names),
        answer=PlanAnswer,
        max_tokens=MAX_TOKENS,
    )


def _worker(whole: str, lenses: Sequence[Lens], model: str, role: Role) -> Prompt:
    names = ", ".join(lens.name for lens in lenses)
    return Prompt(
        role=role,
        task=names,
        lens=names,
        model=model,
        instructions=worker_instructions(),
        material=whole,
        question=render("worker_question", lenses=_described(names, lenses), hint="", focus=""),
        answer=WorkerAnswer,
        max_tokens=MAX_TOKENS,
    )


def _described(names: str, lenses: Sequence[Lens]) -> str:
    return render(
        "worker_lens",
        lens=names,
        instructions="\n\n".join(lens.instructions for lens in lenses),
        rules=", ".join(rule.id for lens in lenses for rule in rules_of(lens.name)),
    ).strip()


def _synthesis(whole: str, claims: Sequence[ClaimAnswer], model: str) -> Prompt:
    numbered = "\n\n".join(_shown(number, claim) for number, claim in enumerate(claims, 1))
    return Prompt(
        role=Role.JUDGE,
        task="judge",
        model=model,
        instructions=judge_instructions(),
        material=whole,
        question=render("judge_question", claims=frame(numbered)),
        answer=JudgeAnswer,
        max_tokens=MAX_TOKENS,
    )


def _shown(number: int, claim: ClaimAnswer) -> str:
    """Return a claim without its lines, which the reader has before it."""
    grade = f"{claim.severity.value}, confidence {claim.confidence.value}"
    return f"#{number} {claim.rule} {grade}, [{claim.file}]:{claim.line}\n{claim.title}\n{claim.message}"


@contextlib.contextmanager
def _environment(api: MessagesApi, folder: Path) -> Iterator[None]:
    """Point the command at the server, and hide what would tell it of a CI job or of other settings."""
    before, cwd = dict(os.environ), Path.cwd()
    foreign = ("CI", "GITHUB_", "GITLAB_", "GIT_", "CHARGEHAND_", "ANTHROPIC_", "PRE_COMMIT")
    for name in before:
        if name.startswith(foreign):
            del os.environ[name]
    os.environ |= {"ANTHROPIC_BASE_URL": api.url, "ANTHROPIC_API_KEY": api.key}
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(cwd)
        os.environ.clear()
        os.environ |= before
