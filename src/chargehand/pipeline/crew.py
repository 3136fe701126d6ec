"""Who does the tasks of a plan, with which lenses."""

from decimal import Decimal

from chargehand.core.fleets import Fleet
from chargehand.core.plan import Lens, Task
from chargehand.core.value import Value
from chargehand.pipeline.prompts import worker_instructions


class Crew(Value):
    """Who does the tasks, with which lenses, and how many at a time.

    `escalation_share` is how much of the tasks the escalation model gets at most.
    """

    fleet: Fleet
    lenses: tuple[Lens, ...]
    threads: int
    project_instructions: str = ""
    escalation_share: Decimal = Decimal("0.3")

    @property
    def workers(self) -> tuple[str, ...]:
        """The models that read chunks, each once: the fleet's, and those that lenses name."""
        own = (lens.model for lens in self.lenses if lens.model)
        return tuple(dict.fromkeys((self.fleet.worker, *own)))

    @property
    def instructions(self) -> str:
        """The instructions that every worker reads before its chunk."""
        return worker_instructions(self.project_instructions)

    def lens(self, name: str) -> Lens:
        """Return the lens of this name."""
        return next(lens for lens in self.lenses if lens.name == name)

    def model_for(self, task: Task) -> str:
        """Return the model that is asked first: the lens's own, else the fleet's worker."""
        return self.lens(task.lens).model or self.fleet.worker
