"""A Messages API on a local port: it refuses, counts, caches, bills and fails as the real one does.

    with MessagesApi(script=Script.of(rules), faults=[Fault(FaultKind.OVERLOADED, when="once")]) as api:
        ...  # ANTHROPIC_BASE_URL=api.url, ANTHROPIC_API_KEY=api.key
    assert api.bill_usd < Decimal("0.01")

What it answers is written in a `replies.json`: an array of rules, or an object with `rules`, `faults`
(an array of texts, see faults.py), `delay_s`, `first_event_s` and `max_concurrency`, each optional. Of the
rules that fit a request, the first whose time has come answers it. All fields of a rule are optional:

    role         plan, worker, judge or other, told from the schema of the answer (groups, claims, rulings)
    lens         NAME where the last text of the user begins with the line `Lens: NAME`
    model        the model id, such as that of the escalation model
    contains     a text, or several, that the prompt must hold; its first block, the instructions, is not
                 looked at
    nth          answer only the nth fitting request, from 1; or several of them
    reply        a JSON object, which is completed to what the schema requires ("" and 0, the first choice of
                 an enum; end_line as line), or a text, which is sent as it is
    stop_reason  end_turn unless said; `refusal` without a reply has no content and costs nothing
    category     the category of a refusal, such as cyber
    before       content blocks ahead of the text, as they go over the wire
    after        content blocks after the text
    usage        figures in place of the counted ones: input_tokens, write_5m_tokens, write_1h_tokens,
                 read_tokens, output_tokens, thinking_tokens
    delay_s      seconds until the answer
    fault        what goes wrong, such as `overloaded` (see faults.py)
    note         for the reader

Where a reply needs a number of the prompt, it may give the name instead: a claim's `file` its path, a
group's `files` their paths, a ruling's `claim` and `into` a text that only this claim holds, such as its
title. A claim, file or ruling that the prompt does not show is left out, so that one rule serves all chunks
of a lens. `Script.unplaced` and `Script.unused` tell which names and rules never served.

    [{"role": "worker", "lens": "security", "reply": {"claims": [
        {"file": "src/a.py", "line": 3, "quote": "x = eval(y)", "rule": "security/injection",
         "severity": "high", "confidence": "high", "title": "Evaluates input", "message": "…"}]}},
     {"role": "judge", "reply": {"summary": "One serious finding."}}]

Without a rule the answer is the least that the schema allows: no groups, no claims, no rulings.
`python -m tests.messages_api --help` starts it by hand.
"""

from tests.messages_api.billing import Usage
from tests.messages_api.faults import Fault, FaultKind, parse_fault, some_fail
from tests.messages_api.log import Record
from tests.messages_api.replies import Rule, Script, Setup, load_replies
from tests.messages_api.server import MessagesApi

__all__ = [
    "Fault",
    "FaultKind",
    "MessagesApi",
    "Record",
    "Rule",
    "Script",
    "Setup",
    "Usage",
    "load_replies",
    "parse_fault",
    "some_fail",
]
