"""What a worker is asked for one task, and what its answer, or the lack of one, makes of the task."""

from collections.abc import Callable
from typing import NamedTuple

from chargehand.change.diff.chunks import files_of
from chargehand.change.diff.focus import told
from chargehand.core.cancellation import INTERRUPTED, Cancellation, provider_stopped
from chargehand.core.diff import Diff
from chargehand.core.errors import (
    UNREACHED,
    Failure,
    ModelError,
    NoAnswer,
    NotAsked,
    OverBudget,
    ProviderStopped,
)
from chargehand.core.escaping import one_line, printable
from chargehand.core.finding import Claim
from chargehand.core.models import capabilities
from chargehand.core.plan import BUDGET, Failed, Lens, Outcome, Refused, Reviewed, Skipped, Task
from chargehand.core.prompt import Model, OnBegin, Prompt, Reply
from chargehand.core.usage import Role
from chargehand.lenses import rule_among, rules_of
from chargehand.lenses.rule import Rule
from chargehand.pipeline.answers import ClaimAnswer, WorkerAnswer
from chargehand.pipeline.beside import material_of
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.prompts import frame, render
from chargehand.pipeline.reported import reported_to

WORKER_TOKENS = 6000
# Some five claims: a cap leaves a worker no less.
LEAST_WORKER_TOKENS = 1000
TITLE_LENGTH, TEXT_LENGTH = 200, 4000
# As the prompt says.
MOST_CLAIMS = 15


class Worker(NamedTuple):
    """Does tasks over a diff; with `escalate_to`, that model is asked in place of each task's own.

    `on_reply` is called with every verified reply at once, and what it replies to, in the thread that got it.
    """

    diff: Diff
    crew: Crew
    model: Model
    cancellation: Cancellation
    on_reply: Callable[[Task, Prompt, Reply], None] = lambda _task, _prompt, _reply: None
    escalate_to: str | None = None

    def do(self, task: Task, *, shares_prefix: bool = False, on_begin: OnBegin | None = None) -> Outcome:
        """Return how `task` ended; no error of a model passes.

        If the prompt `shares_prefix` with others, the provider caches it; `on_begin` is called when the reply
        begins.
        """
        if reason := self.cancellation.reason:
            return Skipped(task=task, reason=reason)
        prompt = self.prompt(task, shares_prefix=shares_prefix).evolve(on_begin=on_begin)
        try:
            reply = self.model.ask(prompt)
        except ModelError as error:
            return _unanswered(task, prompt.model, error, self.cancellation)
        self.on_reply(task, prompt, reply)
        return reviewed(task, reply)

    def prompt(self, task: Task, *, shares_prefix: bool) -> Prompt:
        """Return what is asked for `task`."""
        prompt = worker_prompt(task, self.diff, self.crew)
        asked = escalated(prompt, self.escalate_to) if self.escalate_to else prompt
        return asked.evolve(cache_prefix=shares_prefix)


def worker_prompt(task: Task, diff: Diff, crew: Crew) -> Prompt:
    """Return what is asked for `task`, before anything is known of a cached prefix."""
    return Prompt(
        role=Role.WORKER,
        task=task.id,
        lens=task.lens,
        model=crew.model_for(task),
        instructions=crew.instructions,
        material=material_of(task.chunk, diff),
        question=worker_question(task, diff, crew),
        answer=WorkerAnswer,
        max_tokens=WORKER_TOKENS,
        least_tokens=LEAST_WORKER_TOKENS,
    )


def worker_question(task: Task, diff: Diff, crew: Crew) -> str:
    """Return what is asked about the parts of `task`, through its lenses."""
    lenses = [crew.lens(name) for name in task.reader.lenses]
    places, said = told(task, diff), reported_to(task, diff, crew.reported)
    reported = f"{render('worker_reported', reported=frame(said)).strip()}\n\n" if said else ""
    focus = f"{render('worker_focus', places=places).strip()}\n\n" if places else ""
    fields = {
        "lenses": "\n\n".join(_described(lens, task, crew) for lens in lenses),
        "hint": f"{render('worker_hint', hint=frame(task.hint)).strip()}\n\n" if task.hint else "",
        "focus": f"{focus}{reported}",
    }
    if len(lenses) == 1:
        return render("worker_question", **fields)
    return render("worker_quick_question", **fields, rule=rules_of(lenses[-1].name)[0].id)


def _described(lens: Lens, task: Task, crew: Crew) -> str:
    """Return what a lens asks for; what the project accepts in the files of `task` is said."""
    accepted = "\n".join(f"- {each.told}" for each in crew.guidance_on(lens, task.paths))
    guidance = f"\n\n{render('worker_guidance', accepted=accepted).strip()}" if accepted else ""
    rules = ", ".join(_offered(rule) for rule in rules_of(lens.name) if rule.is_for_models)
    instructions = f"{lens.instructions}{guidance}"
    return render("worker_lens", lens=lens.name, instructions=instructions, rules=rules).strip()


def _offered(rule: Rule) -> str:
    return f"{rule.name} ({rule.hint})" if rule.hint else rule.name


def escalated(prompt: Prompt, to_model: str) -> Prompt:
    """Return `prompt` for `to_model`: it thinks within `max_tokens`, and it is alone, so no cached prefix."""
    starts_to_think = capabilities(to_model).always_thinks and not capabilities(prompt.model).always_thinks
    times = 2 if starts_to_think else 1
    return prompt.evolve(
        model=to_model,
        role=Role.ESCALATION,
        max_tokens=prompt.max_tokens * times,
        least_tokens=prompt.least_tokens and prompt.least_tokens * times,
        cache_prefix=False,
    )


def reviewed(task: Task, reply: Reply) -> Reviewed:
    """Return what a verified reply to `task` says; of more claims than were asked for, the gravest."""
    said = reply.answer_as(WorkerAnswer).claims
    places = sorted(range(len(said)), key=lambda place: said[place].severity.rank)[:MOST_CLAIMS]
    claims = (_claim(said[place], task, reply.model) for place in sorted(places))
    return Reviewed(
        task=task, model=reply.model, claims=tuple(claims), left_out=max(0, len(said) - MOST_CLAIMS)
    )


def _unanswered(task: Task, model: str, error: ModelError, cancellation: Cancellation) -> Outcome:
    match error:
        case NoAnswer(failure=Failure.REFUSED) if not isinstance(error, NotAsked):
            return Refused(task=task, model=model, reason=error.detail)
        case NoAnswer():
            is_outage = error.failure in UNREACHED
            return Failed(task=task, model=model, reason=str(error), is_outage=is_outage)
        case OverBudget():
            return Skipped(task=task, reason=BUDGET)
        case ProviderStopped():
            cancellation.cancel(provider_stopped(error))
        case _:
            pass  # the run is ending
    return Skipped(task=task, reason=cancellation.reason or INTERRUPTED)


def _claim(answer: ClaimAnswer, task: Task, model: str) -> Claim:
    """Return the claim with what code can fill in; a file number that does not exist has no path."""
    rule = rule_among(answer.rule, task.reader.lenses)
    return Claim(
        rule=rule.id,
        lens=rule.lens,
        severity=answer.severity,
        confidence=answer.confidence,
        title=one_line(answer.title)[:TITLE_LENGTH],
        message=printable(answer.message)[:TEXT_LENGTH],
        path=files_of(task.chunk).get(answer.file, ""),
        line=max(answer.line, 0),
        end_line=max(answer.end_line, answer.line, 0),
        quote=printable(answer.quote)[:TEXT_LENGTH],
        replaces=printable(answer.replaces),
        suggestion=answer.suggestion,  # as it is: a changed suggestion would not be the code that was meant
        model=model,
        reader=task.id,
        sample=task.reader.sample,
    )
