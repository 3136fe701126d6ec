import json
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from chargehand.core.errors import Failure, InputError, NoAnswer, ProviderStopped, ReplayError
from chargehand.core.prompt import Prompt, Reply
from chargehand.core.usage import Role, Usage
from chargehand.llm.recording.replay import Recorder, Replayer
from tests.unit.llm.asking import GOOD, PROMPT, Script, prompt, reply

SCRIPTED = '{"chargehand_recording":1,"kind":"scripted"}\n'
ENDS = [
    reply("first", refusal="cyber", stop_reason=None, usage=Usage(input_tokens=7, service_tier="batch")),
    reply("", usage=None, request_id=None, is_charged=False),
    reply("separator \u2028 and \U0001f600"),
    NoAnswer(Failure.RATE_LIMITED, "slow down", retry_after_s=3.5),
    NoAnswer(Failure.TIMEOUT, "silence", may_be_charged=True),
    ProviderStopped("no key"),
]


def record(path: Path, asked: list[Prompt], ends: list[Reply | Exception]) -> None:
    with Recorder(Script(ends), path) as recording:
        for each in asked:
            with suppress(NoAnswer, ProviderStopped):
                recording.ask(each)


def scripted(*entries: dict[str, object]) -> Replayer:
    lines = [json.dumps({"role": "worker", "task": "security-1", "model": "m", **each}) for each in entries]
    return Replayer.from_text(SCRIPTED + "".join(f"{line}\n" for line in lines), "a script")


@pytest.mark.parametrize("end", ENDS, ids=range(len(ENDS)))
def test_what_was_recorded_is_replayed_to_the_letter(tmp_path: Path, end: Reply | Exception) -> None:
    path = tmp_path / "run.jsonl"
    record(path, [PROMPT], [end])
    replaying = Replayer.from_file(path)
    assert replaying.kind == "recorded"
    if isinstance(end, Reply):
        assert replaying.ask(PROMPT) == end
        return
    with pytest.raises(type(end)) as caught:
        replaying.ask(PROMPT)
    assert vars(caught.value) == vars(end)
    assert str(caught.value) == str(end)


def test_attempts_are_replayed_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    again = prompt(question="Again?")
    record(path, [PROMPT, again], [NoAnswer(Failure.INVALID, "not JSON"), reply()])
    replaying = Replayer.from_file(path)
    with pytest.raises(NoAnswer):
        replaying.ask(PROMPT)
    assert replaying.ask(again).text == GOOD


def test_the_same_calls_make_the_same_file_whatever_the_order_of_the_threads(tmp_path: Path) -> None:
    asked = [prompt(task=f"security-{number}") for number in range(20)]
    asked += [prompt(role=Role.PLAN, task="plan"), prompt(role=Role.JUDGE, task="judge")]

    class Echo:
        def ask(self, prompt: Prompt) -> Reply:
            return reply(prompt.task)

    files = []
    for threads, order in ((1, asked), (8, asked[::-1])):
        files.append(tmp_path / f"{threads}.jsonl")
        with Recorder(Echo(), files[-1]) as recording, ThreadPoolExecutor(threads) as pool:
            list(pool.map(recording.ask, order))
    assert files[0].read_bytes() == files[1].read_bytes()
    tasks = [json.loads(line)["task"] for line in files[0].read_text().splitlines()[1:]]
    assert tasks == ["plan", *(f"security-{number}" for number in range(20)), "judge"]


def test_a_recording_is_for_its_owner_and_appears_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("old")
    with Recorder(Script([reply()]), path) as recording:
        recording.ask(PROMPT)
        assert path.read_text() == "old"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text().startswith('{"chargehand_recording":1,"kind":"recorded"}\n')


def test_a_run_that_breaks_off_is_still_recorded(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    script = Script([reply(), KeyboardInterrupt()])
    with suppress(KeyboardInterrupt), Recorder(script, path) as recording:
        recording.ask(PROMPT)
        recording.ask(PROMPT)
    assert Replayer.from_file(path).ask(PROMPT).text == GOOD


def test_a_place_that_cannot_be_written_is_known_before_anything_is_asked(tmp_path: Path) -> None:
    script = Script([reply()])
    path = tmp_path / "missing" / "run.jsonl"
    with pytest.raises(InputError, match="cannot be written"), Recorder(script, path) as recording:
        recording.ask(PROMPT)
    assert script.asked == []


@pytest.mark.parametrize(
    "change",
    [{"material": "2"}, {"question": "x"}, {"instructions": "x"}, {"max_tokens": 7}],
    ids=["material", "question", "instructions", "room"],
)
def test_a_recording_of_another_question_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "run.jsonl"
    record(path, [PROMPT], [reply()])
    with pytest.raises(ReplayError, match="another change, configuration or version"):
        Replayer.from_file(path).ask(prompt(**change))


def test_a_call_that_was_not_recorded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    record(path, [PROMPT], [reply()])
    replaying = Replayer.from_file(path)
    with pytest.raises(ReplayError, match=r"holds no answer for security-2 \(worker, claude-haiku-5-5\)"):
        replaying.ask(prompt(task="security-2"))
    replaying.ask(PROMPT)
    with pytest.raises(ReplayError, match="holds no answer"):
        replaying.ask(PROMPT)


def test_a_script_answers_any_question_with_an_object_and_the_usual() -> None:
    replaying = scripted({"reply": {"answer": {"claims": []}, "usage": {"input_tokens": 7}}})
    met = replaying.ask(prompt(model="m"))
    assert replaying.kind == "scripted"
    assert json.loads(met.text) == {"claims": []}
    assert (met.stop_reason, met.model, met.usage) == ("end_turn", "m", Usage(input_tokens=7))


def test_a_script_may_fail() -> None:
    replaying = scripted({"failure": {"failure": "overloaded", "detail": "busy"}})
    with pytest.raises(NoAnswer, match="overloaded: busy"):
        replaying.ask(prompt(model="m"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1"),
        ("{}", "line 1 is not as chargehand records it .chargehand_recording: Field required"),
        ('{"chargehand_recording":2,"kind":"scripted"}', "line 1"),
        (SCRIPTED + "nonsense", "line 2 .*Invalid JSON"),
        (SCRIPTED + "\n", "line 2"),
        (SCRIPTED + '{"role":"worker","task":"t","model":"m"}', "exactly one of reply, failure and stopped"),
        (SCRIPTED + '{"role":"boss","task":"t","model":"m","stopped":"x"}', "role"),
        (SCRIPTED + '{"role":"worker","task":"t","model":"m","stopped":"x","\\u001b[31m":1}', "u{1b}"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ReplayError, match=words) as caught:
        Replayer.from_text(text, "run.jsonl")
    assert "run.jsonl" in str(caught.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReplayError, match="cannot be read"):
        Replayer.from_file(path)
