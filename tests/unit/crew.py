"""A model made from a function, and small diffs and lenses to run it on."""

from collections.abc import Callable
from threading import Lock

from pydantic import BaseModel

from chargehand.core.diff import Diff, FileDiff, Hunk
from chargehand.core.finding import Claim, Confidence, Dismissed, Finding, Severity
from chargehand.core.gate import Gate
from chargehand.core.plan import Lens, Reader
from chargehand.core.prompt import Model, Prompt, Reply
from chargehand.core.usage import Usage
from chargehand.llm.cache.store import CacheStore
from chargehand.llm.verification import verify
from chargehand.pipeline.answers import JudgeAnswer, PlanAnswer, WorkerAnswer
from chargehand.pipeline.bench import Bench, Judge
from chargehand.pipeline.judgement import Judgement
from chargehand.pipeline.ruling_cache import RulingCache
from chargehand.pipeline.stakes import Stakes

LENSES = (
    Lens(name="correctness", purpose="wrong results", instructions="Look for wrong results."),
    Lens(name="security", purpose="attacks", instructions="Look for attacks."),
)


def reader_of(lens: str) -> Reader:
    """Return who reads through one lens, as at the standard depth."""
    return Reader(name=lens, lenses=(lens,))


class FunctionModel:
    """Answers with what `answer` returns for the prompt, or raises what it raises; keeps the prompts."""

    def __init__(self, answer: Callable[[Prompt], BaseModel]) -> None:
        self.answer = answer
        self._lock = Lock()
        self.prompts: list[Prompt] = []

    def ask(self, prompt: Prompt) -> Reply:
        """Return the function's answer, verified as a chain does."""
        with self._lock:
            self.prompts.append(prompt)
        reply = Reply(
            text=self.answer(prompt).model_dump_json(),
            stop_reason="end_turn",
            model=prompt.model,
            usage=Usage(input_tokens=10, output_tokens=5),
            request_id="req_1",
            seconds=0.0,
        )
        return verify(prompt, reply)


def silent(prompt: Prompt) -> BaseModel:
    """Answer every prompt with as little as its shape allows."""
    empty = {
        PlanAnswer: PlanAnswer(groups=[]),
        WorkerAnswer: WorkerAnswer(claims=[]),
        JudgeAnswer: JudgeAnswer(summary="Fine.", rulings=[]),
    }
    return empty[prompt.answer]


def diff_of(*paths: str, lines: int = 2) -> Diff:
    """Return a diff that adds `lines` lines to each of the files."""
    return Diff(files=tuple(_file(path, lines) for path in paths))


def _file(path: str, lines: int) -> FileDiff:
    body = "\n".join(f"+{path} line {number}" for number in range(1, lines + 1))
    hunk = Hunk(old_start=1, old_count=0, new_start=1, new_count=lines, section="", body=body)
    return FileDiff(path=path, status="modified", added=lines, hunks=(hunk,))


def claim_of(**changes: object) -> Claim:
    """Return a claim on the first line of a.py, with `changes`."""
    claim = Claim(
        rule="correctness/other",
        lens="correctness",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        title="Wrong",
        message="It is wrong.",
        path="a.py",
        line=1,
        end_line=1,
        quote="a.py line 1",
        suggestion="",
        model="worker",
    )
    return claim.evolve(**changes)


def finding_of(**changes: object) -> Finding:
    """Return a finding that quotes the first line of a.py, or of its region or code in `changes`."""
    finding = Finding(
        fingerprint="f" * 32,
        rule="correctness/other",
        lens="correctness",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        title="Wrong",
        message="It is wrong.",
        path="a.py",
        start_line=1,
        end_line=1,
        anchor="line",
        code="a.py line 1",
        model="worker",
    )
    found = finding.evolve(**changes)
    quoted = {"line": found.start_line, "quote": found.code.partition("\n")[0]}
    return found.evolve(**(quoted | changes))


def one_judge(model: Model, store: CacheStore | None = None, name: str = "strong") -> Bench:
    """Return a bench of one judge, before which every claim could fail the build."""
    return Bench(Judge(name, model, RulingCache(store, name)), stakes=Stakes(gate=Gate(fail_on=Severity.LOW)))


def unnamed(judgement: Judgement) -> Judgement:
    """Return the judgement without who judged what."""
    return judgement.evolve(
        findings=tuple(each.evolve(judged_by="") for each in judgement.findings),
        dismissed=tuple(
            Dismissed(finding=each.finding.evolve(judged_by=""), reason=each.reason)
            for each in judgement.dismissed
        ),
    )
