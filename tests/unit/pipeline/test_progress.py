import io
from decimal import Decimal

from chargehand.core.plan import Chunk, Excerpt, Failed, Plan, Reviewed, Task
from chargehand.core.usage import REUSED, Call, Role, Usage
from chargehand.pipeline.progress import CLEAR_LINE, Progress
from tests.unit.crew import reader_of

TASK = Task(
    id="security-1",
    reader=reader_of("security"),
    chunk=Chunk(number=1, excerpts=(Excerpt(path="a.py", first=0, last=0),), tokens=1),
    parts=(Excerpt(path="a.py", first=0, last=0),),
)
PLAN = Plan(tasks=(TASK,), author="static")
CALL = Call(
    role=Role.WORKER,
    task="security-1",
    lens="security",
    model="m",
    attempt=1,
    outcome="answered",
    usage=Usage(input_tokens=7, output_tokens=3),
    cost_usd=Decimal("0.000123"),
    seconds=1.5,
    request_id="req_1",
)


def told(*, verbosity: int = 0, is_terminal: bool = False, reason: str | None = None) -> str:
    stream = io.StringIO()
    progress = Progress(stream, verbosity=verbosity, is_terminal=is_terminal, spent=lambda: Decimal("0.5"))
    progress.planned(PLAN)
    progress.called(CALL)
    ended = Failed(task=TASK, model="m", reason=reason) if reason else None
    progress.ended(ended or Reviewed(task=TASK, model="m", claims=()))
    return stream.getvalue()


def test_where_it_is_no_terminal_each_task_is_a_plain_line_with_the_spend_so_far() -> None:
    text = told()
    assert "\x1b" not in text
    assert text.splitlines()[-1] == "chargehand: [1/1] security-1: reviewed, 0 claims; $0.5000 spent so far"


def test_on_a_terminal_the_line_rewrites_itself_but_a_failure_stays() -> None:
    assert "\r" in told(is_terminal=True)
    assert told(is_terminal=True, reason="timeout").endswith("FAILED, timeout; $0.5000 spent so far\n")


def test_quiet_says_nothing() -> None:
    assert told(verbosity=-1) == ""


def test_each_call_is_told_only_where_it_is_wanted() -> None:
    assert "req_1" not in told()
    line = next(line for line in told(verbosity=1).splitlines() if "call:" in line)
    for part in ("worker security-1 attempt 1", "7 in, 3 out", "$0.000123", "1.50 s", "req_1"):
        assert part in line


def test_a_failed_attempt_is_told_with_its_reason_only_where_it_is_wanted() -> None:
    lines = {}
    for verbosity in (0, 1):
        stream = io.StringIO()
        progress = Progress(stream, verbosity=verbosity)
        for wait_s in (0.5, 0.0, None):
            progress.failed(Role.WORKER, "style-1", ValueError("no\nluck"), wait_s)
        lines[verbosity] = stream.getvalue().splitlines()
    assert lines[0] == []
    assert lines[1] == [
        "chargehand: call: worker style-1 again in 0.5 s: no luck",
        "chargehand: call: worker style-1 again at once: no luck",
        "chargehand: call: worker style-1 given up: no luck",
    ]


def test_what_a_model_or_server_says_cannot_act_on_a_ci_log() -> None:
    text = told(reason="\n::error::boo ##[error]x \x1b[2J")
    assert "\n::" not in text
    assert "##[" not in text
    assert "\x1b" not in text


def test_a_call_that_was_not_made_is_told_as_such() -> None:
    stream = io.StringIO()
    cached = CALL.evolve(outcome=REUSED, usage=None, cost_usd=Decimal(0))
    Progress(stream, verbosity=1).called(cached)
    assert stream.getvalue() == (
        "chargehand: call: worker security-1 not made: an earlier run has the answer\n"
    )


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def waiting(*waits_s: float, verbosity: int = 0, is_terminal: bool = False, width: int = 80) -> str:
    """Return what is told of three tasks in one thread, of which one has ended after a minute."""
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, verbosity=verbosity, is_terminal=is_terminal, width=width, now=clock)
    progress.planned(Plan(tasks=(TASK,) * 3, author="static"))
    clock.now_s += 60
    progress.ended(Reviewed(task=TASK, model="m", claims=()))
    for wait_s in waits_s:
        clock.now_s += wait_s
        progress.waited()
    return stream.getvalue()


ENDED = "chargehand: [1/3] security-1: reviewed, 0 claims; $0.0000 spent so far; about 2 min left"


def test_with_more_than_some_seconds_to_go_the_time_left_is_told() -> None:
    assert waiting().splitlines()[-1] == ENDED


def test_a_log_that_was_silent_for_long_says_how_far_the_tasks_are() -> None:
    assert waiting(29).splitlines()[-1] == ENDED
    line = "chargehand: [1/3] 1 task under way; $0.0000 spent so far; about 3 min left"
    assert waiting(29, 2).splitlines()[-1] == line
    assert waiting(*[31.0] * 100).count("under way") < 30  # the longer it takes, the rarer
    assert waiting(99, verbosity=-1) == ""


def test_a_terminal_is_told_each_second_in_one_line_that_never_wraps() -> None:
    _, plan, ended, waited = waiting(0.5, 0.6, is_terminal=True, width=40).split(CLEAR_LINE)
    assert plan.endswith("plan\n")
    assert (ended, waited) == (ENDED[:39], "chargehand: [1/3] 1 task under way; $0.")
