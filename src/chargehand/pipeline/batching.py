"""How the workers' prompts travel as a batch: who may pick one up, and what is asked one by one after it."""

import hashlib
import json

from chargehand import __version__
from chargehand.core.cancellation import provider_stopped
from chargehand.core.errors import ProviderStopped, RunEnding
from chargehand.core.plan import Plan
from chargehand.core.prompt import Model
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.batch.state_file import dump_json
from chargehand.llm.chain import Chain
from chargehand.pipeline.brief import Brief
from chargehand.pipeline.worker import worker_prompt


def picked_up_plan(run: BatchRun, brief: Brief) -> Plan | None:
    """Return the plan of the batch that an earlier run left under way, None if there is none.

    Raises InputError, with nothing spent, if that run was of another change.
    """
    return run.open(_change_key(brief))


def batched_worker(run: BatchRun, plan: Plan, brief: Brief, chain: Chain) -> Model:
    """Return the worker whose first attempt at each task of `plan` was made in a batch.

    If the batch cannot be waited for, the run is cancelled, so that nothing else is asked.
    """
    cancellation = chain.cancellation
    if cancellation.reason or not plan.tasks:
        return chain.model
    prompts = [worker_prompt(task, brief.diff, brief.crew) for task in plan.tasks]
    try:
        batched = cancellation.run(
            lambda: run.model(prompts, plan, chain, lambda: cancellation.reason is not None)
        )
    except ProviderStopped as error:
        cancellation.cancel(provider_stopped(error))
    except RunEnding:
        run.leave_behind(chain)
        return chain.model
    else:
        if batched is not None:
            return chain.retried(batched, is_at_hand=batched.has)
    return chain.model


def _change_key(brief: Brief) -> str:
    """Return the key of what would be sent: the change, who reads it, and which answers are reused."""
    known = sorted(
        (lens, sorted(dump_json(part) for part in parts)) for lens, parts in brief.planning.reused.items()
    )
    crew = brief.crew.evolve(threads=0)
    content = json.dumps((__version__, dump_json(brief.diff), dump_json(crew), known))
    return hashlib.sha256(content.encode()).hexdigest()
