"""Which rule answers a request to the Messages API for tests, and what becomes of names in its reply."""

import contextlib
import json

import anthropic
import pytest

from tests.contract.asking import HAIKU, SONNET, Fields, asked, client_of, text_of
from tests.messages_api import MessagesApi, Script

MATERIAL = "[1] src/a.py (modified)\n3+x = eval(y)\n[2] my file.py (added)\n1+pass"
CLAIMS = "#1 security/injection high, src/a.py:3\nEvaluates input\n#2 style/other low\nA long line"


def said(rules: list[Fields], *requests: Fields) -> list[Fields]:
    """Return what the requests are answered, one after the other."""
    with MessagesApi(script=Script.of(rules)) as api, client_of(api) as client:
        return [json.loads(text_of(client.messages.create(**fields))) for fields in requests]


def summary(words: str, **conditions: object) -> Fields:
    return {"role": "judge", "reply": {"summary": words}, **conditions}


def in_blocks(*texts: str) -> Fields:
    """Return a worker's request: instructions, material, question."""
    blocks = [{"type": "text", "text": text} for text in texts]
    example = "Files look so:\n[1] src/example.py (modified)\n[9] src/a.py (added)"
    return asked(system=example, messages=[{"role": "user", "content": blocks}])


def test_the_first_rule_that_fits_answers() -> None:
    rules = [summary("worker's", role="worker"), summary("lens", lens="tests"), summary("any")]
    answers = said(rules, asked("Lens: tests\nLook.", role="judge"), asked("Look.", role="judge"))
    assert [answer["summary"] for answer in answers] == ["lens", "any"]


@pytest.mark.parametrize(
    ("condition", "fitting", "other"),
    [
        ({"lens": "security"}, {"text": "Lens: security\nLook."}, {"text": "Look. Lens: security"}),
        ({"model": SONNET}, {"model": SONNET}, {"model": HAIKU}),
        ({"contains": "eval("}, {"text": "x = eval(y)"}, {"text": "x = val(y)"}),
        ({"contains": ["one", "two"]}, {"text": "one, two"}, {"text": "one"}),
    ],
    ids=["lens", "model", "contains", "contains all"],
)
def test_a_condition_decides(condition: Fields, fitting: Fields, other: Fields) -> None:
    answers = said(
        [summary("rule", **condition)], asked(role="judge", **fitting), asked(role="judge", **other)
    )
    assert answers[0]["summary"] == "rule"
    assert answers[1]["summary"] != "rule"


def test_rules_can_take_turns() -> None:
    rules = [summary("first", nth=1), summary("then", nth=[2, 3]), summary("later")]
    answers = said(rules, *[asked(role="judge")] * 4)
    assert [answer["summary"] for answer in answers] == ["first", "then", "then", "later"]


def test_a_claim_names_its_file_by_path() -> None:
    claims = [{"file": path, "line": 3} for path in ("src/a.py", "my file.py", "src/missing.py", "src/a")]
    (answer,) = said(
        [{"role": "worker", "reply": {"claims": claims}}], in_blocks(MATERIAL, "Lens: security\nLook.")
    )
    assert [claim["file"] for claim in answer["claims"]] == [1, 2]


def test_a_claim_is_completed_to_what_the_schema_requires() -> None:
    (answer,) = said([{"reply": {"claims": [{"file": 7, "line": 3}]}}], asked())
    (claim,) = answer["claims"]
    assert (claim["file"], claim["line"], claim["end_line"]) == (7, 3, 3)
    assert (claim["severity"], claim["title"]) == ("critical", "")
    assert set(claim) == {"rule", "severity", "file", "line", "end_line", "quote", "title", "message"}


def test_a_reply_that_no_grammar_would_let_through_is_told() -> None:
    api = MessagesApi(script=Script.of([{"reply": {"claims": [{"file": 1, "serverity": "low"}]}}]))

    def ask() -> None:
        with api, client_of(api) as client, contextlib.suppress(anthropic.APIConnectionError):
            client.messages.create(**asked())

    with pytest.raises(RuntimeError) as caught:
        ask()
    assert "no 'serverity'" in str(caught.value.__cause__)


def test_a_plan_names_its_files_by_path() -> None:
    groups = [{"files": ["src/b.py", 1, "src/none.py"], "focus": "Names."}]
    manifest = "Manifest:\n1 src/a.py modified +1 -0\n  @@ f\n2 src/b.py (from src/c.py) renamed +1 -0"
    (answer,) = said([{"role": "plan", "reply": {"groups": groups}}], asked(manifest, role="plan"))
    assert answer["groups"] == [{"files": [2, 1], "focus": "Names.", "lenses": []}]


def test_a_ruling_names_its_claims_by_their_text() -> None:
    rulings = [
        {"claim": "A long line", "action": "merge", "into": "Evaluates input"},
        {"claim": "src/a.py:3", "action": "dismiss"},
        {"claim": "No such claim", "action": "dismiss"},
    ]
    (answer,) = said([{"role": "judge", "reply": {"rulings": rulings}}], asked(CLAIMS, role="judge"))
    assert [(each["claim"], each["into"]) for each in answer["rulings"]] == [(2, 1), (1, 0)]


def test_what_served_nothing_is_told() -> None:
    claims = [{"file": "src/a.py"}, {"file": "src/missing.py"}]
    script = Script.of([{"role": "worker", "reply": {"claims": claims}}, summary("Never asked.")])
    with MessagesApi(script=script) as api, client_of(api) as client:
        client.messages.create(**in_blocks(MATERIAL, "Look."))
    assert script.unplaced == {"src/missing.py"}
    assert [rule.role for rule in script.unused] == ["judge"]


def test_a_text_is_sent_as_it_is(client: anthropic.Anthropic) -> None:
    script = Script.of([{"reply": "```json\n{}\n```"}])
    with MessagesApi(script=script) as api, client_of(api) as asker:
        assert text_of(asker.messages.create(**asked())) == "```json\n{}\n```"


def test_a_rule_can_say_everything_about_a_reply() -> None:
    rule = {
        "reply": {"claims": []},
        "stop_reason": "stop_sequence",
        "before": {"type": "thinking", "thinking": "Hm.", "signature": "s"},
        "after": [{"type": "text", "text": " "}],
        "usage": {"output_tokens": 777, "read_tokens": 5},
        "delay_s": 0.1,
    }
    with MessagesApi(script=Script.of([rule])) as api, client_of(api) as client:
        message = client.messages.create(**asked())
    assert [block.type for block in message.content] == ["thinking", "text", "text"]
    assert message.stop_reason == "stop_sequence"
    assert (message.usage.output_tokens, message.usage.cache_read_input_tokens) == (777, 5)
    assert api.log[0].seconds >= 0.1


def test_a_refusal_without_a_reply_is_empty_and_free() -> None:
    script = Script.of([{"stop_reason": "refusal", "category": "bio"}])
    with MessagesApi(script=script) as api, client_of(api) as client:
        message = client.messages.create(**asked())
    assert message.content == []
    assert message.stop_details is not None
    assert message.stop_details.category == "bio"
    assert api.bill_usd == 0
