"""What the stages of a review work with."""

from typing import NamedTuple

from chargehand.llm.batch.run import BatchRun
from chargehand.llm.chain import Chain
from chargehand.pipeline.progress import Progress
from chargehand.pipeline.reply_cache import ReplyCache
from chargehand.pipeline.stopwatch import Stopwatch


class Session(NamedTuple):
    """What is alive while models are asked: the models, the progress that is shown, and what is remembered.

    With a `batch`, workers answer in it.
    """

    chain: Chain
    progress: Progress
    watch: Stopwatch
    reply_cache: ReplyCache
    batch: BatchRun | None = None
