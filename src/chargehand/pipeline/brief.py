"""What the stages of a review work on, and what they work with."""

from typing import NamedTuple

from chargehand.core.diff import Diff
from chargehand.core.value import Value
from chargehand.llm.batch.run import BatchRun
from chargehand.llm.chain import Chain
from chargehand.pipeline.crew import Crew
from chargehand.pipeline.planner import Planning
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.stopwatch import Stopwatch


class Brief(Value):
    """What models are asked about: the diff, who looks at it, and how it is split into tasks."""

    diff: Diff
    crew: Crew
    planning: Planning


class Session(NamedTuple):
    """What is alive while models are asked: the models, the progress that is shown, and what is remembered.

    With a `batch`, workers answer in it.
    """

    chain: Chain
    progress: Progress
    watch: Stopwatch
    reply_cache: ReplyCache
    batch: BatchRun | None = None
