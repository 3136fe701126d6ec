"""The rules of the lens `documentation`, and how it grades if the general scale does not fit."""

from chargehand.core.finding import Severity
from chargehand.lenses.rule import Rule

SEVERITY = "Severity is low, or medium if who trusts the text breaks something, high if they lose data."

RULES = (
    Rule(
        id="documentation/outdated",
        title="Text contradicts the code as it is now",
        description="A comment, docstring, help text or document says what was true before this change, or "
        "never was.",
        help="Correct the text, or the code if the text is what was meant.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="documentation/missing-public",
        title="A public interface has no description where its neighbours have one",
        description="A function, command, endpoint or format that others use was added or changed without "
        "a word.",
        help="Say what it does, what it takes and returns, and how it fails.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/undocumented-setting",
        title="An option, variable or default is not described",
        description="Something that users can set was added or changed, and nothing tells them.",
        help="Describe its name, meaning, unit and default where the other settings are described.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/breaking-change",
        title="Users must do something and are not told",
        description="An upgrade breaks existing use, and no changelog or migration note says what to do.",
        help="Write down what breaks, for whom, and the steps.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="documentation/wrong-example",
        title="An example or command cannot work as written",
        description="Who copies the example gets an error or a wrong result.",
        help="Run the example as a reader would, and correct it.",
        severity=Severity.MEDIUM,
    ),
    Rule(
        id="documentation/broken-reference",
        title="A link, path or name leads nowhere",
        description="A text refers to something that the change moved, renamed or removed.",
        help="Point it at the new place.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/missing-reason",
        title="Surprising code gives no reason",
        description="A workaround, constant, order or omission looks like a mistake, and the next "
        "developer will undo it.",
        help="Say why, in one sentence beside it, with a link where there is one.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/unclear",
        title="A sentence can be read in two ways where it matters",
        description="A reader who takes the other meaning does the wrong thing.",
        help="Name the subject, the unit or the case.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/leftover",
        title="Template text, a placeholder or a private note was left in",
        description="Text that was never meant for the reader is part of the change.",
        help="Fill it in or remove it.",
        severity=Severity.LOW,
    ),
    Rule(
        id="documentation/other",
        title="Another fault of the text",
        description="The text misleads its reader, in a way that no other rule names.",
        help="Read the finding: it says who is misled, and how.",
        severity=Severity.LOW,
    ),
)
