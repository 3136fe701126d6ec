import pytest

from chargehand.core.errors import Failure, NoAnswer
from chargehand.core.finding import Severity
from chargehand.llm.verification import verify
from chargehand.pipeline.answers import JudgeAnswer, PlanAnswer, WorkerAnswer
from tests.unit.llm.asking import GOOD, PROMPT, prompt, reply

CLAIM = (
    '{"claims":[{"rule":"security/injection","severity":"%s","confidence":"high","file":1,"line":3,"end_line":3,'
    '"quote":"x","title":"t","message":"m","replaces":"","suggestion":""}]}'
)


def failure(text: str = GOOD, **changes: object) -> NoAnswer:
    with pytest.raises(NoAnswer) as caught:
        verify(PROMPT, reply(text, **changes))
    return caught.value


def test_an_answer_of_the_shape_asked_for_passes() -> None:
    assert verify(PROMPT, reply()).answer == WorkerAnswer(claims=[])
    assert verify(PROMPT, reply(stop_reason="stop_sequence")).answer == WorkerAnswer(claims=[])


@pytest.mark.parametrize(
    ("text", "stop_reason", "expected"),
    [
        ("", "refusal", Failure.REFUSED),
        (GOOD, "refusal", Failure.REFUSED),
        ('{"claims":[', "max_tokens", Failure.TRUNCATED),
        (GOOD, "max_tokens", Failure.TRUNCATED),
        (GOOD, "model_context_window_exceeded", Failure.TRUNCATED),
        (GOOD, "tool_use", Failure.UNKNOWN_STOP),
        (GOOD, "pause_turn", Failure.UNKNOWN_STOP),
        (GOOD, "from_the_future", Failure.UNKNOWN_STOP),
        (GOOD, None, Failure.UNKNOWN_STOP),
        ("", "end_turn", Failure.EMPTY),
        (" \n", "end_turn", Failure.EMPTY),
        ("I found nothing.", "end_turn", Failure.INVALID),
        ("[]", "end_turn", Failure.INVALID),
        ('{"claims":"none"}', "end_turn", Failure.INVALID),
    ],
)
def test_each_kind_of_no_answer_is_told_apart(text: str, stop_reason: str | None, expected: Failure) -> None:
    assert failure(text, stop_reason=stop_reason).failure is expected


def test_a_refusal_says_why() -> None:
    assert "cyber" in failure(stop_reason="refusal", refusal="cyber").detail


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("I found nothing.", "not JSON: "),
        (CLAIM % "awful", "not the shape asked for: claims.0.severity: "),
        ("{}", "not the shape asked for: claims: Field required"),
        ("7", "not the shape asked for: the answer: "),
    ],
)
def test_an_invalid_answer_says_what_is_wrong(text: str, detail: str) -> None:
    assert failure(text).detail.startswith(detail)


def test_the_models_words_are_not_repeated() -> None:
    met = failure('{"claims": "SECRET"}')
    assert "SECRET" not in met.detail
    assert met.__cause__ is None
    assert met.__suppress_context__


def test_a_detail_is_short_and_harmless() -> None:
    met = failure(stop_reason="\x1b[31m" + "x" * 1000)
    assert "\x1b" not in met.detail
    assert len(met.detail) < 250


@pytest.mark.parametrize("text", ["```json\n%s\n```", "```\n%s\n```", "\n```json\n%s\n```\n\n"])
def test_one_fence_around_everything_is_taken_off(text: str) -> None:
    assert verify(PROMPT, reply(text % GOOD)).answer == WorkerAnswer(claims=[])


@pytest.mark.parametrize(
    "text",
    [
        "Here it is:\n```json\n%s\n```",
        "```json\n%s\n```\nDone.",
        "```json %s ```",
        "```json\n%s",
        "````json\n%s\n````",
        "```python\n%s\n```",
    ],
)
def test_nothing_else_is_mended(text: str) -> None:
    with pytest.raises(NoAnswer):
        verify(PROMPT, reply(text % GOOD))


def test_capitals_of_an_enum_do_not_matter() -> None:
    (claim,) = verify(PROMPT, reply(CLAIM % "HIGH")).answer_as(WorkerAnswer).claims
    assert claim.severity is Severity.HIGH


def test_fields_that_were_not_asked_for_do_not_matter() -> None:
    assert verify(PROMPT, reply('{"claims":[],"thoughts":"hm"}')).answer == WorkerAnswer(claims=[])


@pytest.mark.parametrize("shape", [PlanAnswer, WorkerAnswer, JudgeAnswer])
def test_an_empty_object_is_no_answer_of_any_shape(shape: type[PlanAnswer]) -> None:
    with pytest.raises(NoAnswer):
        verify(prompt(answer=shape), reply("{}"))
