"""What is read of another tool's SARIF log: a result or rule that is not in order spoils no other one."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chargehand.core.sarif import Artifact, Location, Stored, Text

Level = Literal["none", "note", "warning", "error"]


class Default(Stored):
    """What level the results of a rule have that say none."""

    level: Level | None = None


class Marks(Stored):
    """What tools agree on beside the format: a score of CVSS, how sure a rule is, and words about it.

    Of a result, `confidence` is Bandit's word.
    """

    score: Annotated[str | float | None, Field(alias="security-severity")] = None
    precision: str | None = None
    confidence: Annotated[str | None, Field(alias="issue_confidence")] = None
    tags: tuple[str, ...] = ()


class RuleShape(Stored):
    """A rule as its tool describes it."""

    id: str = ""
    short: Annotated[Text, Field(alias="shortDescription")] = Text()
    full: Annotated[Text, Field(alias="fullDescription")] = Text()
    help_uri: Annotated[str, Field(alias="helpUri")] = ""
    default: Annotated[Default, Field(alias="defaultConfiguration")] = Default()
    texts: Annotated[dict[str, Text] | None, Field(alias="messageStrings")] = None
    properties: Marks = Marks()


# What is no rule stands in its place, for rules are named by number.
AnyRule = Annotated[RuleShape | Any, Field(union_mode="left_to_right")]  # Any: whatever JSON can hold


class Component(Stored):
    """A tool, or a part of it that brings rules."""

    name: str = ""
    version: str | None = None
    semantic_version: Annotated[str | None, Field(alias="semanticVersion")] = None
    rules: tuple[AnyRule, ...] | None = None


class Tool(Stored):
    """A tool and its parts."""

    driver: Component
    extensions: tuple[Component, ...] | None = None


class RuleReference(Stored):
    """Which rule a result is of, if not by its id alone: its number, and that of the tool's part."""

    id: str = ""
    index: int = -1
    component: Annotated[Artifact, Field(alias="toolComponent")] = Artifact()  # of which it has the number


class SuppressionShape(Stored):
    """Somebody accepts a result: in the code, or elsewhere."""

    kind: str = ""
    status: str | None = None


class Result(Stored):
    """One result."""

    rule_id: Annotated[str | None, Field(alias="ruleId")] = None
    rule_index: Annotated[int, Field(alias="ruleIndex")] = -1
    rule: RuleReference = RuleReference()
    kind: str = "fail"
    level: Level | None = None
    rank: float | None = None
    message: Text
    locations: tuple[Location, ...] | None = None
    baseline_state: Annotated[str | None, Field(alias="baselineState")] = None
    suppressions: tuple[SuppressionShape, ...] | None = None
    properties: Marks = Marks()


class Base(Stored):
    """What an id of a folder stands for."""

    uri: str = ""
    base: Annotated[str, Field(alias="uriBaseId")] = ""


class Listed(Stored):
    """A file in the run's list."""

    location: Artifact = Artifact()


class Invocation(Stored):
    """How the tool ended."""

    is_successful: Annotated[bool, Field(alias="executionSuccessful")] = True


class Run(Stored):
    """What one run of a tool found; no `results` at all: it did not come to look.

    Each result is checked by itself, and only if it may be about the change: there may be very many.
    """

    tool: Tool
    results: tuple[Any, ...] | None = None  # Any: as above
    artifacts: tuple[Listed, ...] | None = None
    bases: Annotated[dict[str, Base] | None, Field(alias="originalUriBaseIds")] = None
    invocations: tuple[Invocation, ...] | None = None


class Log(Stored):
    """A whole log."""

    version: Annotated[str, Field(pattern=r"^2\.1\.")]
    runs: tuple[Run, ...] | None = None
