"""The rules of the lens `tests`, and how it grades if the general scale does not fit."""

from chargehand.core.finding import Severity
from chargehand.lenses.rule import Rule

SEVERITY = (
    "Severity is low, or medium if money, data or access would break unnoticed or a test claims what it does "
    "not show."
)

RULES = (
    Rule(
        id="tests/missing",
        title="Changed behaviour that no test would notice",
        description="Code was added or changed, or a bug was fixed, and no test fails if it is wrong.",
        help="Add a test that fails without the change and passes with it.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/missing-edge",
        title="A boundary or failure path is not tested",
        description="The ordinary case has a test; the empty, last, repeated or failing one has none.",
        help="Add the case that the finding names.",
        severity=Severity.LOW,
    ),
    Rule(
        id="tests/weak-assertion",
        title="A test passes whatever the code does",
        description="The assertion is missing, is never reached, holds always, or checks a stand-in "
        "against itself.",
        help="Assert the result that matters, and break the code once to see the test fail.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/wrong-expectation",
        title="A test demands the wrong result",
        description="The expected value contradicts the intended behaviour, so that the test keeps a bug "
        "in place.",
        help="Work the expected value out by hand, and correct the code along with it.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/never-runs",
        title="A test is skipped, narrowed out or not collected",
        description="A marker, a name, a file's place or an early return keeps a test from running.",
        help="Let it run, or delete it and say why.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/removed",
        title="A test or assertion was removed while its code stayed",
        description="Something that used to be checked is not checked any more.",
        help="Restore the check, or say what has taken its place.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/flaky",
        title="A test can fail or pass without a change",
        description="The result hangs on the clock, on sleeping, the network, an order or a random value.",
        help="Pass the clock, the seed or the stand-in as a parameter; wait for a condition, not for a time.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="tests/isolation",
        title="A test depends on what another test leaves behind",
        description="Files, environment, databases or module state are changed and not restored.",
        help="Give each test its own state, made and removed by a fixture.",
        severity=Severity.LOW,
    ),
    Rule(
        id="tests/unreal-double",
        title="A stand-in replaces the thing under test or lies about the real one",
        description="What is mocked is what should be tested, or answers as the real thing never would.",
        help="Replace only what lies outside, and build the stand-in from the real interface.",
        severity=Severity.LOW,
    ),
    Rule(
        id="tests/other",
        title="Another fault of the tests",
        description="The tests do not protect the behaviour, in a way that no other rule names.",
        help="Read the finding: it says which mistake would go unnoticed.",
        severity=Severity.LOW,
    ),
)
