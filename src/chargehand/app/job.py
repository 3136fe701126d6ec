"""What one run was asked to do."""

from pathlib import Path

from chargehand.app.outputs import Outputs
from chargehand.change import Selection
from chargehand.config import Settings
from chargehand.core.plain_value import PlainValue

TIMEOUT_S = 180.0


class Job(PlainValue):
    """What one run was asked to do; `flags` are settings by the option that gave them.

    `settings` are all that counts, if a program gives them: no file and no variable then sets anything.
    `selection` None is the packaged change of the demo. `batch` is the state file of the workers' batch;
    without it they are asked one by one. `waivers` is a file that says what people let through;
    `is_commenting`: the review is posted to the request. `timeout_s` is how long one attempt at a call may
    take.
    """

    selection: Selection | None
    flags: dict[str, str | tuple[str, ...] | None]
    config: Path | None = None
    settings: Settings | None = None
    is_offline: bool = False
    record: Path | None = None
    replay: Path | None = None
    cache: Path | None = None
    state: Path | None = None
    batch: Path | None = None
    waivers: Path | None = None
    is_commenting: bool = False
    timeout_s: float = TIMEOUT_S
    outputs: Outputs

    def without_models(self) -> "Job":
        """Return the job with the free checks alone, and nothing kept of models."""
        return self.evolve(is_offline=True, cache=None, state=None, batch=None, record=None, replay=None)

    def kept_by(self, settings: Settings) -> "Job":
        """Return the job with what the settings keep between runs, if no option says it."""
        if not self.is_paid:
            return self
        cache, state = settings.cache, settings.state
        return self.evolve(
            cache=self.cache or (Path(cache) if cache else None),
            state=self.state or (Path(state) if state else None),
        )

    @property
    def is_paid(self) -> bool:
        """Tell whether money can be spent: by a real change that models are asked about."""
        return self.selection is not None and not self.is_offline and self.replay is None
