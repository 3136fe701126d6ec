"""The rules of the lens `style`, and how it grades if the general scale does not fit."""

from chargehand.core.finding import Severity
from chargehand.lenses.rule import Rule

SEVERITY = "Severity is low, or medium if the next change will probably go wrong."

RULES = (
    Rule(
        id="style/misleading-name",
        title="A name says something other than what the thing is or does",
        description="Who trusts the name will use the thing wrongly.",
        help="Rename it after what it does, or make it do what it is called.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/duplication",
        title="The same logic stands in more than one place",
        description="Copies must be changed together, and sooner or later will not be.",
        help="Keep one and call it from the other places.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/complexity",
        title="A function hides its main path",
        description="Several unrelated jobs, deep nesting or flags make it hard to see what happens.",
        help="Split it by job, or handle the special cases first.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/dead-code",
        title="Code, a parameter or a result that nothing uses",
        description="It cannot be reached or is never read, but every reader has to understand it.",
        help="Delete it: the history keeps it.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/debug-leftover",
        title="Debugging output, a breakpoint or a temporary switch was left in",
        description="Something that helped while the change was written is still there.",
        help="Remove it, or turn it into a log line at the right level.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/magic-value",
        title="A number or text with a meaning that cannot be guessed",
        description="The value is repeated, or its unit and origin are unknown to the reader.",
        help="Give it a name that says its meaning and unit.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/inconsistency",
        title="A new way of doing what the code around it does otherwise",
        description="Two ways side by side make the reader look for a difference that is not there.",
        help="Follow the way that is already there, or change it everywhere.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/coupling",
        title="Parts know or change each other's insides",
        description="Internals are reached into, layers are crossed, or mutable state is open to everyone.",
        help="Go through the interface, or move the code to where the data is.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="style/awkward-interface",
        title="An interface invites wrong use",
        description="Boolean flags, ordered arguments of one type or results of many meanings are easy to "
        "get wrong.",
        help="Use names, separate functions or a type for each meaning.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/weak-typing",
        title="Types are switched off where they would help",
        description="A catch-all type, an unchecked cast or free text stands where a type exists.",
        help="Use the type, and validate where the value enters.",
        severity=Severity.LOW,
    ),
    Rule(
        id="style/other",
        title="Another burden on the reader",
        description="The code is harder to understand or change than it needs to be, in a way that no "
        "other rule names.",
        help="Read the finding: it says what will go wrong with the next change.",
        severity=Severity.LOW,
    ),
)
