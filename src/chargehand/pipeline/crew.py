"""Who does the tasks of a plan, with which lenses."""

from collections.abc import Sequence
from decimal import Decimal

from chargehand.core.finding import Finding
from chargehand.core.fleets import Fleet
from chargehand.core.plain_value import PlainValue
from chargehand.core.plan import Lens, Task
from chargehand.core.suppression import Suppression
from chargehand.pipeline.prompts import worker_instructions


class Crew(PlainValue):
    """Who does the tasks, with which lenses, and how many at a time.

    `escalation_share` is how much of the tasks the escalation model gets at most. `guidance` is what the
    project accepts and has workers know, `reported` what other tools say of the change.
    """

    fleet: Fleet
    lenses: tuple[Lens, ...]
    threads: int
    project_instructions: str = ""
    escalation_share: Decimal = Decimal("0.3")
    guidance: tuple[Suppression, ...] = ()
    reported: tuple[Finding, ...] = ()

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

    def guidance_on(self, lens: Lens, paths: Sequence[str]) -> tuple[Suppression, ...]:
        """Return what is accepted under a lens in one of the files at `paths`."""
        return tuple(each for each in self.guidance if each.concerns(lens.name, paths))

    def model_for(self, task: Task) -> str:
        """Return the model that is asked first: the lens's own, else the fleet's worker."""
        return self.lens(task.reader.lenses[0]).model or self.fleet.worker
