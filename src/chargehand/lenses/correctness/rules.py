"""The rules of the lens `correctness`, and how it grades if the general scale does not fit."""

from chargehand.core.finding import Severity
from chargehand.lenses.rule import Rule

SEVERITY = ""

RULES = (
    Rule(
        id="correctness/null-dereference",
        title="A missing value is used as if it were there",
        description="A value that can be null, undefined, None or absent is used without a check.",
        help="Handle the missing value where it arises, or make its type say that it cannot be missing.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/off-by-one",
        title="A bound, index or count is one off, or an edge is missed",
        description="A loop, slice, index, page or range leaves out or includes one element too many.",
        help="Work the expression through for no element, one element and the last element.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/wrong-condition",
        title="A condition is inverted, incomplete or never holds",
        description="A branch is taken when it should not be, or is not taken when it should be.",
        help="Write down for which inputs the branch is meant, and test one on each side of it.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/wrong-reference",
        title="The wrong variable, field, argument or constant is used",
        description="Code compiles but means something else: swapped arguments, a neighbour's name, a "
        "copied line that was not adapted.",
        help="Use the value that is meant; keyword arguments or distinct types keep it from happening again.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/unhandled-error",
        title="A failure is swallowed, ignored or reported as success",
        description="An error, a status or a rejected promise is lost, so that work goes on with wrong "
        "results.",
        help="Let the error through, or handle it where something sensible can be done about it.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/missing-await",
        title="An asynchronous result is not awaited",
        description="Work that was started is not waited for: its result is unused, its failure lost, its "
        "order open.",
        help="Await it, or collect it and await all of them; where it runs on purpose alone, handle its "
        "failure.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/race-condition",
        title="Concurrent runs can interleave and spoil shared state",
        description="State is read, decided upon and written without anything that keeps others out in "
        "between.",
        help="Make the step atomic: one statement in the database, a lock, a transaction, or a unique "
        "constraint.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/resource-leak",
        title="Something that was opened or registered is never released",
        description="A file, connection, lock, listener, timer or entry stays behind, on success or after "
        "an error.",
        help="Release it on every path: a context manager, `defer`, `finally`, or the counterpart of the "
        "registration.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/type-mismatch",
        title="A value has another type, shape or encoding than its user expects",
        description="Text meets bytes, a string meets a number, a list meets one element, or an unchecked "
        "cast lies.",
        help="Convert or validate where the value enters, and let the type checker see the rest.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/arithmetic",
        title="A calculation gives the wrong number, date or unit",
        description="Rounding, overflow, division by zero, money in floating point or mixed units.",
        help="Use the type made for it (decimal, checked integers, aware dates), and name units.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/time-zone",
        title="A time is taken in the wrong zone, or in none",
        description="Local time meets UTC, a zone is dropped or guessed, or a day is taken for 24 hours.",
        help="Keep times in UTC with their zone, and convert where people read them.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/api-misuse",
        title="A library or platform is called against its contract",
        description="An argument, order, lifetime or result is not what the called interface documents.",
        help="Read what the interface promises at the version in use, and call it that way.",
        severity=Severity.HIGH,
        hint="a library called against its contract",
    ),
    Rule(
        id="correctness/ignored-setting",
        title="An option, parameter or setting has no effect",
        description="What a caller or user sets is not read, or is overwritten before it counts.",
        help="Use the value, or refuse it where it is given.",
        severity=Severity.MEDIUM,
        hint="what is set has no effect",
    ),
    Rule(
        id="correctness/lost-behaviour",
        title="Something that worked before does not happen any more",
        description="The removed lines did something that is still needed, and nothing does it now.",
        help="Bring it back, or say in the change that it is meant to go.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/data-loss",
        title="Data can be lost, overwritten or left half-written",
        description="A write, deletion or migration destroys more than is meant, or stops in the middle "
        "without a way back.",
        help="Use a transaction, write to a new place and swap, or make the step repeatable.",
        severity=Severity.CRITICAL,
    ),
    Rule(
        id="correctness/broken-contract",
        title="A change breaks those who rely on the old behaviour",
        description="A signature, default, result, stored format or protocol changed, and something still "
        "uses it in the old way.",
        help="Change the users along with it, or keep the old form working until they have moved.",
        severity=Severity.HIGH,
    ),
    Rule(
        id="correctness/performance",
        title="Work or memory grows without bound or faster than the data",
        description="A query in a loop, a result without a limit, a collection that only grows, an endless "
        "loop.",
        help="Fetch in one query, set a limit, evict, or bound the loop.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="correctness/conflict-marker",
        title="A merge conflict marker was committed",
        description="A line that git writes into a file to mark an unresolved conflict is part of the "
        "change.",
        help="Resolve the conflict and remove the marker lines.",
        severity=Severity.HIGH,
        is_for_models=False,
    ),
    Rule(
        id="correctness/invalid-configuration",
        title="A setting of the review itself is wrong or unknown",
        description="The change brings a configuration of chargehand that is refused as soon as it counts.",
        help="Correct the setting; the message names what it should be.",
        severity=Severity.HIGH,
        is_for_models=False,
    ),
    Rule(
        id="correctness/other",
        title="Another defect",
        description="The code does not do what it is meant to do, in a way that no other rule names.",
        help="Read the finding: it says with which input or state it goes wrong.",
        severity=Severity.MEDIUM,
    ),
)
